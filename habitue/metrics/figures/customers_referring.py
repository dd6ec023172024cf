"""Customers who brought somebody who bought, among those who bought."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="customers_referring",
    title={
        "fr": "Clients qui recommandent",
        "it": "Clienti che raccomandano",
        "en": "Customers who refer",
    },
    help={
        "fr": "La part des clients de la période qui ont déjà amené un acheteur.",
        "it": "La quota dei clienti del periodo che ha già portato un acquirente.",
        "en": "The share of the period's customers who have ever brought a buyer.",
    },
    formula={
        "fr": "clients ayant amené un acheteur / clients ayant acheté",
        "it": "clienti che hanno portato un acquirente / clienti che hanno comprato",
        "en": "customers who brought a buyer / customers who bought",
    },
    caveats={
        "fr": "Ne voit que les invitations passées par le programme.",
        "it": "Vede solo gli inviti passati dal programma.",
        "en": "Sees only invitations made through the program.",
    },
    group="engagement",
    unit="share",
    grain="customer",
    numerator=({"referrers": 1},),
    denominator=({"buyers": 1},),
    interval="wilson",
    source="Referrals: customers who brought somebody who bought / customers",
    examples=(
        Example(
            source="30 of 200 customers",
            counts=Counts(referrers=30, buyers=200),
            value=Fraction(15, 100),
        ),
    ),
)
