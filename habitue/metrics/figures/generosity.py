"""Generosity: what is given back to members, for each 1 they spent."""

from fractions import Fraction

from habitue.metrics.aggregates import Units
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="generosity",
    title={
        "fr": "Générosité",
        "it": "Generosità",
        "en": "Generosity",
    },
    help={
        "fr": "Ce qui est rendu aux membres, pour 1 qu'ils ont dépensé.",
        "it": "Quanto torna agli iscritti, per 1 che hanno speso.",
        "en": "What is given back to members, for each 1 they spent.",
    },
    formula={
        "fr": "valeur des unités utilisées / achats des membres",
        "it": "valore delle unità usate / acquisti degli iscritti",
        "en": "value of units used / sales to members",
    },
    caveats={
        "fr": "À la valeur de l'unité ; ce que coûte une récompense peut être moins.",
        "it": "Al valore dell'unità; ciò che costa un premio può essere meno.",
        "en": "At the unit's worth; what a reward costs may be less.",
    },
    group="program",
    unit="share",
    grain="unit",
    numerator=({"units.value_redeemed": 1},),
    denominator=({"units.sales": 1},),
    source="Program figures, by unit of the program: value redeemed / member sales",
    examples=(
        Example(
            source="60 given back on sales of 2,000",
            units=Units(value_redeemed=60_00, sales=2_000_00, worth_known=1),
            value=Fraction(3, 100),
        ),
    ),
)
