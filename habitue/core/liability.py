"""What open units are owed as: their worth, and month by month how it came about.

A month's row is opening + issued - redeemed - expired ± corrected = closing, in units and in
money. Every number is a sum of ledger entries, so the rows tie to the ledger by construction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Final, Literal

from msgspec import Struct

from habitue.core import allocation, money, program
from habitue.core.account import EntryKind
from habitue.core.calendar import months_later

Column = Literal["issued", "redeemed", "expired", "corrected"]

COLUMNS: Final[dict[EntryKind, Column]] = {
    "accrual": "issued",
    "redemption": "redeemed",
    "donation": "redeemed",
    "expiry": "expired",
    "reversal": "corrected",
    "adjustment": "corrected",
    "settlement": "corrected",
    "transfer": "corrected",
}
"""Where each kind of entry is counted. What a return takes back is a correction, not a use."""

Flows = Mapping[tuple[date, EntryKind], int]
"""Sums of entries of one unit, by the month's first day and kind, signed as entries are."""


class Roll(Struct, frozen=True):
    """A month of one unit. Redeemed and expired are counted positive; corrections have a sign.

    In units (fixed point), or in money (minor units): then `revalued` is what a new worth changed.
    """

    month: date
    opening: int
    issued: int
    redeemed: int
    expired: int
    corrected: int
    closing: int
    revalued: int = 0


def rolled(flows: Flows, months: Sequence[date]) -> list[Roll]:
    """The months (first days, ascending, without gaps) of one unit; what came before is opening."""
    if not months:
        return []
    opening = sum(amount for (month, _), amount in flows.items() if month < months[0])
    rolls = []
    for month in months:
        sums = {"issued": 0, "redeemed": 0, "expired": 0, "corrected": 0}
        for kind, column in COLUMNS.items():
            sums[column] += flows.get((month, kind), 0)
        closing = opening + sum(sums.values())
        rolls.append(
            Roll(
                month,
                opening,
                sums["issued"],
                -sums["redeemed"],
                -sums["expired"],
                sums["corrected"],
                closing,
            )
        )
        opening = closing
    return rolls


def valued(roll: Roll, before: Fraction, after: Fraction) -> Roll:
    """The same month in money, its columns rounded so that the row adds up.

    `before` and `after`: what a unit (fixed point) is worth in minor units as the month opens and
    closes. What moves in a month moves at the worth of its end.
    """
    opening = allocation.half_up(roll.opening * before)
    closing = allocation.half_up(roll.closing * after)
    exact = [
        roll.issued * after,
        -roll.redeemed * after,
        -roll.expired * after,
        roll.corrected * after,
        roll.opening * (after - before),
    ]
    parts = allocation.rounded(exact, closing - opening)
    issued, redeemed, expired, corrected, revalued = parts
    return Roll(
        roll.month, opening, issued, -redeemed, -expired, corrected, closing, revalued=revalued
    )


def worth(of: program.Program, unit: program.Unit) -> Fraction | None:
    """What one fixed-point step of a unit is worth in minor units of money, or None.

    Declared by the program; else the most that one of its rewards gives off for units of it.
    """
    scale = int(10**unit.decimals)
    if unit.worth is not None:
        return unit.worth * int(10 ** money.decimals(of.currency)) / scale
    rates = [
        Fraction(gift.value, reward.cost[1])
        for reward in of.rewards
        if reward.cost is not None and reward.cost[0] == unit.id
        for gift in reward.gifts
        if gift.kind == "money off"
    ]
    return max(rates, default=None)


def months_between(first: date, last: date) -> Iterator[date]:
    """The first days of the months from one day's to another's, both included."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = months_later(month, 1)
