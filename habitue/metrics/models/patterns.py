"""What the models see of customers: how often they came back, when last, and since when.

Days are whole, so many customers share a history: each different one is kept once, with how many
have it. Within those, many share their number of purchases and one of the two times: what depends
on such a pair only is computed once a pair. That is most of the speed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from habitue.metrics import lives as living
from habitue.metrics.lives import Integers, Lives
from habitue.metrics.models.spans import Unit

Floats = NDArray[np.float64]

SAMPLE: Final = 8_192
"""How many patterns tell a model nearly as much as all do."""

SPARSE: Final = 16
"""A table of so many places per key is still quicker to go through than keys are to sort."""


class Pairs(NamedTuple):
    """Different pairs of a number of purchases and a day; `at` says which pair a pattern has."""

    again: Integers
    day: Integers
    at: Integers


@dataclass(frozen=True, eq=False)
class Patterns:
    """Different histories, and how many customers have each; columns of equal length.

    `again` (x): days of purchase after the first. `recency` (t_x): days from the first to the last
    purchase. `age` (T): days from the first purchase to the last day that was seen. `count`: how
    many customers. `of`: which pattern each customer has, in the order in which they were given.
    """

    again: Integers
    recency: Integers
    age: Integers
    count: Integers
    of: Integers

    @property
    def customers(self) -> int:
        """How many customers there are."""
        return int(self.count.sum())

    @cached_property
    def weight(self) -> Floats:
        """`count`, to be multiplied with."""
        return self.count.astype(float)

    @cached_property
    def by_recency(self) -> Pairs:
        """The different (x, t_x)."""
        return _pairs(self.again, self.recency)

    @cached_property
    def by_age(self) -> Pairs:
        """The different (x, T)."""
        return _pairs(self.again, self.age)

    @cached_property
    def by_again(self) -> tuple[Integers, Integers]:
        """The different x, and which of them each pattern has."""
        again, at = np.unique(self.again, return_inverse=True)
        return again, at

    @cached_property
    def sample(self) -> Patterns | None:
        """A fair choice of the patterns, from which a fit may begin; None where there are few."""
        every = len(self.count) // SAMPLE
        if every < 2:
            return None
        return Patterns(
            self.again[::every],
            self.recency[::every],
            self.age[::every],
            self.count[::every],
            self.of[:0],
        )

    def times(self, unit: Unit) -> tuple[Floats, Floats]:
        """t_x and T in a unit."""
        return self.recency / unit.value, self.age / unit.value


def of(lives: Lives) -> Patterns:
    """The patterns of customers' lives.

    Several purchases on one day count as one, and T ends with the last day seen, the day before
    `until`: so do the published estimates (Fader, Hardie and Lee, 2005).
    """
    end = living.number(lives.until) - 1
    return unique(lives.days - 1, lives.last - lives.first, end - lives.first)


def unique(again: Integers, recency: Integers, age: Integers) -> Patterns:
    """The different among histories given customer by customer; refuses impossible ones."""
    if len(again) and not (
        again.min() >= 0
        and recency.min() >= 0
        and bool(np.all(recency <= age))
        and bool(np.all((again == 0) == (recency == 0)))
    ):
        raise ValueError("Whoever came back did so after the first purchase, and until today.")
    since = _pairs(again, recency)
    least = int(age.min()) if len(age) else 0
    days = int(age.max(initial=0)) - least + 1
    found, of = _distinct(since.at * days + (age - least))
    pair, older = np.divmod(found, days)
    count = np.bincount(of, minlength=len(found))
    return Patterns(since.again[pair], since.day[pair], least + older, count, of)


def _pairs(again: Integers, day: Integers) -> Pairs:
    days = int(day.max(initial=0)) + 1
    found, at = _distinct(again * days + day)
    agains, on = np.divmod(found, days)
    return Pairs(agains, on, at)


def _distinct(keys: Integers) -> tuple[Integers, Integers]:
    """The different keys in order, and where each is among them: ticked off in a table if short."""
    length = int(keys.max(initial=0)) + 1
    if length > SPARSE * len(keys) + SAMPLE:
        return np.unique(keys, return_inverse=True)
    there = np.zeros(length, dtype=np.bool_)
    there[keys] = True
    found = np.flatnonzero(there)
    place = np.empty(length, dtype=np.int32)  # half the memory to go through at random
    place[found] = np.arange(len(found), dtype=np.int32)
    return found, place[keys].astype(np.int64)


def summed(these: Floats | Integers, those: Floats | Integers) -> float:
    """The sum of products. Not by BLAS, whose threads cost more than they win at these lengths."""
    return float(np.einsum("i,i", these, those))
