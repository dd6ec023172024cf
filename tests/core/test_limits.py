"""Limits: they count what was given, of whatever kind, and hold for all members where they say."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from habitue.core import engine, facts, program
from habitue.core.facts import Event, Line, Purchase
from habitue.core.program import (
    Bonus,
    EarnRule,
    Fixed,
    Limit,
    Lines,
    Multiply,
    Period,
    PerItem,
    PerMoney,
    Unit,
)
from tests.core.cast import ALICE, BRUNO, CHIARA, PER_EURO, STEP, Stage, at, buys, cafe, picture

ONE, HALF = Fraction(1), Fraction(1, 2)
FIVE_A_DAY = (Limit(amount=5, per="day"),)
EXACTLY = PerMoney("points", ONE, 100, "proportional")


def rule(*awards: program.Award, when: str = "purchase", **given: Any) -> EarnRule:
    return EarnRule(given.pop("id", "a rule"), when, awards, **given)


def held(stage: Stage, *cents: int) -> list[int]:
    """The balance after each of some purchases of one day."""
    found = []
    for amount in cents:
        stage.post("2026-03-02", buys(amount))
        found.append(stage.account().balances[0])
    return found


# --- what is counted ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", [Multiply(Fraction(2)), Bonus("points", ONE)], ids=["multiplier", "bonus"]
)
def test_what_only_changes_is_measured_by_what_it_adds(change: program.Award) -> None:
    double = rule(change, id="double", limits=FIVE_A_DAY)
    stage = Stage(cafe(rules=(PER_EURO, double)))
    assert held(stage, 300, 300, 300) == [6, 11, 14]
    stage.post("2026-03-03", buys(300))
    assert stage.account().balances == [20]


def test_such_a_cut_is_in_the_explanation() -> None:
    double = rule(Multiply(Fraction(2)), id="double", limits=FIVE_A_DAY)
    stage = Stage(cafe(rules=(PER_EURO, double)))
    (entry,) = stage.post("2026-03-02", buys(1_000)).entries
    assert entry.why == (("base", 1_000, 10), ("double", 10, 5))


def test_a_rule_with_a_base_and_a_multiplier_shares_one_limit_between_them() -> None:
    both = rule(Fixed("points", Fraction(4)), Multiply(Fraction(2)), limits=FIVE_A_DAY)
    assert held(Stage(cafe(rules=(PER_EURO, both))), 1_000, 1_000) == [15, 25]


@pytest.mark.parametrize("rounding", ["half-up", "ceil"])
def test_rounding_up_does_not_lead_past_a_limit(rounding: Any) -> None:
    unit = Unit("points", rounding=rounding)
    capped = rule(EXACTLY, limits=(Limit(amount=3, per="day"),))
    assert held(Stage(cafe(units=(unit,), rules=(capped,))), 50, 50, 50, 50) == [1, 2, 3, 3]
    assert held(Stage(cafe(units=(unit,), rules=(capped,))), 350, 100) == [3, 3]


def test_what_is_rounded_away_uses_nothing_up() -> None:
    capped = rule(EXACTLY, limits=(Limit(amount=3, times=3, per="day"),))
    assert held(Stage(cafe(rules=(capped,))), 99, 99, 190, 190, 190, 190) == [0, 0, 1, 2, 3, 3]


def test_halves_that_make_a_whole_with_another_rule_count_too() -> None:
    capped = rule(Fixed("points", HALF), id="capped", limits=(Limit(amount=2, per="day"),))
    stage = Stage(cafe(rules=(rule(Fixed("points", HALF), id="free"), capped)))
    assert held(stage, 1, 1, 1, 1) == [1, 2, 2, 2]


def test_a_carried_remainder_counts_when_it_becomes_a_unit() -> None:
    capped = rule(EXACTLY, limits=(Limit(amount=2, per="day"),))
    stage = Stage(cafe(units=(Unit("points", carry=True),), rules=(capped,)))
    assert held(stage, 60, 60, 60, 60, 60) == [0, 1, 1, 2, 2]


def test_what_gave_nothing_uses_no_time_up() -> None:
    steps = rule(PerMoney("points", ONE, 100), limits=(Limit(times=1),))
    assert held(Stage(cafe(rules=(steps,))), 99, 150, 150) == [0, 1, 1]


def test_awards_of_one_rule_share_its_limit_to_the_last_part() -> None:
    ones = rule(*(Fixed("points", ONE),) * 3, limits=(Limit(amount=2),))
    assert held(Stage(cafe(rules=(ones,))), 1, 1) == [2, 2]
    halves = rule(*(Fixed("points", HALF),) * 3, limits=(Limit(amount=1),))
    up = Unit("points", rounding="half-up")
    assert held(Stage(cafe(units=(up,), rules=(halves,))), 1, 1) == [1, 1]
    smallest = rule(*(Fixed("points", ONE),) * 2, limits=(Limit(amount=1),))
    assert held(Stage(cafe(rules=(smallest,))), 1) == [1]


def test_a_rule_that_has_given_all_it_may_makes_room_for_the_next_of_its_group() -> None:
    first = rule(Fixed("points", Fraction(5)), id="a", group="g", limits=(Limit(times=1),))
    second = rule(Fixed("points", Fraction(3)), id="b", group="g")
    stage = Stage(cafe(rules=(first, second), combine={"g": "first"}))
    assert held(stage, 1, 1) == [5, 8]


def test_a_rule_that_gives_no_more_is_not_in_the_explanation() -> None:
    double = rule(Multiply(Fraction(2)), id="double", limits=(Limit(times=1),))
    stage = Stage(cafe(rules=(PER_EURO, double)))
    whys = [stage.post("2026-03-02", buys(1_000)).entries[0].why for _ in range(2)]
    assert whys == [(("base", 1_000, 10), ("double", 10, 10)), (("base", 1_000, 10),)]


def test_what_a_limit_cuts_stays_whole_in_numbers_and_words() -> None:
    capped = rule(EXACTLY, id="base", limits=FIVE_A_DAY)
    more = rule(Bonus("points", Fraction(1, 3)), id="more")
    stage = Stage(cafe(rules=(capped, more)))
    (entry,) = stage.post("2026-03-02", buys(750)).entries
    assert (entry.amount, entry.why) == (6, (("base", 750, 5), ("more", 5, 1)))
    numbers = [entry.amount, entry.balance, *(each for step in entry.why for each in step[1:])]
    assert {type(number) for number in numbers} == {int}


def test_a_multiplier_of_lines_bears_its_share_of_what_a_limit_cut() -> None:
    capped = rule(PerMoney("points", ONE, 100), id="base", limits=FIVE_A_DAY)
    triple = rule(Multiply(Fraction(3)), id="triple", lines=Lines(category=("coffee",)))
    basket = Purchase((Line(400, category="coffee"), Line(600, category="cake")), "EUR")
    stage = Stage(cafe(rules=(capped, triple)))
    stage.post("2026-03-02", basket)
    assert stage.account().balances == [5 + 2 * 2]


def test_a_multiplier_of_lines_gives_nothing_on_what_a_limit_gave_nothing_for() -> None:
    capped = rule(PerMoney("points", ONE, 100), id="base", limits=FIVE_A_DAY)
    triple = rule(Multiply(Fraction(3)), id="triple", lines=Lines(category=("coffee",)))
    stage = Stage(cafe(rules=(capped, triple)))
    for balance in (15, 15):
        stage.post("2026-03-02", Purchase((Line(500, category="coffee"),), "EUR"))
        assert stage.account().balances == [balance]


def test_a_rule_that_refuses_does_so_too_where_it_only_multiplies() -> None:
    double = rule(Multiply(Fraction(2)), id="double", limits=FIVE_A_DAY, on_limit="refuse")
    stage = Stage(cafe(units=(Unit("points", carry=True),), rules=(rule(EXACTLY), double)))
    assert stage.post("2026-03-02", buys(450)).refused is None
    before = picture(stage.account())
    refused = stage.post("2026-03-02", buys(150)).refused
    assert refused is not None
    assert refused.code == "limit"
    assert picture(stage.account()) == before


def test_a_rule_that_refuses_lets_through_what_rounding_takes_off() -> None:
    strict = rule(EXACTLY, limits=FIVE_A_DAY, on_limit="refuse")
    stage = Stage(cafe(rules=(strict,)))
    assert stage.post("2026-03-02", buys(590)).refused is None
    assert stage.account().balances == [5]
    assert stage.post("2026-03-02", buys(99)).refused is None
    assert stage.post("2026-03-02", buys(100)).refused is not None


def test_what_was_accepted_once_is_not_refused_when_the_history_is_folded_again() -> None:
    strict = rule(PerItem("points", ONE), when="visit", limits=FIVE_A_DAY, on_limit="refuse")
    stage = Stage(cafe(rules=(strict, PER_EURO)))
    stage.post(at("2026-03-02", 9), buys(100))
    stage.post(at("2026-03-02", 12), facts.Visit(4))
    stage.post(at("2026-03-02", 10), facts.Visit(3))
    assert stage.account().balances == [6]


def test_a_group_passes_over_a_rule_that_can_give_nothing() -> None:
    best = rule(Fixed("points", Fraction(9)), id="a", group="one", limits=(Limit(times=1),))
    next_best = rule(Fixed("points", ONE), id="b", group="one")
    stage = Stage(cafe(rules=(best, next_best), combine={"one": "best"}))
    assert held(stage, 100, 100) == [9, 10]


@pytest.mark.parametrize(("cents", "found"), [(1_000, 60), (9_000, 180)])
def test_the_best_of_a_multiplier_and_a_fixed_award_depends_on_the_order(
    cents: int, found: int
) -> None:
    double = rule(Multiply(Fraction(2)), id="double", group="one")
    fixed = rule(Fixed("points", Fraction(50)), id="fixed", group="one")
    stage = Stage(cafe(rules=(PER_EURO, double, fixed), combine={"one": "best"}))
    assert held(stage, cents) == [found]


def test_the_best_of_two_units_is_what_is_worth_more() -> None:
    points, stars = Unit("points", worth=Fraction(1, 100)), Unit("stars", worth=ONE, decimals=1)
    many = rule(Fixed("points", Fraction(50)), id="many", group="one")
    dear = rule(Fixed("stars", ONE), id="dear", group="one")
    stage = Stage(cafe(units=(points, stars), rules=(many, dear), combine={"one": "best"}))
    stage.post("2026-03-02", buys(100))
    assert stage.account().balances == [0, 10]


# --- for all members together ------------------------------------------------------------------


def shared(*limits: Limit, on_limit: Any = "reduce") -> Stage:
    """A point a visit, so many for all together."""
    award = rule(PerItem("points", ONE), id="scan", when="visit", limits=limits, on_limit=on_limit)
    return Stage(cafe(rules=(award,)))


class Town:
    """A stage whose members share what they may earn."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.totals, self.last = stage, dict[str, tuple[int, int]](), 0

    def post(self, who: int, when: str, what: facts.What) -> engine.Outcome:
        self.last += STEP
        self.stage.histories.setdefault(who, [])
        (outcome,) = engine.run(
            self.stage.book,
            self.stage.accounts,
            [Event(self.last, who, at(when), what)],
            self.stage.histories,
            self.totals,
        )
        return outcome

    def has(self, who: int) -> int:
        return self.stage.account(who).balances[0]


def test_units_for_all_are_cut_to_what_the_others_left() -> None:
    town = Town(shared(Limit(amount=5, per="month", total=True)))
    for who, scanned, got in ((ALICE, 3, 3), (BRUNO, 4, 2), (CHIARA, 1, 0), (ALICE, 1, 3)):
        town.post(who, "2026-03-02", facts.Visit(scanned))
        assert town.has(who) == got
    assert town.totals == {"limit scan units 2026-03-01": (5, 0)}
    town.post(BRUNO, "2026-04-01", facts.Visit(4))
    assert town.has(BRUNO) == 6


def test_times_for_all_are_counted_whoever_they_go_to() -> None:
    town = Town(shared(Limit(times=2, total=True)))
    for who, got in ((ALICE, 1), (BRUNO, 1), (BRUNO, 1), (CHIARA, 0)):
        town.post(who, "2026-03-02", facts.Visit())
        assert town.has(who) == got
    assert town.totals == {"limit scan times": (2, 0)}


def test_a_limit_for_all_may_refuse() -> None:
    town = Town(shared(Limit(amount=5, total=True), on_limit="refuse"))
    assert town.post(ALICE, "2026-03-02", facts.Visit(4)).refused is None
    refused = town.post(BRUNO, "2026-03-02", facts.Visit(2)).refused
    assert refused is not None
    assert refused.code == "limit"
    assert town.totals == {"limit scan units": (4, 0)}
    assert town.post(BRUNO, "2026-03-02", facts.Visit(1)).refused is None


def test_limits_of_a_member_and_of_all_hold_beside_each_other() -> None:
    town = Town(shared(Limit(amount=3), Limit(amount=5, times=9, total=True)))
    for who, got in ((ALICE, 3), (BRUNO, 2)):
        town.post(who, "2026-03-02", facts.Visit(4))
        assert town.has(who) == got
    assert town.totals == {"limit scan:1 units": (5, 0), "limit scan:1 times": (2, 0)}
    assert town.stage.account().memory.used["scan"][0].amount == 3
    assert "scan:1" not in town.stage.account().memory.used


def test_what_is_undone_makes_room_for_the_others() -> None:
    town = Town(shared(Limit(amount=5, total=True)))
    first = town.post(ALICE, "2026-03-02", facts.Visit(4))
    town.post(BRUNO, "2026-03-02", facts.Visit(4))
    back = town.post(ALICE, "2026-03-02", facts.Undo(first.event.id))
    assert back.tallies == {"limit scan units": (-4, 0)}
    assert town.totals == {"limit scan units": (1, 0)}
    town.post(CHIARA, "2026-03-02", facts.Visit(9))
    assert [town.has(who) for who in (ALICE, BRUNO, CHIARA)] == [0, 1, 4]


def test_folding_again_needs_no_other_member() -> None:
    town = Town(shared(Limit(amount=5, per="day", total=True)))
    for who, scanned in ((ALICE, 2), (BRUNO, 2), (ALICE, 3), (BRUNO, 1)):
        town.post(who, "2026-03-02", facts.Visit(scanned))
    for who in (ALICE, BRUNO):
        past = town.stage.histories[who]
        folded = engine.fold(town.stage.book, past, date(2026, 3, 2), customer=who)
        assert picture(folded) == picture(town.stage.account(who))


def test_a_limit_with_a_rolling_period_stays_the_members_own() -> None:
    town = Town(shared(Limit(times=1, per=Period(7, "day"))))
    for who in (ALICE, BRUNO):
        town.post(who, "2026-03-02", facts.Visit())
        town.post(who, "2026-03-08", facts.Visit())
        assert town.has(who) == 1
    assert town.totals == {}


@pytest.mark.parametrize("before", [None, "month", Period(2, "day")])
@pytest.mark.parametrize("after", [None, "month", Period(2, "day")])
def test_a_version_may_count_a_limit_over_another_time(before: Any, after: Any) -> None:
    """What was counted for all time has no day; from the new version on each counts its own way."""
    old = cafe(rules=(rule(PerItem("points", ONE), when="visit", limits=(Limit(1, per=before),)),))
    new = rule(PerItem("points", ONE), when="visit", limits=(Limit(1, per=after),))
    stage = Stage(old, cafe(rules=(new,), since=date(2026, 4, 1)))
    for day in ("2026-03-02", "2026-04-02", "2026-04-02"):
        stage.post(day, facts.Visit())
    kept_on = before is None and after is None
    assert stage.account().balances == [1 if kept_on else 2]
    folded = engine.fold(stage.book, stage.histories[ALICE], date(2026, 4, 2), customer=ALICE)
    assert picture(folded) == picture(stage.account())


def test_a_count_for_all_time_outlives_hundreds_of_days() -> None:
    days = rule(PerItem("points", ONE), when="visit", limits=(Limit(1, per=Period(1, "day")),))
    ever = rule(PerItem("points", ONE), when="visit", limits=(Limit(1),))
    stage = Stage(cafe(rules=(days,)), cafe(rules=(ever,), since=date(2028, 1, 1)))
    for day in range(450):
        stage.post(at("2026-01-01") + timedelta(days=day), facts.Visit())
    for _ in range(3):
        stage.post("2028-01-01", facts.Visit())
    assert stage.account().balances == [451]


def test_a_welcome_that_is_limited_refuses_nobody_who_joins_by_buying() -> None:
    """It gives what it may, today and when the history is folded again."""
    welcome = rule(Fixed("points", Fraction(20)), when="enrolment", limits=(Limit(amount=15),),
                   on_limit="refuse")  # fmt: skip
    stage = Stage(cafe(rules=(PER_EURO, welcome)))
    stage.post("2026-03-02", buys(300))
    assert stage.account().balances == [18]
    folded = engine.fold(stage.book, stage.histories[ALICE], date(2026, 3, 2), customer=ALICE)
    assert picture(folded) == picture(stage.account())


# --- cool-downs ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "again"),
    [
        (Period(120, "minute"), "2026-03-29T04:30:00+02:00"),
        (Period(2, "hour"), "2026-03-29T04:30:00+02:00"),
        (Period(1, "day"), "2026-03-30T01:30:00+02:00"),
        (Period(1, "month"), "2026-04-29T01:30:00+02:00"),
    ],
)
def test_minutes_and_hours_go_by_and_days_are_those_of_the_calendar(
    period: Period, again: str
) -> None:
    award = rule(PerItem("points", ONE), when="visit", cool_down=period, on_limit="refuse")
    stage = Stage(cafe(rules=(award,)))
    first = at("2026-03-29", 1, 30)  # at two it is three
    assert stage.post(first, facts.Visit()).refused is None
    refused = stage.post(first + timedelta(minutes=1), facts.Visit()).refused
    assert refused is not None
    assert refused.values["again_at"] == again
