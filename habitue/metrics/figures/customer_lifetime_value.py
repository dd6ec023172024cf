"""Customer lifetime value, simple: average order × orders per customer × lifespan."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts, Money
from habitue.metrics.figure import Divided, Example, Figure, Sums


def divide(sums: Sums) -> Divided:
    """AOV × frequency is revenue / buyers; times the lifespan in periods, start / lost."""
    counts, money = sums.counts, sums.money
    lived, lost = counts.start, counts.lost
    if sums.lifespan is not None:
        lived, lost = sums.lifespan.numerator, sums.lifespan.denominator
    return Divided(money.revenue * lived, money.buyers * lost)


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
    unit="money",
    source="Retention articles: AOV × frequency × lifespan",
    needs=("revenue", "buyers", "start", "lost"),
    divide=divide,
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
