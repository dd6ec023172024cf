"""Customer lifetime value, simple: average order × orders per customer × lifespan."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts, Money
from habitue.metrics.figure import Component, Example, Figure

FIGURE = Figure(
    id="customer_lifetime_value",
    title={
        "fr": "Valeur vie client (simple)",
        "it": "Valore del cliente nel tempo (semplice)",
        "en": "Customer lifetime value (simple)",
    },
    help={
        "fr": "Ce qu'un client achète en tout, s'il continue comme dans cette période.",
        "it": "Quanto compra un cliente in tutto, se continua come in questo periodo.",
        "en": "What a customer buys in all, going on as in this period.",
    },
    formula={
        "fr": "panier moyen × achats par client et période × durée en périodes"
        " (donnée, sinon 1 / attrition)",
        "it": "scontrino medio × acquisti per cliente e periodo × durata in periodi"
        " (data, altrimenti 1 / abbandono)",
        "en": "average order × orders per customer and period × lifespan in periods"
        " (given, else 1 / churn)",
    },
    caveats={
        "fr": "Chiffre d'affaires, pas bénéfice ; rien n'est actualisé. Sans perte : pas de durée.",
        "it": "Fatturato, non utile; nulla è attualizzato. Senza perdite: nessuna durata.",
        "en": "Revenue, not profit; nothing is discounted. Where nobody left there is no lifespan.",
    },
    group="money",
    unit="money",
    grain="money",
    numerator=({"money.revenue": 1}, {"lifespan.periods": 1}),
    denominator=({"money.buyers": 1}, {"lifespan.customers": 1}),
    parameters=("window", "lifespan"),
    cadence=("year",),
    components=(
        Component(
            id="order",
            title={"fr": "Panier moyen", "it": "Scontrino medio", "en": "Average order"},
            unit="money",
            numerator=({"money.revenue": 1},),
            denominator=({"money.orders": 1},),
        ),
        Component(
            id="frequency",
            title={
                "fr": "Achats par client et période",
                "it": "Acquisti per cliente e periodo",
                "en": "Orders per customer and period",
            },
            unit="ratio",
            numerator=({"money.orders": 1},),
            denominator=({"money.buyers": 1},),
        ),
        Component(
            id="lifespan",
            title={
                "fr": "Durée en périodes",
                "it": "Durata in periodi",
                "en": "Lifespan in periods",
            },
            unit="ratio",
            numerator=({"lifespan.periods": 1},),
            denominator=({"lifespan.customers": 1},),
        ),
    ),
    joined="product",
    source="Retention articles: AOV × frequency × lifespan",
    examples=(
        Example(
            source="7 $ × 100 visits a year × 3 years",
            money=Money(revenue=700_00, orders=100, buyers=1),
            lifespan=Fraction(3),
            value=Fraction(2_100_00),
        ),
        Example(
            source="the same, a third lost each year",
            counts=Counts(start=300, lost=100),
            money=Money(revenue=700_00, orders=100, buyers=1),
            value=Fraction(2_100_00),
        ),
    ),
)
