"""Scores with stated ties, and groups that cover every pair of scores once."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from habitue.metrics.segments import finding, rfm
from tests.metrics.segments import purchases


def test_ten_different_values_fill_the_fifths_evenly() -> None:
    assert rfm.score(np.arange(10)).tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_equal_values_have_equal_scores_and_nobody_is_moved_up() -> None:
    """Eight bought once, one twice, one nine times: the last two outdo 8 and 9 of 10."""
    assert rfm.score(np.array([1, 1, 1, 1, 9, 1, 1, 1, 2, 1])).tolist() == [
        *(1, 1, 1, 1, 5, 1, 1, 1, 5, 1)
    ]
    assert rfm.score(np.array([7, 7, 7])).tolist() == [1, 1, 1]
    assert rfm.score(np.array([], dtype=np.int64)).tolist() == []


def test_scores_of_a_small_business_by_hand() -> None:
    population = purchases.of(
        {1: [50], 2: [40], 3: [30, 29], 4: [20, 10], 5: [9, 8, 1]}, amounts={1: 9_000}
    )
    found = rfm.scores(population.lives)
    assert found.recency.tolist() == [1, 2, 3, 4, 5]
    assert found.frequency.tolist() == [1, 1, 3, 3, 5]
    assert found.monetary.tolist() == [5, 1, 2, 2, 4]  # 90.00, 10.00, 20.00, 20.00, 30.00


def test_groups_by_hand() -> None:
    found = finding.every(purchases.of({1: [50], 2: [40], 3: [30, 29], 4: [20, 10], 5: [9, 8, 1]}))
    where = {name: found[name].tolist() for name in rfm.GROUPS if len(found[name])}
    assert where == {
        "hibernating": [1, 2],
        "need-attention": [3],
        "potential-loyal": [4],
        "champions": [5],
    }


def test_every_pair_of_scores_is_in_exactly_one_group() -> None:
    scores = range(1, rfm.BEST + 1)
    for recency in scores:
        for frequency in scores:
            within = [
                name
                for name, ((r_low, r_high), (f_low, f_high)) in rfm.GROUPS.items()
                if r_low <= recency <= r_high and f_low <= frequency <= f_high
            ]
            assert len(within) == 1, (recency, frequency, within)


values = st.lists(st.integers(-50, 50), min_size=1, max_size=40)


@given(values=values)
def test_more_is_never_scored_lower_and_equal_is_scored_equally(values: list[int]) -> None:
    found = rfm.score(np.array(values)).tolist()
    assert set(found) <= {1, 2, 3, 4, 5}
    assert found[values.index(min(values))] == 1
    by_value = dict(zip(values, found, strict=True))
    assert all(by_value[value] == given for value, given in zip(values, found, strict=True))
    ranked = [by_value[value] for value in sorted(by_value)]
    assert ranked == sorted(ranked)


@given(values=values, times=st.integers(2, 4))
def test_a_score_does_not_depend_on_how_often_everybody_is_there(
    values: list[int], times: int
) -> None:
    once = rfm.score(np.array(values)).tolist()
    assert rfm.score(np.array(values * times)).tolist() == once * times
