"""Net promoter score: the share of promoters minus the share of detractors."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="nps",
    title={
        "fr": "Score de recommandation (NPS)",
        "it": "Indice di raccomandazione (NPS)",
        "en": "Net promoter score (NPS)",
    },
    help={
        "fr": "Nous recommanderiez-vous, de 0 à 10 ? Les enthousiastes moins les mécontents.",
        "it": "Ci consiglierebbe, da 0 a 10? Gli entusiasti meno gli scontenti.",
        "en": "Would you recommend us, 0 to 10? The enthusiasts minus the discontented.",
    },
    formula={
        "fr": "% de réponses 9–10 − % de réponses 0–6",
        "it": "% di risposte 9–10 − % di risposte 0–6",
        "en": "% of answers 9–10 − % of answers 0–6",
    },
    caveats={
        "fr": "Va de −100 à 100. Ceux qui répondent ne sont pas tous les clients.",
        "it": "Va da −100 a 100. Chi risponde non è tutta la clientela.",
        "en": "Runs from −100 to 100. Those who answer are not all customers.",
    },
    group="satisfaction",
    unit="points",
    grain="answer",
    numerator=({"promoters": 1, "detractors": -1},),
    denominator=({"promoters": 1, "passives": 1, "detractors": 1},),
    interval="adjusted wald",
    source="F. Reichheld, 2003; the articles' example",
    examples=(
        Example(
            source="60 % promoters, 15 % detractors",
            counts=Counts(promoters=60, passives=25, detractors=15),
            value=Fraction(45),
        ),
    ),
)
