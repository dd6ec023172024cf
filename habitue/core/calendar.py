"""Dates as programs count them: clamped months, ends of calendar periods, rolling windows.

All dates are local to the program. A period is half-open; an expiry date is the last usable day.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, get_args

from habitue.core.program import After, Calendar, FixedDates, Month, Period

FOREVER: Final = date.max
"""A last usable day that never comes."""

MONTHS: Final[tuple[Month, ...]] = get_args(Month)

_DAY: Final = timedelta(days=1)
_MONTHS: Final = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}


def months_later(day: date, months: int) -> date:
    """The same day some months later (or earlier), clamped: 31 January + 1 = 28 or 29 February."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if years > 9998:
        return FOREVER
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


@lru_cache(maxsize=65536)
def later(day: date, period: Period) -> date:
    """The day a period after `day`; minutes and hours count as less than a day."""
    if period.unit == "month":
        return months_later(day, period.count)
    if period.unit == "year":
        return months_later(day, 12 * period.count)
    days = {"day": 1, "week": 7}.get(period.unit, 0) * period.count
    return day + timedelta(days=days) if days < 3_000_000 else FOREVER


def moment_later(moment: datetime, period: Period) -> datetime:
    """The instant a period after `moment`."""
    if period.unit == "minute":
        return moment + timedelta(minutes=period.count)
    if period.unit == "hour":
        return moment + timedelta(hours=period.count)
    return moment + (later(moment.date(), period) - moment.date())


def start_of(day: date, calendar: Calendar) -> date:
    """First day of the calendar period that holds `day`."""
    if calendar == "day":
        return day
    if calendar == "week":
        return day - timedelta(days=day.weekday())
    months = _MONTHS[calendar]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def end_of(day: date, calendar: Calendar) -> date:
    """Last day of the calendar period that holds `day`."""
    start = start_of(day, calendar)
    if calendar == "day":
        return start
    if calendar == "week":
        return start + timedelta(days=6)
    return months_later(start, _MONTHS[calendar]) - _DAY


def end_of_next(day: date, month: Month) -> date:
    """Last day of the next such month that has not ended before `day`."""
    number = MONTHS.index(month) + 1
    return named_date(day.year + (number < day.month), number, 0)


def midnight(day: date) -> datetime:
    """The first moment of a day, for limits that count days; its zone does not matter."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def next_day(day: date) -> date:
    """The day after; FOREVER stays FOREVER."""
    return day if day == FOREVER else day + _DAY


@lru_cache(maxsize=4096)
def last_usable(expiry: After | FixedDates, start: date) -> date:
    """Last usable day of a lot that starts to count on `start`."""
    if isinstance(expiry, FixedDates):
        return min(
            found
            for year in (start.year, start.year + 1)
            for month, day in expiry.dates
            if (found := named_date(year, month, day)) >= start
        )
    found = later(start, expiry.period)
    if expiry.end_of is None or found == FOREVER:
        return found
    match expiry.end_of:
        case "day" | "week" | "month" | "quarter" | "half-year" | "year" as calendar:
            return end_of(found, calendar)
        case month:
            return end_of_next(found, month)


@lru_cache(maxsize=4096)
def named_date(year: int, month: int, day: int) -> date:
    """A date of a year; day 0 means the month's last, and any day is clamped to its month."""
    last = monthrange(year, month)[1]
    return date(year, month, min(day, last) if day else last)
