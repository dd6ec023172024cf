"""What a figure is: a pure function of aggregates, with the words that explain it.

A figure answers with a numerator and a denominator, both whole numbers; the one division comes
at the end, in `value`. Where the denominator is 0 there is no value: "not enough data yet".
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from habitue.metrics import intervals
from habitue.metrics.aggregates import Counts, Money

Text = dict[str, str]
"""Words per language: `{"fr": …, "it": …, "en": …}`."""

Unit = Literal["share", "ratio", "money", "points"]
"""share: 0.9 is 90 %; ratio: so many per customer; money: minor units; points: −100 to 100."""

FEW: Final = 30
"""Under so many people a share is shown as "18 of 20", not as a percentage."""


class Sums(NamedTuple):
    """What a formula may use: the counts, the money of one currency, the lifespan asked for."""

    counts: Counts
    money: Money = Money()
    lifespan: Fraction | None = None  # in periods; None: estimated as 1 / churn


class Divided(NamedTuple):
    """A numerator and a denominator before their one division."""

    numerator: int
    denominator: int


class Example(Struct, frozen=True, kw_only=True):
    """A worked example with its source: these sums give this value (in the figure's unit)."""

    source: str
    counts: Counts = Counts()
    money: Money = Money()
    lifespan: Fraction | None = None
    value: Fraction


class Figure(Struct, frozen=True, kw_only=True):
    """One figure, declared once. `needs` names the aggregates its formula reads, and no others."""

    id: str
    title: Text
    help: Text
    formula: Text
    caveats: Text
    unit: Unit
    source: str
    needs: tuple[str, ...]
    divide: Callable[[Sums], Divided]
    examples: tuple[Example, ...]


def value(figure: Figure, divided: Divided) -> float | None:
    """The division. Money stays in minor units; points are of a hundred."""
    if divided.denominator == 0:
        return None
    scale = 100 if figure.unit == "points" else 1
    return scale * divided.numerator / divided.denominator


def interval(figure: Figure, sums: Sums, divided: Divided) -> intervals.Interval | None:
    """The 95 % interval: Wilson for shares, adjusted Wald for NPS, none for means.

    A share above 100 % (retention as in the articles may be one) is no proportion: no interval.
    """
    numerator, denominator = divided
    if figure.unit == "points":
        counts = sums.counts
        return intervals.net_promoters(counts.promoters, counts.passives, counts.detractors)
    if figure.unit == "share" and 0 <= numerator <= denominator:
        return intervals.wilson(numerator, denominator)
    return None
