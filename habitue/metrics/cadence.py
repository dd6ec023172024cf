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


def as_of(last: date | None, *, today: date) -> date:
    """Today; of a history that stands still, the day after the month of its `last` purchase.

    A shop that sold nothing in all of the last month that is over has stopped, or what it sold
    since is not imported yet. Its customers are not late, and figures of months without anything
    say nothing: it is seen as it was at the end of what is known.
    """
    if last is None:
        return today
    after = cohorts.later(last, 1)
    return after if after < today.replace(day=1) else today


def _begins(cadence: Cadence, today: date) -> date:
    if cadence == "quarter":
        return date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return today.replace(day=1)
