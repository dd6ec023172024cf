"""How much likelier existing customers are to try a new product than first-time ones."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure, Quoted

FIGURE = Figure(
    id="new_product_advantage",
    title={
        "fr": "Nouveautés : habitués pour un nouveau",
        "it": "Novità: abituali per un nuovo",
        "en": "New products: existing against first-time",
    },
    help={
        "fr": (
            "Combien de fois plus souvent un habitué essaie une nouveauté qu'un nouveau client."
        ),
        "it": ("Quante volte più spesso un cliente abituale prova una novità rispetto a un nuovo."),
        "en": (
            "How many times as often an existing customer tries a new product as a first-time one."
        ),
    },
    formula={
        "fr": "part des habitués / part des nouveaux",
        "it": "quota degli abituali / quota dei nuovi",
        "en": "share of existing / share of first-time customers",
    },
    caveats={
        "fr": (
            "Qui vient plus souvent a plus d'occasions : ce n'est pas l'effet de la fidélité seule."
        ),
        "it": "Chi viene più spesso ha più occasioni: non è l'effetto della sola fedeltà.",
        "en": "Who comes more often has more occasions: not the effect of loyalty alone.",
    },
    group="customers",
    unit="ratio",
    grain="customer",
    numerator=(
        {"returning_triers": 1},
        {"first_buyers": 1},
    ),
    denominator=(
        {"first_triers": 1},
        {"buyers": 1, "first_buyers": -1},
    ),
    quoted=(
        Quoted(
            text={
                "fr": (
                    "Cité : les clients existants sont 50 % plus enclins à essayer un nouveau "
                    "produit."
                ),
                "it": (
                    "Citato: i clienti esistenti hanno il 50 % di probabilità in più di provare un "
                    "prodotto nuovo."
                ),
                "en": "Quoted: existing customers are 50 % likelier to try a new product.",
            },
            source="Retention articles, without method or period",
        ),
    ),
    source="Existing against new: ratio of the two shares",
    examples=(
        Example(
            source="30 % of existing, 20 % of first-time customers: 50 % likelier",
            counts=Counts(returning_triers=30, first_triers=10, buyers=150, first_buyers=50),
            value=Fraction(3, 2),
        ),
    ),
)
