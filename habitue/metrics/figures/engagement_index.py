"""Engagement index: what members do, weighted, per member; the weights are declared here."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Component, Example, Figure

FIGURE = Figure(
    id="engagement_index",
    title={
        "fr": "Indice d'engagement",
        "it": "Indice di partecipazione",
        "en": "Engagement index",
    },
    help={
        "fr": (
            "Ce que fait un membre en moyenne : visites, récompenses, réponses aux "
            "messages, idées, personnes amenées, chacune avec son poids."
        ),
        "it": (
            "Quanto fa in media un iscritto: visite, premi, risposte ai messaggi, idee, "
            "persone portate, ciascuna con il suo peso."
        ),
        "en": (
            "What a member does on average: visits, rewards, messages answered, ideas, "
            "people brought, each with its weight."
        ),
    },
    formula={
        "fr": (
            "(1 × visites + 2 × récompenses + 1 × réponses + 3 × idées + 5 × invitations) / membres"
        ),
        "it": "(1 × visite + 2 × premi + 1 × risposte + 3 × idee + 5 × inviti) / iscritti",
        "en": "(1 × visits + 2 × rewards + 1 × answers + 3 × ideas + 5 × referrals) / members",
    },
    caveats={
        "fr": (
            "Les poids sont une convention : à comparer avec soi-même dans le temps, pas "
            "avec d'autres."
        ),
        "it": (
            "I pesi sono una convenzione: da confrontare con sé stessi nel tempo, non con altri."
        ),
        "en": ("The weights are a convention: compare it with itself over time, not with others."),
    },
    group="engagement",
    unit="ratio",
    grain="customer",
    numerator=(
        {"member_orders": 1, "redemptions": 2, "messages_answered": 1, "ideas": 3, "referrals": 5},
    ),
    denominator=({"members": 1},),
    components=(
        Component(
            id="visits",
            title={
                "fr": "Achats et passages",
                "it": "Acquisti e passaggi",
                "en": "Purchases and visits",
            },
            unit="ratio",
            numerator=({"member_orders": 1},),
            denominator=({"members": 1},),
            weight=1,
        ),
        Component(
            id="redemptions",
            title={
                "fr": "Récompenses prises",
                "it": "Premi ritirati",
                "en": "Rewards taken",
            },
            unit="ratio",
            numerator=({"redemptions": 1},),
            denominator=({"members": 1},),
            weight=2,
        ),
        Component(
            id="messages",
            title={
                "fr": "Messages ayant reçu réponse",
                "it": "Messaggi con risposta",
                "en": "Messages answered",
            },
            unit="ratio",
            numerator=({"messages_answered": 1},),
            denominator=({"members": 1},),
            weight=1,
        ),
        Component(
            id="ideas",
            title={
                "fr": "Idées données",
                "it": "Idee proposte",
                "en": "Ideas given",
            },
            unit="ratio",
            numerator=({"ideas": 1},),
            denominator=({"members": 1},),
            weight=3,
        ),
        Component(
            id="referrals",
            title={
                "fr": "Personnes amenées",
                "it": "Persone portate",
                "en": "People brought",
            },
            unit="ratio",
            numerator=({"referrals": 1},),
            denominator=({"members": 1},),
            weight=5,
        ),
    ),
    source="Habitué's own weights, declared with the figure",
    examples=(
        Example(
            source="100 members: 150 visits, 20 rewards, 40 answers, 2 ideas, 4 referrals",
            counts=Counts(
                members=100,
                member_orders=150,
                redemptions=20,
                messages_answered=40,
                ideas=2,
                referrals=4,
            ),
            value=Fraction(256, 100),
        ),
    ),
)
