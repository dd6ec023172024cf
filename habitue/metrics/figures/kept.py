"""Kept: known customers who were there at the start and at the end."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="kept",
    title={"fr": "Clients gardés", "it": "Clienti mantenuti", "en": "Customers kept"},
    help={
        "fr": "La part des clients connus qui l'étaient au début et le sont encore à la fin.",
        "it": "La quota dei clienti conosciuti presenti all'inizio e ancora alla fine.",
        "en": "The share of known customers who were there at the start and still are at the end.",
    },
    formula={
        "fr": "gardés / clients connus",
        "it": "mantenuti / clienti conosciuti",
        "en": "kept / customers known",
    },
    caveats={
        "fr": "Autre dénominateur que la rétention stricte : ici, tous les clients connus.",
        "it": "Denominatore diverso dalla fidelizzazione stretta: qui tutti i clienti conosciuti.",
        "en": "Not strict retention's denominator: here, all customers known.",
    },
    group="customers",
    unit="share",
    grain="customer",
    numerator=({"kept": 1},),
    denominator=({"known": 1},),
    interval="wilson",
    parameters=("window",),
    source="The four states behind every period",
    examples=(
        Example(
            source="of 200 known: 30 new, 90 kept, 5 reactivated, 75 dormant",
            counts=Counts(known=200, new=30, kept=90, reactivated=5, dormant=75, end=125),
            value=Fraction(90, 200),
        ),
    ),
)
