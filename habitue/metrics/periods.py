"""A period of local dates, half-open, and how it is written: `1998-01-01..1998-04-01`."""

from __future__ import annotations

from datetime import date
from typing import Final

from msgspec import Struct

LONGEST: Final = 36_600
"""A century, in days."""

EARLIEST: Final = date(1000, 1, 1)
"""What is looked at before a period, its window and a span as long as it, has a date too."""


class Period(Struct, frozen=True):
    """From the day `since` up to, and without, the day `until`."""

    since: date
    until: date

    def __post_init__(self) -> None:
        if self.days <= 0:
            raise ValueError(f"A period ends after it starts: {self} does not.")
        if self.days > LONGEST or self.since < EARLIEST:
            raise ValueError(
                f"A period is at most {LONGEST:,} days long and begins after the year 999:"
                f" {self} does not."
            )

    @property
    def days(self) -> int:
        """How many days it covers."""
        return (self.until - self.since).days

    def over(self, today: date) -> bool:
        """Whether its last day has passed."""
        return today >= self.until

    def __str__(self) -> str:
        return f"{self.since.isoformat()}..{self.until.isoformat()}"


def parse(text: str) -> Period:
    """Read `1998-01-01..1998-04-01`; a `ValueError` carries a sentence for the person."""
    since, dots, until = text.strip().partition("..")
    if not dots:
        raise ValueError(
            f"A period is written like 1998-01-01..1998-04-01 (without its last day), not "
            f"{text[:40]!r}."
        )
    return Period(_day(since), _day(until))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not a date written like 1998-01-31.") from None
