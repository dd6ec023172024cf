"""Is the model right? Fitted to what was known then, it is held against what came since."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
from msgspec import Struct

from habitue.metrics import lives as living
from habitue.metrics.lives import Integers, Lives
from habitue.metrics.models import dropout, patterns, spans
from habitue.metrics.models.dropout import Dropout
from habitue.metrics.models.patterns import Floats

MOST = 7
"""Customers who came back so many times or more stand in one row."""


class Row(Struct, frozen=True, kw_only=True):
    """Customers with the same number of repeat purchases then, and their mean number since."""

    again: int
    more: bool
    customers: int
    expected: float
    actual: float


class Validation(Struct, frozen=True, kw_only=True):
    """Days of purchase since, expected and actual; errors are per customer.

    `gone`: customers of then who are no longer found (merged, erased), left out.
    """

    since: date
    until: date
    customers: int
    gone: int
    expected: float
    actual: int
    mean_absolute_error: float
    root_mean_square_error: float
    rows: tuple[Row, ...]


class Track(Struct, frozen=True, kw_only=True):
    """Repeat purchases of the customers of then, all together, before the day `until`."""

    until: date
    expected: float
    actual: int


def validate(model: Dropout, then: Lives, now: Lives) -> Validation:
    """What the model, fitted to `then`, expected of the time until `now`; and what came.

    Days of purchase are counted, as everywhere in the models.
    """
    found, at = _again(then, now)
    seen = patterns.of(then)
    span = spans.days((now.until - then.until).days)
    expected = model.expected(seen, span)[seen.of][found]
    actual = (now.days[at] - then.days[found]).clip(0)
    again = then.days[found] - 1
    errors = expected - actual
    some = max(1, len(found))
    return Validation(
        since=then.until,
        until=now.until,
        customers=len(found),
        gone=len(then.customer) - len(found),
        expected=float(expected.sum()),
        actual=int(actual.sum()),
        mean_absolute_error=float(np.abs(errors).sum() / some),
        root_mean_square_error=float(np.sqrt((errors**2).sum() / some)),
        rows=tuple(_rows(again.clip(0, MOST), expected, actual)),
    )


def track(model: Dropout, then: Lives, later: Iterable[Lives]) -> list[Track]:
    """Repeat purchases in all, as expected of these customers before anything was known of them.

    `later` are lives as of days before and after `then.until`: week by week, or month by month.
    """
    firsts, number = np.unique(then.first, return_counts=True)
    known: dict[int, float] = {}
    found = []
    for lives in later:
        at = np.isin(lives.customer, then.customer)
        ages = living.number(lives.until) - 1 - firsts
        for age in ages[ages > 0].tolist():
            if age not in known:
                known[age] = dropout.newcomer(model, spans.days(age))
        expected = sum(
            many * known[age]
            for age, many in zip(ages.tolist(), number.tolist(), strict=True)
            if age > 0
        )
        actual = int((lives.days[at] - 1).sum())
        found.append(Track(until=lives.until, expected=float(expected), actual=actual))
    return found


def _again(then: Lives, now: Lives) -> tuple[Integers, Integers]:
    """Where the customers of then who are still found stand, in both."""
    _, before, after = np.intersect1d(
        then.customer, now.customer, assume_unique=True, return_indices=True
    )
    return before, after


def _rows(again: Integers, expected: Floats, actual: Integers) -> Iterable[Row]:
    for times in range(MOST + 1):
        mine = again == times
        customers = int(mine.sum())
        if customers:
            yield Row(
                again=times,
                more=times == MOST,
                customers=customers,
                expected=float(expected[mine].mean()),
                actual=float(actual[mine].mean()),
            )
