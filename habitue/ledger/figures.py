"""Figures over the ledger's events: hands `metrics` a way to ask PostgreSQL, and the local day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from habitue import metrics
from habitue.core import money
from habitue.members.models import Business
from habitue.metrics.lowerings.postgres import Postgres
from habitue.metrics.sources import Source


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
        source(business),
        period=period,
        today=now.astimezone(ZoneInfo(business.timezone)).date(),
        window=window,
        lifespan=lifespan,
        currency=business.currency,
        figures=figures,
    )


def source(business: Business) -> Source:
    """A business's history as figures, segments and models read it."""
    return Postgres(_rows, business.pk, business.currency)


def as_numbers(result: metrics.Result) -> dict[str, Any]:
    """A result for machines. Shares are of 1, money is in whole currency units."""
    scale = 10 ** money.decimals(result.currency) if result.currency else 1
    values = {
        "value": result.value,
        "numerator": result.numerator,
        "denominator": result.denominator,
        "low": result.low,
        "high": result.high,
    }
    for name in ("value", "numerator", "low", "high"):
        value = values[name]
        if value is not None and scale > 1:
            values[name] = value / scale
    unit = result.currency or result.figure.unit
    ripens = result.ripens_on.isoformat() if result.ripens_on else None
    return {"id": result.id, **values, "unit": unit, "ripens_on": ripens}


def _rows(sql: str, values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
