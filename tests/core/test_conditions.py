"""What a condition says of events that lack what it looks at, and what a program asks in all."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from habitue.core import conditions, facts, program
from habitue.core.account import Account, FeeState
from habitue.core.conditions import Moment
from habitue.core.facts import Line
from habitue.core.program import (
    All,
    Among,
    Attribute,
    Condition,
    Dates,
    Draw,
    EachYear,
    EarnRule,
    FirstTime,
    Fixed,
    Gift,
    Hours,
    Lines,
    MemberFor,
    MinimumOrder,
    Not,
    Paid,
    Period,
    Prize,
    Reward,
    TierIs,
    Within,
)
from tests.core.cast import ALICE, PARIS, PER_EURO, at, buys, cafe

NOON = at("2026-03-02").astimezone(PARIS)


def holds(condition: Condition, what: facts.What, account: Account | None = None) -> bool:
    alice = account or Account(ALICE, [0])
    return conditions.compiled(condition)(Moment(alice, what, NOON))


@pytest.mark.parametrize(
    ("condition", "what", "found"),
    [
        (Among("tender", ("card",)), facts.Visit(), False),
        (Among("tender", ("",)), facts.Visit(), True),
        (Among("channel", ("",)), facts.Birthday(), True),
        (Attribute("size", ("small",)), facts.Birthday(), False),
        (Attribute("size", ("small",)), facts.Visit(attributes={"colour": "small"}), False),
        (MinimumOrder(0), facts.Visit(), False),
        (MinimumOrder(100), buys(100), True),
        (Within("legs", None, None), facts.Birthday(), False),
        (Within("legs", None, None), facts.Visit(attributes={"legs": -3}), True),
        (Within("legs", 2, 3), facts.Visit(attributes={"legs": 1}), False),
        (Within("legs", 2, 3), facts.Visit(attributes={"legs": 2}), True),
        (Within("legs", 2, 3), facts.Visit(attributes={"legs": 3}), True),
        (Within("legs", 2, 3), facts.Visit(attributes={"legs": 4}), False),
        (Within("legs", 0, 1), facts.Visit(attributes={"legs": True}), False),
        (Paid(), facts.Visit(), False),
        (Paid(value=False), facts.Visit(), True),
        (MemberFor(Period(0, "day")), facts.Visit(), False),
        (TierIs(("",)), facts.Visit(), True),
        (TierIs(("gold",)), facts.Visit(), False),
        (Dates(since=date(2026, 3, 3)), facts.Visit(), False),
        (Dates(since=date(2026, 3, 2), until=date(2026, 3, 3)), facts.Visit(), True),
        (Dates(until=date(2026, 3, 2)), facts.Visit(), False),
        (Hours(12 * 60, 12 * 60), facts.Visit(), False),
        (All(()), facts.Visit(), True),
        (program.Any(()), facts.Visit(), False),
    ],
)
def test_what_is_not_there_is_nothing(condition: Condition, what: facts.What, found: bool) -> None:
    assert holds(condition, what) is found


def test_the_last_paid_day_is_paid_and_the_day_of_joining_is_a_members() -> None:
    alice = Account(ALICE, [0], enrolled_on=date(2026, 2, 2))
    for until, paid in ((date(2026, 3, 2), True), (date(2026, 3, 1), False)):
        alice.memory.fee = FeeState(until, until)
        assert holds(Paid(), facts.Visit(), alice) is paid
    for months, member in ((1, True), (2, False)):
        assert holds(MemberFor(Period(months, "month")), facts.Visit(), alice) is member


def test_what_means_nothing_is_a_defect() -> None:
    moon: Any = "full moon"
    with pytest.raises(TypeError, match=r"^no meaning for the condition 'full moon'$"):
        conditions.compiled(moon)


def test_a_program_asks_every_part_of_its_conditions_by_trigger() -> None:
    first, gold, eve = FirstTime(), TierIs(("gold",)), EachYear(((12, 24),))
    either = program.Any((first, gold))
    rule = EarnRule("a", "visit", (Fixed("points", Fraction(1)),),
                    where=All((Not(gold), either)))  # fmt: skip
    gifts = (Gift("product", "cake"),)
    rewards = (
        Reward("eve", gifts, automatic="date", where=eve),
        Reward("taken", gifts, cost=("points", 5), where=first),
        Reward("plain", gifts, automatic="birthday"),
    )
    draws = (
        Draw("week", {"en": "x"}, (Prize(gifts[0]),), when="purchase", where=gold),
        Draw("gift", {"en": "x"}, (Prize(gifts[0]),), where=gold),
    )
    source = cafe(rules=(PER_EURO, rule), rewards=rewards, draws=draws)
    assert list(conditions.asked(source)) == [
        ("visit", All((Not(gold), either))),
        ("visit", Not(gold)),
        ("visit", gold),
        ("visit", either),
        ("visit", first),
        ("visit", gold),
        ("date", eve),
        ("purchase", gold),
    ]


ESPRESSO = Line(100, sku="espresso", category="coffee", labels=("fair", "hot"))


@pytest.mark.parametrize(
    ("lines", "counts"),
    [
        (Lines(), True),
        (Lines(sku=("espresso", "tart")), True),
        (Lines(sku=("tart",)), False),
        (Lines(category=("coffee",), label=("cold",)), False),
        (Lines(category=("cake",), label=("fair",)), False),
        (Lines(excluding=Lines(sku=("espresso",))), False),
        (Lines(excluding=Lines(category=("coffee",))), False),
        (Lines(excluding=Lines(label=("hot",))), False),
        (Lines(excluding=Lines(sku=("tart",), category=("cake",), label=("cold",))), True),
        (Lines(excluding=Lines(label=("hot",), excluding=Lines(sku=("espresso",)))), True),
        (Lines(excluding=Lines(label=("hot",), excluding=Lines(sku=("tart",)))), False),
    ],
)
def test_a_line_is_counted_unless_it_is_taken_out_and_not_put_back(
    lines: Lines, counts: bool
) -> None:
    assert conditions.line_predicate(lines)(ESPRESSO) is counts
