"""Reactivated: known customers who had drifted away and came back."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="reactivated",
    title={"fr": "Clients reconquis", "it": "Clienti riconquistati", "en": "Customers reactivated"},
    help={
        "fr": "La part des clients connus qui s'étaient éloignés avant le début et sont revenus.",
        "it": "La quota dei clienti che si erano allontanati prima dell'inizio e sono tornati.",
        "en": "The share of known customers who had drifted away before the start and came back.",
    },
    formula={
        "fr": "reconquis / clients connus",
        "it": "riconquistati / clienti conosciuti",
        "en": "reactivated / customers known",
    },
    caveats={
        "fr": "Revenu veut dire : un achat dans la fenêtre avant la fin.",
        "it": "Tornato vuol dire: un acquisto nella finestra prima della fine.",
        "en": "Came back means: a purchase within the window before the end.",
    },
    group="customers",
    unit="share",
    grain="customer",
    numerator=({"reactivated": 1},),
    denominator=({"known": 1},),
    interval="wilson",
    parameters=("window",),
    source="The four states behind every period",
    examples=(
        Example(
            source="of 200 known: 30 new, 90 kept, 5 reactivated, 75 dormant",
            counts=Counts(known=200, new=30, kept=90, reactivated=5, dormant=75, end=125),
            value=Fraction(5, 200),
        ),
    ),
)
