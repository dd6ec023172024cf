"""Dormant: known customers who are none at the period's end."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="dormant",
    title={"fr": "Clients dormants", "it": "Clienti dormienti", "en": "Customers dormant"},
    help={
        "fr": "La part des clients connus qui n'ont rien acheté dans la fenêtre avant la fin.",
        "it": "La quota dei clienti conosciuti che non ha comprato nella finestra finale.",
        "en": "The share of known customers who bought nothing within the window before the end.",
    },
    formula={
        "fr": "dormants / clients connus",
        "it": "dormienti / clienti conosciuti",
        "en": "dormant / customers known",
    },
    caveats={
        "fr": "Avec les années, tout commerce en a beaucoup : ce n'est pas une alarme.",
        "it": "Con gli anni ogni negozio ne ha molti: non è un allarme.",
        "en": "Over the years every shop has many: no alarm.",
    },
    group="customers",
    unit="share",
    grain="customer",
    numerator=({"dormant": 1},),
    denominator=({"known": 1},),
    interval="wilson",
    parameters=("window",),
    source="The four states behind every period",
    examples=(
        Example(
            source="of 200 known: 30 new, 90 kept, 5 reactivated, 75 dormant",
            counts=Counts(known=200, new=30, kept=90, reactivated=5, dormant=75, end=125),
            value=Fraction(75, 200),
        ),
    ),
)
