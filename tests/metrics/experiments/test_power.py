"""Before the start: the difference that would be seen, found again by simulation."""

from __future__ import annotations

import numpy as np
import pytest

from habitue.metrics.experiments import power
from habitue.metrics.experiments.judging import Plan
from habitue.metrics.experiments.measures import MEASURES
from habitue.metrics.experiments.sums import Sums
from tests.metrics.experiments.test_judging import group, shopping

PLAN = Plan(share=5_000, days=30)
ORDERS = MEASURES["orders"]


def flat(customers: int, mean: int = 10) -> Sums:
    """Half `mean` − 2, half `mean` + 2 orders; nothing before."""
    rows = [[mean - 2, mean - 2, 1, 0, 0, 0], [mean + 2, mean + 2, 1, 0, 0, 0]]
    return group(rows * (customers // 2))


def test_the_smallest_difference_by_hand() -> None:
    """Two groups of 400 with variance 4: (3.035 + 0.842) · √(4/400 + 4/400) = 0.548."""
    found = power.detectable(flat(800), ORDERS, plan=PLAN)
    assert found.difference == pytest.approx((3.0350 + 0.8416) * (8 / 400) ** 0.5, rel=2e-3)
    assert found.share == pytest.approx(0.0548, rel=5e-3)
    assert found.words["en"] == (
        "With your 800 members you would see differences of 5.5 % or more within 30 days, four"
        " times out of five."
    )


def test_it_is_seen_four_times_out_of_five() -> None:
    found = power.detectable(flat(800), ORDERS, plan=PLAN)
    assert found.difference is not None
    z = np.random.default_rng(1).normal(found.difference / (8 / 400) ** 0.5, size=20_000)
    assert (np.abs(z) > 3.035).mean() == pytest.approx(0.8, abs=0.01)


def test_fewer_held_out_more_figures_fewer_members_see_less() -> None:
    base = power.detectable(flat(800), ORDERS, plan=PLAN).share
    tenth = power.detectable(flat(800), ORDERS, plan=Plan(share=1_000, days=30)).share
    several = power.detectable(flat(800), ORDERS, plan=PLAN, figures=4).share
    fewer = power.detectable(flat(200), ORDERS, plan=PLAN).share
    assert base is not None
    assert tenth is not None
    assert several is not None
    assert fewer is not None
    assert base < several < tenth < fewer == pytest.approx(2 * base, rel=1e-2)


def test_what_was_before_makes_smaller_differences_visible() -> None:
    rng = np.random.default_rng(2)
    everybody = shopping(rng, 2_000, alike=1.0)
    blind = Sums(
        count=everybody.count,
        sums={**everybody.sums, "orders_before": 0},
        products={
            key: 0 if "orders_before" in key else value for key, value in everybody.products.items()
        },
    )
    seeing = power.detectable(everybody, ORDERS, plan=PLAN).difference
    unseeing = power.detectable(blind, ORDERS, plan=PLAN).difference
    assert seeing is not None
    assert unseeing is not None
    assert seeing < 0.9 * unseeing


@pytest.mark.parametrize(
    ("earlier", "share"), [(flat(58), 5_000), (flat(200), 1_000), (group([[0] * 6] * 90), 5_000)]
)
def test_too_little_says_nothing(earlier: Sums, share: int) -> None:
    found = power.detectable(earlier, ORDERS, plan=Plan(share=share, days=30))
    assert (found.difference, found.share) == (None, None)
    assert found.words["en"].startswith("Too few purchases so far")
