"""Windows: over which time tiers count, one unit in several of them, and cycles."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from habitue.core import facts, windows
from habitue.core.account import Account
from habitue.core.calendar import FOREVER
from habitue.core.program import (
    Always,
    CalendarYear,
    For,
    Ladder,
    Level,
    Lifetime,
    MembershipYear,
    Period,
    Rolling,
    TierCycle,
    WhileEarned,
)
from tests.core.cast import ALICE, PER_EURO, POINTS, SPEND, YEARLY, Stage, at, buys, cafe
from tests.core.club import LEVELS, YEAR, club, on


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
    ("bought", "last", "from_first"),
    [
        ("2026-04-30", "2026-05-31", False),
        ("2026-01-31", "2026-02-28", False),
        ("2026-01-31", "2026-02-28", True),
        ("2026-04-02", "2026-05-31", True),
    ],
)
def test_while_earned_lasts_to_the_last_day_on_which_the_window_reaches(
    bought: str, last: str, from_first: bool
) -> None:
    stage = club(window=Rolling(1, from_first), kept=WhileEarned())
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


def test_the_window_is_a_calendar_year_unless_said_otherwise() -> None:
    assert Ladder(LEVELS).window == CalendarYear()


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
    assert stage.account().memory.counters == {1: {0: 50_000, 2030: 5_999, 2031: 1}}
    ladder = stage.book.latest.ladder
    assert ladder is not None
    assert ladder.counted(stage.account(), 1, date(2031, 5, 1)) == 1  # the ladder's own window


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
    stage.post("2025-03-01", buys(9_000))  # in the second; gold looks two months back
    assert stage.account().level == "gold"
    assert on(stage, "2025-04-27", "2025-04-28") == ["gold", "basic"]
    stage.post("2025-05-01", buys(1_000))
    assert on(stage, "2025-05-01", "2026-02-27", "2026-02-28") == ["silver", "silver", "basic"]


def test_days_that_the_longest_window_reaches_are_not_forgotten() -> None:
    gold = Level("gold", ((("spend", 30_000),),), window=Rolling(2))
    stage = club(levels=(*LEVELS[:2], gold), window=MembershipYear(), kept=WhileEarned())
    stage.post("2026-01-01", facts.Enrolment())
    for month in range(1, 11):
        stage.post(f"2026-{month:02}-01", buys(999))
    assert stage.account().level == "basic"
    stage.post("2026-11-01", buys(10))
    assert stage.account().level == "silver"
    for year in range(2027, 2031):
        stage.post(f"{year}-01-01", buys(1))
    assert len(stage.account().memory.counters[1]) <= 4


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


def test_each_turn_of_a_cycle_renews_at_its_end_however_long_the_term() -> None:
    stage = club(window=TierCycle(YEAR), kept=For(Period(18, "month")))
    stage.post("2026-01-01", buys(10_000))
    first = club(window=TierCycle(YEAR), kept=For(Period(18, "month")))
    first.post("2026-01-01", buys(10_000))
    first.post("2026-02-01", buys(10_000))
    assert first.on("2027-01-01").memory.held == {"silver": date(2028, 6, 30)}
    stage.post("2027-02-01", buys(10_000))
    assert stage.on("2027-12-31").memory.held == {"silver": date(2028, 7, 31)}
    assert stage.on("2028-01-01").memory.held == {"silver": date(2029, 6, 30)}


def test_a_cycle_of_weeks_and_one_from_the_31st() -> None:
    weekly = club(window=TierCycle(Period(2, "week")), kept=WhileEarned())
    weekly.post("2026-03-02", buys(10_000))
    assert on(weekly, "2026-03-15", "2026-03-16") == ["silver", "basic"]
    weekly.post("2026-03-09", buys(5_000))
    weekly.post("2026-03-15", buys(5_000))
    assert on(weekly, "2026-03-16", "2026-03-29", "2026-03-30") == ["silver", "silver", "basic"]
    monthly = club(window=TierCycle(Period(2, "month")), kept=WhileEarned())
    monthly.post("2025-12-31", buys(10_000))
    assert on(monthly, "2026-02-27", "2026-02-28") == ["silver", "basic"]
    monthly.post("2026-02-15", buys(10_000))
    assert on(monthly, "2026-02-28", "2026-04-29", "2026-04-30") == ["silver", "silver", "basic"]


def test_a_cycle_that_begins_anew_leaves_what_counts_for_ever() -> None:
    levels = (*LEVELS[:2], Level("gold", ((("spend", 30_000),),), window=Lifetime()))
    stage = club(levels=levels, window=TierCycle(YEAR), kept=For(YEAR))
    stage.post("2026-01-01", buys(20_000))
    assert stage.account().level == "silver"
    stage.post("2026-01-02", buys(10_000))
    assert stage.account().level == "gold"


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
    stage.post("2049-02-27", buys(6_000))
    stage.post("2049-02-28", buys(6_000))
    assert stage.account().level == "basic"


# --- buckets -------------------------------------------------------------------------------------

MAY = date(2026, 5, 17)
MONTHLY = TierCycle(Period(1, "month"))


def member(since: str = "2025-01-31", **memory: Any) -> Account:
    account = Account(ALICE, [0], enrolled_on=date.fromisoformat(since))
    for name, value in memory.items():
        setattr(account.memory, name, value)
    return account


def day_of(text: str) -> int:
    return date.fromisoformat(text).toordinal()


@pytest.mark.parametrize(
    ("window", "bucket"),
    [
        (CalendarYear(), 2026),
        (Lifetime(), 0),
        (MembershipYear(), day_of("2026-01-31")),
        (Rolling(3), day_of("2026-05-17")),
        (MONTHLY, -16),
        (TierCycle(Period(2, "month")), -8),
        (TierCycle(YEAR), -2),
        (TierCycle(Period(1, "week")), -68),
        (TierCycle(Period(100, "day")), -5),
    ],
)
def test_every_window_counts_in_a_bucket_of_its_own(window: Any, bucket: int) -> None:
    assert windows.buckets((window,), member(), MAY) == {bucket}
    assert windows.counted(window, {bucket: 7, 5_000: 1}, member(), MAY) == 7
    assert windows.counted(window, {}, member(), MAY) == 0


def test_days_serve_a_rolling_window_and_a_membership_year_both() -> None:
    both = (MembershipYear(), Rolling(1), CalendarYear())
    assert windows.buckets(both, member(), MAY) == {2026, MAY.toordinal()}
    days = ("2026-01-30", "2026-01-31", "2026-04-16", "2026-04-17", "2026-05-17")
    counter = {day_of(day): 10**place for place, day in enumerate(days)}
    counter |= {2026: 5, 0: 5, -1: 5}
    assert windows.counted(MembershipYear(), counter, member(), MAY) == 11_110
    assert windows.counted(Rolling(1), counter, member(), MAY) == 11_000
    assert windows.counted(Rolling(1, from_first=True), counter, member(), MAY) == 11_100


@pytest.mark.parametrize(
    ("day", "turn"),
    [("2025-01-31", 0), ("2025-02-27", 0), ("2025-02-28", 1), ("2025-03-30", 1),
     ("2025-03-31", 2), ("2026-01-30", 11), ("2026-01-31", 12)],
)  # fmt: skip
def test_turns_of_a_cycle_begin_on_the_day_of_joining_clamped(day: str, turn: int) -> None:
    on_day = date.fromisoformat(day)
    assert windows.buckets((MONTHLY,), member(), on_day) == {-1 - turn}


@pytest.mark.parametrize(
    ("window", "end"),
    [
        (CalendarYear(), "2026-12-31"),
        (MembershipYear(), "2027-01-30"),
        (Lifetime(), "2026-05-31"),
        (Rolling(3), "2026-05-31"),
    ],
)
def test_a_period_ends_with_its_year_or_its_month(window: Any, end: str) -> None:
    assert windows.period_end(window, member(), MAY) == date.fromisoformat(end)


@pytest.mark.parametrize(
    ("window", "end"),
    [
        (MONTHLY, "2026-05-30"),
        (TierCycle(YEAR), "2027-01-30"),
        (TierCycle(Period(1, "week")), "2026-05-21"),
        (TierCycle(Period(10, "day")), "2026-05-25"),
    ],
)
def test_a_turn_ends_the_day_before_the_next(window: TierCycle, end: str) -> None:
    assert windows.cycle_end(window, member(), MAY) == date.fromisoformat(end)
    begun = member(cycle=MAY)
    assert windows.buckets((window,), begun, MAY) == {-1}
    assert windows.cycle_end(window, begun, MAY) >= MAY


def test_what_counts_today_may_count_no_longer_after_a_day() -> None:
    alice = member()
    counters = [{day_of("2026-03-20"): 1, day_of("2026-02-10"): 1}, {2026: 1}]
    for window, last in (
        (Lifetime(), FOREVER),
        (CalendarYear(), date(2026, 12, 31)),
        (MembershipYear(), date(2027, 1, 30)),
        (MONTHLY, date(2026, 5, 30)),
        (Rolling(2), date(2026, 5, 20)),
        (Rolling(2, from_first=True), date(2026, 5, 31)),
    ):
        assert windows.slides(window, counters, alice, MAY) == last
    assert windows.slides(Rolling(2), [{}], alice, MAY) == date(2026, 7, 17)
    inside = [{day_of("2026-03-20"): 1, day_of("2026-03-30"): 1}]
    assert windows.slides(Rolling(2), inside, alice, date(2026, 5, 19)) == date(2026, 5, 20)


def test_a_cycle_that_begins_anew_forgets_its_turns_and_nothing_else() -> None:
    alice = member(counters={0: {-1: 5, -2: 6, 2026: 7, 0: 8}, 1: {-3: 1}})
    windows.begin_cycle(alice, MAY)
    assert alice.memory.cycle == MAY
    assert alice.memory.counters == {0: {2026: 7, 0: 8}, 1: {}}


def test_what_no_window_can_reach_is_forgotten() -> None:
    today = MAY.toordinal()
    counter = {0: 1, 2024: 1, 2025: 1, 2026: 1, -1: 1, -2: 1, -3: 1,
               today - 156: 1, today - 155: 1, today: 1}  # fmt: skip
    windows.forget((Rolling(3),), counter, member(), MAY)
    assert counter.keys() == {0, 2025, 2026, -3, today - 155, today}
    yearly = {today - 31 * 26 - 1: 1, today - 31 * 26: 1}
    windows.forget((MembershipYear(), Rolling(3)), yearly, member(), MAY)
    assert yearly.keys() == {today - 31 * 26}
    days = {today - 1: 1, today: 1}
    windows.forget((CalendarYear(),), days, member(), MAY)
    assert days.keys() == {today}


def test_some_windows_start_afresh_and_some_go_on() -> None:
    goes_on = [windows.goes_on(window) for window in
               (Rolling(1), Lifetime(), CalendarYear(), MembershipYear(), MONTHLY)]  # fmt: skip
    assert goes_on == [True, True, False, False, False]
