"""Two members turn out to be one person: everything of one goes over to the other, or back again.

What goes over (`estate`) follows from the giver's history alone: when goods that the giver bought
before come back, the history is folded again up to the merge, and the other side is told what
would have come over then (`facts.Merged.of`). So it does not matter whether something is returned
before the two became one, or after. Undoing the merge leaves both as if it had never been.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from math import gcd
from typing import Any, Final

from msgspec import structs

from habitue.core import holding, tallies
from habitue.core.account import Account, Entry, FeeState, Memory, Usage, Voucher
from habitue.core.calendar import next_day
from habitue.core.facts import Estate, Merge, Merged, Parcel
from habitue.core.rulebook import Rulebook

STAYS: Final = ("used", "last", "purchases")
"""What goes over and is remembered by the giver too: else a merge would bring it afresh."""


def estate(rulebook: Rulebook, account: Account, day: date) -> Estate:
    """All that goes over on a day: the account as its history leads to, up to the merge."""
    memory = account.memory
    moving = _draws(rulebook, day)
    return Estate(
        parcels=tuple(
            Parcel(
                lot.id, lot.unit, lot.remaining,
                lot.earned_on, lot.active_on, lot.expires_on, lot.awaits,
            )
            for lot in account.lots or ()
            if lot.remaining
        ),
        counted={
            number: account.balances[number]
            for number, unit in enumerate(rulebook.program.units)
            if not unit.redeemable and account.balances[number]
        },
        vouchers=tuple(structs.replace(voucher) for voucher in _open(account)),
        memory=structs.replace(
            memory,
            last_at=None,
            last_id=0,
            tallies={name: held for name, held in memory.tallies.items() if name in moving},
        ),
        enrolled_on=account.enrolled_on,
    )  # fmt: skip


def leave(
    rulebook: Rulebook, account: Account, what: Merge, day: date, entries: list[Entry]
) -> None:
    """The giver's side: nothing is left but the membership, and what `STAYS`."""
    memory = account.memory
    for lot in account.lots or ():
        if lot.remaining:
            why = (("merged", 0, -lot.remaining),)
            holding.take(account, lot, lot.remaining, day, "transfer", why, entries)
    for unit, balance in enumerate(account.balances):
        if balance:  # what was counted, or is owed
            _book(account, unit, -balance, day, entries)
    for voucher in _open(account):
        voucher.state = "cancelled"
        account.touched_vouchers[voucher.id] = voucher
    moving = _draws(rulebook, day)
    account.memory = Memory(
        used=memory.used,
        last=memory.last,
        purchases=memory.purchases,
        last_at=memory.last_at,
        last_id=memory.last_id,
        tallies={name: held for name, held in memory.tallies.items() if name not in moving},
        merged_into=what.into,
    )
    account.level = rulebook.ladder.levels[0] if rulebook.ladder is not None else ""


def join(
    rulebook: Rulebook, account: Account, what: Merged, day: date, entries: list[Entry]
) -> None:
    """The side on which everything arrives: lots and vouchers keep their dates and numbers."""
    came = what.estate
    if came.enrolled_on is not None:
        account.enrolled_on = min(account.enrolled_on or day, came.enrolled_on)
    _remember(account.memory, came.memory.copied())
    _enter_draws(rulebook, account, came.memory.tallies, day)
    taken = {lot.id for lot in account.lots or ()}
    for parcel in came.parcels:
        number = _free(parcel.lot, 256, taken)
        holding.bring(account, number, parcel, day, (("merged", 0, parcel.amount),), entries)
    for unit, amount in came.counted.items():
        _book(account, unit, amount, day, entries)
    for unit, debt in came.memory.debts.items():
        account.memory.debts[unit] = account.memory.debts.get(unit, 0) + debt
        _book(account, unit, -debt, day, entries)
    holding.settle(account, day, entries)
    issued = {voucher.id for voucher in account.vouchers or ()}
    for voucher in came.vouchers:
        number = _free(voucher.id, 1, issued)
        account.issue(
            Voucher(number, voucher.reward, "issued", voucher.issued_on, voucher.expires_on)
        )
    account.due(next_day(day))  # which looks after every other date that came along
    if rulebook.ladder is not None:
        rulebook.ladder.come_back(account, day)
        rulebook.ladder.review(account, day)


def _open(account: Account) -> list[Voucher]:
    return [voucher for voucher in account.vouchers or () if voucher.state == "issued"]


def _book(account: Account, unit: int, amount: int, day: date, entries: list[Entry]) -> None:
    """A change of a balance that no lot holds: of a counter, or of what is owed."""
    account.balances[unit] = balance = account.balances[unit] + amount
    entries.append(Entry(unit, 0, amount, "transfer", day, balance, (("merged", 0, amount),)))


def _free(number: int, step: int, taken: set[int]) -> int:
    """A number that is not taken yet; both may have something that the same midnight brought.

    Lots go on by whole events, so that the place that names their rule stays (`Rulebook.made`).
    """
    while number in taken:
        number += step
    taken.add(number)
    return number


# --- draws -------------------------------------------------------------------------------------


def _draws(rulebook: Rulebook, day: date) -> set[str]:
    """The sums of draws that are still open: one person enters each of them once."""
    return {
        tallies.named(f"{stem} {draw.id}", draw.every, day)
        for draw in rulebook.program.draws
        for stem in ("draw", "entrants")
    }


def _enter_draws(
    rulebook: Rulebook, account: Account, came: Mapping[str, tallies.Tally], day: date
) -> None:
    held = account.memory.tallies
    for draw in rulebook.program.draws:
        name = tallies.named(f"draw {draw.id}", draw.every, day)
        both = held.get(name, tallies.NOTHING)[0] + came.get(name, tallies.NOTHING)[0]
        most = both if draw.limit is None else min(both, draw.limit)
        tallies.add(account, name, most - held.get(name, tallies.NOTHING)[0])
        seat = tallies.named(f"entrants {draw.id}", draw.every, day)
        if seat in came and seat not in held:
            tallies.add(account, seat, came[seat][0])


# --- memories ----------------------------------------------------------------------------------


def _remember(mine: Memory, theirs: Memory) -> None:
    for name, together in TOGETHER.items():
        setattr(mine, name, together(getattr(mine, name), getattr(theirs, name)))


def _each(together: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """What two tables hold under each name, put together where both have it."""

    def tables(mine: dict[Any, Any], theirs: dict[Any, Any]) -> dict[Any, Any]:
        both = {name: together(mine[name], theirs[name]) for name in mine if name in theirs}
        return {**mine, **theirs, **both}

    return tables


def _sum(mine: int, theirs: int) -> int:
    return mine + theirs


def _used(mine: Usage, theirs: Usage) -> Usage:
    return Usage(mine.times + theirs.times, mine.amount + theirs.amount)


def _remainders(mine: tuple[int, int], theirs: tuple[int, int]) -> tuple[int, int]:
    num, den = mine[0] * theirs[1] + theirs[0] * mine[1], mine[1] * theirs[1]
    shared = gcd(num, den)
    return num // shared, den // shared


def _either(mine: Any, theirs: Any) -> Any:
    return theirs if mine is None else mine


def _fee(mine: FeeState | None, theirs: FeeState | None) -> FeeState | None:
    """The membership that holds longer, with what was used of both."""
    if mine is None or theirs is None:
        return mine or theirs
    longer = max(theirs, mine, key=lambda state: state.holds_until)
    return structs.replace(
        longer,
        joined_on=min(mine.joined_on, theirs.joined_on),
        used=mine.used + theirs.used,
        saved=mine.saved + theirs.saved,
    )


TOGETHER: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "counters": _each(_each(_sum)),
    "years": _each(_each(_sum)),
    "held": _each(max),
    "promoted": _each(min),
    "carry": _each(_remainders),
    "used": _each(_each(_used)),
    "last": _each(max),
    "lapses": _each(max),
    "streaks": _each(max),
    "purchases": _sum,
    "segments": lambda mine, theirs: tuple(sorted({*mine, *theirs})),
    "cycle": _either,
    "fee": _fee,
}
"""How what two members remember becomes what one does; the rest is booked (`join`) or stays."""
