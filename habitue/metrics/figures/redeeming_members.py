"""Redeeming members: the share of members who took a reward in the period."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="redeeming_members",
    title={
        "fr": "Membres récompensés",
        "it": "Iscritti premiati",
        "en": "Members who took a reward",
    },
    help={
        "fr": "La part des membres qui ont pris une récompense dans la période.",
        "it": "La quota degli iscritti che ha ritirato un premio nel periodo.",
        "en": "The share of members who took a reward in the period.",
    },
    formula={
        "fr": "membres ayant pris une récompense / membres",
        "it": "iscritti che hanno ritirato un premio / iscritti",
        "en": "members who took a reward / members",
    },
    caveats={
        "fr": "Compte tous les membres à la fin, aussi ceux que l'on ne voit plus.",
        "it": "Conta tutti gli iscritti alla fine, anche chi non si vede più.",
        "en": "Counts all members at the end, also those who are no longer seen.",
    },
    group="program",
    unit="share",
    grain="customer",
    numerator=({"redeemers": 1},),
    denominator=({"members": 1},),
    interval="wilson",
    source="Program figures: members who redeemed / members",
    examples=(
        Example(
            source="50 of 200 members",
            counts=Counts(redeemers=50, members=200),
            value=Fraction(1, 4),
        ),
    ),
)
