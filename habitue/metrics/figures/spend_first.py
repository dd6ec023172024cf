"""Average spend of first-time customers."""

from fractions import Fraction

from habitue.metrics.aggregates import Money
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="spend_first",
    title={
        "fr": "Dépense des nouveaux clients",
        "it": "Spesa dei nuovi clienti",
        "en": "Spend of first-time customers",
    },
    help={
        "fr": ("Ce que dépense en moyenne un client venu pour la première fois dans la période."),
        "it": "Quanto spende in media un cliente venuto per la prima volta nel periodo.",
        "en": "What a customer who first came in the period spends on average.",
    },
    formula={
        "fr": "chiffre d'affaires des nouveaux / nouveaux ayant acheté",
        "it": "fatturato dei nuovi / nuovi che hanno comprato",
        "en": "revenue from first-time customers / first-time customers who bought",
    },
    caveats={
        "fr": "Un nouveau client n'est là qu'une partie de la période.",
        "it": "Un nuovo cliente c'è solo per una parte del periodo.",
        "en": "A first-time customer is there for part of the period only.",
    },
    group="money",
    unit="money",
    grain="money",
    numerator=({"money.first_revenue": 1},),
    denominator=({"money.first_buyers": 1},),
    source="Existing against new: average spend",
    examples=(
        Example(
            source="1,000 from 10 first-time customers",
            money=Money(first_revenue=1_000_00, first_buyers=10),
            value=Fraction(100_00),
        ),
    ),
)
