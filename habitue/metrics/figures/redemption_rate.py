"""Redemption rate: of the units that ended in the period, the share that was used."""

from fractions import Fraction

from habitue.metrics.aggregates import Units
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="redemption_rate",
    title={
        "fr": "Taux de rachat",
        "it": "Tasso di riscatto",
        "en": "Redemption rate",
    },
    help={
        "fr": "Parmi les unités sorties dans la période, la part utilisée plutôt que perdue.",
        "it": "Tra le unità uscite nel periodo, la quota usata e non scaduta.",
        "en": ("Of the units that ended in the period, the share that was used and did not lapse."),
    },
    formula={
        "fr": "unités utilisées / (utilisées + perdues)",
        "it": "unità usate / (usate + scadute)",
        "en": "units used / (used + lapsed)",
    },
    caveats={
        "fr": (
            "Un programme jeune n'a encore rien perdu : le taux est alors trop beau. La "
            "page du passif suit les unités par âge."
        ),
        "it": (
            "Un programma giovane non ha ancora scadenze: il tasso è allora troppo bello. "
            "La pagina delle passività segue le unità per età."
        ),
        "en": (
            "A young program has lapsed nothing yet: then the rate is too fair. The "
            "liability page follows units by their age."
        ),
    },
    group="program",
    unit="share",
    grain="unit",
    numerator=({"units.redeemed": 1},),
    denominator=({"units.redeemed": 1, "units.lapsed": 1},),
    source="Program figures, by unit of the program: redeemed / (redeemed + lapsed)",
    examples=(
        Example(
            source="850 used, 150 lapsed",
            units=Units(redeemed=850, lapsed=150),
            value=Fraction(85, 100),
        ),
    ),
)
