"""What the future purchases of a customer are worth today, on stated terms.

Customer lifetime value: the purchases expected month by month, discounted, times the worth of a
purchase, times the margin. The residual counts everything that may still come.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import numpy as np
from msgspec import Struct

from habitue.metrics.models import spans
from habitue.metrics.models.dropout import Dropout
from habitue.metrics.models.patterns import Floats, Patterns
from habitue.metrics.models.spans import Span, Unit

NODES: Final = 40


class Terms(Struct, frozen=True, kw_only=True):
    """`margin` of revenue, between 0 and 1; `discount` by the year, over 0; how far to look."""

    margin: Fraction
    discount: Fraction
    horizon: Span = spans.years(1)

    def __post_init__(self) -> None:
        if not 0 < self.margin <= 1:
            raise ValueError(f"A margin lies between 0 and 100 %, not {self.margin}.")
        if self.discount <= 0:
            raise ValueError(f"A yearly discount is more than 0, not {self.discount}.")
        if self.horizon.days <= 0:
            raise ValueError("A customer lifetime value looks at least a day ahead.")


def purchases(model: Dropout, seen: Patterns, terms: Terms) -> Floats:
    """Discounted purchases within the horizon, per pattern, month by month."""
    monthly = float(1 + terms.discount) ** (1 / 12) - 1
    return discounted(model, seen, terms.horizon, spans.months(1), monthly)


def discounted(
    model: Dropout, seen: Patterns, horizon: Span, step: Span, discount: float
) -> Floats:
    """Discounted purchases within the horizon: those of each step count as of the step's end.

    `discount` is by the step. The last step ends with the horizon, if need be before its time.
    """
    total = np.zeros(len(seen.count))
    before = np.zeros(len(seen.count))
    ends = np.arange(1, int(np.ceil(horizon.days / step.days - 1e-9)) + 1)
    for end in ends:
        until = min(end * step.days, horizon.days)
        bought = model.if_alive(seen, spans.days(until))
        total += (bought - before) / (1 + discount) ** (until / step.days)
        before = bought
    return model.alive(seen) * total


def residual(model: Dropout, seen: Patterns, terms: Terms) -> Floats:
    """Discounted purchases of all time to come, per pattern, discounted at every moment.

    The integral of e^(−δt) over the purchases is, by parts, the mean of those expected within t
    over exponential t (rate δ): Gauss–Laguerre quadrature.
    """
    rate = np.log(float(1 + terms.discount)) / Unit.YEAR.value
    nodes, weights = np.polynomial.laguerre.laggauss(NODES)
    told = weights > 1e-20
    total = np.zeros(len(seen.count))
    for node, weight in zip(nodes[told], weights[told], strict=True):
        total += weight * model.if_alive(seen, spans.days(float(node / rate)))
    return model.alive(seen) * total
