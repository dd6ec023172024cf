"""Looking every day: seldom fooled with intervals made for it, often with those for one look."""

from __future__ import annotations

from math import e, log, sqrt

import numpy as np
import pytest

from habitue.metrics.experiments import peeking
from habitue.metrics.intervals import Z

DAYS = 40


def fooled(rng: np.random.Generator, *, unlike: bool, share: float) -> tuple[float, float]:
    """How often an interval ever leaves out 0 over daily looks where nothing differs.

    Customers buy each day by their own rate, which is everybody's or (`unlike`) very different.
    Answers for intervals that are made for looking every day, and for those of one look.
    """
    runs, customers = 1_000, 400
    always = once = 0
    for _ in range(runs):
        rates = rng.gamma(0.5, 0.6, customers) if unlike else np.full(customers, 0.3)
        bought = rng.poisson(rates[:, None], (customers, DAYS)).cumsum(axis=1)
        held_out = rng.random(customers) < share
        one, other = bought[held_out], bought[~held_out]
        error = np.sqrt(one.var(axis=0, ddof=1) / len(one) + other.var(axis=0, ddof=1) / len(other))
        z = np.abs(other.mean(axis=0) - one.mean(axis=0)) / error
        reach = [peeking.reach(day, planned=DAYS) for day in range(1, DAYS + 1)]
        always += bool((z > reach).any())
        once += bool((z > Z).any())
    return always / runs, once / runs


@pytest.mark.parametrize(("unlike", "share"), [(False, 0.5), (True, 0.5), (True, 0.2)])
def test_whoever_looks_every_day_is_seldom_fooled(unlike: bool, share: float) -> None:
    always, once = fooled(np.random.default_rng(4), unlike=unlike, share=share)
    assert always <= 0.05
    assert once > 0.10  # an interval for one look, looked at every day


def test_a_random_walk_is_within_the_interval_at_all_times() -> None:
    """The textbook case, up to ten times the planned end."""
    steps = np.random.default_rng(7).normal(size=(3_000, 400))
    times = np.arange(1, 401)
    z = np.abs(steps.cumsum(axis=1)) / np.sqrt(times)
    reach = np.array([peeking.reach(int(day), planned=DAYS) for day in times])
    missed = (z > reach).any(axis=1).mean()
    assert missed <= 0.05
    assert (z > Z).any(axis=1).mean() > 0.4
    seldom = np.array([peeking.reach(int(day), planned=DAYS, alpha=0.01) for day in times])
    assert (z > seldom).any(axis=1).mean() <= 0.01


def test_a_difference_that_is_there_is_found_in_the_end() -> None:
    steps = np.random.default_rng(7).normal(0.6, size=(1_000, DAYS))
    z = steps.sum(axis=1) / sqrt(DAYS)
    found = (z > peeking.reach(DAYS, planned=DAYS)).mean()
    assert 0.7 < found < 0.85  # 0.6·√40 − 3.035 = 0.76 standard errors above: 78 %


def test_the_formula_by_hand() -> None:
    scaled = -2 * log(0.05) + log(1 - 2 * log(0.05))  # 5.9915 + 1.9447
    assert scaled == pytest.approx(7.9362, abs=1e-4)
    by_hand = sqrt((scaled + 1) / scaled * log((scaled + 1) / 0.05**2))
    assert peeking.reach(30, planned=30) == pytest.approx(by_hand)
    assert by_hand == pytest.approx(3.035, abs=1e-3)


def test_the_interval_is_narrowest_at_the_planned_end() -> None:
    widths = {day: peeking.reach(day, planned=30) / sqrt(day) for day in range(1, 200)}
    scaled = {day: width * sqrt(30) for day, width in widths.items()}
    assert scaled[30] < 1.01 * min(peeking.reach(30, planned=other) for other in range(5, 120))
    assert widths[199] < widths[30]


@pytest.mark.parametrize("z", [0.5, 1.96, 3.1, 6.0])
@pytest.mark.parametrize("day", [1, 10, 30, 300])
def test_chance_and_interval_are_the_same_thing(z: float, day: int) -> None:
    chance = peeking.chance(z, day, planned=30)
    if chance < 1:
        assert peeking.reach(day, planned=30, alpha=chance) == pytest.approx(z)
    assert (chance <= 0.05) == (z >= peeking.reach(day, planned=30))


def test_no_difference_at_all_is_no_surprise() -> None:
    assert peeking.chance(0, 5, planned=30) == 1
    assert peeking.chance(100, 30, planned=30) < e**-100


@pytest.mark.parametrize(("days", "planned"), [(0, 30), (-1, 30), (5, 0)])
def test_before_the_first_day_there_is_nothing_to_say(days: int, planned: int) -> None:
    with pytest.raises(ValueError, match="days are counted from 1"):
        peeking.reach(days, planned=planned)
