"""Retention rate as the articles write it: (E − N) / S."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="retention",
    title={
        "fr": "Taux de rétention (formule des articles)",
        "it": "Tasso di fidelizzazione (formula degli articoli)",
        "en": "Retention rate (as in the articles)",
    },
    help={
        "fr": "Combien de clients du début de la période sont encore là à la fin, nouveaux exclus.",
        "it": "Quanti clienti dell'inizio del periodo ci sono ancora alla fine, esclusi i nuovi.",
        "en": "How many of the start's customers are still there at the end, new ones aside.",
    },
    formula={
        "fr": "(clients à la fin − nouveaux clients) / clients au début",
        "it": "(clienti alla fine − nuovi clienti) / clienti all'inizio",
        "en": "(customers at the end − new customers) / customers at the start",
    },
    caveats={
        "fr": "Compte aussi les clients reconquis : peut dépasser 100 %.",
        "it": "Conta anche i clienti riconquistati: può superare il 100 %.",
        "en": "Counts won-back customers too, so it can pass 100 %.",
    },
    group="customers",
    unit="share",
    grain="customer",
    numerator=({"end": 1, "new": -1},),
    denominator=({"start": 1},),
    interval="wilson",
    parameters=("window",),
    source="Retention articles (E − N) / S; Habitué's definition of a customer at a day",
    examples=(
        Example(
            source="100 at the start, 15 new, 10 left, 105 at the end",
            counts=Counts(start=100, new=15, end=105),
            value=Fraction(9, 10),
        ),
        Example(
            source="200 at the start, 210 at the end, 30 new",
            counts=Counts(start=200, new=30, end=210),
            value=Fraction(9, 10),
        ),
    ),
)
