"""Upsell ratio: customers of more than one product group, to customers of one."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="upsell_ratio",
    title={
        "fr": "Ratio de montée en gamme",
        "it": "Rapporto di vendita incrociata",
        "en": "Upsell ratio",
    },
    help={
        "fr": ("Combien de clients achètent dans plusieurs rayons, pour chaque client d'un seul."),
        "it": "Quanti clienti comprano in più reparti, per ogni cliente di uno solo.",
        "en": ("How many customers buy from several product groups, for each who buys from one."),
    },
    formula={
        "fr": "clients de plusieurs rayons / clients d'un seul",
        "it": "clienti di più reparti / clienti di uno solo",
        "en": "customers of several product groups / customers of one",
    },
    caveats={
        "fr": ("Ne compte que les achats dont les lignes disent une catégorie, dans la période."),
        "it": "Contano solo gli acquisti le cui righe dicono una categoria, nel periodo.",
        "en": "Only purchases whose lines name a category count, within the period.",
    },
    group="customers",
    unit="ratio",
    grain="customer",
    numerator=({"many_groups": 1},),
    denominator=({"one_group": 1},),
    source="Retention articles: customers of more than one product / customers of one",
    examples=(
        Example(
            source="60 customers of several groups, 240 of one",
            counts=Counts(many_groups=60, one_group=240),
            value=Fraction(1, 4),
        ),
    ),
)
