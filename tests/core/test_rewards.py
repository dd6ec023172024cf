"""Rewards taken, refused, issued by themselves, used once, and given back."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from habitue.core import facts
from habitue.core.program import (
    After,
    Dates,
    EarnRule,
    Fixed,
    Gift,
    Ladder,
    Level,
    Limit,
    Pending,
    Period,
    PerItem,
    Reward,
    Unit,
)
from tests.core.cast import COFFEE, PER_EURO, POINTS, SPEND, YEARLY, Stage, at, buys, cafe

CAKE = (Gift("product", "cake"),)


def rich(**given: Any) -> Stage:
    """Alice has 100 points."""
    stage = Stage(cafe(**given))
    stage.post("2026-01-01", buys(10_000))
    return stage


def code(stage: Stage, day: str, what: facts.What) -> str:
    refused = stage.post(day, what).refused
    return refused.code if refused else ""


def test_a_reward_costs_what_it_says_and_comes_as_a_voucher() -> None:
    stage = rich(rewards=(Reward("cake", CAKE, cost=("points", 30), valid_for=Period(1, "month")),))
    outcome = stage.post("2026-01-31", facts.Redemption("cake"))
    assert [(entry.amount, entry.why) for entry in outcome.entries] == [(-30, (("cake", 30, -30),))]
    voucher = (stage.account().vouchers or [])[0]
    assert (voucher.state, voucher.expires_on) == ("issued", date(2026, 2, 28))


def test_a_voucher_is_used_once() -> None:
    stage = rich()
    taken = stage.post("2026-01-02", facts.Redemption("coffee"))
    assert code(stage, "2026-01-03", facts.VoucherUse(taken.event.id)) == ""
    assert code(stage, "2026-01-03", facts.VoucherUse(taken.event.id)) == "voucher_redeemed"
    assert code(stage, "2026-01-03", facts.VoucherUse(99)) == "unknown_voucher"


def test_a_voucher_lapses_after_its_last_day() -> None:
    reward = Reward("cake", CAKE, cost=("points", 30), valid_for=Period(2, "day"))
    stage = rich(rewards=(reward,))
    taken = stage.post("2026-01-02", facts.Redemption("cake"))
    assert stage.on("2026-01-04").vouchers == stage.account().vouchers
    assert code(stage, "2026-01-05", facts.VoucherUse(taken.event.id)) == "voucher_expired"
    assert stage.has() == 70


def test_a_reward_handed_over_at_once_is_used_already() -> None:
    stage = rich()
    stage.post("2026-01-02", facts.Redemption("coffee", at_once=True))
    assert stage.vouchers() == [("coffee", "redeemed")]


@pytest.mark.parametrize(
    ("reward", "refusal"),
    [
        (Reward("cake", CAKE, cost=("points", 101)), "insufficient"),
        (Reward("cake", CAKE, cost=("points", 1), tiers=("gold",)), "tier"),
        (Reward("cake", CAKE, cost=("points", 1), dates=Dates(date(2026, 2, 1))), "not_available"),
        (Reward("tart", CAKE, cost=("points", 1)), "unknown_reward"),
        (Reward("cake", CAKE, automatic="birthday"), "unknown_reward"),
    ],
)
def test_a_redemption_is_refused_with_its_reason(reward: Reward, refusal: str) -> None:
    stage = rich(rewards=(reward,))
    assert code(stage, "2026-01-02", facts.Redemption("cake")) == refusal
    assert stage.has() == 100
    assert stage.vouchers() == []


def test_a_reward_may_be_taken_so_many_times_a_period() -> None:
    limit = Limit(times=1, per="month")
    stage = rich(rewards=(Reward("cake", CAKE, cost=("points", 5), limit=limit),))
    days = ("01-02", "01-31", "02-01")
    codes = [code(stage, f"2026-{day}", facts.Redemption("cake")) for day in days]
    assert codes == ["", "limit", ""]


def test_who_never_enrolled_takes_nothing_and_a_refusal_enrols_nobody() -> None:
    welcome = EarnRule("welcome", "enrolment", (Fixed("points", Fraction(5)),))
    strict = Stage(cafe(enrolment="on request"))
    assert code(strict, "2026-01-01", facts.Redemption("coffee")) == "not_a_member"
    kind = Stage(cafe(rules=(welcome,)))
    assert code(kind, "2026-01-01", facts.Redemption("coffee")) == "insufficient"
    assert kind.account().enrolled_on is None
    assert kind.account().balances == [0]


def stamps(**given: Any) -> Stage:
    """A stamp card of ten."""
    scan = EarnRule("scan", "visit", (PerItem("points", Fraction(1)),))
    card = Reward("cake", CAKE, cost=("points", 10), automatic="threshold")
    return Stage(cafe(**{"rules": (scan,), "rewards": (card,), **given}))


def test_ten_stamps_turn_into_a_cake_and_the_eleventh_starts_the_next_card() -> None:
    stage = stamps()
    stage.post("2026-01-01", facts.Visit(9))
    assert stage.vouchers() == []
    stage.post("2026-01-02", facts.Visit(2))
    assert (stage.vouchers(), stage.has()) == ([("cake", "issued")], 1)
    stage.post("2026-01-03", facts.Visit(25))
    assert (len(stage.vouchers()), stage.has()) == (3, 6)


def test_pending_stamps_turn_into_a_cake_at_midnight_of_their_day() -> None:
    stage = stamps(units=(Unit("points", pending=Pending(Period(2, "day"))),))
    stage.post("2026-01-01", facts.Visit(10))
    assert stage.on("2026-01-02").vouchers == []
    assert [each.reward for each in stage.on("2026-01-03").vouchers or ()] == ["cake"]
    stage.post("2026-01-09", facts.Visit())
    assert [each.issued_on for each in stage.account().vouchers or ()] == [date(2026, 1, 3)]


def test_stamps_that_lapse_at_midnight_make_no_cake_then() -> None:
    late = EarnRule("share", "share", (Fixed("points", Fraction(5)),),
                    pending=Pending(Period(6, "day")), expiry=After(Period(1, "year")))  # fmt: skip
    scan = EarnRule("scan", "visit", (PerItem("points", Fraction(1)),))
    unit = Unit("points", expiry=After(Period(5, "day")), expiry_from="event")
    stage = stamps(units=(unit,), rules=(scan, late))
    stage.post("2026-01-01", facts.Visit(6))
    stage.post("2026-01-01", facts.Action("share"))
    after = stage.on("2026-01-07")
    assert (after.balances, after.memory.debts, after.vouchers) == ([5], {}, [])


def test_a_reward_at_midnight_and_one_taken_that_day_are_two_vouchers() -> None:
    auto = Reward("cake", CAKE, cost=("points", 20), automatic="threshold")
    pending = (Unit("points", pending=Pending(Period(1, "day"))),)
    stage = Stage(cafe(units=pending, rewards=(COFFEE, auto)))
    stage.post("2026-01-01", buys(3_500))
    stage.post("2026-01-03", facts.Redemption("coffee"))
    assert stage.vouchers() == [("cake", "issued"), ("coffee", "issued")]
    assert len({each.id for each in stage.account().vouchers or ()}) == 2
    assert stage.has() == 5


def test_a_birthday_gift_is_a_choice_of_gifts() -> None:
    gifts = (Gift("product", "candle"), Gift("units", unit="points", value=25))
    stage = rich(rewards=(Reward("birthday", gifts, automatic="birthday"),))
    stage.post("2026-05-01", facts.Birthday())
    voucher = (stage.account().vouchers or [])[0]
    assert code(stage, "2026-05-02", facts.VoucherUse(voucher.id, choice=2)) == "choice"
    assert code(stage, "2026-05-02", facts.VoucherUse(voucher.id, choice=1)) == ""
    assert stage.has() == 125


def test_joining_brings_a_welcome_and_its_points_once() -> None:
    rules = (EarnRule("welcome", "enrolment", (Fixed("points", Fraction(5)),)), PER_EURO)
    gift = Reward("biscuit", CAKE, automatic="enrolment", valid_for=Period(30, "day"))
    stage = Stage(cafe(rules=rules, rewards=(gift,), enrolment="on request"))
    assert stage.post("2026-01-01", buys(1_000)).entries == []
    assert code(stage, "2026-01-02", facts.Enrolment()) == ""
    assert code(stage, "2026-01-03", facts.Enrolment()) == "already_a_member"
    assert (stage.has(), stage.vouchers()) == (5, [("biscuit", "issued")])
    assert stage.account().enrolled_on == date(2026, 1, 2)


def test_a_first_purchase_joins_by_itself_where_the_program_says_so() -> None:
    welcome = EarnRule("welcome", "enrolment", (Fixed("points", Fraction(5)),))
    stage = Stage(cafe(rules=(welcome, PER_EURO)))
    stage.post("2026-01-01", buys(1_000))
    assert stage.has() == 15
    assert len(stage.lots()) == 2


def test_rewards_of_a_tier_open_when_the_tier_is_reached() -> None:
    ladder = Ladder((Level("basic"), Level("gold", ((("spend", 5_000),),))))
    reward = Reward("tasting", CAKE, cost=("points", 5), tiers=("gold",))
    stage = Stage(cafe(units=(POINTS, SPEND), rules=(PER_EURO, YEARLY), tiers=ladder,
                       rewards=(reward,)))  # fmt: skip
    stage.post(at("2026-01-01", 9), buys(4_900))
    assert code(stage, "2026-01-02", facts.Redemption("tasting")) == "tier"
    stage.post("2026-01-03", buys(100))
    assert code(stage, "2026-01-04", facts.Redemption("tasting")) == ""
