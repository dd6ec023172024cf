"""Dates as programs count them: months clamp, periods end, leap days and long spans hold."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Literal

import pytest

from habitue.core import calendar
from habitue.core.calendar import FOREVER
from habitue.core.program import After, FixedDates, Period


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "months", "found"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", 48, "2032-02-29"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-06-15", 0, "2026-06-15"),
        ("2026-06-15", 12 * 9_000, "9999-12-31"),
    ],
)
def test_months_later_clamp_to_the_month(start: str, months: int, found: str) -> None:
    assert calendar.months_later(day(start), months) == day(found)


@pytest.mark.parametrize(
    ("count", "unit", "found"),
    [
        (1, "day", "2026-02-01"),
        (2, "week", "2026-02-14"),
        (1, "month", "2026-02-28"),
        (2, "year", "2028-01-31"),
        (30, "hour", "2026-01-31"),
        (4_000_000, "day", "9999-12-31"),
    ],
)
def test_a_period_later_by_its_unit(
    count: int, unit: Literal["hour", "day", "week", "month", "year"], found: str
) -> None:
    assert calendar.later(day("2026-01-31"), Period(count, unit)) == day(found)


def test_hours_are_elapsed_time_and_months_move_the_date() -> None:
    moment = datetime(2026, 1, 31, 10, 30, tzinfo=UTC)
    assert calendar.moment_later(moment, Period(30, "hour")).isoformat().startswith("2026-02-01T16")
    assert calendar.moment_later(moment, Period(1, "month")).isoformat().startswith("2026-02-28T10")


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("day", "2026-05-20", "2026-05-20"),
        ("week", "2026-05-18", "2026-05-24"),
        ("month", "2026-05-01", "2026-05-31"),
        ("quarter", "2026-04-01", "2026-06-30"),
        ("half-year", "2026-01-01", "2026-06-30"),
        ("year", "2026-01-01", "2026-12-31"),
    ],
)
def test_a_calendar_period_has_a_first_and_a_last_day(
    period: Literal["day", "week", "month", "quarter", "half-year", "year"], start: str, end: str
) -> None:
    assert calendar.start_of(day("2026-05-20"), period) == day(start)
    assert calendar.end_of(day("2026-05-20"), period) == day(end)


def test_the_last_quarter_and_the_leap_february_end_where_they_should() -> None:
    assert calendar.end_of(day("2026-11-02"), "quarter") == day("2026-12-31")
    assert calendar.end_of(day("2026-08-02"), "half-year") == day("2026-12-31")
    assert calendar.end_of(day("2028-02-02"), "month") == day("2028-02-29")


@pytest.mark.parametrize(
    ("expiry", "start", "found"),
    [
        (After(Period(6, "month"), "month"), "2020-12-15", "2021-06-30"),
        (After(Period(1, "year")), "2028-02-29", "2029-02-28"),
        (FixedDates(((6, 30), (12, 31))), "2026-06-30", "2026-06-30"),
        (FixedDates(((6, 30), (12, 31))), "2026-07-01", "2026-12-31"),
        (FixedDates(((1, 31),)), "2026-02-01", "2027-01-31"),
        (FixedDates(((2, 0),)), "2027-03-01", "2028-02-29"),
        (FixedDates(((2, 30),)), "2026-01-05", "2026-02-28"),
    ],
)
def test_the_date_found_is_the_last_usable_day(
    expiry: After | FixedDates, start: str, found: str
) -> None:
    assert calendar.last_usable(expiry, day(start)) == day(found)


def test_for_ever_stays_for_ever() -> None:
    assert calendar.next_day(FOREVER) == FOREVER
    assert calendar.next_day(day("2027-02-28")) == day("2027-03-01")


@pytest.mark.parametrize(
    ("start", "month", "found"),
    [
        ("2026-02-28", "February", "2026-02-28"),
        ("2026-03-01", "February", "2027-02-28"),
        ("2027-03-01", "February", "2028-02-29"),
        ("2026-12-31", "December", "2026-12-31"),
        ("2026-12-31", "January", "2027-01-31"),
    ],
)
def test_the_end_of_the_next_such_month(
    start: str, month: Literal["January", "February", "December"], found: str
) -> None:
    assert calendar.end_of_next(day(start), month) == day(found)


def test_what_lapses_at_a_months_end_but_for_ever_lapses_never() -> None:
    assert calendar.last_usable(After(Period(9_000, "year"), "June"), day("2026-01-01")) == FOREVER


@pytest.mark.parametrize(
    ("start", "months", "found"),
    [
        ("9997-12-31", 1, date(9998, 1, 31)),
        ("9998-11-30", 1, date(9998, 12, 30)),
        ("9998-12-31", 1, FOREVER),
    ],
)
def test_what_lies_past_the_last_whole_year_is_for_ever(
    start: str, months: int, found: date
) -> None:
    assert calendar.months_later(day(start), months) == found


def test_a_day_begins_at_an_instant_of_its_own() -> None:
    assert calendar.midnight(date(2026, 3, 2)) == datetime(2026, 3, 2, tzinfo=UTC)
