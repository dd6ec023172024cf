"""A month's row adds up, in units and in money; a statement ties to the sums it was drawn from."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as some
from msgspec import structs

from habitue.core import liability, program, statement
from habitue.core.account import EntryKind
from habitue.core.breakage import Fate
from habitue.core.calendar import FOREVER
from habitue.core.liability import COLUMNS, Roll
from habitue.core.rulebook import Book
from habitue.core.statement import Holding, OpenLots, Sums
from tests.core.cast import COFFEE, POINTS, SPEND, cafe

CENTS = program.Unit("points", worth=Fraction(5, 100))
JAN, FEB, MAR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
MONTHS = (JAN, FEB, MAR)
FIVE_OFF = program.Reward("five-off", (program.Gift("money off", value=500),), cost=("points", 50))


def adds_up(roll: Roll) -> bool:
    moved = roll.issued - roll.redeemed - roll.expired + roll.corrected + roll.revalued
    return roll.opening + moved == roll.closing


# ---- rolling forward --------------------------------------------------------------------------


def test_months_open_with_what_the_one_before_closed() -> None:
    flows: dict[tuple[date, EntryKind], int] = {
        (date(2025, 11, 1), "accrual"): 70,
        (JAN, "accrual"): 100,
        (JAN, "redemption"): -30,
        (JAN, "donation"): -5,
        (MAR, "expiry"): -20,
        (MAR, "reversal"): -10,
        (MAR, "adjustment"): 3,
    }
    assert liability.rolled(flows, MONTHS) == [
        Roll(JAN, 70, 100, 35, 0, 0, 135),
        Roll(FEB, 135, 0, 0, 0, 0, 135),
        Roll(MAR, 135, 0, 0, 20, -7, 108),
    ]
    assert liability.rolled(flows, []) == []


amounts = some.dictionaries(
    some.tuples(some.sampled_from(MONTHS), some.sampled_from(sorted(COLUMNS))),
    some.integers(-5_000, 5_000),
)
worths = some.fractions(0, 9, max_denominator=97)


@given(amounts, worths, worths)
def test_every_row_adds_up_in_units_and_in_money(
    flows: dict[tuple[date, EntryKind], int], before: Fraction, after: Fraction
) -> None:
    for roll in liability.rolled(flows, MONTHS):
        assert adds_up(roll)
        value = liability.valued(roll, before, after)
        assert adds_up(value)
        exact = (roll.issued * after, roll.redeemed * after, roll.corrected * after)
        for rounded, amount in zip(
            (value.issued, value.redeemed, value.corrected), exact, strict=True
        ):
            assert abs(rounded - amount) < 1
        before = after


def test_what_does_not_move_stays_nothing_in_money() -> None:
    roll = Roll(JAN, 1, 1, 0, 0, 0, 2)
    value = liability.valued(roll, Fraction(1, 3), Fraction(1, 3))
    assert (value.redeemed, value.expired, value.corrected, value.revalued) == (0, 0, 0, 0)


def test_a_new_worth_shows_as_revalued() -> None:
    value = liability.valued(Roll(FEB, 100, 10, 0, 0, 0, 110), Fraction(5), Fraction(4))
    assert value == Roll(FEB, 500, 40, 0, 0, 0, 440, revalued=-100)


def test_every_kind_of_entry_has_its_column() -> None:
    assert set(COLUMNS) == set(get_args(EntryKind))


@pytest.mark.parametrize(
    ("source", "worth"),
    [
        (cafe(units=(CENTS,)), Fraction(5)),
        (cafe(units=(structs.replace(CENTS, decimals=2),)), Fraction(5, 100)),
        (cafe(units=(CENTS,), currency="JPY"), Fraction(5, 100)),
        (cafe(units=(CENTS,), currency="KWD"), Fraction(50)),
        (cafe(rewards=(COFFEE, FIVE_OFF)), Fraction(10)),
        (cafe(), None),
    ],
)
def test_a_unit_is_worth_what_is_declared_else_what_it_takes_off(
    source: program.Program, worth: Fraction | None
) -> None:
    assert liability.worth(source, source.units[0]) == worth


# ---- the statement ----------------------------------------------------------------------------


def drawn(
    sums: Sums, *versions: program.Program, on: date = date(2026, 3, 15), **given: Any
) -> Holding:
    book = Book(versions or [cafe(units=(CENTS, SPEND))])
    asked = {"months": 12, "redemption": None, **given}
    (found,) = statement.drawn(book, sums, on=on, **asked).holdings
    return found


def sums(**given: Any) -> Sums:
    flows: dict[tuple[date, EntryKind], int] = {
        (JAN, "accrual"): 1_000,
        (FEB, "accrual"): 500,
        (FEB, "redemption"): -400,
        (FEB, "expiry"): -100,
    }
    open_lots = [
        OpenLots(0, date(2026, 1, 10), date(2026, 4, 30), 3, 600),
        OpenLots(0, date(2026, 2, 10), FOREVER, 2, 400),
    ]
    given_sums = {"flows": {0: flows}, "lots": open_lots, "fates": {}, "sales": {}}
    return Sums(**{**given_sums, **given})


def test_open_lots_stand_by_the_month_in_which_they_lapse() -> None:
    found = drawn(sums())
    assert [(group.lapses, group.lots, group.units, group.value) for group in found.groups] == [
        (date(2026, 4, 1), 3, 600, 3_000),
        (None, 2, 400, 2_000),
    ]
    assert found.value == found.values[-1].closing == 5_000
    assert found.owed == 0


def test_what_members_owe_is_what_lots_exceed_the_balance_by() -> None:
    assert drawn(sums(lots=[OpenLots(0, JAN, FOREVER, 1, 1_020)])).owed == 20


def test_open_lots_stand_by_the_version_that_made_them() -> None:
    second = cafe(units=(structs.replace(CENTS, worth=Fraction(4, 100)),), since=FEB)
    found = drawn(sums(), cafe(units=(CENTS,)), second)
    assert [(group.version, group.value) for group in found.groups] == [(1, 2_400), (2, 1_600)]
    assert [value.revalued for value in found.values] == [0, -1_000, 0]
    assert all(map(adds_up, found.values))


def test_without_history_all_units_are_taken_to_be_redeemed() -> None:
    found = drawn(sums())
    assert not found.known
    assert found.redemption == 1
    assert found.expected == found.value


def test_a_stated_share_is_used_and_said_to_be_stated() -> None:
    found = drawn(sums(), redemption=Fraction(85, 100))
    assert found.known
    assert found.expected == 4_250


def test_own_history_says_how_much_of_an_age_is_ever_redeemed() -> None:
    fates = [
        Fate(0, entered=1_000, lots=0),
        Fate(20, redeemed=500, lots=60),
        Fate(60, lapsed=250, lots=40),
        Fate(90, redeemed=250, lots=1),
    ]
    found = drawn(sums(fates={0: fates}))
    assert found.redemption == Fraction(75, 100)
    # 64 days old: past the lapses, all will be redeemed; 33 days old: of 500 open, 250 lapse.
    assert [group.expected for group in found.groups] == [3_000, 1_000]


def test_sales_are_deferred_and_recognized_as_units_are_redeemed() -> None:
    found = drawn(sums(sales={JAN: 100_000, FEB: 50_000}), redemption=Fraction(1))
    january, february, _ = found.deferrals
    assert (january.standalone, january.deferred, january.recognized) == (5_000, 4_762, 0)
    assert (february.standalone, february.deferred) == (2_500, 2_381)
    assert february.recognized == 2_041  # 7,143 deferred, 400 redeemed of 1,400 expected
    assert february.closing == 4_762 + 2_381 - 2_041


def test_only_what_is_expected_to_be_redeemed_holds_revenue_back() -> None:
    half = drawn(sums(sales={JAN: 100_000}), redemption=Fraction(1, 2))
    january, february, _ = half.deferrals
    assert january.deferred == 2_439  # 100,000 x 2,500 / 102,500
    assert february.recognized == 1_084  # 400 of 400 + half of 1,000


def test_a_month_with_more_back_than_sold_defers_nothing() -> None:
    found = drawn(sums(sales={JAN: -5, FEB: 50_000}))
    assert found.deferrals[0].deferred == 0


def test_only_the_months_asked_for_are_shown_and_open_with_the_rest() -> None:
    found = drawn(sums(sales={JAN: 100_000}), months=2)
    assert [roll.month for roll in found.rolls] == [FEB, MAR]
    assert found.rolls[0].opening == 1_000
    assert found.values[0].opening == 5_000
    assert found.deferrals[0].month == FEB


def test_units_without_a_worth_have_no_money_and_counters_no_statement() -> None:
    found = drawn(sums(), cafe(units=(POINTS, SPEND)))
    assert found.worth is None
    assert found.values == ()
    assert found.deferrals == ()


def test_what_returns_took_back_is_no_part_of_what_a_sale_gave() -> None:
    flows: dict[tuple[date, EntryKind], int] = {(JAN, "accrual"): 1_000, (JAN, "reversal"): -400}
    found = drawn(sums(flows={0: flows}, sales={JAN: 100_000}))
    assert found.deferrals[0].standalone == 3_000
    more: dict[tuple[date, EntryKind], int] = {(JAN, "accrual"): 100, (JAN, "reversal"): -400}
    assert drawn(sums(flows={0: more}, sales={JAN: 100_000})).deferrals[0].standalone == 0


def test_what_fell_due_and_is_not_written_is_said_unit_by_unit() -> None:
    assert drawn(sums()).unswept == 0
    assert drawn(sums(unswept={0: 7, 1: 9})).unswept == 7


def test_a_unit_is_said_with_its_number_decimals_and_worth() -> None:
    found = drawn(sums(), cafe(units=(SPEND, structs.replace(CENTS, decimals=1))))
    assert (found.unit, found.number, found.decimals) == ("points", 1, 1)
    assert found.worth == Fraction(1, 2)
    assert (found.rolls[0].month, found.rolls[-1].month) == (JAN, MAR)
    assert (found.owed, found.groups, found.stated) == (0, (), False)


def test_a_statement_begins_with_the_first_thing_that_happened() -> None:
    book = Book([cafe(units=(CENTS,))])
    only_sold = statement.Sums({}, [], {}, {FEB: 500})
    found = statement.drawn(book, only_sold, on=MAR, months=12, redemption=None)
    assert (found.on, found.currency) == (MAR, "EUR")
    assert [roll.month for roll in found.holdings[0].rolls] == [FEB, MAR]
    nothing = statement.drawn(
        book, statement.Sums({}, [], {}, {}), on=MAR, months=12, redemption=None
    )
    assert [roll.month for roll in nothing.holdings[0].rolls] == [MAR]
