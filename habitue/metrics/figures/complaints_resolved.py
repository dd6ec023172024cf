"""Complaints resolved, to complaints of the period."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="complaints_resolved",
    title={
        "fr": "Réclamations résolues",
        "it": "Reclami risolti",
        "en": "Complaints resolved",
    },
    help={
        "fr": "Combien de réclamations sont résolues, sur celles de la période.",
        "it": "Quanti reclami sono risolti, su quelli del periodo.",
        "en": "How many complaints are resolved, of those of the period.",
    },
    formula={
        "fr": "réclamations résolues / réclamations",
        "it": "reclami risolti / reclami",
        "en": "complaints resolved / complaints",
    },
    caveats={
        "fr": "Chacune à son jour : résoudre celles d'avant peut dépasser 100 %.",
        "it": "Ciascuno nel suo giorno: risolvere quelli di prima può superare il 100 %.",
        "en": "Each on its own day: settling earlier ones can pass 100 %.",
    },
    group="satisfaction",
    unit="share",
    grain="complaint",
    numerator=({"complaints_resolved": 1},),
    denominator=({"complaints": 1},),
    interval="wilson",
    source="Service quality: share resolved",
    examples=(
        Example(
            source="36 of 40 complaints",
            counts=Counts(complaints_resolved=36, complaints=40),
            value=Fraction(9, 10),
        ),
    ),
)
