"""Answers: every figure of a business over a period, with what it was computed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from msgspec import Struct, structs

from habitue.metrics import asked as asking
from habitue.metrics import catalogue, figure
from habitue.metrics.aggregates import Aggregates, Money, Units
from habitue.metrics.asked import Asked, Window
from habitue.metrics.figure import FEW, Figure, Sums
from habitue.metrics.periods import Period
from habitue.metrics.sources import Source


class Result(Struct, frozen=True, kw_only=True):
    """One figure's answer: in one currency, or of one unit of the program, where it has several.

    A figure of money (its unit says so) is in minor units, as is its interval; in what numerator
    and denominator are counted, `Figure.measures` says. `value` is None while the period is not
    over (`ripens_on` says until when) and where the denominator is 0: not enough data yet.
    `parts` are the sums it was computed from, by name; `components` its components' values.
    """

    id: str
    value: float | None
    numerator: int | None
    denominator: int | None
    low: float | None = None
    high: float | None = None
    currency: str = ""
    program_unit: str = ""
    decimals: int = 0  # of the program's unit, in fixed point
    parts: dict[str, int] = {}
    components: dict[str, float | None] = {}
    ripens_on: date | None = None

    @property
    def figure(self) -> Figure:
        """The declaration: title, help, formula, unit, source, caveats."""
        return catalogue.every()[self.id]

    @property
    def few(self) -> bool:
        """Whether so few people stand behind it that counts say more than a percentage."""
        people = self.figure.unit in ("share", "points", "mean")
        people = people and self.figure.grain not in ("money", "unit")
        return people and 0 < (self.denominator or 0) < FEW


class Answers(Struct, frozen=True, kw_only=True):
    """All results in the catalogue's order, with the window they used and the sums behind them."""

    period: Period
    window: Window
    results: tuple[Result, ...]
    aggregates: Aggregates

    def get(self, figure_id: str) -> Result:
        """The result of one figure; where money has several currencies, of the first."""
        return next(result for result in self.results if result.id == figure_id)


def answer(
    source: Source,
    *,
    period: Period,
    today: date,
    currency: str,
    window: Window | int | None = None,
    lifespan: Fraction | None = None,
    figures: Sequence[str] = (),
    units: Mapping[str, Units] | None = None,
) -> Answers:
    """Every figure (or those of the given ids) of a business over a period.

    `window` in days, else the business's own rhythm before the period's end. `lifespan` in
    periods, else 1 / churn. `currency` is the business's own: its money answers even where
    nothing was sold. `units` are the sums of the program's units over the period, which no source
    has. `today` is the business's local date: a period that is not over has no values yet. A
    `ValueError` carries a sentence about the window.
    """
    chosen = _window(window, source, period)
    sums = source.aggregates(Asked(period=period, window=chosen.days))
    sums = structs.replace(sums, units=dict(units or {}))
    return Answers(
        period=period,
        window=chosen,
        results=results(sums, period, today, lifespan=lifespan, currency=currency, figures=figures),
        aggregates=sums,
    )


def _window(window: Window | int | None, source: Source, period: Period) -> Window:
    if isinstance(window, Window):
        return window
    return asking.own_rhythm(source.gaps(period.until)) if window is None else asking.given(window)


def results(
    sums: Aggregates,
    period: Period,
    today: date,
    *,
    lifespan: Fraction | None = None,
    currency: str = "",
    figures: Sequence[str] = (),
) -> tuple[Result, ...]:
    """The figures of given aggregates: once per currency or unit of the program where they have
    one, else once. `currency` is the business's own.
    """
    money = {currency: Money()} if currency or not sums.money else {}
    money |= sums.money
    units = sums.units or {"": Units()}
    running = None if period.over(today) else period
    found = []
    for declared in catalogue.every().values():
        if figures and declared.id not in figures:
            continue
        for code in money if declared.per == "currency" else [currency]:
            for unit in units if declared.per == "unit" else [""]:
                mine = Sums(
                    sums.counts, money.get(code, Money()), units.get(unit, Units()), lifespan
                )
                found.append(_result(declared, mine, code, unit, running))
    return tuple(found)


def _result(
    declared: Figure, sums: Sums, currency: str, unit: str, running: Period | None
) -> Result:
    told = Result(
        id=declared.id,
        value=None,
        numerator=None,
        denominator=None,
        currency=currency if "money" in (declared.unit, *declared.measures) else "",
        program_unit=unit,
        decimals=sums.units.decimals,
        ripens_on=running.until if running else None,
    )
    if running:
        return told
    divided = figure.divide(declared, sums)
    interval = figure.interval(declared, sums, divided)
    return structs.replace(
        told,
        value=figure.value(declared, divided),
        numerator=divided.numerator,
        denominator=divided.denominator,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        parts=figure.parts(declared, sums),
        components={
            one.id: figure.value(one, figure.divide(one, sums)) for one in declared.components
        },
    )
