"""Referrals per customer, of those who bought twice or more."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="referrals_repeaters",
    title={
        "fr": "Recommandations, clients fidèles",
        "it": "Raccomandazioni, clienti che ritornano",
        "en": "Referrals per repeat customer",
    },
    help={
        "fr": (
            "Combien d'acheteurs a amenés un client qui a acheté deux fois ou plus dans la période."
        ),
        "it": "Quanti acquirenti ha portato un cliente con due o più acquisti nel periodo.",
        "en": "How many buyers a customer who bought twice or more in the period has brought.",
    },
    formula={
        "fr": "acheteurs amenés par eux / clients ayant acheté ≥ 2 fois",
        "it": "acquirenti portati da loro / clienti con ≥ 2 acquisti",
        "en": "buyers brought by them / customers with ≥ 2 purchases",
    },
    caveats={
        "fr": "À lire à côté de ceux qui n'ont acheté qu'une fois.",
        "it": "Da leggere accanto a chi ha comprato una volta sola.",
        "en": "To be read beside those who bought just once.",
    },
    group="engagement",
    unit="ratio",
    grain="customer",
    numerator=({"repeaters_referred": 1},),
    denominator=({"repeaters": 1},),
    source="Referrals per customer, by number of purchases",
    examples=(
        Example(
            source="30 brought by 60 customers",
            counts=Counts(repeaters_referred=30, repeaters=60),
            value=Fraction(1, 2),
        ),
    ),
)
