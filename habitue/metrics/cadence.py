"""How often a figure is looked at: months and quarters of the calendar, years up to a month's end.

A year is the twelve months that ended last, so that its figures are never eleven months old.
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

from habitue.metrics import cohorts
from habitue.metrics.periods import Period

Cadence = Literal["month", "quarter", "year"]

MONTHS: Final[dict[Cadence, int]] = {"month": 1, "quarter": 3, "year": 12}
"""How many months a period of each cadence has."""

SHOWN: Final[dict[Cadence, int]] = {"month": 12, "quarter": 8, "year": 3}
"""How many closed periods a trend shows."""


def running(cadence: Cadence, *, today: date) -> Period:
    """The period that today lies in: it is not over. Of years, the one that began this month."""
    first = _begins(cadence, today)
    return Period(first, cohorts.later(first, MONTHS[cadence]))


def closed(cadence: Cadence, *, today: date, count: int) -> list[Period]:
    """The last periods that are over, the oldest first."""
    length, first = MONTHS[cadence], _begins(cadence, today)
    return [
        Period(cohorts.later(first, -length * back), cohorts.later(first, -length * (back - 1)))
        for back in range(count, 0, -1)
    ]


def _begins(cadence: Cadence, today: date) -> date:
    if cadence == "quarter":
        return date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return today.replace(day=1)
