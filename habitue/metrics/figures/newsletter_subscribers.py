"""Newsletter subscribers: the share of known customers who agree to be written to."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="newsletter_subscribers",
    title={
        "fr": "Abonnés à la lettre d'information",
        "it": "Iscritti alla newsletter",
        "en": "Newsletter subscribers",
    },
    help={
        "fr": "La part des clients connus qui acceptent qu'on leur écrive.",
        "it": "La quota dei clienti conosciuti che accetta di ricevere messaggi.",
        "en": "The share of known customers who agree to be written to.",
    },
    formula={
        "fr": "abonnés avec accord / clients connus",
        "it": "iscritti con consenso / clienti conosciuti",
        "en": "subscribers with consent / customers known",
    },
    caveats={
        "fr": "Consentement à la fin de la période ; qui l'a retiré depuis ne compte plus.",
        "it": "Consenso alla fine del periodo; chi l'ha poi ritirato non conta più.",
        "en": "Consent at the period's end; who has withdrawn it since no longer counts.",
    },
    group="engagement",
    unit="share",
    grain="customer",
    numerator=({"subscribers": 1},),
    denominator=({"customers": 1},),
    interval="wilson",
    source="Newsletter engagement: subscribers with consent / customers",
    examples=(
        Example(
            source="120 of 400 agree",
            counts=Counts(subscribers=120, customers=400),
            value=Fraction(3, 10),
        ),
    ),
)
