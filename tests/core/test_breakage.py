"""The share of units ever redeemed: by hand on small cases, and laws that hold on any."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as some

from habitue.core import breakage
from habitue.core.breakage import ONE, Curve, Fate, Point


def share(part: int) -> Fraction:
    return Fraction(part, ONE).limit_denominator(1_000)


def test_when_all_has_ended_the_shares_are_what_happened() -> None:
    found = breakage.curve(
        [Fate(0, entered=100), Fate(30, redeemed=60, lots=3), Fate(365, lapsed=40, lots=2)]
    )
    assert (share(found.last.redeemed), share(found.last.lapsed)) == (
        Fraction(3, 5),
        Fraction(2, 5),
    )
    assert found.last.open == 0
    assert found.lots == 5
    assert found.redemption == Fraction(6, 10)


def test_units_given_yesterday_say_nothing_about_the_second_year() -> None:
    """By hand: 100 seen through, half of them redeemed by day 10; 900 seen one day only."""
    old = [Fate(0, entered=100), Fate(10, redeemed=50), Fate(365, lapsed=50)]
    new = [Fate(0, entered=900), Fate(1, gone=900)]
    assert breakage.curve([*old, *new]).last == breakage.curve(old).last
    assert share(breakage.curve([*old, *new]).last.redeemed) == Fraction(1, 2)


def test_an_age_is_judged_by_the_units_that_were_seen_at_it() -> None:
    """By hand: at day 5, 20 of 100 are redeemed; 40 leave; at day 9, 10 of the 40 left lapse."""
    found = breakage.curve(
        [Fate(0, entered=100), Fate(5, redeemed=20, gone=40), Fate(9, lapsed=10)]
    )
    assert [share(point.open) for point in found.points] == [Fraction(4, 5), Fraction(3, 5)]
    assert share(found.last.lapsed) == Fraction(1, 5)


def test_what_comes_from_another_member_is_seen_from_its_age_on() -> None:
    found = breakage.curve([Fate(0, entered=50), Fate(10, entered=50), Fate(10, redeemed=50)])
    assert share(found.last.redeemed) == Fraction(1, 2)


def test_what_is_open_counts_as_redeemed_later() -> None:
    found = breakage.curve([Fate(0, entered=100), Fate(30, lapsed=10), Fate(40, gone=90)])
    assert found.redemption == Fraction(9, 10)
    assert found.ever(0) == Fraction(9, 10)
    assert found.ever(30) == 1  # whatever lapsed by then is gone
    assert Curve((), 0).redemption == 1


def test_of_what_is_still_open_a_smaller_part_lapses_later() -> None:
    found = breakage.curve(
        [Fate(0, entered=100), Fate(30, redeemed=60), Fate(365, lapsed=20), Fate(400, gone=20)]
    )
    assert found.ever(10) == Fraction(8, 10)
    assert found.ever(31) == Fraction(1, 2)
    assert found.ever(9_999) == 1


def test_the_share_is_rounded_up_never_too_much_breakage() -> None:
    found = breakage.curve([Fate(0, entered=3), Fate(9, lapsed=1), Fate(10, redeemed=2)])
    assert found.redemption == Fraction(6667, 10_000)


def test_few_ended_lots_or_many_open_ones_are_not_enough_history() -> None:
    ended = (Point(30, ONE // 2, 0, ONE - ONE // 2),)
    assert Curve(ended, 100).enough
    assert not Curve(ended, 99).enough
    assert not Curve((Point(30, ONE // 2 - 1, 0, ONE - ONE // 2 + 1),), 100).enough


amounts = some.integers(0, 50)
fates = some.lists(
    some.builds(Fate, some.integers(0, 9), amounts, amounts, amounts, amounts, some.integers(0, 3)),
    max_size=20,
)


@given(fates)
def test_shares_add_up_only_grow_and_do_not_depend_on_order(given_fates: list[Fate]) -> None:
    found = breakage.curve(given_fates)
    assert found == breakage.curve(reversed(given_fates))
    before = Point(0, 0, 0, ONE)
    for point in found.points:
        assert point.redeemed + point.lapsed + point.open == ONE
        assert point.redeemed >= before.redeemed
        assert point.lapsed >= before.lapsed
        assert 0 <= point.open <= before.open
        before = point
    assert all(0 <= found.ever(age) <= 1 for age in range(-1, 12))


def test_as_many_redeemed_as_lapsed_on_one_day_are_both_seen() -> None:
    found = breakage.curve([Fate(0, entered=10), Fate(9, redeemed=5, lapsed=5, lots=10)])
    assert found.points == (Point(9, ONE // 2, ONE // 2, 0),)


def test_no_more_ends_than_was_there() -> None:
    """Sums of a ledger may be at odds with themselves; shares still add up."""
    found = breakage.curve([Fate(0, entered=4), Fate(9, redeemed=3, lapsed=3)])
    assert found.points == (Point(9, 3 * ONE // 4, ONE // 4, 0),)
    later = breakage.curve([Fate(9, redeemed=1), Fate(10, entered=1), Fate(11, lapsed=1)])
    assert later.points == ()
