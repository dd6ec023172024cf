"""`habitue figures`: how loyal the customers are, each figure with what it was computed from."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from habitue import metrics
from habitue.core import money
from habitue.metrics import Answers, Result
from habitue.site.usage import misuse

if TYPE_CHECKING:
    from habitue.members.models import Business

WIDE = 120
"""Columns of the table where nobody says how wide the screen is."""


def command(
    business: Annotated[str, typer.Option(help="The business, by its short name.")],
    period: Annotated[
        str, typer.Option(help="Half-open: 1998-01-01..1998-04-01 ends with 31 March.")
    ],
    window: Annotated[
        int | None,
        typer.Option(
            help="A customer at a day bought within so many days before it"
            " (default: the business's own rhythm)."
        ),
    ] = None,
    lifespan: Annotated[
        str | None,
        typer.Option(help="For the lifetime value: so many periods (default: 1 / churn)."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
) -> None:
    """Print the essential figures of a period, with numerator, denominator and interval."""
    asked, periods = _period(period), _lifespan(lifespan)
    from habitue.site.database import database

    with database():
        from habitue.ledger import figures

        owner = _business(business)
        try:
            answers = figures.answer(
                owner, period=asked, now=datetime.now(UTC), window=window, lifespan=periods
            )
        except ValueError as error:
            misuse(str(error))
        if as_json:
            print(json.dumps([figures.as_numbers(result) for result in answers.results], indent=2))
        else:
            _print(owner, answers, periods)


def _period(text: str) -> metrics.Period:
    try:
        return metrics.periods.parse(text)
    except ValueError as error:
        misuse(str(error))


def _lifespan(text: str | None) -> Fraction | None:
    if text is None:
        return None
    try:
        thousandths = money.fixed(text, 3)
    except ValueError as error:
        misuse(str(error))
    if thousandths <= 0:
        misuse("A lifespan is longer than 0 periods.")
    return Fraction(thousandths, 1000)


def _business(slug: str) -> Business:
    from habitue.members.models import Business

    found = Business.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Business.objects.order_by("slug").values_list("slug", flat=True)[:10])
        misuse(f"There is no business {slug!r}; there is {known or 'none yet'}.")
    return found


def _print(owner: Business, answers: Answers, lifespan: Fraction | None) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, WIDE)
    table = Table(title=f"{owner.name}, {answers.period}", box=box.SIMPLE_HEAD)
    table.add_column("figure")
    for name in ("value", "numerator", "denominator", "95 % interval"):
        table.add_column(name, justify="right")
    essential = True
    for result in answers.results:
        if essential and result.id not in metrics.ESSENTIAL:
            table.add_section()
            essential = False
        table.add_row(*_cells(result))
    console.print(table)
    for result in answers.results:
        console.print(f"{result.figure.title['en']} = {result.figure.formula['en']}", style="dim")
    console.print()
    console.print(_window(answers))
    console.print(_lifespan_used(answers, lifespan))
    console.print("Purchases and refunds count on their local day; undone ones do not count.")


def _lifespan_used(answers: Answers, lifespan: Fraction | None) -> str:
    counts = answers.aggregates.counts
    if lifespan is not None:
        return f"The lifespan is {float(lifespan):.2f} periods, as asked."
    if not counts.lost:
        return (
            "Nobody was lost in the period, so no lifespan can be estimated: --lifespan sets one."
        )
    return (
        f"The lifespan is estimated as 1 / churn = {counts.start:,} / {counts.lost:,} ="
        f" {counts.start / counts.lost:.2f} periods of {answers.period.days} days."
    )


def _cells(result: Result) -> list[str]:
    low, high = result.low, result.high
    interval = "" if low is None or high is None else _between(result, low, high)
    return [
        result.figure.title["en"],
        _value(result),
        _whole(result, result.numerator, money_too=True),
        _whole(result, result.denominator),
        interval,
    ]


def _between(result: Result, low: float, high: float) -> str:
    return f"{_plain(result, low).removesuffix(' %')} – {_plain(result, high)}"


def _value(result: Result) -> str:
    if result.ripens_on:
        return f"not before {result.ripens_on}"
    if result.value is None:
        return "not enough data yet"
    if result.few:
        return f"{result.numerator} of {result.denominator}"
    return f"{_plain(result, result.value)}{' ' + result.currency if result.currency else ''}"


def _plain(result: Result, value: float) -> str:
    match result.figure.unit:
        case "share":
            return f"{100 * value:.1f} %"
        case "money":
            places = money.decimals(result.currency)
            return f"{value / 10**places:,.{places}f}"
        case "points":
            return f"{value:+.0f}"
        case "ratio":
            return f"{value:.2f}"


def _whole(result: Result, value: int | None, *, money_too: bool = False) -> str:
    if value is None:
        return ""
    if money_too and result.currency:
        places = money.decimals(result.currency)
        return f"{value / 10**places:,.{places}f}"
    return f"{value:,}"


def _window(answers: Answers) -> str:
    window = answers.window
    why = {
        "given": "as asked",
        "own rhythm": f"nine in ten of the business's {window.gaps:,} gaps between days of purchase"
        " are no longer",
        "assumed": "assumed: nobody has come back yet, so there is no own rhythm",
    }[window.origin]
    said = (
        f"A customer at the start (end) bought within {window.days} days before it ({why})."
        " --window DAYS sets another."
    )
    if window.days > answers.period.days:
        said += (
            f" As the period has only {answers.period.days} days, one purchase shortly before it"
            " counts at both ends: over a longer period fewer are kept."
        )
    return said
