"""Time to answer: minutes from a complaint to its answer, on average."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="time_to_answer",
    title={
        "fr": "Délai de réponse",
        "it": "Tempo di risposta",
        "en": "Time to answer",
    },
    help={
        "fr": "Combien de minutes passent en moyenne d'une réclamation à sa réponse.",
        "it": "Quanti minuti passano in media da un reclamo alla risposta.",
        "en": "How many minutes pass on average from a complaint to its answer.",
    },
    formula={
        "fr": "minutes jusqu'à la réponse / réclamations ayant reçu réponse",
        "it": "minuti fino alla risposta / reclami con risposta",
        "en": "minutes to the answer / complaints answered",
    },
    caveats={
        "fr": ("Des réponses données dans la période ; celles qui manquent encore n'y sont pas."),
        "it": "Delle risposte date nel periodo; quelle che mancano ancora non ci sono.",
        "en": "Of answers given in the period; those still missing are not in it.",
    },
    group="satisfaction",
    unit="minutes",
    grain="complaint",
    numerator=({"answer_minutes": 1},),
    denominator=({"complaints_answered": 1},),
    source="Service quality: time to answer",
    examples=(
        Example(
            source="three answers after 30, 60 and 90 minutes",
            counts=Counts(answer_minutes=180, complaints_answered=3),
            value=Fraction(60),
        ),
    ),
)
