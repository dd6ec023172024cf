"""New-product trial by existing customers."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="new_product_trial_existing",
    title={
        "fr": "Essai des nouveautés, habitués",
        "it": "Prova delle novità, abituali",
        "en": "New products tried, existing customers",
    },
    help={
        "fr": ("La part des habitués de la période qui ont acheté un produit nouvellement vendu."),
        "it": (
            "La quota dei clienti abituali del periodo che ha comprato un prodotto appena "
            "in vendita."
        ),
        "en": ("The share of the period's existing customers who bought a newly listed product."),
    },
    formula={
        "fr": "habitués ayant essayé / habitués ayant acheté",
        "it": "abituali che hanno provato / abituali che hanno comprato",
        "en": "existing customers who tried / existing customers who bought",
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
    numerator=({"returning_triers": 1},),
    denominator=({"buyers": 1, "first_buyers": -1},),
    interval="wilson",
    source="Existing against new: share trying a newly listed product",
    examples=(
        Example(
            source="30 of 100 existing customers",
            counts=Counts(returning_triers=30, buyers=150, first_buyers=50),
            value=Fraction(3, 10),
        ),
    ),
)
