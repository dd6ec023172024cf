"""Equal histories are kept once, and every customer still has their own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from habitue.metrics.models import patterns
from tests.metrics.models import cdnow

HISTORY = some.tuples(some.integers(0, 4), some.integers(1, 9), some.integers(0, 9)).map(
    lambda drawn: (drawn[0], drawn[1] if drawn[0] else 0, drawn[1] + drawn[2])
)


@settings(deadline=None)
@given(some.lists(HISTORY, min_size=1, max_size=40), some.sampled_from([1, 997]))
def test_what_was_merged_comes_apart_again(
    histories: list[tuple[int, int, int]], longer: int
) -> None:
    again, recency, age = np.array(histories).T * [[1], [longer], [longer]]
    seen = patterns.unique(again, recency, age)
    assert len(seen.count) == len(set(histories))
    assert seen.customers == len(histories)
    for merged, column in ((seen.again, again), (seen.recency, recency), (seen.age, age)):
        assert merged[seen.of].tolist() == column.tolist()
    for pairs, day in ((seen.by_recency, seen.recency), (seen.by_age, seen.age)):
        assert pairs.again[pairs.at].tolist() == seen.again.tolist()
        assert pairs.day[pairs.at].tolist() == day.tolist()
        assert len(set(zip(pairs.again.tolist(), pairs.day.tolist(), strict=True))) == len(
            pairs.day
        )


def test_a_life_is_counted_in_days_of_purchase_up_to_the_last_day_seen() -> None:
    lives = cdnow.lives(cdnow.CALIBRATION)
    seen = patterns.of(lives)
    first = seen.of[0]  # 1997-01-01 (twice), 01-18, 08-02 are the first customer's days
    assert (seen.again[first], seen.recency[first], seen.age[first]) == (2, 213, 272)


@pytest.mark.parametrize(("again", "recency", "age"), [(-1, 0, 5), (1, 6, 5), (0, 3, 5), (1, 0, 5)])
def test_impossible_histories_are_refused(again: int, recency: int, age: int) -> None:
    with pytest.raises(ValueError, match="Whoever came back"):
        patterns.unique(np.array([again]), np.array([recency]), np.array([age]))


def test_few_patterns_need_no_sample_and_many_give_a_fair_one() -> None:
    assert patterns.of(cdnow.lives(cdnow.CALIBRATION)).sample is None
    ages = np.arange(20_000)
    sample = patterns.unique(ages * 0, ages * 0, ages).sample
    assert sample is not None
    assert len(sample.count) == patterns.SAMPLE + 1808
    assert abs(sample.age.mean() - ages.mean()) < 2
