"""Months, quarters and years: closed ones meet without a gap, and end before the running one."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitue.metrics import cadence
from habitue.metrics.cadence import Cadence
from habitue.metrics.periods import Period

CADENCES: tuple[Cadence, ...] = ("month", "quarter", "year")


@given(st.sampled_from(CADENCES), st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_closed_periods_are_over_and_follow_each_other(by: Cadence, today: date) -> None:
    found = cadence.closed(by, today=today, count=5)
    assert len(found) == 5
    assert all(one.over(today) for one in found)
    assert all(one.until == two.since for one, two in pairwise(found))
    running = cadence.running(by, today=today)
    assert found[-1].until == running.since <= today < running.until


@pytest.mark.parametrize(
    ("by", "last"),
    [
        ("month", Period(date(2026, 10, 1), date(2026, 11, 1))),
        ("quarter", Period(date(2026, 7, 1), date(2026, 10, 1))),
        ("year", Period(date(2025, 11, 1), date(2026, 11, 1))),
    ],
)
def test_the_last_closed_period_of_a_day_in_november(by: Cadence, last: Period) -> None:
    assert cadence.closed(by, today=date(2026, 11, 22), count=1) == [last]


def test_a_month_is_over_on_the_first_day_of_the_next() -> None:
    (last,) = cadence.closed("month", today=date(2026, 11, 1), count=1)
    assert last.until == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("last", "today", "expected"),
    [
        (None, "2026-11-22", "2026-11-22"),
        ("2026-11-22", "2026-11-22", "2026-11-22"),
        ("2026-10-01", "2026-11-30", "2026-11-30"),
        ("2026-09-30", "2026-10-31", "2026-10-31"),
        ("2026-09-30", "2026-11-01", "2026-10-01"),
        ("1998-06-30", "2026-11-22", "1998-07-01"),
        ("1998-12-02", "1999-02-28", "1999-01-01"),
    ],
)
def test_a_history_stands_still_after_a_whole_month_without_a_purchase(
    last: str | None, today: str, expected: str
) -> None:
    seen = cadence.as_of(
        date.fromisoformat(last) if last else None, today=date.fromisoformat(today)
    )
    assert seen == date.fromisoformat(expected)
