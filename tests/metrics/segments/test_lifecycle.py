"""Everybody stands in exactly one place, by hand and as a law."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitue.metrics.segments import catalogue, finding, lifecycle
from tests.metrics.segments import purchases
from tests.metrics.segments.purchases import Days

ALICE, BRUNO, CHIARA, DIEGO, ELENA, FABIO = range(1, 7)

# Gaps: Alice 9 × 5, Bruno 9 × 5, Elena 65, Fabio 2 × 60: 275 / 21 days in the mean.
CAFE = {
    ALICE: [5 * time + 3 for time in range(10)],  # every five days, 3 days ago
    BRUNO: [5 * time + 25 for time in range(10)],  # every five days, 25 days ago
    CHIARA: [20],  # once, 20 days ago
    DIEGO: [60],  # once, 60 days ago
    ELENA: [70, 5],  # came back after 65 days
    FABIO: [165, 105, 45],  # every 60 days, 45 days ago
}


def stage(ago: Days, who: int, *, window: int = 30) -> str:
    population = purchases.of(ago, window=window)
    place = population.lives.customer.tolist().index(who)
    return lifecycle.STAGES[lifecycle.stages(population)[place]]


@pytest.mark.parametrize(
    ("who", "stands"),
    [
        (ALICE, "regular"),
        (BRUNO, "slipping"),  # own window: 30 × ((2 × 275/21 + 45) / 11) / (275/21) = 14.8 days
        (CHIARA, "new"),
        (DIEGO, "lost"),
        (ELENA, "won-back"),
        (FABIO, "regular"),  # 45 days are more than W, but fewer than his own 83
    ],
)
def test_who_stands_where(who: int, stands: str) -> None:
    assert stage(CAFE, who) == stands


def test_a_silence_as_long_as_the_window_is_still_usual() -> None:
    assert stage({CHIARA: [30]}, CHIARA) == "new"
    assert stage({CHIARA: [31]}, CHIARA) == "lost"


def test_a_newcomer_who_came_often_and_stopped_is_slipping() -> None:
    ago = {**CAFE, DIEGO: [29, 28, 27, 26, 25]}
    assert stage(ago, DIEGO) == "slipping"


def test_nobody_stands_nowhere() -> None:
    assert all(len(found) == 0 for found in finding.every(purchases.of({})).values())


lives = st.dictionaries(
    st.integers(1, 30), st.lists(st.integers(1, 400), min_size=1, max_size=8), max_size=12
)


@given(ago=lives, window=st.integers(1, 200))
def test_everybody_is_in_exactly_one_stage_and_one_group(ago: Days, window: int) -> None:
    population = purchases.of(ago, window=window)
    every = finding.every(population)
    for family in ("lifecycle", "rfm"):
        names = [name for name, each in catalogue.every().items() if each.family == family]
        found = [every[name] for name in names]
        together = np.sort(np.concatenate(found)).tolist()
        assert together == sorted(ago)


@given(ago=lives, window=st.integers(1, 200))
def test_who_comes_today_is_neither_slipping_nor_lost(ago: Days, window: int) -> None:
    came = {who: [*days, 1] for who, days in ago.items()}
    every = finding.every(purchases.of(came, window=window))
    assert not len(every["lost"])
    assert not len(every["slipping"])


@given(ago=lives, window=st.integers(1, 200), later=st.integers(1, 50))
def test_a_longer_silence_makes_nobody_less_lost(ago: Days, window: int, later: int) -> None:
    """The same lives looked at later: whoever was lost is lost, if nobody bought since."""
    before = finding.every(purchases.of(ago, window=window))["lost"]
    aged = {who: [days + later for days in own] for who, own in ago.items()}
    after = finding.every(purchases.of(aged, window=window))["lost"]
    assert set(before.tolist()) <= set(after.tolist())
