"""Purchase frequency: orders per customer who bought in the period."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="purchase_frequency",
    title={
        "fr": "Fréquence d'achat",
        "it": "Frequenza d'acquisto",
        "en": "Purchase frequency",
    },
    help={
        "fr": "Combien d'achats fait un client dans la période.",
        "it": "Quanti acquisti fa un cliente nel periodo.",
        "en": "How many purchases a customer makes in the period.",
    },
    formula={
        "fr": "achats / clients ayant acheté",
        "it": "acquisti / clienti che hanno comprato",
        "en": "purchases / customers who bought",
    },
    caveats={
        "fr": "Chaque achat (ou passage de carte) compte. Dépend de la longueur de la période.",
        "it": "Conta ogni acquisto (o passaggio di tessera). Dipende dalla lunghezza del periodo.",
        "en": "Every purchase (or card scan) counts. Depends on how long the period is.",
    },
    group="customers",
    unit="ratio",
    grain="order",
    numerator=({"orders": 1},),
    denominator=({"buyers": 1},),
    source="Retention articles: orders / customers",
    examples=(
        Example(
            source="one customer, 100 visits a year",
            counts=Counts(orders=100, buyers=1),
            value=Fraction(100),
        ),
    ),
)
