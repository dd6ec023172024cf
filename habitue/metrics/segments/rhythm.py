"""Each customer's own rhythm: usual gap, how long a silence is still usual, when they come next.

The usual gap is the customer's own mean gap between days of purchase, drawn towards the
business's mean as if everybody had also come `PRIOR` times in the business's rhythm: who has come
twice says little about themselves, who has come fifty times says all. (The posterior mean under a
gamma prior of that weight; see docs/segments.md.)

The own window is W times the usual gap over the business's mean gap: as W is what nine gaps in ten
do not exceed, so is the own window for somebody of that rhythm.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from habitue.metrics.lives import Integers, Lives, number
from habitue.metrics.segments.population import Population

PRIOR: Final = 2
"""Gaps in the business's rhythm that everybody is credited with."""

NEVER: Final = np.iinfo(np.int64).min
"""Stands for no day."""

_HAIR: Final = 1e-9
"""Keeps a window that is a whole number of days one, whatever the rounding of its division."""

Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Rhythm(NamedTuple):
    """`usual`: days between purchases (nan while nobody ever came back: no rhythm is known).

    `silence`: days since the last day of purchase. `window`: the longest silence that is usual for
    this customer, in whole days, at least one. `own`: whether the customer ever came back.
    """

    usual: Reals
    silence: Integers
    window: Integers
    own: Flags


class Expected(NamedTuple):
    """The day on which half of such customers have come, and 80 % come between the other two.

    Days as numbers (`lives.number`), `NEVER` where none can be named: who has bought on one day
    only, or is later than their own window.
    """

    on: Integers
    earliest: Integers
    latest: Integers


def rhythm(population: Population) -> Rhythm:
    """Everybody's rhythm as of the population's day."""
    return of(population.lives, population.window.days, population.gaps)


def of(lives: Lives, window: int, gaps: dict[int, int]) -> Rhythm:
    """The rhythm of lives in a business with that W and those gaps."""
    silence = number(lives.until) - lives.last
    own = lives.days > 1
    relative = _relative(lives, gaps)
    limit = np.maximum(1, np.floor(window * relative + _HAIR).astype(np.int64))
    mean = _mean(gaps)
    return Rhythm(relative * (np.nan if mean is None else mean), silence, limit, own)


def late(found: Rhythm) -> Flags:
    """Who has been silent for longer than is usual for them."""
    return found.silence > found.window


def expected(population: Population) -> Expected:
    """When everybody will probably come next, if they come as the business's customers do.

    The business's gaps, stretched to the customer's own usual gap, of which only those longer than
    the silence are left: their median, tenth and ninetieth percentile.
    """
    found = rhythm(population)
    known = found.own & ~late(found)
    last = population.lives.last
    on, earliest, latest = (np.full(len(last), NEVER) for _ in range(3))
    if not known.any():
        return Expected(on, earliest, latest)
    days = np.array(sorted(population.gaps), dtype=np.int64)
    counts = np.array([population.gaps[day] for day in days.tolist()], dtype=np.int64)
    stretch = found.usual[known] / _pooled(population.gaps)
    passed = _share_within(days, counts, found.silence[known] - 1, stretch)
    for column, share in ((on, 0.5), (earliest, 0.1), (latest, 0.9)):
        gap = _quantile(days, counts, passed + share * (1 - passed)) * stretch
        at_least = np.maximum(np.rint(gap).astype(np.int64), found.silence[known])
        column[known] = last[known] + at_least
    return Expected(on, earliest, latest)


def _mean(gaps: dict[int, int]) -> float | None:
    return _pooled(gaps) if gaps else None


def _pooled(gaps: dict[int, int]) -> float:
    return sum(days * count for days, count in gaps.items()) / sum(gaps.values())


def _relative(lives: Lives, gaps: dict[int, int]) -> Reals:
    """Everybody's usual gap as a multiple of the business's mean gap; 1 where nothing is known."""
    mean = _mean(gaps)
    if mean is None:
        return np.ones(len(lives.customer))
    own = (lives.last - lives.first) / mean
    relative: Reals = (PRIOR + own) / (PRIOR + lives.days - 1)
    return relative


def _share_within(days: Integers, counts: Integers, silence: Integers, stretch: Reals) -> Reals:
    """Which share of the stretched gaps is not longer than a silence."""
    below = np.concatenate([[0], np.cumsum(counts)])
    place = np.searchsorted(days, silence / stretch + _HAIR, side="right")
    share: Reals = below[place] / below[-1]
    return share


def _quantile(days: Integers, counts: Integers, share: Reals) -> Integers:
    """By nearest rank, as W is: the shortest gap that at least this share does not exceed."""
    ranks = np.cumsum(counts)
    wanted = np.ceil(share * ranks[-1] - _HAIR)
    found: Integers = days[np.minimum(np.searchsorted(ranks, wanted), len(days) - 1)]
    return found
