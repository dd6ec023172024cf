"""Money is divided exactly, as IFRS 15 asks: the standard's own figures, and the cent law."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as some

from habitue.core import allocation

EIGHTY_FIVE = Fraction(85, 100)


def test_a_sale_of_2000_with_points_worth_200_defers_156_68() -> None:
    assert allocation.deferred(2_000_00, 200_00, EIGHTY_FIVE) == 156_68


def test_the_figures_of_example_52() -> None:
    # 100,000 of products, 10,000 points at 1 each of which 9,500 are expected to be redeemed.
    assert allocation.shares(100_000, [Fraction(100_000), Fraction(9_500)]) == [91_324, 8_676]
    first = allocation.recognized(8_676, 4_500, 9_500)
    assert first == 4_110
    assert allocation.recognized(8_676, 8_500, 9_700) - first == 3_493


def test_nothing_is_recognized_before_a_unit_is_redeemed_nor_more_than_was_deferred() -> None:
    assert allocation.recognized(8_676, 0, 9_500) == 0
    assert allocation.recognized(8_676, -5, 9_500) == 0
    assert allocation.recognized(8_676, 20, 10) == 8_676


def test_without_weights_all_of_it_is_the_first() -> None:
    assert allocation.shares(7, [Fraction(0), Fraction(0)]) == [7, 0]


def test_a_half_goes_up() -> None:
    halves = [Fraction(n, 2) for n in (-3, -1, 1, 3)]
    assert [allocation.half_up(half) for half in halves] == [-1, 0, 1, 2]


weights = some.lists(some.fractions(0, 1_000, max_denominator=997), min_size=1, max_size=8)


@given(some.integers(-(10**9), 10**9), weights)
def test_parts_add_up_and_none_is_a_unit_away_from_its_own(
    total: int, given_weights: list[Fraction]
) -> None:
    parts = allocation.shares(total, given_weights)
    assert sum(parts) == total
    whole = sum(given_weights)
    for part, weight in zip(parts, given_weights, strict=True):
        if whole:
            assert abs(part - total * weight / whole) < 1


def test_equal_remainders_are_rounded_up_from_the_first_on() -> None:
    assert allocation.shares(5, [Fraction(1)] * 3) == [2, 2, 1]
