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
    Fixed,
    For,
    Ladder,
    Level,
    Lifetime,
    Limit,
    MembershipYear,
    Period,
    Rolling,
    TierCycle,
    TierIs,
    Unit,
    UntilDate,
    WhileEarned,
)
from tests.core.cast import PER_EURO, SPEND, YEARLY, Stage, buys, cafe
from tests.core.club import LEVELS, YEAR, club, on


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


def test_a_soft_landing_adds_nothing_to_a_step_that_was_earned() -> None:
    stage = club(downgrade="one step")
    stage.post("2026-06-01", buys(30_000))
    stage.post("2027-06-01", buys(10_000))
    assert on(stage, "2028-01-01", "2028-12-31", "2029-01-01") == ["silver", "silver", "basic"]


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
    ladder = stage.book.latest.ladder
    assert ladder is not None
    assert ladder.until(stage.account()) is None


def test_each_level_may_be_kept_in_its_own_way() -> None:
    gold = Level("gold", ((("spend", 30_000),),), kept=For(YEAR))
    stage = club(levels=(*LEVELS[:2], gold))
    stage.post("2026-06-01", buys(30_000))
    assert stage.account().memory.held == {"silver": date(2027, 12, 31), "gold": date(2027, 5, 31)}
    assert on(stage, "2027-06-01", "2028-01-01") == ["silver", "basic"]


def test_several_counters_may_all_be_asked_for() -> None:
    both = Level("silver", ((("spend", 10_000), ("points", 150)),))
    stage = club(levels=(LEVELS[0], both))
    stage.post("2026-01-01", buys(14_999))
    assert stage.account().level == "basic"
    stage.post("2026-01-02", buys(100))
    assert stage.account().level == "silver"


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
    ("kept", "last"),
    [
        (UntilDate(12, 31, 0), date(2027, 12, 31)),
        (UntilDate(12, 31, 1), date(2027, 12, 31)),
        (UntilDate(1, 31, 2), date(2028, 1, 31)),
        (For(YEAR), date(2027, 12, 31)),
    ],
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
