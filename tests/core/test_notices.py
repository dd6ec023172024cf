"""Notices: what a member is told before a tier falls, and what is missing for it to stay."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from habitue.core import facts, notices
from habitue.core.notices import Notice
from habitue.core.program import (
    For,
    Ladder,
    Level,
    Lifetime,
    Period,
    Rolling,
    TierCycle,
    UntilDate,
    WhileEarned,
)
from tests.core.cast import POINTS, Stage, buys, cafe
from tests.core.club import LEVELS, YEAR, club

MONTH = Period(1, "month")


def told(stage: Stage, day: str) -> Notice | None:
    return notices.notice(stage.book.latest, stage.on(day), date.fromisoformat(day))


def test_a_member_is_told_what_is_missing_from_the_notice_on_until_the_tier_is_lost() -> None:
    stage = club(notice=MONTH, grace=Period(10, "day"))
    stage.post("2026-06-01", buys(10_000))
    stage.post("2027-06-01", buys(6_600))
    said = Notice("silver", date(2027, 12, 31), (("spend", 3_400),))
    assert told(stage, "2027-11-29") is None
    assert told(stage, "2027-11-30") == said
    assert told(stage, "2027-12-31") == said
    in_grace = Notice("silver", date(2027, 12, 31), (("spend", 10_000),))
    assert told(stage, "2028-01-10") == in_grace
    assert told(stage, "2028-01-11") is None


def test_nobody_is_told_who_stays_or_has_nothing_to_lose() -> None:
    stage = club(notice=MONTH)
    stage.post("2026-06-01", facts.Enrolment())
    assert told(stage, "2026-12-31") is None
    stage.post("2026-06-01", buys(10_000))
    stage.post("2027-06-01", buys(10_000))
    assert told(stage, "2027-12-31") is None
    quiet = club()
    quiet.post("2026-06-01", buys(10_000))
    assert told(quiet, "2027-12-31") is None


def test_of_several_ways_the_nearest_is_named() -> None:
    gold = Level("gold", ((("spend", 30_000),), (("spend", 20_000), ("points", 250))))
    stage = club(levels=(LEVELS[0], gold), notice=MONTH)
    stage.post("2026-06-01", buys(30_000))
    stage.post("2027-06-01", buys(19_000))
    both = (("spend", 1_000), ("points", 60))
    assert told(stage, "2027-12-15") == Notice("gold", date(2027, 12, 31), both)
    stage.post("2027-06-01", facts.Adjustment("points", -1, "counts no less"))
    stage.post("2027-06-02", buys(5_000))
    missing = (("points", 10),)
    assert told(stage, "2027-12-15") == Notice("gold", date(2027, 12, 31), missing)


def test_what_slides_out_of_the_window_before_the_day_helps_no_more() -> None:
    stage = club(window=Rolling(2), kept=WhileEarned(), notice=MONTH)
    stage.post("2026-01-10", buys(8_000))
    stage.post("2026-02-10", buys(7_000))
    assert told(stage, "2026-03-01") == Notice("silver", date(2026, 3, 10), (("spend", 3_000),))
    stage.post("2026-03-02", buys(3_000))
    assert told(stage, "2026-03-03") is None


@pytest.mark.parametrize("window", [Lifetime(), Rolling(60), TierCycle(YEAR)])
def test_a_level_that_renews_itself_needs_no_notice(window: Any) -> None:
    stage = club(window=window, kept=For(YEAR), notice=MONTH)
    stage.post("2026-01-10", buys(10_000))
    stage.post("2026-06-10", buys(10_000))
    assert told(stage, "2027-05-31") is None


def test_a_term_that_ends_although_enough_is_counted_is_told_without_an_amount() -> None:
    stage = club(kept=UntilDate(12, 31, 0), notice=MONTH)
    stage.post("2026-06-01", buys(10_000))
    assert told(stage, "2026-12-15") == Notice("silver", date(2026, 12, 31), ())


def test_a_level_that_begins_when_this_one_ends_needs_no_notice() -> None:
    gold = Level("gold", ((("spend", 12_200),),), window=Rolling(12))
    stage = club(levels=(*LEVELS[:2], gold), upgrade="at period end", notice=MONTH)
    stage.post("2026-01-01", buys(9_000))
    stage.post("2026-12-20", buys(2_500))
    stage.post("2027-12-15", buys(9_600))
    silver = Notice("silver", date(2027, 12, 31), (("spend", 400),))
    assert told(stage, "2027-12-16") == silver
    stage.post("2027-12-18", buys(100))
    assert told(stage, "2027-12-19") is None
    assert stage.on("2028-01-01").level == "gold"


def test_a_balance_in_its_grace_is_told_what_it_lacks() -> None:
    levels = (Level("basic"), Level("silver", ((("points", 100),),)))
    tiers = Ladder(levels, measure="balance", kept=WhileEarned(), grace=MONTH, notice=MONTH)
    stage = Stage(cafe(units=(POINTS,), tiers=tiers))
    stage.post("2026-01-01", buys(10_500))
    assert told(stage, "2026-01-02") is None
    stage.post("2026-01-15", facts.Redemption("coffee"))
    assert told(stage, "2026-01-20") == Notice("silver", date(2026, 1, 14), (("points", 5),))


def test_the_nearest_way_is_told_by_shares_whatever_the_units_count_in() -> None:
    gold = Level("gold", ((("spend", 10_000),), (("points", 1_000),)))
    stage = club(levels=(LEVELS[0], gold), notice=MONTH)
    stage.post("2026-06-01", buys(10_000))
    stage.post("2027-06-01", buys(9_000))
    near = (("spend", 1_000),)  # a tenth; of the points nine tenths are missing
    assert told(stage, "2027-12-15") == Notice("gold", date(2027, 12, 31), near)
