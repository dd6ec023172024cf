"""Tiers that the usable balance reaches, and falls from."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from habitue.core import facts
from habitue.core.program import (
    After,
    Bonus,
    EarnRule,
    Gift,
    Ladder,
    Level,
    Lifetime,
    Pending,
    Period,
    Reward,
    TierIs,
    Unit,
    WhileEarned,
)
from tests.core.cast import PER_EURO, POINTS, Stage, buys, cafe
from tests.core.club import on

BY_POINTS = (
    Level("basic"),
    Level("silver", ((("points", 100),),)),
    Level("gold", ((("points", 300),),)),
)


def purse(*, points: Any = POINTS, rewards: Any = (), **ladder: Any) -> Stage:
    tiers = Ladder(BY_POINTS, measure="balance", **ladder)
    return Stage(cafe(units=(points,), tiers=tiers, rewards=(TAKEN, *rewards)))


DOUBLE = EarnRule(
    "double", "purchase", (Bonus("points", Fraction(1)),), where=TierIs(("silver", "gold"))
)
TAKEN = Reward("coffee", (Gift("product", "coffee"),), cost=("points", 50))


def test_a_level_by_balance_falls_as_soon_as_the_balance_no_longer_reaches() -> None:
    stage = purse(kept=WhileEarned())
    stage.post("2026-01-01", buys(12_000))
    assert stage.account().level == "silver"
    outcome = stage.post("2026-01-02", facts.Redemption("coffee"))
    assert (outcome.level_before, outcome.level) == ("silver", "basic")
    assert stage.account().memory.counters == {}
    stage.post("2026-01-03", facts.Adjustment("points", 230, "sorry"))
    assert stage.account().level == "gold"


def test_with_a_date_a_level_by_balance_stays_until_then() -> None:
    stage = purse()
    stage.post("2026-01-01", buys(12_000))
    stage.post("2026-01-02", facts.Redemption("coffee"))
    assert on(stage, "2026-01-02", "2027-12-31", "2028-01-01") == ["silver", "silver", "basic"]


def test_a_balance_that_still_reaches_on_the_last_day_renews() -> None:
    stage = purse()
    stage.post("2026-01-01", buys(12_000))
    assert on(stage, "2028-01-01", "2031-12-31") == ["silver", "silver"]


def test_a_level_by_balance_is_looked_at_again_after_lots_lapse() -> None:
    lapsing = Unit("points", expiry=After(Period(1, "month")))
    stage = purse(points=lapsing, kept=WhileEarned())
    stage.post("2026-01-10", buys(25_000))
    stage.post("2026-01-20", buys(10_000))
    days = ("2026-02-10", "2026-02-11", "2026-02-20", "2026-02-21")
    assert on(stage, *days) == ["gold", "silver", "silver", "basic"]


def test_a_level_by_balance_counts_what_can_be_used() -> None:
    waiting = Unit("points", pending=Pending(Period(3, "day")))
    stage = purse(points=waiting, kept=WhileEarned())
    stage.post("2026-01-10", buys(10_000))
    assert on(stage, "2026-01-12", "2026-01-13") == ["basic", "silver"]


@pytest.mark.parametrize("waits", [0, 3])
def test_a_level_above_the_price_of_an_automatic_reward_is_reached_before_the_points_are_taken(
    waits: int,
) -> None:
    """Review first, then the reward, whether at the till or at the midnight that frees them."""
    taken = Reward("cake", (Gift("product", "cake"),), cost=("points", 80), automatic="threshold")
    points = Unit("points", pending=Pending(Period(waits, "day")) if waits else None)
    stage = purse(points=points, rewards=(taken,))
    stage.post("2026-01-10", buys(12_000))
    account = stage.on("2026-01-20")
    assert (account.level, account.usable(0)) == ("silver", 40)
    earned = purse(points=points, rewards=(taken,), kept=WhileEarned())
    earned.post("2026-01-10", buys(12_000))
    assert on(earned, "2026-01-20") == ["basic"]


def test_a_soft_landing_from_a_balance_lasts_for_the_rest_of_the_period() -> None:
    stage = purse(kept=WhileEarned(), downgrade="one step")
    stage.post("2026-03-01", buys(30_000))
    stage.post("2026-04-01", facts.Adjustment("points", -300, "given twice"))
    stage.post("2026-05-01", buys(100))
    assert on(stage, "2026-12-31", "2027-01-01") == ["silver", "basic"]


def test_a_soft_landing_with_a_date_has_a_term_of_its_own() -> None:
    stage = purse(downgrade="one step")
    stage.post("2026-03-01", buys(30_000))
    stage.post("2026-04-01", facts.Adjustment("points", -300, "given twice"))
    days = ("2027-12-31", "2028-01-01", "2029-12-31", "2030-01-01")
    assert on(stage, *days) == ["gold", "silver", "silver", "basic"]


def test_who_never_falls_keeps_a_level_without_its_balance() -> None:
    stage = purse(kept=WhileEarned(), downgrade="never")
    stage.post("2026-03-01", buys(12_000))
    stage.post("2026-04-01", facts.Redemption("coffee"))
    assert on(stage, "2096-01-01") == ["silver"]


def test_a_return_takes_a_level_by_balance_back() -> None:
    stage = purse()
    bought = stage.post("2026-01-01", buys(12_000, quantity=2)).event
    stage.post("2026-01-05", facts.Refund(bought.id, (facts.Returned(0),)))
    assert stage.account().level == "basic"
    assert stage.account().memory.held == {}


def test_a_promise_kept_while_the_balance_reaches_is_void_once_it_does_not() -> None:
    stage = purse(kept=WhileEarned(), upgrade="at period end", window=Lifetime())
    stage.post("2026-06-10", buys(12_000))
    stage.post("2026-06-12", facts.Redemption("coffee"))
    assert on(stage, "2026-07-01") == ["basic"]


def test_a_balance_has_its_grace_from_the_day_it_no_longer_reached() -> None:
    stage = purse(kept=WhileEarned(), grace=Period(1, "month"))
    stage.post("2026-01-01", buys(12_000))
    stage.post("2026-01-15", facts.Redemption("coffee"))
    stage.post("2026-01-20", facts.Adjustment("points", 1, "sorry"))
    assert on(stage, "2026-02-14", "2026-02-15") == ["silver", "basic"]
    stage.post("2026-02-01", facts.Adjustment("points", 40, "sorry"))
    assert on(stage, "2026-02-15") == ["silver"]


def test_a_level_by_balance_may_be_seen_after_too() -> None:
    tiers = Ladder(BY_POINTS, measure="balance", rules_see="tier after", kept=WhileEarned())
    stage = Stage(cafe(units=(POINTS,), rules=(PER_EURO, DOUBLE), tiers=tiers))
    stage.post("2026-01-01", buys(10_000))
    assert (stage.has(), stage.account().level) == (200, "silver")
    stage.post("2026-01-02", buys(5_000))
    assert (stage.has(), stage.account().level) == (300, "gold")
