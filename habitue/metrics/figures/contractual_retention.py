"""Contractual retention: paid memberships at the start that are still paid at the end."""

from fractions import Fraction

from habitue.metrics.aggregates import Counts
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="contractual_retention",
    title={
        "fr": "Rétention des adhésions payantes",
        "it": "Fidelizzazione delle iscrizioni a pagamento",
        "en": "Retention of paid memberships",
    },
    help={
        "fr": "La part des adhésions payantes du début encore payées à la fin.",
        "it": "La quota delle iscrizioni a pagamento dell'inizio ancora pagate alla fine.",
        "en": "The share of the paid memberships at the start that are still paid at the end.",
    },
    formula={
        "fr": "adhésions gardées / adhésions au début",
        "it": "iscrizioni mantenute / iscrizioni all'inizio",
        "en": "memberships kept / memberships at the start",
    },
    caveats={
        "fr": (
            "Ici un client l'est par contrat : la période payée, et non la fenêtre, dit qui l'est."
        ),
        "it": "Qui si è clienti per contratto: lo dice il periodo pagato, non la finestra.",
        "en": (
            "Here the contract makes the customer: the paid period says who is one, not the window."
        ),
    },
    group="customers",
    unit="share",
    grain="customer",
    numerator=({"contracts_kept": 1},),
    denominator=({"contracts": 1},),
    interval="wilson",
    source="Retention in contractual settings: kept / S over paid periods",
    examples=(
        Example(
            source="90 of 100 paid memberships",
            counts=Counts(contracts=100, contracts_kept=90),
            value=Fraction(9, 10),
        ),
    ),
)
