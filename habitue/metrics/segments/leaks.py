"""Leaks: customers who used to come back and are late by their own rhythm, dearest first.

Late is who has been silent for longer than their own window (`rhythm`). A leak is late, has come
back at least once, and has not been away for more than `PATIENCE` times the longer of W and their
own window: after that it is no leak any more but somebody to win back.

Money at risk is what they would bring in the next `HORIZON` days in their usual rhythm,
HORIZON / usual gap × revenue per day of purchase, times the probability that they are gone,
1 − P(alive). Where no model could say P(alive), it is the whole of it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from habitue.metrics.lives import Integers
from habitue.metrics.segments import rhythm
from habitue.metrics.segments.population import Population
from habitue.metrics.segments.rhythm import Flags, Reals, Rhythm

HORIZON: Final = 365
PATIENCE: Final = 2


class Leaks(NamedTuple):
    """A row per leak, most money at risk first, then by customer. Money in minor units.

    "Last visit `silence` days ago, usually every `usual`." `alive` is None where it is not known.
    """

    customer: Integers
    silence: Integers
    usual: Reals
    window: Integers
    expected: Integers
    at_risk: Integers
    alive: Reals | None


def leaks(population: Population, alive: Reals | None = None, *, days: int = HORIZON) -> Leaks:
    """Every leak; `alive` is P(alive) of everybody in the order of `population.lives`."""
    if alive is not None and len(alive) != len(population.lives.customer):
        raise ValueError("P(alive) is of everybody, in the order of their lives.")
    found = rhythm.rhythm(population)
    leaking = _leaking(population, found)
    money = expected(population, found, days)[leaking]
    gone = 1.0 if alive is None else 1 - alive[leaking]
    at_risk = np.rint(money * gone).astype(np.int64)
    customer = population.lives.customer[leaking]
    order = np.lexsort((customer, -at_risk))
    return Leaks(
        customer[order],
        found.silence[leaking][order],
        found.usual[leaking][order],
        found.window[leaking][order],
        np.rint(money).astype(np.int64)[order],
        at_risk[order],
        None if alive is None else alive[leaking][order],
    )


def masks(population: Population) -> dict[str, Flags]:
    """Who is a leak."""
    return {"leaking": _leaking(population, rhythm.rhythm(population))}


def expected(population: Population, found: Rhythm, days: int) -> Reals:
    """What everybody would bring in so many days in their usual rhythm; 0 where none is known."""
    each_time = np.maximum(population.lives.revenue, 0) / population.lives.days
    return np.nan_to_num(days / found.usual * each_time, nan=0.0)


def _leaking(population: Population, found: Rhythm) -> Flags:
    longest = PATIENCE * np.maximum(found.window, population.window.days)
    leaking: Flags = rhythm.late(found) & found.own & (found.silence <= longest)
    return leaking
