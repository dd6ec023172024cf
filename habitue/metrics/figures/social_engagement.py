"""Social engagement: shares, reviews and follows per member."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="social_engagement",
    title={
        "fr": "Engagement social",
        "it": "Coinvolgimento sociale",
        "en": "Social engagement",
    },
    help={
        "fr": "Partages, avis et abonnements par membre dans la période.",
        "it": "Condivisioni, recensioni e nuovi follower per iscritto nel periodo.",
        "en": "Shares, reviews and follows per member in the period.",
    },
    formula={
        "fr": "actions sociales / membres",
        "it": "azioni sociali / iscritti",
        "en": "social actions / members",
    },
    caveats={
        "fr": (
            "Seules les actions que le programme connaît : un partage jamais signalé ne compte pas."
        ),
        "it": (
            "Solo le azioni che il programma conosce: una condivisione mai segnalata non conta."
        ),
        "en": "Only actions the program learns of: a share nobody reported does not count.",
    },
    group="engagement",
    unit="ratio",
    grain="customer",
    numerator=({"social": 1},),
    denominator=({"members": 1},),
    source="Social engagement: actions per member",
    examples=(
        Example(
            source="50 actions of 200 members",
            counts=Counts(social=50, members=200),
            value=Fraction(1, 4),
        ),
    ),
)
