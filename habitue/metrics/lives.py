"""Customers' lives as columns: from when to when, how often, for how much.

What segments, models and cohorts are computed from. One element per customer who bought before
the day `until`; columns are NumPy arrays of equal length, ordered by customer. Days are numbers of
days since 1970-01-01 (`date.toordinal() - EPOCH`).
"""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

EPOCH: Final = date(1970, 1, 1).toordinal()

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


def number(day: date) -> int:
    """A day as a number."""
    return day.toordinal() - EPOCH
