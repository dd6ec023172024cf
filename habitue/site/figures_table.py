"""Figures on a screen: all of them in one table, or one with how it was computed."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table

from habitue import metrics
from habitue.core import money
from habitue.metrics import Answers, Result, wording
from habitue.metrics.figure import Measure, Method, Unit

WIDE: Final = 120
"""Columns of the table where nobody says how wide the screen is."""


_METHODS: Final[dict[Method, str]] = {
    "wilson": "Wilson",
    "adjusted wald": "adjusted Wald",
    "mean": "normal, of a mean",
}


def table(title: str, answers: Answers, lifespan: Fraction | None) -> None:
    """The essential figures, then the others by what they are about; below, what they rest on.

    Figures without a value are named in one line, except the essential ones.
    """
    console = _console()
    found = Table(title=title, box=box.SIMPLE_HEAD)
    found.add_column("figure")
    for name in ("value", "numerator", "denominator", "95 % interval"):
        found.add_column(name, justify="right")
    essential = [one for one in answers.results if one.id in metrics.ESSENTIAL]
    _section(found, "", essential)
    others = [one for one in answers.results if one.id not in metrics.ESSENTIAL]
    told = [one for one in others if one.value is not None]
    for group, words in wording.GROUPS.items():
        _section(found, words["en"], [one for one in told if one.figure.group == group])
    console.print(found)
    without = dict.fromkeys(_title(one) for one in others if one.value is None)
    if without:
        when = essential[0].ripens_on if essential else None
        why = f"Not before {when}" if when else "Not enough data yet"
        console.print(f"{why}: {', '.join(without)}.", style="dim")
        console.print()
    for result in essential:
        formula = result.figure.formula["en"]
        console.print(f"{result.figure.title['en']} = {formula}", style="dim")
    console.print()
    console.print(_window(answers))
    console.print(_lifespan(answers, lifespan))
    console.print("Purchases and refunds count on their local day; undone ones do not count.")
    console.print("--figure ID shows how one of them is computed; ids are in --json.")


def one(title: str, answers: Answers) -> None:
    """Each result of the figures asked for, with its formula in the shop's own numbers."""
    console = _console()
    for result in answers.results:
        figure = result.figure
        console.print(f"{title}: {_title(result)} = {_value(result)}", style="bold")
        console.print(f"{figure.help['en']} {figure.caveats['en']}")
        console.print(f"Formula: {figure.formula['en']}")
        if result.value is not None:
            console.print(f"Here: {_worked(result)} = {_plain(result, result.value)}")
        if result.low is not None and result.high is not None:
            low, high = result.low, result.high
            method = _METHODS[figure.interval]
            console.print(f"95 % interval: {_between(result, low, high)} ({method})")
        for part in figure.components:
            value = result.components.get(part.id)
            if value is not None:
                times = f"{part.weight} × " if part.weight != 1 else ""
                said = _number(part.unit, value, result.currency)
                console.print(f"  {part.title['en']}: {times}{said}")
        for quoted in figure.quoted:
            console.print(f"{quoted.text['en']} ({quoted.source})")
        console.print(f"Source: {figure.source}")
        console.print()
    if any("window" in result.figure.parameters for result in answers.results):
        console.print(_window(answers))


def _console() -> Console:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, WIDE)
    return console


def _section(found: Table, title: str, results: list[Result]) -> None:
    if results and title:
        found.add_section()
        found.add_row(f"[bold]{title}[/bold]")
    for result in results:
        found.add_row(*_cells(result))


def _cells(result: Result) -> list[str]:
    low, high = result.low, result.high
    above, below = result.figure.measures
    return [
        _title(result),
        _value(result),
        _counted(result, result.numerator, above),
        _counted(result, result.denominator, below),
        "" if low is None or high is None else _between(result, low, high),
    ]


def _counted(result: Result, value: int | None, measure: Measure) -> str:
    """Above or below the stroke; a product of sums is nothing that anybody counted."""
    product = len(result.figure.numerator) > 1 or len(result.figure.denominator) > 1
    return "" if value is None or product else _sum(result, value, measure)


def _title(result: Result) -> str:
    """What it is called; of which unit or currency, where the value does not say so."""
    of = result.program_unit or (result.currency if result.figure.unit != "money" else "")
    return f"{result.figure.title['en']}{f' ({of})' if of else ''}"


def _value(result: Result) -> str:
    if result.ripens_on:
        return f"not before {result.ripens_on}"
    if result.value is None:
        return "not enough data yet"
    if result.few and result.figure.unit == "share":
        return f"{result.numerator} of {result.denominator}"
    currency = f" {result.currency}" if result.figure.unit == "money" else ""
    return f"{_plain(result, result.value)}{currency}"


def _worked(result: Result) -> str:
    worked = wording.worked(result.figure, result.parts)
    return wording.written(worked, "en", lambda value, measure: _sum(result, value, measure))


def _between(result: Result, low: float, high: float) -> str:
    return f"{_plain(result, low).removesuffix(' %')} – {_plain(result, high)}"


def _plain(result: Result, value: float) -> str:
    return _number(result.figure.unit, value, result.currency)


def _number(unit: Unit, value: float, currency: str) -> str:
    match unit:
        case "share":
            return f"{100 * value:.1f} %"
        case "money":
            places = money.decimals(currency)
            return f"{value / 10**places:,.{places}f}"
        case "points":
            return f"{value:+.0f}"
        case "ratio" | "mean":
            return f"{value:.2f}"
        case "days" | "minutes":
            return f"{value:.1f} {unit}"


def _sum(result: Result, value: int, measure: Measure) -> str:
    places = 0
    if measure == "money":
        places = money.decimals(result.currency)
    elif measure == "units":
        places = result.decimals
    return f"{value / 10**places:,.{places}f}"


def _lifespan(answers: Answers, lifespan: Fraction | None) -> str:
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


def _window(answers: Answers) -> str:
    window = answers.window
    why = {
        "given": "as asked",
        "declared": "as the business declared",
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
