"""Segments on a real log: CDNOW's sample as of 1998, held against what its customers did then."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from habitue.metrics.aggregates import Aggregates
from habitue.metrics.asked import Asked
from habitue.metrics.lives import Lives, number
from habitue.metrics.segments import finding, population, rhythm
from habitue.metrics.segments.population import Population
from tests.metrics.models import cdnow

UNTIL = date(1998, 1, 1)


class Log:
    """The sample as a source."""

    def gaps(self, before: date) -> dict[int, int]:
        days: dict[int, set[int]] = defaultdict(set)
        for customer, day, _ in cdnow.sales():
            if day < number(before):
                days[customer].add(day)
        return dict(Counter(b - a for own in days.values() for a, b in pairwise(sorted(own))))

    def lives(self, until: date) -> Lives:
        return cdnow.lives(until)

    def aggregates(self, asked: Asked) -> Aggregates:
        raise AssertionError("segments are found from lives and gaps")


@pytest.fixture(scope="module")
def everybody() -> Population:
    return population.read(Log(), UNTIL)


@pytest.fixture(scope="module")
def came() -> dict[int, int]:
    """The first day of purchase from 1998 on, of who came."""
    later: dict[int, int] = {}
    for customer, day, _ in cdnow.sales():
        if day >= number(UNTIL):
            later[customer] = min(day, later.get(customer, day))
    return later


def test_everybody_is_somewhere_and_the_lost_are_lost(
    everybody: Population, came: dict[int, int]
) -> None:
    every = finding.every(everybody)
    stages = ("lost", "slipping", "new", "won-back", "regular")
    assert sum(len(every[name]) for name in stages) == len(everybody.lives.customer) == 2_357
    back = {
        name: float(np.mean([who in came for who in every[name].tolist()]))
        for name in ("lost", "regular", "champions", "hibernating", "vip")
    }
    assert back["lost"] < back["regular"] / 3
    assert back["hibernating"] < back["champions"] / 3
    assert back["vip"] > back["lost"]
    assert len(every["vip"]) < 2_357 / 6  # half of the revenue is made by a few


def test_who_came_again_mostly_came_when_expected(
    everybody: Population, came: dict[int, int]
) -> None:
    expected = rhythm.expected(everybody)
    within = [
        bool(expected.earliest[place] <= came[who] <= expected.latest[place])
        for place, who in enumerate(everybody.lives.customer.tolist())
        if who in came and expected.on[place] != rhythm.NEVER
    ]
    assert len(within) > 250
    assert 0.75 < float(np.mean(within)) < 0.97  # 80 % are meant; the log ends in mid-1998
