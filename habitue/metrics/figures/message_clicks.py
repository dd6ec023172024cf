"""Message clicks: the share of subscribers who clicked, counted as people."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="message_clicks",
    title={
        "fr": "Clics dans les messages",
        "it": "Clic nei messaggi",
        "en": "Message clicks",
    },
    help={
        "fr": "La part des abonnés qui ont cliqué au moins une fois dans un message.",
        "it": "La quota degli iscritti che ha cliccato almeno una volta in un messaggio.",
        "en": "The share of subscribers who clicked in a message at least once.",
    },
    formula={
        "fr": "abonnés ayant cliqué / abonnés",
        "it": "iscritti che hanno cliccato / iscritti",
        "en": "subscribers who clicked / subscribers",
    },
    caveats={
        "fr": "Des personnes, pas des clics : les ouvertures ne se mesurent plus honnêtement.",
        "it": "Persone, non clic: le aperture non si misurano più onestamente.",
        "en": "People, not clicks; openings can no longer be measured honestly.",
    },
    group="engagement",
    unit="share",
    grain="customer",
    numerator=({"clicking_subscribers": 1},),
    denominator=({"subscribers": 1},),
    interval="wilson",
    source="Newsletter engagement: clicks by people",
    examples=(
        Example(
            source="30 of 120 subscribers clicked",
            counts=Counts(clicking_subscribers=30, subscribers=120),
            value=Fraction(1, 4),
        ),
    ),
)
