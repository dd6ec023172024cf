"""The catalogue of figures as one page for people: `docs/figures.md` is this text."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from habitue.metrics import benchmarks, catalogue, wording
from habitue.metrics.asked import ASSUMED_DAYS
from habitue.metrics.figure import (
    FEW,
    Component,
    Example,
    Figure,
    Grain,
    Group,
    Method,
    Quoted,
)
from habitue.metrics.views import VIEWS, View

_HEAD: Final = f"""\
# Figures

`habitue figures --business NAME --period 1998-01-01..1998-04-01` prints them all; `--json` gives
`id`, `value`, `numerator`, `denominator`, `low` and `high`. A period is half-open: its last day is
left out. A period that is not over has no values yet, and where there is nothing to divide by, the
answer is "not enough data yet". Under {FEW} people, counts are shown instead of a percentage.

**A customer at a day** bought within W days before it. W is by default the business's own rhythm:
nine in ten gaps between its customers' days of purchase are no longer ({ASSUMED_DAYS} days while
nobody has come back); `--window DAYS` sets another. **Four states**: *new* (first purchase in the
period, customer at its end), *kept* (customer at both ends), *reactivated* (bought before, no
customer at the start, customer at the end), *dormant* (no customer at the end).

Purchases and card scans count on their local day; two on one day are two orders. A refund lowers
revenue on the day of the refund; what was undone or refused counts for nothing. Currencies are
never summed together, nor are units of the program. Shares of people, orders and answers carry a
95 % Wilson interval, NPS an adjusted-Wald one. Every figure is ripe when its period is over.

`habitue figures --figure ID` tells one figure with its own numbers: the sums it was computed from.
What is called *quoted* was published by somebody else, and is not computed here.

A figure is a file in `habitue/metrics/figures/`; this page is written from them.
"""

_METHODS: Final[dict[Method, str]] = {
    "wilson": "95 %, Wilson",
    "adjusted wald": "95 %, adjusted Wald",
    "mean": "95 %, normal, of a mean",
    "none": "none",
}
_GRAINS: Final[dict[Grain, str]] = {
    "customer": "customers",
    "order": "orders",
    "answer": "answers",
    "complaint": "complaints",
    "money": "money",
    "unit": "units",
}


def text() -> str:
    """The whole page."""
    groups = [_group(group) for group in wording.GROUPS]
    return "\n".join([_HEAD, *groups, _views(), _benchmarks()])


def _group(group: Group) -> str:
    figures = [figure for figure in catalogue.every().values() if figure.group == group]
    return "\n".join([f"## {wording.GROUPS[group]['en']}\n", *map(_section, figures)])


def _section(figure: Figure) -> str:
    essential = " · essential" if figure.id in catalogue.ESSENTIAL else ""
    lines = [
        *_opening(figure, f"`{figure.id}`{essential}"),
        f"- Counts: {_counted(figure)}",
        f"- Interval: {_METHODS[figure.interval]}",
        *(f"- Part: {_part(component)}" for component in figure.components),
        *_quoted(figure.quoted),
        f"- Source: {figure.source}",
        *(f"- Example: {_worked(figure, example)}" for example in figure.examples),
        "",
    ]
    return "\n".join(lines)


def _opening(declared: Figure | View, name: str) -> list[str]:
    return [
        f"### {declared.title['en']}",
        "",
        f"{name} · fr: {declared.title['fr']} · it: {declared.title['it']}",
        "",
        f"{declared.help['en']} {declared.caveats['en']}",
        "",
        f"- Formula: {declared.formula['en']}",
    ]


def _counted(figure: Figure) -> str:
    """Grain, what it answers for, what may be set, how often it is looked at."""
    per = {"currency": ", per currency", "unit": ", per unit of the program", "": ""}[figure.per]
    sets = f"; set by {' and '.join(figure.parameters)}" if figure.parameters else ""
    return f"{_GRAINS[figure.grain]}{per}; by {' or '.join(figure.cadence)}{sets}"


def _part(component: Component) -> str:
    weight = f"{component.weight} × " if component.weight != 1 else ""
    return f"{weight}{component.title['en'].lower()}"


def _quoted(quoted: Iterable[Quoted]) -> list[str]:
    return [f"- {one.text['en']} ({one.source})" for one in quoted]


def _views() -> str:
    lines = ["## Beyond one number\n"]
    for view in VIEWS:
        lines += [
            *_opening(view, f"`{view.id}`"),
            f"- Seen on: `{view.page}`; computed by `{view.module}`",
            *_quoted(view.quoted),
            f"- Source: {view.source}",
            "",
        ]
    return "\n".join(lines)


def _benchmarks() -> str:
    lines = [
        "## Sectors\n",
        "Retention of others, to stand beside one's own.",
        f"{benchmarks.CAVEAT['en']}\n",
        "| sector | retention | source |",
        "|---|---|---|",
    ]
    for one in benchmarks.RETENTION.values():
        lines.append(f"| {one.sector['en']} | {100 * one.value:.0f} % | {one.source} |")
    return "\n".join([*lines, ""])


def _worked(figure: Figure, example: Example) -> str:
    return f"{example.source} → {_written(figure, example.value)}"


def _written(figure: Figure, value: Fraction) -> str:
    match figure.unit:
        case "share":
            return f"{float(100 * value):g} %"
        case "money":
            return f"{float(value / 100):,.2f}"
        case "ratio" | "points" | "mean":
            return f"{float(value):.4g}"
        case "days" | "minutes" as unit:
            return f"{float(value):g} {unit}"
