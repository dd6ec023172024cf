"""The catalogue of figures as one page for people: `docs/figures.md` is this text."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from habitue.metrics import catalogue
from habitue.metrics.asked import ASSUMED_DAYS
from habitue.metrics.figure import FEW, Example, Figure

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
never summed together. Shares carry a 95 % Wilson interval, NPS an adjusted-Wald one.

A figure is a file in `habitue/metrics/figures/`; this page is written from them.
"""


def text() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *(_section(figure) for figure in catalogue.every().values())])


def _section(figure: Figure) -> str:
    essential = " · essential" if figure.id in catalogue.ESSENTIAL else ""
    lines = [
        f"## {figure.title['en']}",
        "",
        f"`{figure.id}`{essential} · fr: {figure.title['fr']} · it: {figure.title['it']}",
        "",
        f"{figure.help['en']} {figure.caveats['en']}",
        "",
        f"- Formula: {figure.formula['en']}",
        f"- Source: {figure.source}",
        *(f"- Example: {_worked(figure, example)}" for example in figure.examples),
        "",
    ]
    return "\n".join(lines)


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
