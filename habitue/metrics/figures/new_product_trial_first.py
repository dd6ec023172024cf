"""New-product trial by first-time customers."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="new_product_trial_first",
    title={
        "fr": "Essai des nouveautés, nouveaux clients",
        "it": "Prova delle novità, nuovi clienti",
        "en": "New products tried, first-time customers",
    },
    help={
        "fr": (
            "La part des nouveaux clients de la période qui ont acheté un produit "
            "nouvellement vendu."
        ),
        "it": (
            "La quota dei nuovi clienti del periodo che ha comprato un prodotto appena in vendita."
        ),
        "en": ("The share of the period's first-time customers who bought a newly listed product."),
    },
    formula={
        "fr": "nouveaux ayant essayé / nouveaux ayant acheté",
        "it": "nuovi che hanno provato / nuovi che hanno comprato",
        "en": "first-time customers who tried / first-time customers who bought",
    },
    caveats={
        "fr": (
            "Un produit est nouveau dans la période de sa première vente ; il faut que les "
            "lignes disent le produit. Sans nouveauté, c'est 0."
        ),
        "it": (
            "Un prodotto è nuovo nel periodo della prima vendita; le righe devono dire il "
            "prodotto. Senza novità è 0."
        ),
        "en": (
            "A product is new in the period of its first sale; lines must name their "
            "product. Where nothing is new it is 0."
        ),
    },
    group="customers",
    unit="share",
    grain="customer",
    numerator=({"first_triers": 1},),
    denominator=({"first_buyers": 1},),
    interval="wilson",
    source="Existing against new: share trying a newly listed product",
    examples=(
        Example(
            source="10 of 50 first-time customers",
            counts=Counts(first_triers=10, first_buyers=50),
            value=Fraction(1, 5),
        ),
    ),
)
