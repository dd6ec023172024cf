"""What followed, added up: flows by month, so that the sums of parts are the parts of the sum.

Nothing here is a state. What stands at a month's end (open units, members of a tier) is the sum
of what flowed until then, so histories may be cut by customers at will and put together again in
any order.
"""

from __future__ import annotations

from datetime import date
from heapq import nlargest, nsmallest
from typing import Final

from msgspec import Struct, field

Key = tuple[int, str, str]
"""Month (`month_of`), what flowed, and of what: `(24303, "accrual", "points")`."""

Flows = dict[Key, int]

SHOWN: Final = 10
"""How many of those who gain or lose most are named."""


def month_of(day: date) -> int:
    """A day's month as a number."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """The first day of a numbered month."""
    return date(month // 12, month % 12 + 1, 1)


class Compared(Struct):
    """Customers under two programs: who gets more back, and how much (minor units).

    `bands` counts customers by what they gain in percent of what they spend, rounded down.
    """

    winners: int = 0
    losers: int = 0
    same: int = 0
    gained: int = 0
    lost: int = 0
    bands: dict[int, int] = {}
    most_gained: list[tuple[int, str]] = []
    most_lost: list[tuple[int, str]] = []

    def look(self, who: str, spent: int, first: int, second: int) -> None:
        """Take a customer into account who gets back so much under either program."""
        gain = second - first
        if gain > 0:
            self.winners += 1
            self.gained += gain
        elif gain < 0:
            self.losers += 1
            self.lost -= gain
        else:
            self.same += 1
        band = max(-100, min(100, gain * 100 // spent)) if spent else 0
        self.bands[band] = self.bands.get(band, 0) + 1
        if gain:
            self._name(gain, who)

    def absorb(self, other: Compared) -> None:
        """Add what another part saw."""
        self.winners += other.winners
        self.losers += other.losers
        self.same += other.same
        self.gained += other.gained
        self.lost += other.lost
        for band, count in other.bands.items():
            self.bands[band] = self.bands.get(band, 0) + count
        self.most_gained = nlargest(SHOWN, [*self.most_gained, *other.most_gained])
        self.most_lost = nsmallest(SHOWN, [*self.most_lost, *other.most_lost])

    def _name(self, gain: int, who: str) -> None:
        most = self.most_gained if gain > 0 else self.most_lost
        if len(most) == SHOWN and abs(most[-1][0]) > abs(gain):
            return
        most.append((gain, who))
        most.sort(reverse=gain > 0)
        del most[SHOWN:]


class Sums(Struct):
    """What one or two programs made of some customers' events."""

    flows: list[Flows]
    customers: int = 0
    events: int = 0
    compared: Compared = field(default_factory=Compared)

    @classmethod
    def nothing(cls, programs: int) -> Sums:
        """What an empty part adds up to."""
        return cls([{} for _ in range(programs)])

    def absorb(self, other: Sums) -> None:
        """Add another part; in whatever order, the whole is the same."""
        for mine, theirs in zip(self.flows, other.flows, strict=True):
            for key, amount in theirs.items():
                mine[key] = mine.get(key, 0) + amount
        self.customers += other.customers
        self.events += other.events
        self.compared.absorb(other.compared)
