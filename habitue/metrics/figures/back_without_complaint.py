"""Never complained: of these customers at the start, the share kept."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="back_without_complaint",
    title={
        "fr": "De retour sans réclamation",
        "it": "Di ritorno senza reclami",
        "en": "Back without a complaint",
    },
    help={
        "fr": (
            "Parmi les clients du début qui ne s'étaient jamais plaints, la part encore "
            "cliente à la fin."
        ),
        "it": (
            "Tra i clienti dell'inizio che non si erano mai lamentati, la quota ancora "
            "presente alla fine."
        ),
        "en": (
            "Of the customers at the start who had never complained, the share still there "
            "at the end."
        ),
    },
    formula={
        "fr": "clients jamais plaints et gardés / clients jamais plaints",
        "it": "clienti mai lamentati e mantenuti / clienti mai lamentati",
        "en": "customers who never complained and were kept / customers who never complained",
    },
    caveats={
        "fr": "Ne rien dire n'est pas être content : beaucoup partent sans se plaindre.",
        "it": "Non dire nulla non è essere contenti: molti vanno via senza lamentarsi.",
        "en": "Saying nothing is not being content: many leave without a complaint.",
    },
    group="satisfaction",
    unit="share",
    grain="customer",
    numerator=({"contented_back": 1},),
    denominator=({"contented": 1},),
    interval="wilson",
    parameters=("window",),
    source="Service quality: those who never complained, for comparison",
    examples=(
        Example(
            source="160 of 200 came back",
            counts=Counts(contented_back=160, contented=200),
            value=Fraction(4, 5),
        ),
    ),
)
