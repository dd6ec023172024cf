"""Where everybody stands: lost, slipping, new, won back or regular. Everybody is in exactly one.

In this order, the first that is true:

    lost      silent for longer than W and for longer than their own window
    slipping  silent for longer than their own window
    new       first bought within the last W days
    won back  was lost W days ago
    regular   everybody else

The figures count everybody by the one W; here somebody who always came twice a year is not lost
after a month.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from habitue.metrics.lives import Integers, Lives, number
from habitue.metrics.segments import rhythm
from habitue.metrics.segments.population import Population
from habitue.metrics.segments.rhythm import Flags

STAGES: Final = ("lost", "slipping", "new", "won-back", "regular")
"""In the order in which they are tried."""


def stages(population: Population) -> Integers:
    """Everybody's stage, by its place in `STAGES`."""
    lives, window = population.lives, population.window.days
    found = rhythm.rhythm(population)
    late = rhythm.late(found)
    tried = [
        late & (found.silence > window),
        late,
        lives.first >= number(lives.until) - window,
        np.isin(lives.customer, _lost(population.before, window, population.gaps)),
    ]
    return np.select(tried, np.arange(len(tried)), default=len(tried)).astype(np.int64)


def masks(population: Population) -> dict[str, Flags]:
    """Who is in each stage."""
    found = stages(population)
    return {name: found == place for place, name in enumerate(STAGES)}


def _lost(lives: Lives, window: int, gaps: dict[int, int]) -> Integers:
    found = rhythm.of(lives, window, gaps)
    gone: Integers = lives.customer[rhythm.late(found) & (found.silence > window)]
    return gone
