"""Breakage: of the units that ended in the period, the share that lapsed."""

from fractions import Fraction

from habitue.metrics.aggregates import Units
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="breakage",
    title={
        "fr": "Unités perdues",
        "it": "Unità scadute",
        "en": "Breakage",
    },
    help={
        "fr": "Parmi les unités sorties dans la période, la part perdue sans être utilisée.",
        "it": "Tra le unità uscite nel periodo, la quota scaduta senza essere usata.",
        "en": "Of the units that ended in the period, the share that lapsed unused.",
    },
    formula={
        "fr": "unités perdues / (utilisées + perdues)",
        "it": "unità scadute / (usate + scadute)",
        "en": "units lapsed / (used + lapsed)",
    },
    caveats={
        "fr": "Un chiffre bas est bon signe : des unités perdues sont des clients déçus.",
        "it": "Una cifra bassa è un buon segno: unità scadute sono clienti delusi.",
        "en": "A low figure is a good sign: lapsed units are disappointed customers.",
    },
    group="program",
    unit="share",
    grain="unit",
    numerator=({"units.lapsed": 1},),
    denominator=({"units.redeemed": 1, "units.lapsed": 1},),
    source="Program figures, by unit of the program: lapsed / (redeemed + lapsed)",
    examples=(
        Example(
            source="850 used, 150 lapsed",
            units=Units(redeemed=850, lapsed=150),
            value=Fraction(15, 100),
        ),
    ),
)
