"""Share of orders by members."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="member_order_share",
    title={
        "fr": "Part des achats de membres",
        "it": "Quota degli acquisti di iscritti",
        "en": "Share of orders by members",
    },
    help={
        "fr": "La part des achats faits par des membres, à partir de leur adhésion.",
        "it": "La quota degli acquisti fatti da iscritti, dal giorno dell'iscrizione.",
        "en": "The share of orders made by members, from the day they joined.",
    },
    formula={
        "fr": "achats de membres / achats",
        "it": "acquisti di iscritti / acquisti",
        "en": "orders by members / orders",
    },
    caveats={
        "fr": "Ceux de l'anonyme manquent : sans eux la part paraît plus haute.",
        "it": "Mancano quelli anonimi: senza di essi la quota pare più alta.",
        "en": "Anonymous ones are missing: without them the share looks higher.",
    },
    group="program",
    unit="share",
    grain="order",
    numerator=({"member_orders": 1},),
    denominator=({"orders": 1},),
    interval="wilson",
    source="Program figures: orders by members / orders",
    examples=(
        Example(
            source="900 of 1,200 orders",
            counts=Counts(member_orders=900, orders=1_200),
            value=Fraction(3, 4),
        ),
    ),
)
