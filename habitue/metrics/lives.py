"""Customers' lives as columns: from when to when, how often, for how much.

What segments, models and cohorts are computed from. One element per customer who bought before
the day `until`; columns are NumPy arrays of equal length, ordered by customer. Days are numbers of
days since 1970-01-01 (`date.toordinal() - EPOCH`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from habitue.metrics.aggregates import Uncountable

EPOCH: Final = date(1970, 1, 1).toordinal()

MOST: Final = 2 * 10**16
"""All revenue together is not more, so that what is reckoned from it (a year of each day's) does
not overflow: NumPy would say nothing.
"""

Integers = NDArray[np.int64]


class Lives(NamedTuple):
    """Everybody's life as of `until` (left out), in the business's own currency.

    `days` counts distinct days of purchase, `orders` purchases and visits; `revenue` is net of
    refunds until then, in minor units of `currency`.
    """

    until: date
    currency: str
    customer: Integers
    first: Integers
    last: Integers
    days: Integers
    orders: Integers
    revenue: Integers


def of(
    rows: Iterable[tuple[int, date, date, int, int, int]], *, until: date, currency: str
) -> Lives:
    """Lives from one row a customer, ordered by customer, in the order of the columns."""
    table = [(who, number(first), number(last), *counted) for who, first, last, *counted in rows]
    try:
        columns = np.array(table, dtype=np.int64).reshape(-1, 6).T
    except OverflowError:
        raise Uncountable from None
    return counted(Lives(until, currency, *(np.ascontiguousarray(column) for column in columns)))


def counted(lives: Lives) -> Lives:
    """The same, if what they brought can be reckoned with; else `Uncountable` says so."""
    if np.abs(lives.revenue.astype(np.float64)).sum() > MOST:
        raise Uncountable
    return lives


def number(day: date) -> int:
    """A day as a number."""
    return day.toordinal() - EPOCH
