"""Customer effort score: the mean answer to how easy it was, 1 to 7."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="ces",
    title={
        "fr": "Score de facilité (CES)",
        "it": "Indice di facilità (CES)",
        "en": "Customer effort score (CES)",
    },
    help={
        "fr": (
            "Était-ce facile, de 1 à 7 ? La réponse moyenne : plus elle est haute, plus "
            "c'était facile."
        ),
        "it": "È stato facile, da 1 a 7? La risposta media: più è alta, più è stato facile.",
        "en": "Was it easy, 1 to 7? The mean answer: the higher, the easier it was.",
    },
    formula={
        "fr": "somme des réponses / réponses",
        "it": "somma delle risposte / risposte",
        "en": "sum of the answers / answers",
    },
    caveats={
        "fr": ("Échelle de 1 (très difficile) à 7 (très facile) ; les autres ne sont pas mêlées."),
        "it": "Scala da 1 (molto difficile) a 7 (molto facile); le altre non sono mescolate.",
        "en": "A scale of 1 (very hard) to 7 (very easy); others are not mixed in.",
    },
    group="satisfaction",
    unit="mean",
    grain="answer",
    numerator=({"effort": 1},),
    denominator=({"effort_answers": 1},),
    interval="mean",
    squares="effort_squares",
    scale=(1, 7),
    source="M. Dixon, K. Freeman, N. Toman, 2010; the seven-point form of 2013",
    examples=(
        Example(
            source="answers 7, 6, 5 and 6",
            counts=Counts(effort=24, effort_squares=146, effort_answers=4),
            value=Fraction(6),
        ),
    ),
)
