"""Breakage: which share of units is ever redeemed, from what became of those given so far.

Units are followed from the day they were earned, by age in days. An age may see units redeemed or
lapsed, and units taken back or still open, of which nothing more is known (censored). At each age
the share that had come so far is divided as those were that were seen at that age: the product
limit of Kaplan and Meier (1958), for two ways out instead of one as Aalen and Johansen (1978).
So units given yesterday say something about the first day and nothing about the second year.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from msgspec import Struct

ONE: Final = 10**12
"""A share of 1, so that shares are whole numbers that add up."""

FEWEST: Final = 100
"""Fewer ended lots than this are not enough history."""

MOST_OPEN: Final = Fraction(1, 2)
"""With more than this still open at the oldest age seen, what becomes of units is not known."""


class Fate(Struct, frozen=True):
    """What became of units (fixed point) at one age in days, in so many ended lots.

    `entered` came under observation (earned, or given by another member), `gone` left it for
    another reason than being redeemed or lapsing: taken back, given away, or still open today.
    """

    age: int
    entered: int = 0
    redeemed: int = 0
    lapsed: int = 0
    gone: int = 0
    lots: int = 0


class Point(Struct, frozen=True):
    """Through an age: which share of `ONE` was redeemed, lapsed, and is open; they add up."""

    age: int
    redeemed: int
    lapsed: int
    open: int


class Curve(Struct, frozen=True):
    """The points at which something happened, in order of age, and in how many lots."""

    points: tuple[Point, ...]
    lots: int

    @property
    def last(self) -> Point:
        """Where the curve ends: at the oldest age at which anything happened."""
        return self.points[-1] if self.points else Point(0, 0, 0, ONE)

    @property
    def enough(self) -> bool:
        """Whether there is history enough to believe the curve."""
        return self.lots >= FEWEST and Fraction(self.last.open, ONE) <= MOST_OPEN

    @property
    def redemption(self) -> Fraction:
        """The share ever redeemed, to four decimals upwards.

        What is open at the oldest age counts as redeemed later: breakage only as far as seen,
        since revenue must not be taken that may have to be given back (IFRS 15, 56 and B46).
        """
        return Fraction(-((self.last.lapsed - ONE) * 10_000 // ONE), 10_000)

    def at(self, age: int) -> Point:
        """Where units of an age in days stand."""
        place = bisect_right(self.points, age, key=lambda point: point.age)
        return self.points[place - 1] if place else Point(0, 0, 0, ONE)

    def ever(self, age: int) -> Fraction:
        """Of units still open at an age in days, the share ever redeemed; all, if none ever was."""
        point = self.at(age)
        if not point.open:
            return Fraction(1)
        return 1 - Fraction(self.last.lapsed - point.lapsed, point.open)


def curve(fates: Iterable[Fate]) -> Curve:
    """The curve of units of one kind; fates of one age add up, their order does not matter."""
    ages = _by_age(fates)
    points = []
    watched, redeemed, lapsed, left = 0, 0, 0, ONE
    for fate in ages:
        watched += fate.entered
        ended = fate.redeemed + fate.lapsed
        if ended and watched > 0:
            taken = min(left * fate.redeemed // watched, left)
            lost = min(left * fate.lapsed // watched, left - taken)
            redeemed, lapsed, left = redeemed + taken, lapsed + lost, left - taken - lost
            points.append(Point(fate.age, redeemed, lapsed, left))
        watched -= ended + fate.gone
    return Curve(tuple(points), sum(fate.lots for fate in ages))


def _by_age(fates: Iterable[Fate]) -> list[Fate]:
    sums: dict[int, Fate] = {}
    for fate in fates:
        was = sums.get(fate.age, Fate(fate.age))
        sums[fate.age] = Fate(
            fate.age,
            was.entered + fate.entered,
            was.redeemed + fate.redeemed,
            was.lapsed + fate.lapsed,
            was.gone + fate.gone,
            was.lots + fate.lots,
        )
    return [sums[age] for age in sorted(sums)]
