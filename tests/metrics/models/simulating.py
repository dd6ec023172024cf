"""Customers made up under the assumptions of a model, whose parameters a fit must find again.

Chance comes from a seeded generator that the test hands in. Times are in days.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from habitue.metrics.lives import Integers, Lives, number
from habitue.metrics.models import patterns
from habitue.metrics.models.betageometric import BetaGeometric
from habitue.metrics.models.paretonbd import ParetoNBD
from habitue.metrics.models.patterns import Floats, Patterns

UNTIL = date(2025, 1, 1)


def histories(
    draw: np.random.Generator, model: BetaGeometric | ParetoNBD, age: Integers
) -> Patterns:
    """One customer for each age, who buys and leaves as the model says."""
    many, day = len(age), model.unit.value
    rate = draw.gamma(model.r, 1 / (model.alpha * day), many)
    end, leaving = age.astype(float), np.zeros(many)
    here = np.ones(many, dtype=bool)
    match model:
        case ParetoNBD():
            rates = draw.gamma(model.s, 1 / (model.beta * day), many)
            end = np.minimum(end, draw.exponential(1 / rates))
        case BetaGeometric():
            leaving = draw.beta(model.a, model.b, many)
            here = draw.random(many) >= leaving * model.at_once
    again, last, now = np.zeros(many, dtype=np.int64), np.zeros(many), np.zeros(many)
    while here.any():
        who = np.flatnonzero(here)
        now[who] += draw.exponential(1 / rate[who])
        come = now[who] < end[who]
        here[who[~come]] = False
        who = who[come]
        again[who] += 1
        last[who] = now[who]
        here[who[draw.random(len(who)) < leaving[who]]] = False
    recency = np.maximum(np.floor(last).astype(np.int64), again > 0)
    return patterns.unique(again, recency, np.maximum(age, recency))


def amounts(draw: np.random.Generator, p: float, q: float, v: float, times: Integers) -> Floats:
    """What each spends on so many days of purchase, in all."""
    return draw.gamma(p * times, 1 / draw.gamma(q, 1 / v, len(times)))


def lives(seen: Patterns, revenue: Integers) -> Lives:
    """The same customers as a source would give them, as of `UNTIL`."""
    first = number(UNTIL) - 1 - seen.age[seen.of]
    return Lives(
        until=UNTIL,
        currency="EUR",
        customer=np.arange(len(seen.of)),
        first=first,
        last=first + seen.recency[seen.of],
        days=seen.again[seen.of] + 1,
        orders=seen.again[seen.of] + 1,
        revenue=revenue,
    )
