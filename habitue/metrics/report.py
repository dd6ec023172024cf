"""A report: everything about a business's figures that takes longer to work out than a page may.

Composed at night or when somebody asks, kept as it is, and read by pages until the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final, Protocol

from msgspec import Struct

from habitue.metrics import cadence, cohorts
from habitue.metrics.answers import Answers
from habitue.metrics.cadence import Cadence
from habitue.metrics.cohorts import Cohort, Row
from habitue.metrics.periods import Period

VERSION: Final = 1
"""What a report holds; one of another version is worked out anew before it is read."""

COHORTS: Final = 24
"""How many cohorts, and months of each, a report keeps."""

Tell = Callable[[float], None]
"""Told which share of the work is done."""


class Answering(Protocol):
    """Every figure over a period; a window, else the business's own rhythm before its end."""

    def __call__(self, period: Period, window: int | None) -> Answers: ...


class Report(Struct, frozen=True, kw_only=True):
    """`trends`: per cadence the answers of the last closed periods, the oldest first, all with one
    window: the last one's. Periods before the first purchase are left out. `running`: per cadence
    the period that is not over.
    """

    version: int
    on: date
    currency: str
    first: date | None
    trends: dict[Cadence, tuple[Answers, ...]]
    running: dict[Cadence, Period]
    cohorts: tuple[Cohort, ...]


def compose(
    answering: Answering,
    rows: Iterable[Row],
    *,
    today: date,
    currency: str,
    tell: Tell = lambda share: None,
) -> Report:
    """Work everything out as of the morning of `today`."""
    rows = list(rows)
    first = min((row.cohort for row in rows), default=None)
    trends: dict[Cadence, tuple[Answers, ...]] = {}
    for place, name in enumerate(cadence.SHOWN):
        share = place / len(cadence.SHOWN)
        trends[name] = _trend(answering, name, first, today)
        tell(share)
    return Report(
        version=VERSION,
        on=today,
        currency=currency,
        first=first,
        trends=trends,
        running={name: cadence.running(name, today=today) for name in cadence.SHOWN},
        cohorts=cohorts.triangle(rows, today=today, months=COHORTS),
    )


def _trend(
    answering: Answering, name: Cadence, first: date | None, today: date
) -> tuple[Answers, ...]:
    """The latest period says the window, so that all of them mean the same by a customer."""
    periods = cadence.closed(name, today=today, count=cadence.SHOWN[name])
    periods = [period for period in periods if first is not None and period.until > first]
    if not periods:
        return ()
    latest = answering(periods[-1], None)
    return (*(answering(period, latest.window.days) for period in periods[:-1]), latest)
