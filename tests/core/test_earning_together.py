"""Several lots, units and groups that one event earns side by side, and how that is explained."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from habitue.core import facts
from habitue.core.facts import Line, Purchase
from habitue.core.program import (
    After,
    Bonus,
    Fixed,
    Lines,
    Multiply,
    PerAttribute,
    Period,
    PerItem,
    PerMoney,
    Unit,
)
from tests.core.cast import PER_EURO, Stage, buys, cafe
from tests.core.test_earning import ONE, PROPORTIONAL, earns, rule


def test_of_several_lots_of_one_event_the_last_takes_what_rounding_leaves() -> None:
    year, month = (After(Period(1, each)) for each in ("year", "month"))
    slow = rule(PROPORTIONAL, id="slow", expiry=year)
    fast = rule(PROPORTIONAL, id="fast", expiry=month)
    stage = Stage(cafe(rules=(slow, fast)))
    entries = stage.post("2026-03-02", buys(150)).entries
    assert [(entry.amount, entry.why) for entry in entries] == [
        (1, (("slow", 150, 1),)),
        (2, (("fast", 150, 1),)),
    ]
    assert stage.lots() == [(1, date(2027, 3, 2)), (2, date(2026, 4, 2))]


def test_what_one_unit_does_not_earn_keeps_another_from_nothing() -> None:
    units = (Unit("points"), Unit("stamps"))
    stage = Stage(cafe(units=units, rules=(
        rule(PerMoney("points", ONE, 1_000), id="p"), rule(PerItem("stamps", ONE), id="s"),
    )))  # fmt: skip
    (entry,) = stage.post("2026-03-02", buys(999)).entries
    assert (entry.unit, entry.amount, entry.why) == (1, 1, (("s", 1, 1),))


def test_a_rule_may_add_and_multiply_in_any_order() -> None:
    both = rule(Bonus("points", Fraction(1, 2)), Multiply(Fraction(2)), id="both")
    assert earns(buys(1_000), PER_EURO, both) == 30
    assert earns(buys(1_000), PER_EURO, rule(*both.awards, lines=Lines(sku=("",)), id="l")) == 30


@pytest.mark.parametrize("lines", [None, Lines(category=("coffee",))])
def test_a_multiplier_of_a_unit_leaves_other_units_alone(lines: Lines | None) -> None:
    stage = Stage(cafe(
        units=(Unit("points"), Unit("stamps")),
        rules=(PER_EURO, rule(PerItem("stamps", ONE), id="s"),
               rule(Multiply(Fraction(3), "stamps"), id="triple", lines=lines)),
    ))  # fmt: skip
    stage.post("2026-03-02", Purchase((Line(1_000, 2, category="coffee"),), "EUR"))
    assert stage.account().balances == [10, 6]


def test_a_multiplier_of_lines_takes_each_base_as_its_own_rule_counts_it() -> None:
    lines = (Line(1_000, category="coffee", discount=200), Line(300, category="cake"))
    basket = Purchase(lines, "EUR")
    triple = rule(Multiply(Fraction(3)), lines=Lines(category=("coffee",)), id="triple")
    gross = rule(PerMoney("points", ONE, 100), id="gross", base="gross")
    once = rule(Fixed("points", Fraction(7)), id="once")
    cakes = rule(PerMoney("points", ONE, 100), id="cakes", lines=Lines(category=("cake",)))
    assert earns(basket, gross, triple) == 15 + 2 * 12
    assert earns(basket, once, triple) == 7
    assert earns(basket, cakes, triple) == 3
    both = rule(PerMoney("points", ONE, 100), id="all", lines=Lines(category=("coffee", "cake")))
    assert earns(basket, both, triple) == 13 + 2 * 10
    assert earns(basket, cakes, gross, once, triple) == 3 + 15 + 7 + 2 * 12


def test_rules_of_a_group_of_which_nothing_is_said_add_up() -> None:
    rules = [rule(Fixed("points", Fraction(5)), id=name, group="g") for name in "ab"]
    assert earns(buys(100), *rules) == 10


def test_the_best_of_a_group_is_the_one_worth_most_over_all_units() -> None:
    points, fine = Unit("points", worth=Fraction(1, 100)), Unit("fine", decimals=2)
    stars = Unit("stars", worth=Fraction(1, 2))
    for one, other, balances in (
        ((Fixed("stars", ONE), Fixed("points", Fraction(30))),
         (Fixed("points", Fraction(75)),), [30, 0, 1]),
        ((Fixed("stars", ONE), Fixed("points", Fraction(20))),
         (Fixed("points", Fraction(75)),), [75, 0, 0]),
        ((Fixed("fine", Fraction(2)),), (Fixed("stars", Fraction(5)),), [0, 0, 5]),
        ((Fixed("fine", Fraction(3)),), (Fixed("stars", Fraction(5)),), [0, 300, 0]),
        ((Fixed("fine", ONE),), (Fixed("stars", Fraction(2)),), [0, 100, 0]),
    ):  # fmt: skip
        rules = (rule(*one, id="one", group="g"), rule(*other, id="other", group="g"))
        stage = Stage(cafe(units=(points, fine, stars), rules=rules, combine={"g": "best"}))
        stage.post("2026-03-02", buys(100))
        assert stage.account().balances == balances


@pytest.mark.parametrize(
    ("attributes", "found"),
    [({}, 0), ({"nights": 0}, 0), ({"nights": 1}, 1), ({"nights": True}, 0), ({"nights": "9"}, 0)],
)
def test_only_a_number_of_more_than_none_is_measured(attributes: Any, found: int) -> None:
    nights = rule(PerAttribute("points", ONE, "nights"), when="stay")
    assert earns(facts.Action("stay", attributes=attributes), nights) == found


def test_what_has_no_quantity_and_no_attributes_is_one_piece_of_nothing_more() -> None:
    assert earns(facts.Birthday(), rule(PerItem("points", ONE), when="birthday")) == 1
    nights = rule(PerAttribute("points", ONE, "nights"), when="birthday")
    assert earns(facts.Birthday(), nights) == 0


def test_every_step_of_an_explanation_is_a_whole_number() -> None:
    bonus = rule(Bonus("points", Fraction(1, 3)), id="bonus")
    double = rule(Multiply(Fraction(3, 2)), id="half more")
    for changes in ((bonus, double), (bonus, rule(*double.awards, lines=Lines(sku=("",)), id="h"))):
        stage = Stage(cafe(rules=(PER_EURO, *changes)))
        (entry,) = stage.post("2026-03-02", buys(1_100)).entries
        assert (entry.amount, [step[2] for step in entry.why]) == (22, [11, 5, 6])
        assert {type(number) for step in entry.why for number in step[1:]} == {int}
