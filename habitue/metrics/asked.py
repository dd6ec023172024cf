"""What is asked of a history: whose, which period, and how long a purchase makes a customer."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from msgspec import Struct

from habitue.metrics.periods import Period


class Asked(Struct, frozen=True, kw_only=True):
    """`window`: somebody is a customer at a day who bought within so many days before it."""

    period: Period
    window: int

    @property
    def base_since(self) -> date:
        """First day of the equally long span before the period."""
        return self.period.since - timedelta(days=self.period.days)

    @property
    def start_since(self) -> date:
        """First day of the window before the period's start."""
        return self.period.since - timedelta(days=self.window)

    @property
    def end_since(self) -> date:
        """First day of the window before the period's end."""
        return self.period.until - timedelta(days=self.window)


class Window(Struct, frozen=True, kw_only=True):
    """How long W is and why: given, declared by the business, its own rhythm, or assumed for want
    of gaps.
    """

    days: int
    origin: str
    gaps: int = 0


SHARE = Fraction(9, 10)
"""W is by default the gap between visits that nine gaps in ten do not exceed."""

ASSUMED_DAYS = 90
LONGEST_WINDOW = 3_660


def own_rhythm(gaps: dict[int, int]) -> Window:
    """W from a histogram of a business's gaps in days: the 90th percentile by nearest rank."""
    number = sum(gaps.values())
    if number == 0:
        return Window(days=ASSUMED_DAYS, origin="assumed")
    rank = -(-number * SHARE.numerator // SHARE.denominator)
    seen = 0
    for days in sorted(gaps):
        seen += gaps[days]
        if seen >= rank:
            return Window(days=min(days, LONGEST_WINDOW), origin="own rhythm", gaps=number)
    raise AssertionError("the ranks of a histogram end with its number")


def given(days: int, *, origin: str = "given") -> Window:
    """W as somebody asked for it; a `ValueError` carries a sentence."""
    if not 0 < days <= LONGEST_WINDOW:
        raise ValueError(f"A window is between 1 and {LONGEST_WINDOW:,} days, not {days}.")
    return Window(days=days, origin=origin)
