"""The fewest who make a share of the revenue, with those who equal the last of them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitue.metrics import lives
from habitue.metrics.lives import Lives
from habitue.metrics.segments import vip
from tests.metrics.segments.purchases import TODAY


def brought(revenues: list[int]) -> Lives:
    rows = [(who, TODAY, TODAY, 1, 1, money) for who, money in enumerate(revenues, start=1)]
    return lives.of(rows, until=TODAY, currency="EUR")


def vips(revenues: list[int], share: Fraction = vip.SHARE) -> list[int]:
    found = brought(revenues)
    return [int(who) for who in found.customer[vip.vip(found, share)]]


def test_the_fewest_who_make_half() -> None:
    assert vips([10, 40, 20, 30]) == [2, 4]  # 70 of 100; 40 alone are less than half
    assert vips([10, 50, 20, 20]) == [2]  # 50 of 100 are half
    assert vips([10, 40, 20, 30], Fraction(4, 10)) == [2]
    assert vips([10, 40, 20, 30], Fraction(1)) == [1, 2, 3, 4]


def test_who_equals_the_last_is_in_too() -> None:
    assert vips([10, 30, 30, 30]) == [2, 3, 4]  # two of the three would be enough


def test_what_was_given_back_and_what_was_free_make_no_vip() -> None:
    assert vips([0, -500, 10, 10]) == [3, 4]
    assert vips([0, 0, -5]) == []
    assert vips([]) == []


@pytest.mark.parametrize("share", [Fraction(0), Fraction(3, 2)])
def test_a_share_that_is_none_is_refused(share: Fraction) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        vip.vip(brought([1]), share)


@given(
    revenues=st.lists(st.integers(-100, 1_000), max_size=30),
    share=st.fractions(Fraction(1, 100), 1, max_denominator=100),
)
def test_they_make_the_share_and_fewer_different_revenues_would_not(
    revenues: list[int], share: Fraction
) -> None:
    found = brought(revenues)
    chosen = vip.vip(found, share)
    total = sum(money for money in revenues if money > 0)
    if not total:
        assert not chosen.any()
        return
    inside = found.revenue[chosen]
    assert int(inside.sum()) >= share * total
    assert int(inside[inside > inside.min()].sum()) < share * total
    assert not np.any(found.revenue[~chosen] >= inside.min())
