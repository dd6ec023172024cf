"""How much existing customers spend for each 1 of a first-time customer."""

from fractions import Fraction

from habitue.metrics.aggregates import Money
from habitue.metrics.figure import Example, Figure, Quoted

FIGURE = Figure(
    id="spend_advantage",
    title={
        "fr": "Dépense : habitués pour un nouveau",
        "it": "Spesa: abituali per un nuovo",
        "en": "Spend: existing against first-time",
    },
    help={
        "fr": "Ce que dépense un habitué pour 1 d'un nouveau client.",
        "it": "Quanto spende un cliente abituale per 1 di un nuovo.",
        "en": "What an existing customer spends for each 1 of a first-time customer.",
    },
    formula={
        "fr": "dépense des habitués / dépense des nouveaux",
        "it": "spesa degli abituali / spesa dei nuovi",
        "en": "spend of existing / spend of first-time customers",
    },
    caveats={
        "fr": (
            "Qui vient depuis le début de la période y a plus de temps : comparer avec prudence."
        ),
        "it": "Chi viene dall'inizio del periodo ha più tempo: confrontare con prudenza.",
        "en": "Who comes from the period's start has more time in it: compare with care.",
    },
    group="money",
    unit="ratio",
    grain="money",
    numerator=(
        {"money.revenue": 1, "money.first_revenue": -1},
        {"money.first_buyers": 1},
    ),
    denominator=(
        {"money.first_revenue": 1},
        {"money.buyers": 1, "money.first_buyers": -1},
    ),
    quoted=(
        Quoted(
            text={
                "fr": "Cité : les clients existants dépensent 31 % de plus.",
                "it": "Citato: i clienti esistenti spendono il 31 % in più.",
                "en": "Quoted: existing customers spend 31 % more.",
            },
            source="Retention articles, without method or period",
        ),
    ),
    source="Existing against new: ratio of average spend",
    examples=(
        Example(
            source="131 against 100: 31 % more",
            money=Money(revenue=2_310_00, first_revenue=1_000_00, buyers=20, first_buyers=10),
            value=Fraction(131, 100),
        ),
    ),
)
