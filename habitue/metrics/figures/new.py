"""New: known customers who first bought in the period."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="new",
    title={"fr": "Nouveaux clients", "it": "Nuovi clienti", "en": "New customers"},
    help={
        "fr": "La part des clients connus venus d'abord dans la période et encore là à la fin.",
        "it": "La quota dei clienti venuti per la prima volta nel periodo e presenti alla fine.",
        "en": "The share of known customers who first bought in the period and are still there.",
    },
    formula={
        "fr": "nouveaux / clients connus",
        "it": "nuovi / clienti conosciuti",
        "en": "new / customers known",
    },
    caveats={
        "fr": "Qui n'est venu qu'une fois, au début d'une longue période, est déjà dormant.",
        "it": "Chi è venuto una volta sola, all'inizio di un periodo lungo, è già dormiente.",
        "en": "Who came just once, early in a long period, is dormant already.",
    },
    group="customers",
    unit="share",
    grain="customer",
    numerator=({"new": 1},),
    denominator=({"known": 1},),
    interval="wilson",
    parameters=("window",),
    source="The four states behind every period",
    examples=(
        Example(
            source="of 200 known: 30 new, 90 kept, 5 reactivated, 75 dormant",
            counts=Counts(known=200, new=30, kept=90, reactivated=5, dormant=75, end=125),
            value=Fraction(30, 200),
        ),
    ),
)
