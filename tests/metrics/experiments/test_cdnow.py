"""Nothing done to CDNOW's real customers: drawn apart again and again, nothing differs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from habitue.metrics import lives
from habitue.metrics.experiments import assignment, judging
from habitue.metrics.experiments.judging import Plan, Verdict
from habitue.metrics.experiments.measures import MEASURES
from tests.metrics.experiments.test_judging import group

LOG = Path(__file__).parents[3] / ".data/lifetimes/datasets/CDNOW_master.txt"
BEFORE, SINCE = lives.number(date(1997, 4, 1)), lives.number(date(1997, 10, 1))
PLAN = Plan(share=2_000, days=180)
DRAWS = 60
pytestmark = pytest.mark.slow

Table = NDArray[np.int64]


def purchases() -> Table:
    """Customer, day, cents of every purchase."""
    rows = [line.split() for line in LOG.read_text().splitlines()[1:]]
    days = {day: lives.number(date.fromisoformat(day)) for _, day, *_ in rows}
    return np.array([(int(row[0]), days[row[1]], round(float(row[-1]) * 100)) for row in rows])


def summed(bought: Table, customers: Table, since: int, until: int) -> list[Table]:
    """Revenue, orders and whether they bought, per customer, in a span."""
    within = bought[(bought[:, 1] >= since) & (bought[:, 1] < until)]
    within = within[np.isin(within[:, 0], customers)]
    place = np.searchsorted(customers, within[:, 0])
    orders = np.bincount(place, minlength=len(customers))
    revenue = np.bincount(place, weights=within[:, 2], minlength=len(customers))
    return [np.rint(revenue).astype(np.int64), orders, (orders > 0).astype(np.int64)]


def test_customers_drawn_apart_are_seldom_called_different() -> None:
    bought = purchases()
    customers = np.unique(bought[bought[:, 1] < SINCE, 0])
    assert len(customers) == 23_570  # everybody in the log first bought in early 1997
    earlier = summed(bought, customers, BEFORE, SINCE)
    looks = {
        days: np.column_stack([*summed(bought, customers, SINCE, SINCE + days), *earlier])
        for days in (20, 60, 120, 180)
    }
    names, explained = [int(one) for one in customers], []
    fooled = odd = 0
    for draw in range(DRAWS):
        held_out = np.array(
            [assignment.arm(f"draw {draw}", one, share=PLAN.share) == "control" for one in names]
        )
        ways = set()
        for days, table in looks.items():
            found = judging.judge(
                group(table[held_out]),
                group(table[~held_out]),
                list(MEASURES.values()),
                plan=PLAN,
                days=days,
            )
            odd += found.withheld is not None
            verdicts = [one for one in found.figures if isinstance(one, Verdict)]
            ways |= {one.decided for one in verdicts}
            explained.append(verdicts[0].explained)
        fooled += ways != {"undecided"}
    assert odd == 0
    assert fooled <= DRAWS * 0.05
    assert np.median(explained) > 0.1  # what they bought before tells of what they buy
