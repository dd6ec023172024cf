"""The figures that an experiment can be about, each declared before it starts."""

from __future__ import annotations

from typing import Final

from habitue.metrics.experiments.judging import Measure

MEASURES: Final = {
    measure.id: measure
    for measure in (
        Measure(
            id="revenue",
            title={
                "fr": "Chiffre d'affaires par client",
                "it": "Fatturato per cliente",
                "en": "Revenue per customer",
            },
            kind="money",
            top="revenue",
        ),
        Measure(
            id="orders",
            title={
                "fr": "Achats par client",
                "it": "Acquisti per cliente",
                "en": "Orders per customer",
            },
            kind="number",
            top="orders",
        ),
        Measure(
            id="buyers",
            title={
                "fr": "Part des clients qui ont acheté",
                "it": "Quota dei clienti che hanno comprato",
                "en": "Share of customers who bought",
            },
            kind="share",
            top="buyers",
        ),
        Measure(
            id="order_value",
            title={"fr": "Panier moyen", "it": "Scontrino medio", "en": "Average order value"},
            kind="money",
            top="revenue",
            bottom="orders",
        ),
    )
}
"""By id. `revenue` is net of refunds, in the business's own currency."""

COUNTED: Final = ("revenue", "orders", "buyers")
"""What is summed per customer in the span of the experiment, and in the equal span before."""
