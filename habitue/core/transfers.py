"""Units that go from one member to another: gifts, and what a household pools.

A lot that moves keeps its dates: setting them anew would be a way to dodge expiry. Units of a
balance that lapses when idle take the day on which they would have lapsed along, as their last
one. The giver's event remembers the parcels, so folding the giver's history again draws from the
same lots; what is not in them any more comes from others, or is owed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from msgspec import structs

from habitue.core import holding, limits, money, program
from habitue.core.account import Account, Entry, Lot, Step
from habitue.core.calendar import FOREVER, later
from habitue.core.facts import Parcel, Receipt, Refused, Transfer
from habitue.core.rulebook import Rulebook

MOST_PARCELS: Final = 200
"""Lots that one gift may take from: at the receiver they are numbered after one event."""


def parcelled(rulebook: Rulebook, account: Account, what: Transfer, day: date) -> Transfer:
    """A gift with the parcels it takes, fewer where there is too little. The account is up to date.

    Which units go first is the unit's spend order; only what was earned `hold` ago or longer goes.
    """
    terms = _terms(rulebook.program, what)
    if isinstance(terms, Refused):
        return structs.replace(what, parcels=())
    unit = rulebook.unit_number[what.unit]
    lots = _givable(rulebook, account, unit, day, terms.hold)
    amount = min(what.amount, max(account.usable(unit), 0))
    return structs.replace(what, parcels=tuple(_parcels(rulebook, account, lots, amount)))


def give(
    rulebook: Rulebook,
    account: Account,
    what: Transfer,
    local: datetime,
    entries: list[Entry],
    forced: bool,
) -> Refused | None:
    """The giver's side: the parcels leave, from their own lots as far as these still hold them."""
    terms = _terms(rulebook.program, what)
    if isinstance(terms, Refused):
        if not forced:
            return terms
    else:
        refused = None if forced else _not_allowed(rulebook, account, terms, what, local)
        if refused is not None:
            return refused
        limits.use(account, _limited(terms), what.amount, local)
    day, missing = local.date(), what.amount
    lots = {lot.id: lot for lot in account.lots or ()}
    for parcel in what.parcels:
        lot = lots.get(parcel.lot)
        if lot is not None and lot.active_on <= day <= lot.expires_on:
            part = min(lot.remaining, parcel.amount)
            missing -= part
            if part:
                holding.take(account, lot, part, day, "transfer", _why(what, -part), entries)
    if missing:
        unit, why = rulebook.unit_number[what.unit], _why(what, -missing)
        holding.draw(rulebook, account, unit, missing, day, "transfer", why, entries)
    return None


def receive(
    account: Account, event_id: int, what: Receipt, day: date, entries: list[Entry]
) -> None:
    """The receiver's side: each parcel is a lot, numbered down from the event's last number.

    So no place that a rule of the program gives a lot is taken (`Rulebook.made`).
    """
    for place, parcel in enumerate(what.parcels):
        why = _why(what, parcel.amount)
        holding.bring(account, event_id + 255 - place, parcel, day, why, entries)


def pool(
    rulebook: Rulebook,
    household: Sequence[Account],
    customer: int,
    unit: str,
    missing: int,
    day: date,
) -> list[tuple[int, int]]:
    """Who gives how much of what `customer` lacks; empty if all together have too little.

    `household` is in the order of joining it: more than the program allows do not count, nor who
    is not a member. What lapses first goes first, whoever holds it. Accounts are up to date.
    """
    terms = rulebook.program.household
    if terms is None or unit not in terms.pools:
        return []
    together = [each for each in household if each.enrolled_on and not each.memory.merged_into]
    together = together[: terms.members]
    if all(each.customer != customer for each in together):
        return []
    number = rulebook.unit_number[unit]
    offers = [
        (lot, each)
        for each in together
        if each.customer != customer
        for lot in _free(rulebook, each, number, day)
    ]
    offers.sort(key=lambda offer: (_order(rulebook, offer[0]), offer[1].customer))
    given: dict[int, int] = {}
    for lot, giver in offers:
        part = min(lot.remaining, missing)
        missing -= part
        if part:
            given[giver.customer] = given.get(giver.customer, 0) + part
    return [] if missing else list(given.items())


def _terms(source: program.Program, what: Transfer) -> program.Transfers | Refused:
    """On what terms units of this kind move; a household asks neither for time nor for a limit."""
    if what.pooled:
        if source.household is not None and what.unit in source.household.pools:
            return program.Transfers(source.household.pools)
        return Refused("not_pooled", f"Households do not pool {what.unit!r}.", {"unit": what.unit})
    if source.transfers is not None and what.unit in source.transfers.units:
        return source.transfers
    sentence = f"Members do not give each other {what.unit!r}."
    return Refused("not_given", sentence, {"unit": what.unit})


def _not_allowed(
    rulebook: Rulebook,
    account: Account,
    terms: program.Transfers,
    what: Transfer,
    local: datetime,
) -> Refused | None:
    limit, of = _limited(terms), rulebook.program.units[rulebook.unit_number[what.unit]]
    if limits.allowed(account, limit, what.amount, local) < what.amount:
        return limits.refusal(account, limit, local)
    ready = sum(parcel.amount for parcel in what.parcels)
    if ready < what.amount:
        return _short(of, what.amount, ready)
    if len(what.parcels) > MOST_PARCELS:
        return _too_many(of, sum(parcel.amount for parcel in what.parcels[:MOST_PARCELS]))
    return None


class _GiftLimit:
    """The limit on giving in the shape that `limits` reads."""

    def __init__(self, limit: program.Limit | None) -> None:
        self.id = "transfer"
        self.limits: tuple[program.Limit, ...] = (limit,) if limit else ()
        self.cool_down: program.Period | None = None


def _limited(terms: program.Transfers) -> limits.Limited:
    return _GiftLimit(terms.limit)


def _givable(
    rulebook: Rulebook, account: Account, unit: int, day: date, hold: program.Period | None
) -> list[Lot]:
    first_in = rulebook.program.units[unit].order == "first in"
    lots = account.spendable(unit, day, first_in=first_in)
    return [lot for lot in lots if hold is None or later(lot.earned_on, hold) <= day]


def _parcels(
    rulebook: Rulebook, account: Account, lots: Sequence[Lot], amount: int
) -> list[Parcel]:
    found = []
    for lot in lots:
        part = min(lot.remaining, amount)
        amount -= part
        if part:
            idles = lot.unit in rulebook.book.on(lot.earned_on).idles
            until = account.memory.lapses.get(lot.unit, FOREVER) if idles else FOREVER
            last = min(lot.expires_on, until)
            found.append(Parcel(lot.id, lot.unit, part, lot.earned_on, lot.active_on, last))
    return found


def _free(rulebook: Rulebook, account: Account, unit: int, day: date) -> list[Lot]:
    """Lots that others may draw from: none of a member who owes some of the unit."""
    if account.memory.debts.get(unit):
        return []
    return _givable(rulebook, account, unit, day, None)[:MOST_PARCELS]


def _order(rulebook: Rulebook, lot: Lot) -> tuple[date, date, int]:
    first_in = rulebook.program.units[lot.unit].order == "first in"
    return (lot.earned_on if first_in else lot.expires_on, lot.earned_on, lot.id)


def _why(what: Transfer | Receipt, amount: int) -> tuple[Step, ...]:
    return (("pooled" if what.pooled else "gift", 0, amount),)


def _short(of: program.Unit, needed: int, ready: int) -> Refused:
    asked, have = money.written(needed, of.decimals), money.written(ready, of.decimals)
    return Refused(
        "insufficient",
        f"This takes {asked} {of.id}; {have} can be given.",
        {"needed": needed, "available": ready, "missing": needed - ready, "unit": of.id},
    )


def _too_many(of: program.Unit, most: int) -> Refused:
    return Refused(
        "many_lots",
        f"These were earned on too many occasions to go at once; give {of.id} in parts of "
        f"{money.written(most, of.decimals)}.",
        {"most": most, "unit": of.id},
    )
