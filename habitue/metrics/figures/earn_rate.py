"""Earn rate: what the units given are worth, for each 1 that members spent."""

from fractions import Fraction

from habitue.metrics.aggregates import Units
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="earn_rate",
    title={
        "fr": "Taux de gain",
        "it": "Tasso di accumulo",
        "en": "Earn rate",
    },
    help={
        "fr": "Ce que valent les unités données, pour 1 dépensé par les membres.",
        "it": "Quanto valgono le unità date, per 1 speso dagli iscritti.",
        "en": "What the units given are worth, for each 1 that members spent.",
    },
    formula={
        "fr": "valeur des unités données / achats des membres",
        "it": "valore delle unità date / acquisti degli iscritti",
        "en": "value of units given / sales to members",
    },
    caveats={
        "fr": ("À la valeur de l'unité à la fin de la période ; sans valeur connue, pas de taux."),
        "it": "Al valore dell'unità alla fine del periodo; senza valore noto, nessun tasso.",
        "en": ("At the unit's worth at the period's end; without a known worth there is no rate."),
    },
    group="program",
    unit="share",
    grain="unit",
    numerator=({"units.value_issued": 1},),
    denominator=({"units.sales": 1},),
    source="Program figures, by unit of the program: value issued / member sales",
    examples=(
        Example(
            source="points worth 200 for sales of 2,000",
            units=Units(value_issued=200_00, sales=2_000_00, worth_known=1),
            value=Fraction(1, 10),
        ),
    ),
)
