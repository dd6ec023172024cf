"""Participation: the share of buyers who are members."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="participation",
    title={
        "fr": "Participation",
        "it": "Partecipazione",
        "en": "Participation",
    },
    help={
        "fr": "La part des clients de la période qui sont membres du programme.",
        "it": "La quota dei clienti del periodo iscritta al programma.",
        "en": "The share of the period's customers who are members of the program.",
    },
    formula={
        "fr": "membres ayant acheté / clients ayant acheté",
        "it": "iscritti che hanno comprato / clienti che hanno comprato",
        "en": "members who bought / customers who bought",
    },
    caveats={
        "fr": (
            "Les achats anonymes n'ont pas de client : ils ne comptent ni d'un côté ni de l'autre."
        ),
        "it": "Gli acquisti anonimi non hanno cliente: non contano né sopra né sotto.",
        "en": "Anonymous purchases have no customer: they count on neither side.",
    },
    group="program",
    unit="share",
    grain="customer",
    numerator=({"member_buyers": 1},),
    denominator=({"buyers": 1},),
    interval="wilson",
    source="Program figures: members among buyers",
    examples=(
        Example(
            source="300 of 400 buyers are members",
            counts=Counts(member_buyers=300, buyers=400),
            value=Fraction(3, 4),
        ),
    ),
)
