"""Customer satisfaction: the share of answers of 4 or 5 on a scale of 5."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="csat",
    title={
        "fr": "Satisfaction (CSAT)",
        "it": "Soddisfazione (CSAT)",
        "en": "Satisfaction (CSAT)",
    },
    help={
        "fr": "Êtes-vous satisfait, de 1 à 5 ? La part des réponses 4 et 5.",
        "it": "È soddisfatto, da 1 a 5? La quota delle risposte 4 e 5.",
        "en": "Are you satisfied, 1 to 5? The share of the answers 4 and 5.",
    },
    formula={
        "fr": "réponses de 4 ou 5 / réponses",
        "it": "risposte da 4 o 5 / risposte",
        "en": "answers of 4 or 5 / answers",
    },
    caveats={
        "fr": (
            "Échelle de 1 à 5 ; les autres ne sont pas mêlées. Ceux qui répondent ne sont "
            "pas tous les clients."
        ),
        "it": (
            "Scala da 1 a 5; le altre non sono mescolate. Chi risponde non è tutta la clientela."
        ),
        "en": (
            "A scale of 1 to 5; others are not mixed in. Those who answer are not all customers."
        ),
    },
    group="satisfaction",
    unit="share",
    grain="answer",
    numerator=({"satisfied": 1},),
    denominator=({"satisfaction_answers": 1},),
    interval="wilson",
    source="Top-box share of a five-point satisfaction question",
    examples=(
        Example(
            source="90 of 100 answered 4 or 5",
            counts=Counts(satisfied=90, satisfaction_answers=100),
            value=Fraction(9, 10),
        ),
    ),
)
