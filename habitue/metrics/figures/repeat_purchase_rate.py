"""Repeat-purchase rate: of those who bought in the period, the share who bought again in it."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="repeat_purchase_rate",
    title={"fr": "Taux de réachat", "it": "Tasso di riacquisto", "en": "Repeat-purchase rate"},
    help={
        "fr": "Parmi les clients de la période, la part qui a acheté deux fois ou plus.",
        "it": "Tra i clienti del periodo, la quota che ha comprato due volte o più.",
        "en": "Of the customers who bought in the period, the share who bought twice or more.",
    },
    formula={
        "fr": "clients ayant ≥ 2 achats / clients ayant acheté",
        "it": "clienti con ≥ 2 acquisti / clienti che hanno comprato",
        "en": "customers with ≥ 2 purchases / customers who bought",
    },
    caveats={
        "fr": "Chaque achat (ou passage de carte) compte : deux le même jour font deux.",
        "it": "Conta ogni acquisto (o passaggio di tessera): due nello stesso giorno sono due.",
        "en": "Every purchase (or card scan) counts: two on one day are two.",
    },
    group="customers",
    unit="share",
    grain="customer",
    numerator=({"repeaters": 1},),
    denominator=({"buyers": 1},),
    interval="wilson",
    source="Retention articles: customers with more than one purchase / customers",
    examples=(
        Example(
            source="150 of 500 customers bought again",
            counts=Counts(buyers=500, repeaters=150),
            value=Fraction(3, 10),
        ),
    ),
)
