"""Figures of a business: hands `metrics` a way to ask PostgreSQL, the local day, and W."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from habitue import metrics
from habitue.core import money
from habitue.ledger import database, program_figures, rhythm
from habitue.ledger.kept import Kept
from habitue.members.models import Business
from habitue.metrics.aggregates import NAMES, Units
from habitue.metrics.figure import Measure
from habitue.metrics.lowerings.state import State
from habitue.metrics.sources import Source


def answer(
    business: Business,
    *,
    period: metrics.Period,
    now: datetime,
    window: int | None = None,
    lifespan: Fraction | None = None,
    figures: Sequence[str] = (),
    source: Source | None = None,
) -> metrics.Answers:
    """Every figure of a business over a period of its own local days (see `metrics.answer`).

    Where no `window` is given, the business's holds (`rhythm`); where no `source` is, what is kept
    with each posting answers.
    """
    needs, today = needed(figures), now.astimezone(ZoneInfo(business.timezone)).date()
    return metrics.answer(
        source or Kept(business, needs, now=now),
        period=period,
        today=today,
        window=rhythm.window(business, now=now) if window is None else window,
        lifespan=lifespan,
        currency=business.currency,
        figures=figures,
        units=_units(business, period, today, needs),
    )


def source(business: Business) -> Source:
    """A business's history as figures, segments and models read it."""
    return State(database.query, business.pk, business.currency)


def as_numbers(result: metrics.Result) -> dict[str, Any]:
    """A result for machines. Shares are of 1; money and units are in whole ones."""
    value: Measure = "money" if result.figure.unit == "money" else "number"
    above, below = result.figure.measures
    found: dict[str, Any] = {"id": result.id}
    counted: tuple[tuple[str, Measure, float | None], ...] = (
        ("value", value, result.value),
        ("numerator", above, result.numerator),
        ("denominator", below, result.denominator),
        ("low", value, result.low),
        ("high", value, result.high),
    )
    for name, measure, number in counted:
        scale = _scale(result, measure)
        found[name] = number if number is None or scale == 1 else number / scale
    found["unit"] = result.currency if value == "money" else result.figure.unit
    found["of"] = result.program_unit or result.currency
    found["ripens_on"] = result.ripens_on.isoformat() if result.ripens_on else None
    return found


def _scale(result: metrics.Result, measure: Measure) -> int:
    match measure:
        case "money":
            return int(10 ** money.decimals(result.currency))
        case "units":
            return int(10**result.decimals)
        case "number":
            return 1


def _units(
    business: Business, period: metrics.Period, today: date, needs: frozenset[str]
) -> dict[str, Units]:
    """The sums of the program's units, if any is asked for and the period is over."""
    if not period.over(today) or not any(name.startswith("units.") for name in needs):
        return {}
    return program_figures.read(business.pk, period)


def needed(figures: Sequence[str]) -> frozenset[str]:
    """The sums from which figures are computed; all of them where none is named."""
    if not figures:
        return NAMES
    return frozenset(name for figure in figures for name in metrics.every()[figure].needs)
