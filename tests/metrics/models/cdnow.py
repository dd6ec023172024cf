"""CDNOW's log as the models see it: 2,357 customers, their purchases from 1997 to mid-1998.

Fader and Hardie's sample of a tenth of those who first bought in the first quarter of 1997; it
ships inside a published package (docs/dependencies.md).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from habitue.metrics.lives import Integers, Lives, number

LOG = Path(__file__).parents[3] / ".data/lifetimes/datasets/CDNOW_sample.txt"
CALIBRATION = date(1997, 10, 1)
"""The calibration period ends with 1997-09-30."""
END = date(1998, 7, 1)


@cache
def sales() -> list[tuple[int, int, int]]:
    """Customer of the sample, day, cents."""
    found = []
    for line in LOG.read_text().splitlines():
        _, customer, day, _, dollars = line.split()
        on = number(date.fromisoformat(day))
        found.append((int(customer), on, round(float(dollars) * 100)))
    return found


@cache
def lives(until: date) -> Lives:
    """Everybody's life, worked out in the plainest way."""
    days: dict[int, list[int]] = defaultdict(list)
    cents: dict[int, int] = defaultdict(int)
    for customer, day, paid in sales():
        if day < number(until):
            days[customer].append(day)
            cents[customer] += paid
    everybody = sorted(days)
    return Lives(
        until=until,
        currency="USD",
        customer=np.array(everybody),
        first=np.array([min(days[one]) for one in everybody]),
        last=np.array([max(days[one]) for one in everybody]),
        days=np.array([len(set(days[one])) for one in everybody]),
        orders=np.array([len(days[one]) for one in everybody]),
        revenue=np.array([cents[one] for one in everybody]),
    )


def repeats(until: date) -> tuple[Integers, Integers]:
    """Of those who came back: on how many later days, and the cents they spent on them.

    The published Gamma-Gamma estimates leave everybody's first day of purchase out.
    """
    first = dict(zip(lives(until).customer.tolist(), lives(until).first.tolist(), strict=True))
    days: dict[int, set[int]] = defaultdict(set)
    cents: dict[int, int] = defaultdict(int)
    for customer, day, paid in sales():
        if first.get(customer, day) < day < number(until):
            days[customer].add(day)
            cents[customer] += paid
    times = np.array([len(days[one]) for one in sorted(days)])
    return times, np.array([cents[one] for one in sorted(days)])
