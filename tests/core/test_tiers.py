"""Tiers: what is counted in which window, until when a tier is kept, and how it falls."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from habitue.core import facts
from habitue.core.program import (
    After,
    Always,
    Bonus,
    CalendarYear,
    EarnRule,
    Fixed,
    For,
    Gift,
    Ladder,
    Level,
    Lifetime,
    Limit,
    MembershipYear,
    Pending,
    Period,
    Reward,
    Rolling,
    TierCycle,
    TierIs,
    Unit,
    UntilDate,
    WhileEarned,
)
from tests.core.cast import PER_EURO, POINTS, SPEND, YEARLY, Stage, at, buys, cafe

LEVELS = (
    Level("basic"),
    Level("silver", ((("spend", 10_000),),)),
    Level("gold", ((("spend", 30_000),),)),
)


YEAR = Period(1, "year")


def club(*, rules: tuple[EarnRule, ...] = (PER_EURO, YEARLY), **ladder: Any) -> Stage:
    tiers = Ladder(ladder.pop("levels", LEVELS), **ladder)
    return Stage(cafe(units=(POINTS, SPEND), rules=rules, tiers=tiers))


def on(stage: Stage, *days: str) -> list[str]:
    return [stage.on(day).level for day in days]


def test_a_tier_is_reached_at_its_threshold_and_not_a_cent_before() -> None:
    stage = club()
    stage.post("2026-03-01", facts.Enrolment())
    assert stage.account().level == "basic"
    stage.post("2026-03-01", buys(9_999))
    assert stage.account().level == "basic"
    outcome = stage.post("2026-03-02", buys(1))
    assert (outcome.level_before, outcome.level) == ("basic", "silver")


def test_a_leap_over_a_tier_reaches_the_highest() -> None:
    stage = club()
    stage.post("2026-03-01", buys(30_000))
    assert stage.account().level == "gold"


def test_a_calendar_year_begins_at_nothing_and_the_tier_is_kept_through_the_next() -> None:
    stage = club()
    stage.post("2026-12-31", buys(9_999))
    stage.post("2027-01-01", buys(9_999))
    assert stage.account().level == "basic"
    stage.post("2027-12-31", buys(1))
    assert on(stage, "2028-12-31", "2029-01-01") == ["silver", "basic"]


def test_a_fall_goes_to_the_level_earned_meanwhile() -> None:
    stage = club()
    stage.post("2026-06-01", buys(30_000))
    stage.post("2027-06-01", buys(10_000))
    assert on(stage, "2027-12-31", "2028-01-01", "2028-12-31", "2029-01-01") == [
        "gold",
        "silver",
        "silver",
        "basic",
    ]


@pytest.mark.parametrize(
    ("downgrade", "found"),
    [
        ("to level earned", ["gold", "basic", "basic"]),
        ("one step", ["gold", "silver", "basic"]),
        ("never", ["gold", "gold", "gold"]),
        ("to base", ["gold", "basic", "basic"]),
    ],
)
def test_each_way_to_fall(downgrade: Any, found: list[str]) -> None:
    stage = club(downgrade=downgrade)
    stage.post("2026-06-01", buys(30_000))
    assert on(stage, "2027-12-31", "2028-01-01", "2030-01-01") == found


def test_to_base_drops_even_what_was_earned_meanwhile() -> None:
    stage = club(downgrade="to base")
    stage.post("2026-06-01", buys(30_000))
    stage.post("2027-06-01", buys(10_000))
    assert on(stage, "2028-01-01") == ["basic"]


@pytest.mark.parametrize(
    ("kept", "last"),
    [
        (UntilDate(12, 31, 1), "2027-12-31"),
        (UntilDate(2, 0, 2), "2028-02-29"),
        (UntilDate(1, 31, 1), "2027-01-31"),
        (For(Period(6, "month")), "2026-11-30"),
        (WhileEarned(), "2026-12-31"),
    ],
)
def test_each_way_to_keep_a_tier(kept: Any, last: str) -> None:
    stage = club(kept=kept)
    stage.post("2026-06-01", buys(10_000))
    ladder = stage.book.latest.ladder
    assert ladder is not None
    assert ladder.until(stage.account()) == date.fromisoformat(last)
    day_after = date.fromordinal(date.fromisoformat(last).toordinal() + 1).isoformat()
    assert on(stage, last, day_after) == ["silver", "basic"]


def test_a_tier_may_be_kept_for_ever() -> None:
    stage = club(kept=Always())
    stage.post("2026-06-01", buys(10_000))
    assert on(stage, "2096-06-01") == ["silver"]


def test_a_lifetime_counts_over_all_years() -> None:
    stage = club(window=Lifetime(), kept=Always())
    for year in range(2026, 2036):
        stage.post(f"{year}-05-01", buys(1_000))
    assert stage.account().level == "silver"


def test_a_rolling_window_counts_the_last_months_to_the_day() -> None:
    stage = club(window=Rolling(3), kept=For(Period(1, "month")))
    stage.post("2026-01-15", buys(6_000))
    stage.post("2026-04-16", buys(5_000))
    assert stage.account().level == "basic"
    stage.post("2026-05-01", buys(5_000))
    assert stage.account().level == "silver"


def test_from_the_first_of_the_month_counts_that_whole_month() -> None:
    stage = club(window=Rolling(3, from_first=True), kept=For(Period(1, "month")))
    stage.post("2026-01-15", buys(6_000))
    stage.post("2026-04-16", buys(5_000))
    assert stage.account().level == "silver"
    other = club(window=Rolling(3, from_first=True), kept=For(Period(1, "month")))
    other.post("2026-01-31", buys(6_000))
    other.post("2026-05-01", buys(5_000))
    assert other.account().level == "basic"


def test_a_membership_year_turns_on_the_anniversary() -> None:
    stage = club(window=MembershipYear(), kept=WhileEarned())
    stage.post("2028-02-29", facts.Enrolment())
    stage.post("2029-02-27", buys(6_000))
    stage.post("2029-02-28", buys(6_000))  # the first day of the second year
    assert stage.account().level == "basic"
    stage.post("2030-02-27", buys(4_000))
    assert on(stage, "2030-02-27", "2030-02-28") == ["silver", "basic"]


@pytest.mark.parametrize(
    ("bought", "last"), [("2026-04-30", "2026-05-31"), ("2026-01-31", "2026-02-28")]
)
def test_while_earned_lasts_to_the_last_day_on_which_the_window_reaches(
    bought: str, last: str
) -> None:
    stage = club(window=Rolling(1), kept=WhileEarned())
    stage.post(bought, buys(10_000))
    ordinal = date.fromisoformat(last).toordinal()
    assert on(stage, last, date.fromordinal(ordinal + 1).isoformat()) == ["silver", "basic"]


def test_while_earned_slides_down_with_what_leaves_the_window() -> None:
    stage = club(window=Rolling(2), kept=WhileEarned())
    stage.post("2026-01-10", buys(20_000))
    stage.post("2026-02-20", buys(10_000))
    assert on(stage, "2026-03-10", "2026-03-11", "2026-04-20", "2026-04-21") == [
        "gold",
        "silver",
        "silver",
        "basic",
    ]


def test_a_soft_landing_while_earned_loses_one_step_at_a_time() -> None:
    stage = club(window=Rolling(1), kept=WhileEarned(), downgrade="one step")
    stage.post("2026-01-31", buys(30_000))
    assert on(stage, "2026-02-28", "2026-03-01") == ["gold", "silver"]
    assert on(stage, "2027-01-01") == ["basic"]


def test_several_counters_join_by_all_and_any() -> None:
    either = Level("gold", ((("spend", 30_000),), (("spend", 20_000), ("points", 250))))
    stage = club(levels=(Level("basic"), either))
    stage.post("2026-01-01", buys(24_900))
    assert stage.account().level == "basic"
    stage.post("2026-01-02", buys(100))
    assert stage.account().level == "gold"


def test_a_purchase_sees_the_tier_held_before_it() -> None:
    bonus = EarnRule("gold bonus", "purchase", (Bonus("points", Fraction(1)),),
                     where=TierIs(("silver", "gold")))  # fmt: skip
    stage = club(rules=(PER_EURO, YEARLY, bonus))
    stage.post("2026-01-01", buys(10_000))
    assert stage.has() == 100
    stage.post("2026-01-02", buys(1_000))
    assert stage.has() == 120


def test_the_window_is_a_calendar_year_unless_said_otherwise() -> None:
    assert Ladder(LEVELS).window == CalendarYear()


# --- terms that end where the count still reaches ------------------------------------------------


@pytest.mark.parametrize("window", [Lifetime(), Rolling(60)])
def test_a_level_that_the_count_still_reaches_on_its_last_day_is_renewed_from_there(
    window: Any,
) -> None:
    stage = club(window=window, kept=For(YEAR))
    stage.post("2026-06-01", buys(10_000))
    days = ("2026-06-01", "2027-05-31", "2027-06-01", "2028-05-31")
    assert on(stage, *days) == ["silver"] * 4
    assert stage.on("2027-06-01").memory.held == {"silver": date(2028, 5, 31)}


def test_a_rolling_count_that_reaches_no_more_on_the_last_day_renews_nothing() -> None:
    stage = club(window=Rolling(3), kept=For(Period(6, "month")))
    stage.post("2026-01-10", buys(10_000))
    assert on(stage, "2026-07-09", "2026-07-10") == ["silver", "basic"]


def test_a_renewal_is_to_the_level_that_the_count_reaches() -> None:
    stage = club(window=Rolling(9), kept=For(Period(6, "month")))
    stage.post("2026-01-10", buys(20_000))
    stage.post("2026-05-10", buys(10_000))
    assert on(stage, "2026-11-09", "2026-11-10", "2027-05-10") == ["gold", "silver", "basic"]


def test_one_year_of_counting_gives_one_term() -> None:
    stage = club(kept=For(Period(2, "month")))
    stage.post("2026-06-01", buys(10_000))
    assert on(stage, "2026-07-31", "2026-08-01") == ["silver", "basic"]


# --- a window and a term for each level ----------------------------------------------------------

LIFELONG = (
    *LEVELS,
    Level("legend", ((("spend", 50_000),),), window=Lifetime(), kept=Always()),
)


def test_a_unit_counts_in_the_year_for_one_level_and_for_ever_for_another() -> None:
    stage = club(levels=LIFELONG)
    for year in range(2026, 2030):
        stage.post(f"{year}-05-01", buys(11_000))
        assert stage.account().level == "silver"
    stage.post("2030-05-01", buys(5_999))
    assert stage.account().level == "silver"
    stage.post("2031-05-01", buys(1))
    assert stage.account().level == "legend"
    assert on(stage, "2099-01-01") == ["legend"]
    assert len(stage.account().memory.counters[1]) <= 4


def test_a_return_takes_the_lifelong_level_back() -> None:
    stage = club(levels=LIFELONG)
    first = stage.post("2026-05-01", buys(30_000)).event
    stage.post("2027-05-01", buys(20_000))
    assert stage.account().level == "legend"
    stage.post("2027-05-02", facts.Refund(first.id, amount=1))
    assert stage.account().level == "silver"


def test_days_serve_a_rolling_window_and_a_membership_year_at_once() -> None:
    levels = (
        LEVELS[0],
        Level("silver", ((("spend", 10_000),),)),
        Level("gold", ((("spend", 20_000),),), window=Rolling(2), kept=WhileEarned()),
    )
    stage = club(levels=levels, window=MembershipYear(), kept=WhileEarned())
    stage.post("2024-02-29", facts.Enrolment())
    stage.post("2025-02-27", buys(12_000))  # the last but one day of the first year
    assert stage.account().level == "silver"
    stage.post("2025-02-28", buys(9_000))  # the first of the second; gold looks two months back
    assert stage.account().level == "gold"
    assert on(stage, "2025-04-27", "2025-04-28") == ["gold", "basic"]
    stage.post("2025-05-01", buys(1_000))
    assert on(stage, "2025-05-01", "2026-02-27", "2026-02-28") == ["silver", "silver", "basic"]


def test_what_the_first_versions_stored_is_still_read() -> None:
    """Buckets of a membership year are its first day; adding a rolling level keeps them."""
    first = Ladder(LEVELS, MembershipYear())
    gold = Level("gold", ((("spend", 30_000),),), window=Rolling(12))
    second = Ladder((*LEVELS[:2], gold), MembershipYear())
    units, rules = (POINTS, SPEND), (PER_EURO, YEARLY)
    stage = Stage(
        cafe(units=units, rules=rules, tiers=first),
        cafe(units=units, rules=rules, tiers=second, since=date(2026, 6, 1)),
    )
    stage.post("2026-03-01", facts.Enrolment())
    stage.post("2026-05-01", buys(9_000))
    assert stage.account().memory.counters == {1: {date(2026, 3, 1).toordinal(): 9_000}}
    stage.post("2026-07-01", buys(1_000))
    assert stage.account().level == "silver"


# --- tier cycles ---------------------------------------------------------------------------------


def test_a_cycle_counts_from_enrolment_and_afresh_each_period() -> None:
    stage = club(window=TierCycle(YEAR), kept=For(YEAR))
    stage.post("2026-03-15", facts.Enrolment())
    stage.post("2027-03-14", buys(9_999))
    stage.post("2027-03-15", buys(9_999))
    assert stage.account().level == "basic"
    stage.post("2028-03-14", buys(1))
    assert stage.account().level == "silver"


def test_reaching_a_level_begins_a_cycle_that_counts_from_nothing() -> None:
    stage = club(window=TierCycle(YEAR), kept=For(YEAR))
    stage.post("2026-03-15", buys(10_000))
    stage.post("2026-03-15", buys(29_999))
    assert stage.account().level == "silver"
    stage.post("2026-03-16", buys(1))
    assert stage.account().level == "gold"


@pytest.mark.parametrize("kept", [For(YEAR), WhileEarned()])
def test_at_the_end_of_a_cycle_the_level_it_earned_is_renewed(kept: Any) -> None:
    stage = club(window=TierCycle(YEAR), kept=kept)
    stage.post("2026-01-01", facts.Enrolment())
    stage.post("2026-03-15", buys(30_000))
    stage.post("2027-03-14", buys(10_000))
    days = ("2027-03-14", "2027-03-15", "2028-03-14", "2028-03-15")
    assert on(stage, *days) == ["gold", "silver", "silver", "basic"]


def test_a_renewal_does_not_cut_the_way_to_the_next_level_short() -> None:
    stage = club(window=TierCycle(YEAR), kept=For(YEAR))
    for month in (1, 3, 5, 7):
        stage.post(f"2026-{month:02}-01", buys(10_000))
    assert stage.account().level == "gold"


def test_a_cycle_of_weeks_and_one_from_the_31st() -> None:
    weekly = club(window=TierCycle(Period(2, "week")), kept=WhileEarned())
    weekly.post("2026-03-02", buys(10_000))
    assert on(weekly, "2026-03-15", "2026-03-16") == ["silver", "basic"]
    monthly = club(window=TierCycle(Period(1, "month")), kept=WhileEarned())
    monthly.post("2026-01-31", buys(10_000))
    assert on(monthly, "2026-02-27", "2026-02-28") == ["silver", "basic"]
    monthly.post("2026-02-28", buys(10_000))  # the first day of the second month
    assert on(monthly, "2026-02-28", "2026-03-30", "2026-03-31") == ["silver", "silver", "basic"]


# --- levels by balance ---------------------------------------------------------------------------

BY_POINTS = (
    Level("basic"),
    Level("silver", ((("points", 100),),)),
    Level("gold", ((("points", 300),),)),
)


def purse(*, points: Any = POINTS, rewards: Any = (), **ladder: Any) -> Stage:
    tiers = Ladder(BY_POINTS, measure="balance", **ladder)
    return Stage(cafe(units=(points,), tiers=tiers, rewards=(TAKEN, *rewards)))


TAKEN = Reward("coffee", (Gift("product", "coffee"),), cost=("points", 50))


def test_a_level_by_balance_falls_as_soon_as_the_balance_no_longer_reaches() -> None:
    stage = purse(kept=WhileEarned())
    stage.post("2026-01-01", buys(12_000))
    assert stage.account().level == "silver"
    outcome = stage.post("2026-01-02", facts.Redemption("coffee"))
    assert (outcome.level_before, outcome.level) == ("silver", "basic")
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


def test_a_return_takes_a_level_by_balance_back() -> None:
    stage = purse()
    bought = stage.post("2026-01-01", buys(12_000, quantity=2)).event
    stage.post("2026-01-05", facts.Refund(bought.id, (facts.Returned(0),)))
    assert stage.account().level == "basic"
    assert stage.account().memory.held == {}


# --- upgrade at period end -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("window", "first", "last"),
    [
        (CalendarYear(), "2027-01-01", "2027-12-31"),
        (MembershipYear(), "2027-02-10", "2028-02-09"),
        (Rolling(12), "2026-07-01", "2027-06-01"),
        (Lifetime(), "2026-07-01", "9999-12-31"),
        (TierCycle(YEAR), "2026-07-01", "2027-06-30"),
    ],
)
def test_a_level_reached_holds_from_the_day_after_the_period(
    window: Any, first: str, last: str
) -> None:
    stage = club(window=window, kept=WhileEarned(), upgrade="at period end")
    stage.post("2026-02-10", facts.Enrolment())
    stage.post("2026-06-01", buys(10_000))
    assert stage.account().memory.promoted == {"silver": date.fromisoformat(first)}
    day_before = date.fromordinal(date.fromisoformat(first).toordinal() - 1).isoformat()
    assert on(stage, day_before, first) == ["basic", "silver"]
    assert stage.on(first).memory.held == {"silver": date.fromisoformat(last)}
    assert stage.on(first).memory.promoted == {}


@pytest.mark.parametrize(
    ("kept", "last"), [(UntilDate(12, 31, 1), date(2027, 12, 31)), (For(YEAR), date(2027, 12, 31))]
)
def test_a_term_begins_when_the_level_does(kept: Any, last: date) -> None:
    stage = club(kept=kept, upgrade="at period end")
    stage.post("2026-12-31", buys(30_000))
    assert stage.account().level == "basic"
    assert stage.on("2027-01-01").level == "gold"
    assert stage.on("2027-01-01").memory.held == {"silver": last, "gold": last}


def test_a_level_held_is_renewed_at_once_even_where_a_higher_one_must_wait() -> None:
    stage = club(upgrade="at period end")
    stage.post("2026-06-01", buys(10_000))
    stage.post("2027-06-01", buys(30_000))
    assert stage.account().memory.held == {"silver": date(2028, 12, 31)}
    assert on(stage, "2027-12-31", "2028-01-01", "2028-12-31") == ["silver", "gold", "gold"]


def test_a_promise_kept_while_earned_is_void_where_nothing_is_left_of_what_earned_it() -> None:
    stage = purse(kept=WhileEarned(), upgrade="at period end", window=Lifetime())
    stage.post("2026-06-10", buys(12_000))
    stage.post("2026-06-12", facts.Redemption("coffee"))
    assert on(stage, "2026-07-01") == ["basic"]
    sliding = club(window=Rolling(1), kept=WhileEarned(), upgrade="at period end")
    sliding.post("2026-06-01", buys(10_000))  # counts through 1 July
    assert on(sliding, "2026-07-01", "2026-07-02") == ["silver", "basic"]


# --- grace ---------------------------------------------------------------------------------------


def test_grace_holds_a_level_past_the_day_that_is_shown() -> None:
    stage = club(grace=Period(2, "month"))
    stage.post("2026-06-01", buys(10_000))
    ladder = stage.book.latest.ladder
    assert ladder is not None
    assert ladder.until(stage.on("2028-02-01")) == date(2027, 12, 31)
    assert on(stage, "2028-01-01", "2028-02-29", "2028-03-01") == ["silver", "silver", "basic"]


def test_a_level_reached_again_in_its_grace_goes_on() -> None:
    stage = club(grace=Period(2, "month"))
    stage.post("2026-06-01", buys(10_000))
    stage.post("2028-02-01", buys(10_000))
    assert on(stage, "2028-03-01", "2029-12-31", "2030-03-01") == ["silver", "silver", "basic"]


def test_a_balance_has_its_grace_from_the_day_it_no_longer_reached() -> None:
    stage = purse(kept=WhileEarned(), grace=Period(1, "month"))
    stage.post("2026-01-01", buys(12_000))
    stage.post("2026-01-15", facts.Redemption("coffee"))
    stage.post("2026-01-20", facts.Adjustment("points", 1, "sorry"))
    assert on(stage, "2026-02-14", "2026-02-15") == ["silver", "basic"]
    stage.post("2026-02-01", facts.Adjustment("points", 40, "sorry"))
    assert on(stage, "2026-02-15") == ["silver"]


# --- rules that see the level an event leads to --------------------------------------------------

DOUBLE = EarnRule(
    "double", "purchase", (Bonus("points", Fraction(1)),), where=TierIs(("silver", "gold"))
)


@pytest.mark.parametrize(
    ("sees", "points"), [("tier before", [100, 100]), ("tier after", [200, 200])]
)
def test_rules_may_see_the_level_that_the_event_leads_to(sees: Any, points: list[int]) -> None:
    stage = club(rules=(PER_EURO, YEARLY, DOUBLE), rules_see=sees)
    stage.post("2026-01-01", buys(10_000))
    assert stage.has() == points[0]
    lots = stage.lots()
    assert [amount for amount, _ in lots] == [points[1]]
    assert stage.account().level == "silver"


def test_seeing_the_level_after_uses_a_limit_once() -> None:
    once = EarnRule(
        "welcome", "purchase", (Fixed("points", Fraction(5)),), limits=(Limit(times=1),)
    )
    carried = Unit("points", carry=True)
    tiers = Ladder(LEVELS, rules_see="tier after")
    stage = Stage(cafe(units=(carried, SPEND), rules=(PER_EURO, YEARLY, once), tiers=tiers))
    stage.post("2026-01-01", buys(150))
    assert stage.has() == 6  # 1.50 and 5; half a point is carried once
    stage.post("2026-01-02", buys(150))
    assert stage.has() == 8


def test_a_level_by_balance_may_be_seen_after_too() -> None:
    tiers = Ladder(BY_POINTS, measure="balance", rules_see="tier after", kept=WhileEarned())
    stage = Stage(cafe(units=(POINTS,), rules=(PER_EURO, DOUBLE), tiers=tiers))
    stage.post("2026-01-01", buys(10_000))
    assert (stage.has(), stage.account().level) == (200, "silver")
    stage.post("2026-01-02", buys(5_000))
    assert (stage.has(), stage.account().level) == (300, "gold")


# --- edges of dates ------------------------------------------------------------------------------


def test_purchases_about_midnight_of_the_year_count_in_their_own_year() -> None:
    stage = club()
    stage.post(at("2026-12-31", 23, 59), buys(6_000))
    stage.post(at("2027-01-01", 0, 0), buys(6_000))
    assert stage.account().level == "basic"
    stage.post(at("2027-01-01", 0, 1), buys(4_000))
    assert stage.account().level == "silver"


def test_a_membership_year_from_29_february_ends_on_the_27th_or_28th() -> None:
    stage = club(window=MembershipYear(), kept=WhileEarned())
    stage.post("2024-02-29", buys(10_000))
    assert stage.account().memory.held == {"silver": date(2025, 2, 27)}
    stage.post("2027-12-01", buys(10_000))
    assert stage.account().memory.held == {"silver": date(2028, 2, 28)}
    stage.post("2028-02-28", buys(10_000))
    stage.post("2028-02-29", buys(9_999))
    assert stage.account().level == "basic"
