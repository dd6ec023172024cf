"""Sales per customer: revenue per customer who bought in the period."""

from fractions import Fraction

from habitue.metrics.aggregates import Money
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="sales_per_customer",
    title={"fr": "Ventes par client", "it": "Vendite per cliente", "en": "Sales per customer"},
    help={
        "fr": "Combien achète un client dans la période.",
        "it": "Quanto compra un cliente nel periodo.",
        "en": "How much a customer buys in the period.",
    },
    formula={
        "fr": "chiffre d'affaires net des remboursements / clients ayant acheté",
        "it": "fatturato al netto dei rimborsi / clienti che hanno comprato",
        "en": "revenue net of refunds / customers who bought",
    },
    caveats={
        "fr": "Une moyenne : quelques gros clients la tirent vers le haut.",
        "it": "Una media: pochi clienti forti la alzano.",
        "en": "A mean: a few large customers pull it up.",
    },
    group="money",
    unit="money",
    grain="money",
    numerator=({"money.revenue": 1},),
    denominator=({"money.buyers": 1},),
    source="Retention articles: revenue / customers",
    examples=(
        Example(
            source="7 $ × 100 visits a year",
            money=Money(revenue=700_00, orders=100, buyers=1),
            value=Fraction(700_00),
        ),
    ),
)
