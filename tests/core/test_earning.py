"""What Alice earns: steps, filters, multipliers, rounding, limits, groups, conditions."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from habitue.core import facts, program
from habitue.core.account import FeeState
from habitue.core.facts import Line, Purchase
from habitue.core.program import (
    All,
    Among,
    Attribute,
    Bonus,
    Condition,
    Dates,
    EachYear,
    EarnRule,
    FirstTime,
    Fixed,
    Hours,
    InSegment,
    Limit,
    Lines,
    MemberFor,
    MinimumOrder,
    Multiply,
    Not,
    Paid,
    PerAttribute,
    Period,
    PerItem,
    PerMoney,
    TierIs,
    Unit,
    Weekday,
    Within,
)
from tests.core.cast import PARIS, PER_EURO, Stage, at, buys, cafe

ONE = Fraction(1)
PROPORTIONAL = PerMoney("points", ONE, 100, "proportional")


def rule(*awards: program.Award, when: str = "purchase", **given: Any) -> EarnRule:
    return EarnRule(given.pop("id", "a rule"), when, awards, **given)


def earns(what: facts.What, *rules: EarnRule, unit: Unit | None = None, **given: Any) -> int:
    """What one event earns on a fresh card."""
    stage = Stage(cafe(units=(unit or Unit("points"),), rules=rules or (PER_EURO,), **given))
    assert stage.post("2026-03-02", what).refused is None
    return stage.account().balances[0]


def test_whole_steps_leave_the_cents_out() -> None:
    assert earns(buys(1_999)) == 19
    assert earns(buys(1_999), rule(PerMoney("points", Fraction(5), 1_000))) == 5


def test_proportional_steps_count_every_cent() -> None:
    tenths = Unit("points", decimals=1)
    assert earns(buys(1_435), rule(PerMoney("points", Fraction(2), 100, "proportional")),
                 unit=tenths) == 287  # fmt: skip


@pytest.mark.parametrize(("rounding", "found"), [("floor", 14), ("half-up", 15), ("ceil", 15)])
def test_rounding_happens_once_per_event_and_unit(rounding: Any, found: int) -> None:
    unit = Unit("points", rounding=rounding)
    assert earns(buys(1_450), rule(PROPORTIONAL), unit=unit) == found
    halves = (rule(PROPORTIONAL, id="a"), rule(PROPORTIONAL, id="b"))
    assert earns(buys(1_450), *halves, unit=unit) == 29


@pytest.mark.parametrize(
    ("rounding", "cents", "found"),
    [("half-up", 1_449, 14), ("ceil", 1_401, 15), ("ceil", 1_400, 14), ("floor", 1_499, 14)],
)
def test_rounding_at_its_edges(rounding: Any, cents: int, found: int) -> None:
    assert earns(buys(cents), rule(PROPORTIONAL), unit=Unit("points", rounding=rounding)) == found


def test_a_unit_that_carries_keeps_the_remainder_for_the_next_purchase() -> None:
    stage = Stage(cafe(units=(Unit("points", carry=True),),
                       rules=(rule(PerMoney("points", ONE, 3_500)),)))  # fmt: skip
    for cents, held in ((2_000, 0), (2_000, 1), (6_500, 3), (3_499, 3), (1, 4)):
        stage.post("2026-03-02", buys(cents))
        assert stage.has() == held


def test_pieces_distances_and_single_awards() -> None:
    assert earns(buys(900, quantity=3), rule(PerItem("points", Fraction(2)))) == 6
    assert earns(facts.Visit(4), rule(PerItem("points", ONE), when="visit")) == 4
    leg = facts.Action("flight", attributes={"distance": 3_459, "class": "J"})
    assert (
        earns(leg, rule(PerAttribute("points", Fraction(4), "distance"), when="flight")) == 13_836
    )
    nothing = facts.Action("flight", attributes={"distance": -5})
    assert earns(nothing, rule(PerAttribute("points", ONE, "distance"), when="flight")) == 0
    assert earns(buys(1), rule(Fixed("points", Fraction(7)))) == 7


BASKET = Purchase(
    (
        Line(1_000, 2, sku="espresso", category="coffee", labels=("fair",)),
        Line(500, 1, sku="card", category="gift card"),
        Line(300, 1, sku="tart", category="cake", labels=("fair", "fresh"), discount=100, tax=60),
    ),
    "EUR",
)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (None, 18),
        (Lines(category=("coffee",)), 10),
        (Lines(category=("coffee", "cake")), 13),
        (Lines(sku=("tart",)), 3),
        (Lines(label=("fair",)), 13),
        (Lines(label=("fair",), category=("cake",)), 3),
        (Lines(excluding=Lines(category=("gift card",))), 13),
        (Lines(label=("fair",), excluding=Lines(label=("fresh",))), 10),
        (Lines(excluding=Lines(category=("gift card",), label=("fresh",))), 10),
        (Lines(sku=("tea",)), 0),
    ],
)
def test_filters_choose_the_lines_that_count(lines: Lines | None, found: int) -> None:
    assert earns(BASKET, rule(PerMoney("points", ONE, 100), lines=lines)) == found


@pytest.mark.parametrize(("base", "found"), [("net", 18), ("gross", 19), ("with tax", 18)])
def test_the_base_is_net_gross_or_with_tax(base: Any, found: int) -> None:
    assert earns(BASKET, rule(PerMoney("points", ONE, 100), base=base)) == found


def test_the_part_paid_with_units_earns_nothing() -> None:
    assert earns(buys(2_000, covered=500)) == 15
    assert earns(buys(2_000, covered=2_000)) == 0


def test_a_rule_may_let_the_part_paid_with_units_earn_too() -> None:
    all_of_it = rule(PerMoney("points", ONE, 100), covered="earns")
    assert earns(buys(2_000, covered=500), all_of_it) == 20
    assert earns(buys(2_000, covered=500), all_of_it, rule(PROPORTIONAL, id="usual")) == 35


def test_a_multiplier_of_the_order_doubles_all_bases() -> None:
    double = rule(Multiply(Fraction(2)), id="double")
    assert earns(BASKET, PER_EURO, double) == 36
    assert earns(BASKET, PER_EURO, double, rule(Multiply(Fraction(3, 2)), id="more")) == 54


def test_a_multiplier_of_lines_multiplies_their_share_only() -> None:
    triple = rule(Multiply(Fraction(3)), lines=Lines(category=("coffee",)), id="triple")
    assert earns(BASKET, PER_EURO, triple) == 38


def test_a_multiplier_of_one_unit_leaves_the_others() -> None:
    stage = Stage(cafe(
        units=(Unit("points"), Unit("stamps")),
        rules=(PER_EURO, rule(PerItem("stamps", ONE), id="s"),
               rule(Multiply(Fraction(2), "stamps"), id="double")),
    ))  # fmt: skip
    stage.post("2026-03-02", buys(1_000, quantity=3))
    assert stage.account().balances == [10, 6]


def test_a_bonus_comes_after_the_multipliers() -> None:
    bonus = rule(Bonus("points", Fraction(3, 10)), id="bonus")
    double = rule(Multiply(Fraction(2)), id="double")
    assert earns(buys(1_000), PER_EURO, bonus) == 13
    assert earns(buys(1_000), bonus, PER_EURO, double) == 26


@pytest.mark.parametrize(("how", "found"), [("sum", 15), ("best", 10), ("first", 5)])
def test_rules_of_a_group_add_up_or_compete(how: Any, found: int) -> None:
    rules = [
        rule(Fixed("points", Fraction(5)), id="a", group="campaign"),
        rule(Fixed("points", Fraction(10)), id="b", group="campaign"),
    ]
    assert earns(buys(100), *rules, combine={"campaign": how}) == found


def test_every_award_explains_itself() -> None:
    stage = Stage(cafe(rules=(PER_EURO, rule(Multiply(Fraction(2)), id="double"))))
    (entry,) = stage.post("2026-03-02", buys(1_250)).entries
    assert entry.why == (("base", 1_250, 12), ("double", 12, 12))


# --- limits and cool-downs ---------------------------------------------------------------------


def limited(limit: Limit, on_limit: Any = "reduce") -> Stage:
    award = rule(PerItem("points", ONE), when="visit", limits=(limit,), on_limit=on_limit)
    return Stage(cafe(rules=(award,)))


def test_a_calendar_limit_begins_anew_with_the_period() -> None:
    stage = limited(Limit(amount=5, per="month"))
    for day, scanned, held in (("03-30", 3, 3), ("03-31", 3, 5), ("03-31", 1, 5), ("04-01", 4, 9)):
        stage.post(f"2026-{day}", facts.Visit(scanned))
        assert stage.has() == held


def test_a_rolling_limit_frees_what_is_a_period_old() -> None:
    stage = limited(Limit(times=2, per=Period(7, "day")))
    for day, held in (("03-01", 1), ("03-03", 2), ("03-07", 2), ("03-08", 3), ("03-09", 3)):
        stage.post(f"2026-{day}", facts.Visit())
        assert stage.has() == held


def test_a_limit_for_all_time_never_begins_anew() -> None:
    stage = limited(Limit(times=1))
    stage.post("2026-03-01", facts.Visit())
    stage.post("2036-03-01", facts.Visit())
    assert stage.has() == 1


def test_a_rule_may_refuse_instead_of_giving_less() -> None:
    stage = limited(Limit(amount=5, per="day"), "refuse")
    assert stage.post("2026-03-01", facts.Visit(4)).refused is None
    refused = stage.post("2026-03-01", facts.Visit(2)).refused
    assert refused is not None
    assert refused.code == "limit"
    assert stage.has() == 4


def test_a_limited_multiplier_stops_multiplying() -> None:
    double = rule(Multiply(Fraction(2)), id="double", limits=(Limit(times=1, per="month"),))
    stage = Stage(cafe(rules=(PER_EURO, double)))
    for day, held in (("03-01", 20), ("03-02", 30), ("04-01", 50)):
        stage.post(f"2026-{day}", buys(1_000))
        assert stage.has() == held


def test_a_cool_down_says_when_it_ends() -> None:
    award = rule(PerItem("points", ONE), when="visit", cool_down=Period(10, "minute"),
                 on_limit="refuse")  # fmt: skip
    stage = Stage(cafe(rules=(award,)))
    assert stage.post(at("2026-03-01", 9, 0), facts.Visit()).refused is None
    early = stage.post(at("2026-03-01", 9, 9), facts.Visit()).refused
    assert early is not None
    assert (early.code, early.values["again_at"]) == ("too_soon", "2026-03-01T09:10:00+01:00")
    assert stage.post(at("2026-03-01", 9, 10), facts.Visit()).refused is None
    assert stage.has() == 2


def test_a_cool_down_is_elapsed_time_when_the_clocks_change() -> None:
    award = rule(PerItem("points", ONE), when="visit", cool_down=Period(2, "hour"))
    stage = Stage(cafe(rules=(award,)))
    first = at("2026-03-29", 1, 30)  # at two it is three
    for minutes, held in ((0, 1), (70, 1), (119, 1), (120, 2)):
        stage.post(first + timedelta(minutes=minutes), facts.Visit())
        assert stage.has() == held


# --- conditions ----------------------------------------------------------------------------------

SHOP = Purchase((Line(1_000),), "EUR", channel="shop", place="Lyon", tender="card",
                attributes={"class": "J", "legs": 2, "own": True})  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (Among("channel", ("shop", "web")), True),
        (Among("place", ("Paris",)), False),
        (Among("tender", ("card",)), True),
        (Attribute("class", ("J", "C")), True),
        (Attribute("legs", (2,)), True),
        (Attribute("own", (False,)), False),
        (Attribute("colour", ("red",)), False),
        (MinimumOrder(1_000), True),
        (MinimumOrder(1_001), False),
        (FirstTime(), True),
        (FirstTime(False), False),
        (Weekday((0,)), True),
        (Weekday((1, 6)), False),
        (Hours(12 * 60, 13 * 60), True),
        (Hours(11 * 60, 12 * 60), False),
        (Hours(22 * 60, 6 * 60), False),
        (Hours(22 * 60, 12 * 60 + 1), True),
        (Hours(22 * 60, 12 * 60), False),
        (Hours(12 * 60, 11 * 60), True),
        (Dates(since=None, until=None), True),
        (TierIs(("gold",)), False),
        (MemberFor(Period(1, "day")), False),
        (All((FirstTime(), MinimumOrder(1))), True),
        (All((FirstTime(), MinimumOrder(9_999))), False),
        (program.Any((FirstTime(False), MinimumOrder(1))), True),
        (program.Any((FirstTime(False), MinimumOrder(9_999))), False),
        (Not(FirstTime()), False),
    ],
)
def test_a_condition_looks_at_member_event_and_local_time(
    condition: Condition, holds: bool
) -> None:
    assert earns(SHOP, rule(Fixed("points", ONE), where=condition)) == holds


def test_hours_are_told_to_the_minute_and_half_open() -> None:
    award = rule(Fixed("points", ONE), where=Hours(9 * 60 + 30, 10 * 60 + 15))
    stage = Stage(cafe(rules=(award,)))
    for hour, minute, held in ((9, 29, 0), (9, 30, 1), (10, 14, 2), (10, 15, 2)):
        stage.post(at("2026-03-02", hour, minute), buys(100))
        assert stage.has() == held


@pytest.mark.parametrize(
    ("least", "most", "holds"),
    [(2, 2, True), (3, None, False), (None, 1, False), (1, None, True), (None, 3, True)],
)
def test_a_number_lies_between_two_bounds_both_included(
    least: int | None, most: int | None, holds: bool
) -> None:
    award = rule(Fixed("points", ONE), where=Within("legs", least, most))
    assert earns(SHOP, award) == holds


def test_a_text_a_truth_value_or_nothing_lies_between_no_bounds() -> None:
    for name in ("class", "own", "nights"):
        assert earns(SHOP, rule(Fixed("points", ONE), where=Within(name, None, 9))) == 0


def test_a_member_is_in_the_segments_last_told() -> None:
    award = rule(Fixed("points", ONE), where=InSegment(("students", "locals")))
    stage = Stage(cafe(rules=(award,)))
    stage.post("2026-03-01", facts.Enrolment())
    for names, held in ((("locals", "regulars"), 1), (("regulars",), 1), ((), 1), (("locals",), 2)):
        assert stage.post("2026-03-02", facts.Segments(names)).entries == []
        stage.post("2026-03-02", buys(100))
        assert stage.has() == held


def test_coming_into_a_segment_brings_what_it_should_once_each_time() -> None:
    """Staying and leaving bring nothing, and a new segment does not make an old one new."""
    slipping = rule(Fixed("points", ONE), when="segments", where=InSegment(("slipping", "leaking")))
    stage = Stage(cafe(rules=(slipping,)))
    stage.post("2026-03-01", facts.Enrolment())
    told = [
        (("regular",), 0),
        (("slipping",), 1),
        (("slipping", "vip"), 1),
        (("slipping",), 1),
        (("regular",), 1),
        (("leaking", "regular"), 2),
        ((), 2),
    ]
    for names, held in told:
        stage.post("2026-03-02", facts.Segments(names))
        assert stage.has() == held, names
    assert stage.account().memory.segments == ()


def test_a_limit_keeps_a_member_from_a_second_bonus_but_not_from_the_segment() -> None:
    where = InSegment(("slipping",))
    once = rule(
        Fixed("points", ONE),
        when="segments",
        where=where,
        limits=(Limit(times=1),),
        on_limit="refuse",
    )
    stage = Stage(cafe(rules=(once,)))
    stage.post("2026-03-01", facts.Enrolment())
    for names in (("slipping",), (), ("slipping",)):
        assert stage.post("2026-03-02", facts.Segments(names)).refused is None
    assert stage.has() == 1
    assert stage.account().memory.segments == ("slipping",)


def test_a_segment_told_late_brings_its_bonus_and_takes_the_later_one() -> None:
    """Had it been known in time that she was slipping already, the later event had told nothing."""
    award = rule(Fixed("points", ONE), when="segments", where=InSegment(("slipping",)))
    stage = Stage(cafe(rules=(award,)))
    stage.post("2026-03-01", facts.Enrolment())
    stage.post("2026-03-05", facts.Segments(("slipping",)))
    stage.post("2026-03-03", facts.Segments(("slipping",)))
    assert stage.has() == 1


def test_segments_told_late_hold_from_their_own_time() -> None:
    award = rule(Fixed("points", ONE), where=InSegment(("students",)))
    stage = Stage(cafe(rules=(award,)))
    for day in ("2026-03-01", "2026-03-03", "2026-03-05"):
        stage.post(day, buys(100))
    stage.post("2026-03-04", facts.Segments(("students",)))
    assert stage.has() == 1
    stage.post("2026-03-02", facts.Segments(("students",)))
    assert stage.has() == 2


@pytest.mark.parametrize(
    ("dates", "days"),
    [
        (((12, 24),), ("2026-12-24",)),
        (((2, 29),), ("2027-02-28", "2028-02-29")),
        (((2, 0), (4, 0)), ("2027-02-28", "2028-02-29", "2028-04-30")),
    ],
)
def test_days_of_each_year_and_the_29th_of_february_falls_on_the_28th(
    dates: tuple[tuple[int, int], ...], days: tuple[str, ...]
) -> None:
    award = rule(Fixed("points", ONE), where=EachYear(dates))
    stage = Stage(cafe(rules=(award,)))
    others = ("2026-02-27", "2026-12-23", "2026-12-25", "2027-03-01", "2028-02-28", "2028-04-29")
    for day in sorted((*others, *days)):
        before = stage.has() if stage.accounts else 0
        stage.post(day, buys(100))
        assert (stage.has() - before == 1) is (day in days)


def test_what_holds_only_while_the_fee_is_paid_or_only_while_it_is_not() -> None:
    paid = rule(Fixed("points", ONE), id="paid", where=Paid())
    unpaid = rule(Fixed("points", Fraction(10)), id="unpaid", where=Paid(value=False))
    stage = Stage(cafe(rules=(paid, unpaid)))
    stage.post("2026-03-01", facts.Enrolment())
    stage.account().memory.fee = FeeState(date(2026, 1, 1), until=date(2026, 3, 2))
    for day, held in (("2026-03-02", 1), ("2026-03-03", 11)):
        stage.post(day, buys(100))
        assert stage.has() == held


def test_anniversaries_and_named_days_bring_what_their_rules_say() -> None:
    year = rule(Fixed("points", ONE), id="year", when="anniversary")
    eve = rule(Fixed("points", Fraction(5)), id="eve", when="date", where=EachYear(((12, 24),)))
    stage = Stage(cafe(rules=(year, eve)))
    stage.post("2026-03-01", facts.Enrolment())
    for day, what, held in (
        ("2026-12-24", facts.CalendarDay(), 5),
        ("2026-12-25", facts.CalendarDay(), 5),
        ("2027-03-01", facts.Anniversary(), 6),
    ):
        assert stage.post(day, what).refused is None
        assert stage.has() == held


def test_a_program_says_of_which_days_its_members_must_hear() -> None:
    eve = rule(Fixed("points", ONE), id="eve", when="date", where=Not(EachYear(((12, 24),))))
    other = rule(Fixed("points", ONE), id="other", where=EachYear(((5, 1),)))
    rulebook = Stage(cafe(rules=(eve, other))).book.latest
    named = [day for day in range(20, 30) if rulebook.names(date(2026, 12, day))]
    assert (named, rulebook.names(date(2026, 5, 1))) == ([24], False)


def test_dates_are_half_open_and_local() -> None:
    dates = Dates(since=date(2026, 3, 2), until=date(2026, 3, 3))
    stage = Stage(cafe(rules=(rule(Fixed("points", ONE), dates=dates),)))
    for moment, held in (
        (at("2026-03-01", 23, 59), 0),
        (at("2026-03-02", 0, 0), 1),
        (at("2026-03-02", 23, 59), 2),
        (at("2026-03-03", 0, 0), 2),
    ):
        assert moment.astimezone(PARIS).minute in (0, 59)
        stage.post(moment, buys(100))
        assert stage.has() == held


def test_membership_is_counted_from_the_day_of_joining() -> None:
    award = rule(Fixed("points", ONE), where=MemberFor(Period(1, "month")))
    stage = Stage(cafe(rules=(award,)))
    for day, held in (("01-31", 0), ("02-27", 0), ("02-28", 1)):
        stage.post(f"2026-{day}", buys(100))
        assert stage.has() == held


@pytest.mark.parametrize(("currency", "amount", "found"), [("JPY", 1_980, 19), ("KWD", 12_345, 12)])
def test_yen_have_no_decimals_and_dinars_three(currency: str, amount: int, found: int) -> None:
    per = 100 if currency == "JPY" else 1_000
    source = cafe(currency=currency, rules=(rule(PerMoney("points", ONE, per)),))
    stage = Stage(source)
    stage.post("2026-03-02", Purchase((Line(amount),), currency))
    assert stage.has() == found
