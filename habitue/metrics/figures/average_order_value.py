"""Average order value, also called spend per transaction: revenue per order."""

from fractions import Fraction

from habitue.metrics.aggregates import Money
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="average_order_value",
    title={"fr": "Panier moyen", "it": "Scontrino medio", "en": "Average order value"},
    help={
        "fr": "Combien rapporte un achat en moyenne ; aussi appelé dépense par transaction.",
        "it": "Quanto vale in media un acquisto; detto anche spesa per transazione.",
        "en": "What one purchase brings on average; also called spend per transaction.",
    },
    formula={
        "fr": "chiffre d'affaires net des remboursements / achats",
        "it": "fatturato al netto dei rimborsi / acquisti",
        "en": "revenue net of refunds / purchases",
    },
    caveats={
        "fr": "Un remboursement compte au jour du remboursement.",
        "it": "Un rimborso conta nel giorno del rimborso.",
        "en": "A refund counts on the day of the refund.",
    },
    group="money",
    unit="money",
    grain="money",
    numerator=({"money.revenue": 1},),
    denominator=({"money.orders": 1},),
    source="Retention articles: revenue / orders",
    examples=(
        Example(
            source="7 $ a transaction: 700 $ in 100",
            money=Money(revenue=700_00, orders=100, buyers=1),
            value=Fraction(7_00),
        ),
    ),
)
