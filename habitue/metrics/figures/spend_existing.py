"""Average spend of existing customers."""

from fractions import Fraction

from habitue.metrics.aggregates import Money
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="spend_existing",
    title={
        "fr": "Dépense des habitués",
        "it": "Spesa degli abituali",
        "en": "Spend of existing customers",
    },
    help={
        "fr": "Ce que dépense en moyenne un client qui avait déjà acheté avant la période.",
        "it": "Quanto spende in media un cliente che aveva già comprato prima del periodo.",
        "en": "What a customer who had bought before the period spends on average.",
    },
    formula={
        "fr": "chiffre d'affaires des habitués / habitués ayant acheté",
        "it": "fatturato degli abituali / abituali che hanno comprato",
        "en": "revenue from existing customers / existing customers who bought",
    },
    caveats={
        "fr": "Net des remboursements, aussi de ceux qui n'ont fait que rapporter.",
        "it": "Al netto dei rimborsi, anche di chi ha solo riportato.",
        "en": "Net of refunds, also of those who only brought something back.",
    },
    group="money",
    unit="money",
    grain="money",
    numerator=({"money.revenue": 1, "money.first_revenue": -1},),
    denominator=({"money.buyers": 1, "money.first_buyers": -1},),
    source="Existing against new: average spend",
    examples=(
        Example(
            source="1,310 from 10 of 20 buyers",
            money=Money(revenue=2_310_00, first_revenue=1_000_00, buyers=20, first_buyers=10),
            value=Fraction(131_00),
        ),
    ),
)
