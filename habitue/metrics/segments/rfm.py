"""RFM: how recently, how often and for how much everybody bought, as scores from 1 to 5.

A score says how many fifths of all customers somebody outdoes: 1 + ⌊5 × customers with a strictly
smaller value / all customers⌋. Equal values therefore have equal scores, and where most bought
once, all of those score 1 in frequency and nobody is moved up to fill a fifth.

Recency is the last day of purchase, frequency the number of orders (two on one day are two),
monetary the revenue net of refunds. A group is named by recency and frequency alone, the usual
grid of 25 fields; money decides who is `vip`.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from habitue.metrics.lives import Integers, Lives
from habitue.metrics.segments.population import Population
from habitue.metrics.segments.rhythm import Flags

BEST: Final = 5


class Field(NamedTuple):
    """A group: scores of recency and of frequency, both ends included."""

    recency: tuple[int, int]
    frequency: tuple[int, int]


GROUPS: Final = {
    "champions": Field((5, 5), (4, 5)),
    "loyal": Field((3, 4), (4, 5)),
    "potential-loyal": Field((4, 5), (2, 3)),
    "newcomers": Field((5, 5), (1, 1)),
    "promising": Field((4, 4), (1, 1)),
    "need-attention": Field((3, 3), (3, 3)),
    "about-to-sleep": Field((3, 3), (1, 2)),
    "cannot-lose": Field((1, 2), (5, 5)),
    "at-risk": Field((1, 2), (3, 4)),
    "hibernating": Field((1, 2), (1, 2)),
}
"""Every pair of scores lies in exactly one group (a test counts them)."""


class Scores(NamedTuple):
    """Scores of everybody, in the order of the lives."""

    recency: Integers
    frequency: Integers
    monetary: Integers


def scores(lives: Lives) -> Scores:
    """Everybody's three scores."""
    return Scores(score(lives.last), score(lives.orders), score(lives.revenue))


def score(values: Integers) -> Integers:
    """1 to 5: how many fifths of these values each one exceeds, and one."""
    if not len(values):
        return values
    below = np.searchsorted(np.sort(values), values, side="left")
    return 1 + BEST * below // len(values)


def masks(population: Population) -> dict[str, Flags]:
    """Who is in each group."""
    found = scores(population.lives)
    return {name: _within(found, field) for name, field in GROUPS.items()}


def _within(found: Scores, field: Field) -> Flags:
    (r_low, r_high), (f_low, f_high) = field
    within: Flags = (
        (found.recency >= r_low)
        & (found.recency <= r_high)
        & (found.frequency >= f_low)
        & (found.frequency <= f_high)
    )
    return within
