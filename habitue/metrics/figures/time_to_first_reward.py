"""Time to first reward: days from enrolment to the first reward, on average."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="time_to_first_reward",
    title={
        "fr": "Délai jusqu'à la première récompense",
        "it": "Tempo fino al primo premio",
        "en": "Time to first reward",
    },
    help={
        "fr": "Combien de jours passent en moyenne de l'adhésion à la première récompense.",
        "it": "Quanti giorni passano in media dall'iscrizione al primo premio.",
        "en": "How many days pass on average from joining to the first reward.",
    },
    formula={
        "fr": "jours jusqu'à la première récompense / membres l'ayant prise",
        "it": "giorni fino al primo premio / iscritti che l'hanno ritirato",
        "en": "days to the first reward / members who took it",
    },
    caveats={
        "fr": ("De ceux qui l'ont prise dans la période ; ceux qui attendent encore n'y sont pas."),
        "it": "Di chi l'ha ritirato nel periodo; chi aspetta ancora non c'è.",
        "en": "Of those who took it in the period; those still waiting are not in it.",
    },
    group="program",
    unit="days",
    grain="customer",
    numerator=({"reward_days": 1},),
    denominator=({"rewarded": 1},),
    source="Program figures: days to the first reward / members rewarded",
    examples=(
        Example(
            source="four members after 10, 20, 30 and 60 days",
            counts=Counts(reward_days=120, rewarded=4),
            value=Fraction(30),
        ),
    ),
)
