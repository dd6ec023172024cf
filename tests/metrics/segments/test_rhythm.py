"""Usual gaps, own windows and the next purchase, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from habitue.metrics.lives import number
from habitue.metrics.segments import rhythm
from tests.metrics.segments import purchases
from tests.metrics.segments.purchases import TODAY

ALICE, BRUNO, CHIARA = 1, 2, 3


def test_the_usual_gap_is_ones_own_drawn_towards_the_business() -> None:
    """Alice came every 2 days (5 gaps), Bruno once after 20: the mean gap is 30 / 6 = 5 days."""
    found = rhythm.rhythm(purchases.of({ALICE: [11, 9, 7, 5, 3, 1], BRUNO: [30, 10], CHIARA: [4]}))
    alice = (2 * 5 + 10) / (2 + 5)
    bruno = (2 * 5 + 20) / (2 + 1)
    assert found.usual == pytest.approx([alice, bruno, 5.0])
    assert found.silence.tolist() == [1, 10, 4]
    assert found.own.tolist() == [True, True, False]


def test_the_own_window_is_w_stretched_to_the_own_rhythm() -> None:
    population = purchases.of({ALICE: [11, 9, 7, 5, 3, 1], BRUNO: [30, 10], CHIARA: [4]}, window=15)
    found = rhythm.rhythm(population)
    # W × usual / mean: 15 × (20/7) / 5 = 8.57, 15 × 10 / 5 = 30, and W itself for who came once.
    assert found.window.tolist() == [8, 30, 15]


def test_without_anybody_who_came_back_everybody_has_w_and_no_usual_gap() -> None:
    found = rhythm.rhythm(purchases.of({ALICE: [95], BRUNO: [3]}))
    assert found.window.tolist() == [90, 90]
    assert np.isnan(found.usual).all()
    assert rhythm.late(found).tolist() == [True, False]


def test_the_next_purchase_is_expected_as_the_businesss_gaps_say() -> None:
    """Of ten gaps one is 1, eight are 7 and one is 14; Alice's own rhythm is the business's."""
    every_week = [7 * week + 3 for week in range(9)]
    population = purchases.of({ALICE: every_week, BRUNO: [40, 39, 25]}, window=14)
    found = rhythm.expected(population)
    assert population.gaps == {1: 1, 7: 8, 14: 1}
    assert rhythm.rhythm(population).usual[0] == pytest.approx((2 * 7.1 + 56) / (2 + 8))
    # Three days have passed: of the nine gaps of 7 and 14 left, the fifth is a 7, the ninth a 14.
    last = number(TODAY) - 3
    stretch = (2 * 7.1 + 56) / 10 / 7.1
    assert found.on[0] == last + round(7 * stretch)
    assert found.earliest[0] == last + round(7 * stretch)
    assert found.latest[0] == last + round(14 * stretch)
    assert found.on[1] == rhythm.NEVER  # Bruno is late: no day can be named


def test_who_bought_on_one_day_only_has_no_expected_day() -> None:
    found = rhythm.expected(purchases.of({ALICE: [8, 1], BRUNO: [1, 1]}))
    assert found.on[0] != rhythm.NEVER
    assert found.on[1] == found.earliest[1] == found.latest[1] == rhythm.NEVER


def test_what_is_expected_never_lies_in_the_past() -> None:
    ago = {who: [50 + who % 7, 40 - who % 5, 20 + who % 3, who % 11 + 1] for who in range(1, 60)}
    found = rhythm.expected(purchases.of(ago))
    named = found.on != rhythm.NEVER
    assert named.any()
    assert (found.earliest[named] >= number(TODAY)).all()
    assert (found.earliest <= found.on).all()
    assert (found.on <= found.latest).all()
