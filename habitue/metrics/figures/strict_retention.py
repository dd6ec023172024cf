"""Strict retention: of the customers at the start, the share still there at the end."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="strict_retention",
    title={
        "fr": "Taux de rétention strict",
        "it": "Tasso di fidelizzazione stretto",
        "en": "Retention rate, strict",
    },
    help={
        "fr": "Parmi les clients du début, la part encore cliente à la fin, sans les reconquis.",
        "it": "Tra i clienti dell'inizio, la quota ancora presente, senza i riconquistati.",
        "en": "Of the customers at the start, the share still there at the end; nobody won back.",
    },
    formula={
        "fr": "clients gardés / clients au début",
        "it": "clienti mantenuti / clienti all'inizio",
        "en": "customers kept / customers at the start",
    },
    caveats={
        "fr": "Si la fenêtre dépasse la période, un seul achat compte au début et à la fin.",
        "it": "Se la finestra supera il periodo, un solo acquisto vale all'inizio e alla fine.",
        "en": "With a window longer than the period, one purchase counts at both ends.",
    },
    group="customers",
    unit="share",
    grain="customer",
    numerator=({"kept": 1},),
    denominator=({"start": 1},),
    interval="wilson",
    parameters=("window",),
    source="Cohort reading of the retention rate: kept / S",
    examples=(
        Example(
            source="100 at the start, 10 left",
            counts=Counts(start=100, kept=90, lost=10),
            value=Fraction(9, 10),
        ),
    ),
)
