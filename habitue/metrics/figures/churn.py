"""Churn: of the customers at the start, the share lost by the end."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="churn",
    title={"fr": "Taux d'attrition", "it": "Tasso di abbandono", "en": "Churn rate"},
    help={
        "fr": "La part des clients du début que l'on ne voit plus à la fin de la période.",
        "it": "La quota dei clienti dell'inizio che alla fine del periodo non si vede più.",
        "en": "The share of the customers at the start who are no longer seen at the end.",
    },
    formula={
        "fr": "clients perdus / clients au début = 1 − rétention stricte",
        "it": "clienti persi / clienti all'inizio = 1 − fidelizzazione stretta",
        "en": "customers lost / customers at the start = 1 − strict retention",
    },
    caveats={
        "fr": "Perdu veut dire : aucun achat dans la fenêtre. Certains reviendront.",
        "it": "Perso vuol dire: nessun acquisto nella finestra. Alcuni torneranno.",
        "en": "Lost means no purchase within the window; some will come back.",
    },
    group="customers",
    unit="share",
    grain="customer",
    numerator=({"lost": 1},),
    denominator=({"start": 1},),
    interval="wilson",
    parameters=("window",),
    source="Retention articles: customers lost / customers at the start",
    examples=(
        Example(
            source="200 at the start, 20 lost",
            counts=Counts(start=200, lost=20, kept=180),
            value=Fraction(1, 10),
        ),
    ),
)
