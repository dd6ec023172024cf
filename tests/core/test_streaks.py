"""Streaks: days and weeks in a row, counted for conditions that ask."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from habitue.core import facts, streaks
from habitue.core.program import (
    All,
    Condition,
    Draw,
    EarnRule,
    Fixed,
    Gift,
    Not,
    Prize,
    Reward,
    Streak,
    Weekday,
)
from tests.core.cast import Stage, at, buys, cafe, picture

DAYS, WEEKS = Streak(3, "day"), Streak(2, "week")


def when_visited(*conditions: Condition) -> Stage:
    """A point for a visit under each condition."""
    rules = [
        EarnRule(f"rule-{number}", "visit", (Fixed("points", Fraction(10**number)),), where=each)
        for number, each in enumerate(conditions)
    ]
    return Stage(cafe(rules=tuple(rules)))


def visits(stage: Stage, *days: str) -> list[int]:
    """What each visit earned."""
    found = []
    for day in days:
        before = stage.account().balances[0] if stage.accounts else 0
        assert stage.post(day, facts.Visit()).refused is None
        found.append(stage.account().balances[0] - before)
    return found


def test_the_third_day_in_a_row_counts_and_so_does_the_fourth() -> None:
    stage = when_visited(DAYS)
    days = [f"2026-03-{day:02}" for day in (1, 2, 3, 4)]
    assert visits(stage, *days) == [0, 0, 1, 1]


def test_a_day_counts_once_and_after_a_gap_it_begins_at_one() -> None:
    stage = when_visited(DAYS)
    days = [f"2026-03-{day:02}" for day in (1, 2, 2, 2, 4, 5, 6, 6)]
    assert visits(stage, *days) == [0, 0, 0, 0, 0, 0, 1, 1]


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (("2026-03-01", "2026-03-02"), [0, 1]),  # Sunday, Monday
        (("2026-03-02", "2026-03-08"), [0, 0]),  # one week, Monday to Sunday
        (("2026-03-02", "2026-03-15"), [0, 1]),
        (("2026-03-02", "2026-03-16"), [0, 0]),
        (("2025-12-29", "2026-01-05"), [0, 1]),
    ],
)
def test_weeks_begin_on_monday(days: tuple[str, ...], found: list[int]) -> None:
    assert visits(when_visited(WEEKS), *days) == found


def test_days_and_weeks_of_one_trigger_are_counted_beside_each_other() -> None:
    stage = when_visited(All((DAYS, Not(Weekday((6,))))), WEEKS)
    days = [f"2026-03-{day:02}" for day in (6, 7, 8, 9)]  # Friday to Monday
    assert visits(stage, *days) == [0, 0, 0, 11]


def test_only_the_trigger_itself_counts_and_only_if_something_asks() -> None:
    stage = when_visited(DAYS)
    for day in (1, 2):
        stage.post(f"2026-03-0{day}", buys(100))
    assert stage.account().memory.streaks == {}
    stage.post("2026-03-03", facts.Visit())
    assert stage.account().memory.streaks == {"visit day": (date(2026, 3, 3).toordinal(), 1)}


def test_the_day_is_the_programs() -> None:
    stage = when_visited(Streak(2, "day"))
    stage.post(at("2026-03-01", 23, 59), facts.Visit())
    stage.post(at("2026-03-02", 0, 1), facts.Visit())
    assert stage.has() == 1


def test_a_late_or_undone_visit_counts_as_if_it_had_come_in_time_or_not_at_all() -> None:
    stage, alike = when_visited(DAYS), when_visited(DAYS)
    for day in (1, 3, 4):
        stage.post(f"2026-03-0{day}", facts.Visit())
    stage.post("2026-03-02", facts.Visit(), event=9_984)
    visits(alike, "2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04")
    assert stage.has() == alike.has() == 2
    wrong = stage.post(at("2026-03-04", 13), facts.Visit()).event.id
    stage.post(at("2026-03-04", 14), facts.Undo(wrong))
    assert picture(stage.account())["memory"] == picture(alike.account())["memory"]


def test_rewards_and_draws_ask_as_rules_do() -> None:
    prize = Prize(Gift("product", "cake"))
    stage = Stage(cafe(
        rewards=(Reward("cake", (prize.gift,), automatic="visit", where=Not(DAYS)),),
        draws=(Draw("week", {}, (prize,), when="review", where=WEEKS),),
    ))  # fmt: skip
    assert stage.book.latest.streaks == {"visit": ("day",), "review": ("week",)}


def test_a_program_watches_what_its_conditions_ask_for() -> None:
    asked: list[tuple[str, Condition]] = [
        ("visit", DAYS),
        ("visit", WEEKS),
        ("review", WEEKS),
        ("purchase", Weekday((0,))),
    ]
    assert streaks.watched(asked) == {"visit": ("day", "week"), "review": ("week",)}
