"""Lots and balances: units come in, are drawn, lapse later. Each change is a ledger entry."""

from __future__ import annotations

from datetime import date

from habitue.core import program
from habitue.core.account import Account, Entry, EntryKind, Lot, Step
from habitue.core.calendar import FOREVER, last_usable, later, next_day
from habitue.core.earning import Earned
from habitue.core.facts import Parcel
from habitue.core.rulebook import Rulebook, Slot


def credit(
    rulebook: Rulebook,
    account: Account,
    event_id: int,
    part: Earned,
    day: date,
    entries: list[Entry],
    *,
    joining: bool = False,
) -> None:
    """What an event earned, as a lot with the dates of its rule.

    A lot's place within its event follows from its slot (and from `joining`, where the event
    enrolled the customer too): so it keeps its number when goods come back and others vanish.
    """
    slot = rulebook.slots[part.slot]
    if slot.redeemable:
        dates = _dates(slot, day, account.level) if slot.dated else (day, FOREVER)
        lot_id = event_id + 1 + part.slot + (len(rulebook.slots) if joining else 0)
        _open(account, lot_id, part, day, dates, "accrual", entries, slot.awaits)
    else:
        unit = part.unit
        account.balances[unit] = balance = account.balances[unit] + part.amount
        entries.append(Entry(unit, 0, part.amount, "accrual", day, balance, part.why))


def grant(
    rulebook: Rulebook,
    account: Account,
    event_id: int,
    part: Earned,
    day: date,
    kind: EntryKind,
    entries: list[Entry],
    *,
    earned_on: date | None = None,
    expires_on: date | None = None,
) -> None:
    """Units given outside the earn rules (a gift, a correction), with the unit's own dates.

    `earned_on`: they were earned before they came; `expires_on`: their last day, as agreed then.
    """
    first = event_id + 1 + 2 * len(rulebook.slots)
    since = earned_on or day
    until = expires_on or lasting(rulebook, account, part.unit, since)
    _open(account, first, part, day, (day, max(until, day)), kind, entries, earned_on=since)


def lasting(rulebook: Rulebook, account: Account, unit: int, earned_on: date) -> date:
    """The last usable day of units that were given outside the earn rules."""
    return _dates(rulebook.granted[unit], earned_on, account.level)[1]


def bring(
    account: Account,
    lot_id: int,
    parcel: Parcel,
    day: date,
    why: tuple[Step, ...],
    entries: list[Entry],
) -> None:
    """Units from another account, as a lot that keeps its dates."""
    dates = (parcel.earned_on, parcel.active_on, parcel.expires_on, parcel.awaits)
    lot = Lot(lot_id, parcel.unit, parcel.amount, parcel.amount, *dates)
    _enter(account, lot, day, "transfer", why, entries)


def draw(
    rulebook: Rulebook,
    account: Account,
    unit: int,
    amount: int,
    day: date,
    kind: EntryKind,
    why: tuple[Step, ...],
    entries: list[Entry],
) -> None:
    """Take units from the lots in the program's order; what is missing becomes a debt."""
    first_in = rulebook.program.units[unit].order == "first in"
    for lot in account.spendable(unit, day, first_in=first_in):
        part = min(lot.remaining, amount)
        amount -= part
        take(account, lot, part, day, kind, why, entries)
        if not amount:
            return
    debts = account.memory.debts
    debts[unit] = debts.get(unit, 0) + amount
    account.balances[unit] -= amount
    entries.append(Entry(unit, 0, -amount, kind, day, account.balances[unit], why))


def take(
    account: Account,
    lot: Lot,
    amount: int,
    day: date,
    kind: EntryKind,
    why: tuple[Step, ...],
    entries: list[Entry],
) -> None:
    """Take units from one lot."""
    lot.remaining -= amount
    account.touched_lots[lot.id] = lot
    account.balances[lot.unit] -= amount
    entries.append(Entry(lot.unit, lot.id, -amount, kind, day, account.balances[lot.unit], why))


def settle(account: Account, day: date, entries: list[Entry]) -> None:
    """Units that became usable pay what is owed."""
    for lot in account.lots or ():
        if lot.remaining and lot.active_on <= day <= lot.expires_on:
            _pay(account, lot, day, entries)


def release(
    rulebook: Rulebook,
    account: Account,
    awaited: str,
    of: int,
    event_id: int,
    day: date,
    entries: list[Entry],
) -> None:
    """What an event brought that units waited for: they become usable, and pay debts first.

    `of` is the event that earned them (0: any). What the awaited event earns itself still waits.
    """
    for lot in waiting(account, awaited, of):
        if lot.id // 256 == event_id // 256:
            continue
        slot = rulebook.book.on(lot.earned_on).made(lot)
        start = day if slot.from_activation else lot.earned_on
        until = _last_day(slot.lasts(account.level), lot.earned_on, start)
        lot.awaits, lot.active_on, lot.expires_on = "", day, max(until, day)
        account.touched_lots[lot.id] = lot
        account.due(next_day(lot.expires_on))
        _no_longer_pending(account, lot)
        _pay(account, lot, day, entries)


def decline(account: Account, awaited: str, of: int, day: date, entries: list[Entry]) -> None:
    """A person says no: what waited for it is cancelled."""
    for lot in waiting(account, awaited, of):
        _no_longer_pending(account, lot)
        take(account, lot, lot.remaining, day, "reversal", (), entries)


def waiting(account: Account, awaited: str, of: int) -> list[Lot]:
    """Open lots that wait for something; only those that event `of` earned, unless it is 0."""
    assert account.lots is not None, "lots were not loaded"
    return [
        lot
        for lot in account.lots
        if lot.awaits == awaited and lot.remaining and (not of or lot.id // 256 == of // 256)
    ]


def _no_longer_pending(account: Account, lot: Lot) -> None:
    pending = account.memory.pending
    left = pending.get(lot.unit, 0) - lot.remaining
    if left > 0:
        pending[lot.unit] = left
    else:
        pending.pop(lot.unit, None)


def active(rulebook: Rulebook, account: Account, when: str, day: date) -> None:
    """Activity: balances that lapse when idle start anew, lots that move with it move."""
    for unit in rulebook.inactive.get(when, ()):
        slot = rulebook.idling.get(unit)
        expiry = slot.lasts(account.level) if slot is not None else None
        if not isinstance(expiry, program.Inactivity) or when not in expiry.restarted_by:
            continue
        if unit in rulebook.idles or unit in account.memory.lapses:
            _restart(account, unit, expiry.period, day)
    if when in rulebook.book.redated:
        _redate(rulebook, account, when, day)


def protect(rulebook: Rulebook, account: Account, day: date) -> None:
    """While a level is held that frees a unit from lapsing when idle, its clock stands still.

    Once the level is lost, the balance has a full period again.
    """
    for unit in rulebook.idles:
        expiry = rulebook.granted[unit].lasts(account.level)
        if not isinstance(expiry, program.Inactivity):
            account.memory.lapses.pop(unit, None)
        elif unit not in account.memory.lapses and account.balances[unit] > 0:
            _restart(account, unit, expiry.period, day)


def _restart(account: Account, unit: int, period: program.Period, day: date) -> None:
    """The balance now lapses a full period from this day."""
    until = later(day, period)
    if account.memory.lapses.get(unit) != until:
        account.memory.lapses[unit] = until
        if until < account.due_on:
            account.due(next_day(until))


def _redate(rulebook: Rulebook, account: Account, when: str, day: date) -> None:
    """Open lots now lapse a period from this day, within their cap; never sooner than before.

    How a lot moves is what its own rule says, in the version that made it, or the level held now.
    """
    assert account.lots is not None, "lots were not loaded"
    for lot in account.lots:
        if not lot.remaining or lot.awaits:
            continue
        expiry = rulebook.book.on(lot.earned_on).made(lot).lasts(account.level)
        if isinstance(expiry, program.Redated) and when in expiry.restarted_by:
            until = _last_day(expiry, lot.earned_on, day)
            if until > lot.expires_on:
                lot.expires_on = until
                account.touched_lots[lot.id] = lot


def _dates(slot: Slot, day: date, level: str) -> tuple[date, date]:
    """First and last usable day of a lot earned on `day` by a member who holds a level.

    What waits has no first day yet, and its last is the day until which it waits.
    """
    active_on, pending, expiry = day, slot.pending, slot.lasts(level)
    if pending is not None:
        if slot.awaits:
            until = FOREVER if slot.from_activation else _last_day(expiry, day, day)
            return FOREVER, min(until, later(day, pending.within) if pending.within else FOREVER)
        if pending.period is not None:
            active_on = later(day, pending.period)
        if pending.until is not None:
            active_on = max(day, pending.until)
    return active_on, _last_day(expiry, day, active_on if slot.from_activation else day)


def _last_day(expiry: program.Expiry | None, earned_on: date, start: date) -> date:
    """Last usable day of a lot whose expiry counts from `start`."""
    match expiry:
        case program.After() | program.FixedDates():
            return last_usable(expiry, start)
        case program.Redated(period, _, cap):
            return min(later(start, period), later(earned_on, cap) if cap else FOREVER)
        case _:
            return FOREVER


def _open(
    account: Account,
    lot_id: int,
    part: Earned,
    day: date,
    dates: tuple[date, date],
    kind: EntryKind,
    entries: list[Entry],
    awaits: str = "",
    earned_on: date | None = None,
) -> None:
    """Open a lot with its first and last usable day; debts are paid from it first."""
    while lot_id in account.touched_lots:
        lot_id += 1
    amount = part.amount
    lot = Lot(lot_id, part.unit, amount, amount, earned_on or day, dates[0], dates[1], awaits)
    _enter(account, lot, day, kind, part.why, entries)


def _enter(
    account: Account,
    lot: Lot,
    day: date,
    kind: EntryKind,
    why: tuple[Step, ...],
    entries: list[Entry],
) -> None:
    """A whole lot comes in on a day."""
    unit, amount = lot.unit, lot.remaining
    account.touched_lots[lot.id] = lot
    if account.lots is not None:
        account.lots.append(lot)
    account.balances[unit] = balance = account.balances[unit] + amount
    entries.append(Entry(unit, lot.id, amount, kind, day, balance, why))
    if lot.active_on > day:
        pending = account.memory.pending
        pending[unit] = pending.get(unit, 0) + amount
        account.due(lot.active_on)
    elif account.memory.debts:
        _pay(account, lot, day, entries)
    if lot.expires_on < account.due_on:
        account.due(next_day(lot.expires_on))


def _pay(account: Account, lot: Lot, day: date, entries: list[Entry]) -> None:
    """Units owed are paid by the first that come in; the balance, net of debts, stays."""
    owed = account.memory.debts.get(lot.unit, 0)
    paid = min(owed, lot.remaining)
    if not paid:
        return
    account.memory.debts[lot.unit] = owed - paid
    if owed == paid:
        del account.memory.debts[lot.unit]
    take(account, lot, paid, day, "settlement", (), entries)
    account.balances[lot.unit] += paid
    entries.append(Entry(lot.unit, 0, paid, "settlement", day, account.balances[lot.unit]))
