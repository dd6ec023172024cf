"""Everybody of a business as of its own local day: what segments and audiences are found from."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from habitue.ledger import figures, lifelines
from habitue.members.models import Business
from habitue.metrics import cadence

if TYPE_CHECKING:
    from habitue.metrics.segments.population import Population


def today(business: Business, now: datetime) -> date:
    """The business's local day."""
    return now.astimezone(ZoneInfo(business.timezone)).date()


def read(business: Business, *, now: datetime, window: int | None = None) -> Population:
    """Everybody as of the morning of the local day: what is bought today counts tomorrow.

    Of a history that stands still, as of its end (`cadence.as_of`), as the report has it.
    A `ValueError` carries a sentence about the window.
    """
    from habitue.metrics.segments import population  # with NumPy, which no page needs

    return population.read(figures.source(business), as_of(business, now), window=window)


def as_of(business: Business, now: datetime) -> date:
    """The day as of which customers are seen: today, or the end of a history that stands still."""
    day = today(business, now)
    return cadence.as_of(lifelines.last_day(business.pk, until=day), today=day)
