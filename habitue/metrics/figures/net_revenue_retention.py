"""Net revenue retention: what yesterday's buyers bring today, for each 1 they brought then."""

from fractions import Fraction

from habitue.metrics.aggregates import Money
from habitue.metrics.figure import Component, Example, Figure

FIGURE = Figure(
    id="net_revenue_retention",
    title={
        "fr": "Rétention nette du chiffre d'affaires",
        "it": "Fidelizzazione netta del fatturato",
        "en": "Net revenue retention",
    },
    help={
        "fr": (
            "Ce que rapportent aujourd'hui les clients de la période précédente, pour 1 "
            "d'alors. L'attrition négative est 1 moins ce chiffre : sous 0, ceux qui "
            "restent achètent plus que ne perdent ceux qui partent."
        ),
        "it": (
            "Quanto portano oggi i clienti del periodo precedente, per 1 di allora. "
            "L'abbandono negativo è 1 meno questa cifra: sotto 0, chi resta compra più di "
            "quanto perda chi va via."
        ),
        "en": (
            "What the customers of the span before bring now, for each 1 they brought then."
            " Negative churn is 1 minus this: below 0, those who stay buy more than those "
            "who leave took away."
        ),
    },
    formula={
        "fr": "(avant + achats en plus − en moins − de ceux qui sont partis) / avant",
        "it": "(prima + comprato in più − in meno − di chi è andato via) / prima",
        "en": "(before + bought more − bought less − of those who left) / before",
    },
    caveats={
        "fr": (
            "Seuls comptent ceux qui avaient acheté dans la durée égale juste avant : ni "
            "nouveaux, ni reconquis. Les saisons s'y voient."
        ),
        "it": (
            "Conta solo chi aveva comprato nella durata uguale appena prima: né nuovi, né "
            "riconquistati. Le stagioni si vedono."
        ),
        "en": (
            "Only those count who bought in the equally long span just before: no new ones,"
            " nobody won back. Seasons show in it."
        ),
    },
    group="money",
    unit="share",
    grain="money",
    numerator=(
        {"money.base": 1, "money.expansion": 1, "money.contraction": -1, "money.churned": -1},
    ),
    denominator=({"money.base": 1},),
    components=(
        Component(
            id="expansion",
            title={
                "fr": "Achats en plus",
                "it": "Comprato in più",
                "en": "Bought more",
            },
            unit="share",
            numerator=({"money.expansion": 1},),
            denominator=({"money.base": 1},),
        ),
        Component(
            id="contraction",
            title={
                "fr": "Achats en moins",
                "it": "Comprato in meno",
                "en": "Bought less",
            },
            unit="share",
            numerator=({"money.contraction": 1},),
            denominator=({"money.base": 1},),
            weight=-1,
        ),
        Component(
            id="churned",
            title={
                "fr": "De ceux qui sont partis",
                "it": "Di chi è andato via",
                "en": "Of those who left",
            },
            unit="share",
            numerator=({"money.churned": 1},),
            denominator=({"money.base": 1},),
            weight=-1,
        ),
        Component(
            id="before",
            title={
                "fr": "Avant",
                "it": "Prima",
                "en": "Before",
            },
            unit="share",
            numerator=({"money.base": 1},),
            denominator=({"money.base": 1},),
        ),
    ),
    source="Net revenue retention over a fixed set of customers, windows of equal length",
    examples=(
        Example(
            source="1,000 before; 200 bought more, 100 less, 150 lost: negative churn 5 %",
            money=Money(base=1_000_00, expansion=200_00, contraction=100_00, churned=150_00),
            value=Fraction(95, 100),
        ),
    ),
)
