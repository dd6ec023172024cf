"""Days as they are asked for: within a span in which every calendar can count."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from habitue.api import calls, problems
from habitue.ledger import books

FIRST: Final = date(1970, 1, 1)
AHEAD: Final = timedelta(days=366)


def today(call: calls.Call) -> date:
    """The day it is in the business."""
    return books.local_day(call.now, call.shelf.zone)


def near(call: calls.Call, day: date, pointer: str) -> date:
    """A day from 1970 to a year ahead; a 422 for any other."""
    last = today(call) + AHEAD
    if not FIRST <= day <= last:
        raise problems.wrong(pointer, f"Give a day from {FIRST} to {last}.")
    return day


def past(call: calls.Call, day: date, pointer: str) -> date:
    """A day from 1970 to today; a 422 for any other."""
    if day > today(call):
        raise problems.wrong(pointer, "This day has not come yet.")
    return near(call, day, pointer)


def span(call: calls.Call, since: date, until: date, *, where: str = "/query") -> tuple[date, date]:
    """A half-open span of days, checked as `near`; a 422 where it ends before it begins."""
    near(call, since, f"{where}/since")
    if until <= since:
        raise problems.wrong(f"{where}/until", "This day must come after `since`.")
    return since, near(call, until, f"{where}/until")
