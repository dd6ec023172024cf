"""Those who bring most: the fewest customers who make a given share of the revenue."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import numpy as np

from habitue.metrics.lives import Lives
from habitue.metrics.segments.population import Population
from habitue.metrics.segments.rhythm import Flags

SHARE: Final = Fraction(1, 2)
"""Of the revenue, unless another share is asked for."""


def vip(lives: Lives, share: Fraction = SHARE) -> Flags:
    """The fewest customers whose revenue is at least `share` of all positive revenue.

    Who brought exactly as much as the last of them is in too, so that no two customers of equal
    revenue are told apart. Nobody, where nobody brought anything.
    """
    if not 0 < share <= 1:
        raise ValueError(f"A share of the revenue lies between 0 and 1, not {share}.")
    ranked = np.sort(lives.revenue[lives.revenue > 0])[::-1]
    if not len(ranked):
        return np.zeros(len(lives.revenue), dtype=np.bool_)
    total = int(ranked.sum())
    wanted = -(-total * share.numerator // share.denominator)
    least = ranked[np.searchsorted(np.cumsum(ranked), wanted)]
    enough: Flags = lives.revenue >= least
    return enough


def masks(population: Population) -> dict[str, Flags]:
    """Who is a VIP by the usual share."""
    return {"vip": vip(population.lives)}
