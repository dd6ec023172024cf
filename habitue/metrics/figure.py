"""What a figure is: a formula over aggregates, with the words that explain it.

A formula is written as data: sums with their weights, multiplied where there are several, above
and below one stroke. So it is read by whoever computes it and by whoever explains it. A figure
answers with a numerator and a denominator, both whole numbers; the one division comes at the end,
in `value`. Where the denominator is 0 there is no value: "not enough data yet".
"""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from habitue.metrics import intervals
from habitue.metrics.aggregates import Counts, Money, Units

Text = dict[str, str]
"""Words per language: `{"fr": …, "it": …, "en": …}`."""

Unit = Literal["share", "ratio", "money", "points", "mean", "days", "minutes"]
"""share: 0.9 is 90 %; ratio: so many per customer; money: minor units; points: −100 to 100;
mean: a score on a stated scale; days and minutes as they are called."""

Group = Literal["customers", "money", "satisfaction", "program", "engagement"]
"""What a figure is about."""

Grain = Literal["customer", "order", "answer", "complaint", "money", "unit"]
"""What is counted: one of these is one step of a numerator or denominator."""

Method = Literal["wilson", "adjusted wald", "mean", "none"]
"""How the 95 % interval is found (`intervals`)."""

Parameter = Literal["window", "lifespan"]
"""What somebody may set: the days that make a customer; for how many periods one stays."""

Cadence = Literal["month", "quarter", "year"]

Measure = Literal["number", "money", "units"]
"""In what a sum is counted: as it is, in minor units of money, in fixed point of units."""

Terms = dict[str, int]
"""A sum of sums: `{"end": 1, "new": -1}` is customers at the end without the new ones."""

Factors = tuple[Terms, ...]
"""Terms that are multiplied with each other."""

FEW: Final = 30
"""Under so many people a share is shown as "18 of 20", not as a percentage."""

LIFESPAN: Final = {"lifespan.periods": "start", "lifespan.customers": "lost"}
"""A lifespan in periods is a fraction of its own: start / lost where none is given."""

_MONEY: Final = frozenset(
    ["revenue", "first_revenue", "base", "expansion", "contraction", "churned"]
)
_VALUES: Final = frozenset(["value_issued", "value_redeemed", "liability", "sales"])


class Sums(NamedTuple):
    """What a formula may use: the counts, the money of one currency, one unit of the program, the
    lifespan asked for (in periods; None: estimated as 1 / churn).
    """

    counts: Counts
    money: Money = Money()
    units: Units = Units()
    lifespan: Fraction | None = None

    def read(self, name: str) -> int:
        """A sum by its name (`aggregates.NAMES`)."""
        if name in LIFESPAN and self.lifespan is None:
            return self.read(LIFESPAN[name])
        match name.split("."):
            case "lifespan", "periods":
                return (self.lifespan or Fraction(0)).numerator
            case "lifespan", "customers":
                return (self.lifespan or Fraction(0)).denominator
            case "money", of:
                return int(getattr(self.money, of))
            case "units", of:
                return int(getattr(self.units, of))
            case _:
                return int(getattr(self.counts, name))


class Divided(NamedTuple):
    """A numerator and a denominator before their one division."""

    numerator: int
    denominator: int


class Example(Struct, frozen=True, kw_only=True):
    """A worked example with its source: these sums give this value (in the figure's unit)."""

    source: str
    counts: Counts = Counts()
    money: Money = Money()
    units: Units = Units()
    lifespan: Fraction | None = None
    value: Fraction

    @property
    def sums(self) -> Sums:
        """What the formula is given."""
        return Sums(self.counts, self.money, self.units, self.lifespan)


class Quoted(Struct, frozen=True, kw_only=True):
    """What somebody else has published: shown beside the own figure, and as quoted."""

    text: Text
    source: str


class Component(Struct, frozen=True, kw_only=True):
    """A part of a figure that is a figure of its own: one of the factors, or a weighted summand."""

    id: str
    title: Text
    unit: Unit
    numerator: Factors
    denominator: Factors
    weight: int = 1


class Figure(Struct, frozen=True, kw_only=True):
    """One figure, declared once. It is ripe when its period is over.

    `numerator` and `denominator` are the formula; `components` what it is made of where that is
    not seen in the formula: together they are the value, `joined` as a sum or as a product.
    `squares` names the sum of squares from which the interval of a mean is found; `scale` is the
    lowest and highest score of a mean.
    """

    id: str
    title: Text
    help: Text
    formula: Text
    caveats: Text
    group: Group
    unit: Unit
    grain: Grain
    numerator: Factors
    denominator: Factors
    interval: Method = "none"
    parameters: tuple[Parameter, ...] = ()
    cadence: tuple[Cadence, ...] = ("month", "quarter")
    components: tuple[Component, ...] = ()
    joined: Literal["sum", "product"] = "sum"
    squares: str = ""
    scale: tuple[int, int] | None = None
    quoted: tuple[Quoted, ...] = ()
    source: str
    examples: tuple[Example, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        """The names of all sums that it is computed from."""
        named = [name for terms in (*self.numerator, *self.denominator) for name in terms]
        named += [self.squares] if self.squares else []
        return tuple(dict.fromkeys(LIFESPAN.get(name, name) for name in named))

    @property
    def per(self) -> Literal["currency", "unit", ""]:
        """For each of what it answers: every currency, every unit of the program, or once."""
        for what in ("units", "money"):
            if any(name.startswith(f"{what}.") for name in self.needs):
                return "unit" if what == "units" else "currency"
        return ""

    @property
    def measures(self) -> tuple[Measure, Measure]:
        """In what its numerator and its denominator are counted."""
        return _measure(self.numerator), _measure(self.denominator)


def divide(declared: Figure | Component, sums: Sums) -> Divided:
    """The formula with its sums, not divided yet."""
    return Divided(_product(declared.numerator, sums), _product(declared.denominator, sums))


def value(declared: Figure | Component, divided: Divided) -> float | None:
    """The division. Money stays in minor units; points are of a hundred."""
    if divided.denominator == 0:
        return None
    scale = 100 if declared.unit == "points" else 1
    return scale * divided.numerator / divided.denominator


def interval(declared: Figure, sums: Sums, divided: Divided) -> intervals.Interval | None:
    """The 95 % interval, as declared: Wilson for shares, adjusted Wald for NPS, of a mean.

    A share above 100 % (retention as in the articles may be one) is no proportion: no interval.
    """
    numerator, denominator = divided
    match declared.interval:
        case "wilson" if 0 <= numerator <= denominator:
            return intervals.wilson(numerator, denominator)
        case "adjusted wald":
            counts = sums.counts
            return intervals.net_promoters(counts.promoters, counts.passives, counts.detractors)
        case "mean" if declared.scale is not None:
            squares = sums.read(declared.squares)
            return intervals.mean(numerator, squares, denominator, declared.scale)
        case _:
            return None


def parts(declared: Figure, sums: Sums) -> dict[str, int]:
    """The sums that the formula reads, by name, in its order."""
    named = [name for terms in (*declared.numerator, *declared.denominator) for name in terms]
    used = [LIFESPAN.get(name, name) if sums.lifespan is None else name for name in named]
    return {name: sums.read(name) for name in used}


def measure(name: str) -> Measure:
    """In what a sum is counted."""
    match name.split("."):
        case "money", of if of in _MONEY:
            return "money"
        case "units", of if of in _VALUES:
            return "money"
        case "units", of if of != "worth_known":
            return "units"
        case _:
            return "number"


def _measure(factors: Factors) -> Measure:
    found = {measure(name) for terms in factors for name in terms}
    return "money" if "money" in found else "units" if "units" in found else "number"


def _product(factors: Factors, sums: Sums) -> int:
    return prod(
        sum(weight * sums.read(name) for name, weight in terms.items()) for terms in factors
    )
