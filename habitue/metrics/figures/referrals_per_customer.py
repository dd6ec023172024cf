"""Referrals per customer: buyers whom customers brought, per customer who bought."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="referrals_per_customer",
    title={
        "fr": "Recommandations par client",
        "it": "Raccomandazioni per cliente",
        "en": "Referrals per customer",
    },
    help={
        "fr": "Combien d'acheteurs un client a amenés en moyenne.",
        "it": "Quanti acquirenti ha portato in media un cliente.",
        "en": "How many buyers a customer has brought on average.",
    },
    formula={
        "fr": "acheteurs amenés / clients ayant acheté",
        "it": "acquirenti portati / clienti che hanno comprato",
        "en": "buyers brought / customers who bought",
    },
    caveats={
        "fr": (
            "Toutes les recommandations depuis le début, de ceux qui ont acheté dans la période."
        ),
        "it": "Tutte le raccomandazioni dall'inizio, di chi ha comprato nel periodo.",
        "en": "All referrals so far, of those who bought in the period.",
    },
    group="engagement",
    unit="ratio",
    grain="customer",
    numerator=({"referred": 1},),
    denominator=({"buyers": 1},),
    source="Referrals per customer: referred customers who bought / customers",
    examples=(
        Example(
            source="40 brought by 200 customers",
            counts=Counts(referred=40, buyers=200),
            value=Fraction(1, 5),
        ),
    ),
)
