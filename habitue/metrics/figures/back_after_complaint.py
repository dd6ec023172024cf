"""Back after a complaint: of customers who complained before the period, the share kept."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="back_after_complaint",
    title={
        "fr": "De retour après une réclamation",
        "it": "Di ritorno dopo un reclamo",
        "en": "Back after a complaint",
    },
    help={
        "fr": (
            "Parmi les clients du début qui s'étaient plaints, la part encore cliente à la fin."
        ),
        "it": (
            "Tra i clienti dell'inizio che si erano lamentati, la quota ancora presente alla fine."
        ),
        "en": (
            "Of the customers at the start who had complained, the share still there at the end."
        ),
    },
    formula={
        "fr": "clients s'étant plaints et gardés / clients s'étant plaints",
        "it": "clienti lamentatisi e mantenuti / clienti lamentatisi",
        "en": "customers who complained and were kept / customers who complained",
    },
    caveats={
        "fr": (
            "Réclamations de la durée égale juste avant. À lire à côté de ceux qui ne se "
            "sont jamais plaints."
        ),
        "it": (
            "Reclami della durata uguale appena prima. Da leggere accanto a chi non si è "
            "mai lamentato."
        ),
        "en": (
            "Complaints of the equally long span just before. Read it beside those who "
            "never complained."
        ),
    },
    group="satisfaction",
    unit="share",
    grain="customer",
    numerator=({"complainers_back": 1},),
    denominator=({"complainers": 1},),
    interval="wilson",
    parameters=("window",),
    source="Service quality: back after a complaint",
    examples=(
        Example(
            source="27 of 30 came back",
            counts=Counts(complainers_back=27, complainers=30),
            value=Fraction(9, 10),
        ),
    ),
)
