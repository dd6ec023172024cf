"""Figures over the ledger's events: hands `metrics` a way to ask PostgreSQL, and the local day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from habitue import metrics
from habitue.members.models import Business
from habitue.metrics.lowerings.postgres import Postgres


def answer(
    business: Business,
    *,
    period: metrics.Period,
    now: datetime,
    window: int | None = None,
    lifespan: Fraction | None = None,
    figures: Sequence[str] = (),
) -> metrics.Answers:
    """Every figure of a business over a period of its own local days (see `metrics.answer`)."""
    return metrics.answer(
        Postgres(_rows, business.pk, business.currency),
        period=period,
        today=now.astimezone(ZoneInfo(business.timezone)).date(),
        window=window,
        lifespan=lifespan,
        currency=business.currency,
        figures=figures,
    )


def _rows(sql: str, values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
