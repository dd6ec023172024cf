"""Gross revenue retention: net revenue retention without what anybody bought more."""

from fractions import Fraction

from habitue.metrics.aggregates import Money
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="gross_revenue_retention",
    title={
        "fr": "Rétention brute du chiffre d'affaires",
        "it": "Fidelizzazione lorda del fatturato",
        "en": "Gross revenue retention",
    },
    help={
        "fr": (
            "La part du chiffre d'affaires d'avant qui reste, sans compter ce que certains "
            "achètent en plus."
        ),
        "it": (
            "La quota del fatturato di prima che resta, senza contare ciò che alcuni "
            "comprano in più."
        ),
        "en": ("The share of the revenue before that is left, not counting what some bought more."),
    },
    formula={
        "fr": "(avant − achats en moins − de ceux qui sont partis) / avant",
        "it": "(prima − comprato in meno − di chi è andato via) / prima",
        "en": "(before − bought less − of those who left) / before",
    },
    caveats={
        "fr": "Ne dépasse jamais 100 %. Même population que la rétention nette.",
        "it": "Non supera mai il 100 %. Stessa popolazione della fidelizzazione netta.",
        "en": "Never passes 100 %. The same customers as in net revenue retention.",
    },
    group="money",
    unit="share",
    grain="money",
    numerator=({"money.base": 1, "money.contraction": -1, "money.churned": -1},),
    denominator=({"money.base": 1},),
    source="Gross revenue retention over a fixed set of customers, windows of equal length",
    examples=(
        Example(
            source="1,000 before; 200 bought more, 100 less, 150 lost",
            money=Money(base=1_000_00, expansion=200_00, contraction=100_00, churned=150_00),
            value=Fraction(75, 100),
        ),
    ),
)
