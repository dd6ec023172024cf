"""Figures: what they mean, and what they are over a period, as the owner's pages have them."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Annotated, Final, Literal

from django.db import OperationalError, connection, transaction
from msgspec import Meta, Struct

from habitue import metrics
from habitue.api import calls, days, exact, problems, values
from habitue.api.problems import Problem
from habitue.api.routing import operation
from habitue.api.values import Given, Said
from habitue.ledger import figures
from habitue.metrics import asked as asking
from habitue.metrics import cadence
from habitue.metrics.aggregates import Uncountable
from habitue.metrics.answers import Answers, Result
from habitue.metrics.figure import Figure

PATIENCE: Final = 20_000
"""Milliseconds that any one question to the database may take here."""

_CANCELLED: Final = "57014"

Words = Annotated[dict[str, str], Meta(description="By language.", examples=[{"en": "Retention"}])]
FigureName = Annotated[str, Meta(max_length=60, examples=["retention"])]
Number = Annotated[str, Meta(description="A decimal number as text.", examples=["0.4375"])]


class FigureTerms(Given, frozen=True, kw_only=True):
    """What a figure means."""

    id: FigureName
    title: Words
    help: Words
    formula: Words
    caveats: Words
    group: Annotated[str, Meta(description="What it is about.", examples=["customers"])]
    unit: Annotated[
        Literal["share", "ratio", "money", "points", "mean", "days", "minutes"],
        Meta(
            description="In what its value is: `share`: 0.9 is 90 %; `ratio`: so many per customer;"
            " `money`: minor units; `points`: -100 to 100; `mean`: a score on its scale."
        ),
    ]
    per: Annotated[
        Literal["currency", "unit", ""],
        Meta(description="Answered for each currency, each unit of the program, or once."),
    ]
    cadence: Annotated[list[str], Meta(description="How often it is looked at.")]
    parameters: Annotated[list[str], Meta(description="What may be asked beside the period.")]
    source: Annotated[str, Meta(description="Where the formula comes from.")]


class FigureList(Struct, frozen=True, kw_only=True):
    """Every figure, the essential ones first."""

    items: list[FigureTerms]


class AskedFigure(Said, frozen=True, kw_only=True):
    """Over which period; without one, the last calendar month that is over."""

    since: Annotated[date | None, Meta(description="Its first day.")] = None
    until: Annotated[date | None, Meta(description="The day after its last.")] = None
    window: (
        Annotated[
            int,
            Meta(
                ge=1,
                le=asking.LONGEST_WINDOW,
                description="A customer at a day is who bought within so many days before it; left"
                " out: as the business has it.",
            ),
        ]
        | None
    ) = None
    lifespan: (
        Annotated[
            str,
            Meta(
                pattern=values.whole(r"[0-9]{1,6}(\.[0-9]{1,6})?"),
                description="For how many periods somebody stays a customer; left out: estimated.",
            ),
        ]
        | None
    ) = None


class WindowShown(Given, frozen=True, kw_only=True):
    """What makes somebody a customer at a day, and why so many days."""

    days: int
    origin: Annotated[str, Meta(examples=["own rhythm", "declared", "given", "assumed"])]


class FigureValue(Given, frozen=True, kw_only=True):
    """A figure's answer, in one currency or of one unit of the program where it has several.

    `value` is null while the period is not over (`ripens_on`), and where nobody is counted.
    """

    value: Annotated[Number | None, Meta(description="In the figure's unit.")]
    low: Annotated[Number | None, Meta(description="Lower end of its 95 % interval.")]
    high: Annotated[Number | None, Meta(description="Upper end of its 95 % interval.")]
    numerator: Annotated[Number | None, Meta(description="Exactly; money in minor units.")]
    denominator: Annotated[Number | None, Meta(description="Exactly; 0: not enough data yet.")]
    n: Annotated[int | None, Meta(description="How many stand below the stroke, where counted.")]
    few: Annotated[bool, Meta(description="So few that counts say more than a percentage.")]
    currency: str
    program_unit: str
    ripens_on: date | None
    parts: Annotated[
        dict[str, Number], Meta(description="The sums that it was computed from, by name.")
    ]
    components: Annotated[
        dict[str, Number | None], Meta(description="The figures that it is made of.")
    ]


class FigureShown(Given, frozen=True, kw_only=True):
    """A figure over a half-open period of the business's local days."""

    id: FigureName
    since: date
    until: date
    window: WindowShown
    formula: Annotated[Words, Meta(description="How it is computed, in a sentence.")]
    unit: str
    items: list[FigureValue]


class OfFigure(Said, frozen=True, kw_only=True):
    """Which figure."""

    figure: FigureName


@operation("GET", "/figures", may=calls.ANALYSTS, summary="All figures and what they mean")
def find(call: calls.Call) -> FigureList:
    """Title, help, formula and caveats in every language we have."""
    return FigureList(items=[_terms(one) for one in metrics.every().values()])


@operation("GET", "/figures/{figure}", may=calls.ANALYSTS, summary="A figure over a period")
def show(call: calls.Call, where: OfFigure, asked: AskedFigure) -> FigureShown:
    """The same numbers as on the owner's pages. What takes too long here is refused (422)."""
    declared = metrics.every().get(where.figure)
    if declared is None:
        raise problems.unknown("figure")
    answers = _answers(call, declared, asked)
    return FigureShown(
        id=declared.id,
        since=answers.period.since,
        until=answers.period.until,
        window=WindowShown(days=answers.window.days, origin=answers.window.origin),
        formula=declared.formula,
        unit=declared.unit,
        items=[_value(one) for one in answers.results],
    )


def _answers(call: calls.Call, declared: Figure, asked: AskedFigure) -> Answers:
    """Ask the ledger, for as long as anybody should wait."""
    period, lifespan = _period(call, asked), asked.lifespan and Fraction(asked.lifespan)
    if lifespan == 0:
        raise problems.wrong("/query/lifespan", "A lifespan is more than nothing.")
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(PATIENCE)])
            return figures.answer(
                call.business,
                period=period,
                now=call.now,
                window=asked.window,
                lifespan=lifespan or None,
                figures=[declared.id],
            )
    except Uncountable:
        raise Problem(422, "uncountable", "More was sold here than can be counted.") from None
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != _CANCELLED:
            raise
        sentence = "This takes too long. Ask for a shorter period, or see the nightly report."
        raise Problem(422, "too_long", sentence) from None


def _period(call: calls.Call, asked: AskedFigure) -> metrics.Period:
    if asked.since is None and asked.until is None:
        return cadence.closed("month", today=days.today(call), count=1)[0]
    if asked.since is None or asked.until is None:
        raise problems.wrong("/query/until", "Give both `since` and `until`, or neither.")
    return metrics.Period(*days.span(call, asked.since, asked.until))


def _terms(of: Figure) -> FigureTerms:
    return FigureTerms(
        id=of.id,
        title=of.title,
        help=of.help,
        formula=of.formula,
        caveats=of.caveats,
        group=of.group,
        unit=of.unit,
        per=of.per,
        cadence=list(of.cadence),
        parameters=list(of.parameters),
        source=of.source,
    )


def _value(of: Result) -> FigureValue:
    counted = of.figure.measures[1] == "number"
    return FigureValue(
        value=_exact(of),
        low=_estimate(of.low),
        high=_estimate(of.high),
        numerator=_whole(of.numerator),
        denominator=_whole(of.denominator),
        n=of.denominator if counted else None,
        few=of.few,
        currency=of.currency,
        program_unit=of.program_unit,
        ripens_on=of.ripens_on,
        parts={name: str(number) for name, number in of.parts.items()},
        components={name: _estimate(one) for name, one in of.components.items()},
    )


def _exact(of: Result) -> str | None:
    """The one division, done exactly and rounded once."""
    if of.value is None or of.numerator is None or not of.denominator:
        return None
    scale = 100 if of.figure.unit == "points" else 1
    return exact.share(Fraction(scale * of.numerator, of.denominator))


def _estimate(number: float | None) -> str | None:
    return None if number is None else exact.estimate(number)


def _whole(number: int | None) -> str | None:
    return None if number is None else str(number)
