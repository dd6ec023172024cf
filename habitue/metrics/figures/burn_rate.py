"""Burn rate: units used in the period, to units given in it."""

from fractions import Fraction

from habitue.metrics.aggregates import Units
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="burn_rate",
    title={
        "fr": "Taux d'utilisation",
        "it": "Tasso di utilizzo",
        "en": "Burn rate",
    },
    help={
        "fr": "Combien d'unités sont utilisées pendant que l'on en donne une.",
        "it": "Quante unità si usano mentre se ne dà una.",
        "en": "How many units are used while one is given.",
    },
    formula={
        "fr": "unités utilisées / unités données, dans la période",
        "it": "unità usate / unità date, nel periodo",
        "en": "units used / units given, in the period",
    },
    caveats={
        "fr": "Les unités utilisées peuvent être d'avant : le taux peut dépasser 100 %.",
        "it": "Le unità usate possono essere di prima: il tasso può superare il 100 %.",
        "en": "Units used may be from before: the rate can pass 100 %.",
    },
    group="program",
    unit="share",
    grain="unit",
    numerator=({"units.redeemed": 1},),
    denominator=({"units.issued": 1},),
    source="Program figures, by unit of the program: redeemed / issued in one period",
    examples=(
        Example(
            source="600 used while 1,000 were given",
            units=Units(redeemed=600, issued=1_000),
            value=Fraction(3, 5),
        ),
    ),
)
