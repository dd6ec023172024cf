"""Referrals per customer, of those who bought once."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="referrals_single",
    title={
        "fr": "Recommandations, clients d'un seul achat",
        "it": "Raccomandazioni, clienti di un solo acquisto",
        "en": "Referrals per one-time customer",
    },
    help={
        "fr": (
            "Combien d'acheteurs a amenés un client qui n'a acheté qu'une fois dans la période."
        ),
        "it": "Quanti acquirenti ha portato un cliente con un solo acquisto nel periodo.",
        "en": "How many buyers a customer who bought once in the period has brought.",
    },
    formula={
        "fr": "acheteurs amenés par eux / clients ayant acheté une fois",
        "it": "acquirenti portati da loro / clienti con un acquisto",
        "en": "buyers brought by them / customers with one purchase",
    },
    caveats={
        "fr": "Une fois dans la période : ils peuvent être venus souvent avant.",
        "it": "Una volta nel periodo: prima possono essere venuti spesso.",
        "en": "Once in the period: they may have come often before.",
    },
    group="engagement",
    unit="ratio",
    grain="customer",
    numerator=({"referred": 1, "repeaters_referred": -1},),
    denominator=({"buyers": 1, "repeaters": -1},),
    source="Referrals per customer, by number of purchases",
    examples=(
        Example(
            source="10 brought by 140 customers",
            counts=Counts(referred=40, repeaters_referred=30, buyers=200, repeaters=60),
            value=Fraction(1, 14),
        ),
    ),
)
