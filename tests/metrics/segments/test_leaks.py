"""Who leaks away, how long they have been away, and what is at risk, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from habitue.metrics.segments import leaks, rhythm
from tests.metrics.segments import purchases

ALICE, BRUNO, CHIARA, DIEGO, ELENA = range(1, 6)

# Alice and Bruno come every 7 days; Alice's last visit was 43 days ago. Elena left a year ago.
CAFE = {
    ALICE: [43 + 7 * week for week in range(41)],
    BRUNO: [3 + 7 * week for week in range(41)],
    CHIARA: [50],
    DIEGO: [43 + 7 * week for week in range(21)],
    ELENA: [365 + 7 * week for week in range(41)],
}


def test_last_visit_43_days_ago_usually_7() -> None:
    found = leaks.leaks(purchases.of(CAFE, window=30))
    assert found.customer.tolist() == [ALICE, DIEGO]  # equally dear: by number
    assert found.silence.tolist() == [43, 43]
    assert found.usual == pytest.approx([7, 7])
    assert found.window.tolist() == [30, 30]


def test_money_at_risk_is_what_they_would_bring_if_gone() -> None:
    population = purchases.of(CAFE, window=30, amounts={ALICE: 1_000, DIEGO: 5_000})
    sure = leaks.leaks(population)
    assert sure.customer.tolist() == [DIEGO, ALICE]
    assert sure.at_risk.tolist() == [round(365 / 7 * 5_000), round(365 / 7 * 1_000)]
    assert sure.alive is None
    alive = np.array([0.1, 1.0, 0.5, 0.9, 0.0])
    found = leaks.leaks(population, alive)
    assert found.customer.tolist() == [ALICE, DIEGO]
    assert found.at_risk.tolist() == [round(0.9 * 365 / 7 * 1_000), round(0.1 * 365 / 7 * 5_000)]
    assert found.expected.tolist() == [round(365 / 7 * 1_000), round(365 / 7 * 5_000)]
    assert found.alive is not None
    assert found.alive.tolist() == [0.1, 0.9]


def test_over_a_shorter_time_less_is_at_risk() -> None:
    population = purchases.of(CAFE, window=30)
    assert leaks.leaks(population, days=70).at_risk.tolist() == [10_000, 10_000]


def test_who_never_came_back_does_not_leak_nor_who_left_long_ago() -> None:
    population = purchases.of(CAFE, window=30)
    assert leaks.masks(population)["leaking"].tolist() == [True, False, False, True, False]
    assert rhythm.late(rhythm.rhythm(population)).tolist() == [True, False, True, True, True]


def test_patience_ends_at_twice_the_window() -> None:
    ago = {ALICE: [60 + 7 * week for week in range(20)], BRUNO: [61 + 7 * w for w in range(20)]}
    assert leaks.leaks(purchases.of(ago, window=30)).customer.tolist() == [ALICE]


def test_who_gave_more_back_than_they_bought_risks_nothing() -> None:
    found = leaks.leaks(purchases.of(CAFE, window=30, amounts={ALICE: -10, DIEGO: 0}))
    assert found.at_risk.tolist() == [0, 0]


def test_probabilities_of_somebody_else_are_refused() -> None:
    with pytest.raises(ValueError, match="in the order of their lives"):
        leaks.leaks(purchases.of(CAFE), np.array([0.5]))


def test_nobody_leaks_where_nobody_is() -> None:
    assert leaks.leaks(purchases.of({})).customer.tolist() == []
