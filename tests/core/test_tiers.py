"""Tiers: what is counted in which window, until when a tier is kept, and how it falls."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from habitue.core import facts
from habitue.core.program import (
    Always,
    Bonus,
    CalendarYear,
    EarnRule,
    For,
    Ladder,
    Level,
    Lifetime,
    MembershipYear,
    Period,
    Rolling,
    TierIs,
    UntilDate,
    WhileEarned,
)
from tests.core.cast import PER_EURO, POINTS, SPEND, YEARLY, Stage, buys, cafe

LEVELS = (
    Level("basic"),
    Level("silver", ((("spend", 10_000),),)),
    Level("gold", ((("spend", 30_000),),)),
)


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
