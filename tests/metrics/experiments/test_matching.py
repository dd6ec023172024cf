"""Members beside others: who was alike before is compared, with a warning; else it is refused."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from habitue.metrics import lives
from habitue.metrics.experiments import matching
from habitue.metrics.experiments.matching import Compared, Floats, Refused
from habitue.metrics.lives import Lives

UNTIL = date(2026, 1, 1)


def history(revenue: Floats, days: Floats, recency: Floats, tenure: Floats) -> Lives:
    end = lives.number(UNTIL)
    return Lives(
        until=UNTIL,
        currency="EUR",
        customer=np.arange(len(revenue)),
        first=(end - tenure).astype(np.int64),
        last=(end - recency).astype(np.int64),
        days=days.astype(np.int64),
        orders=days.astype(np.int64),
        revenue=revenue.astype(np.int64),
    )


def town(rng: np.random.Generator, customers: int) -> tuple[Lives, Floats]:
    """Customers with their own rate, which drives everything before and after."""
    rate = rng.gamma(2, 2, customers)
    days = 1 + rng.poisson(rate)
    tenure = rng.integers(100, 400, customers)
    recency = np.minimum(tenure, rng.exponential(60 / rate).astype(int))
    spend = days * 10_00 + rng.integers(0, 5_00, customers)
    before = history(*(np.asarray(one, float) for one in (spend, days, recency, tenure)))
    return before, rng.poisson(rate).astype(float)


def test_members_who_always_bought_more_are_no_proof() -> None:
    """Joining does nothing here, yet members buy twice as much; beside their like, hardly more."""
    rng = np.random.default_rng(1)
    before, after = town(rng, 6_000)
    member = rng.random(6_000) < 1 / (1 + np.exp(3 - before.days / 2))
    found = matching.compare(before, member, after)
    assert isinstance(found, Compared)
    naive = after[member].mean() - after[~member].mean()
    assert naive > 1.5
    assert abs(found.difference) < 0.3 * naive
    assert found.low < found.difference < found.high
    assert max(abs(one.before) for one in found.balance) > 0.8
    assert max(abs(one.after) for one in found.balance) < 0.2
    assert [one.trait for one in found.balance] == ["spend", "frequency", "recency", "tenure"]


def test_the_warning_is_always_there() -> None:
    rng = np.random.default_rng(2)
    before, after = town(rng, 500)
    found = matching.compare(before, rng.random(500) < 0.5, after)
    assert isinstance(found, Compared)
    assert "Members chose themselves" in found.warning["en"]
    assert all("effe" not in text for text in found.warning.values())


def test_a_difference_in_one_cell_by_hand() -> None:
    """All alike before: 60 members with 2 and 4, 40 others with 1; 3 − 1, others weigh 1.5."""
    alike = np.full(100, 1)
    before = history(10 * alike, alike, alike, 9 * alike)
    member = np.arange(100) < 60
    after = np.where(member, np.where(np.arange(100) % 2, 4.0, 2.0), 1.0)
    found = matching.compare(before, member, after)
    assert isinstance(found, Compared)
    assert (found.member_value, found.other_value, found.difference) == (3, 1, 2)
    assert (found.matched_members, found.matched_others) == (60, 40)
    assert found.high - found.difference == pytest.approx(1.959964 / 60**0.5)
    assert {(one.before, one.after) for one in found.balance} == {(0, 0)}


def test_others_weigh_as_many_as_the_members_beside_them() -> None:
    """Small spenders: 30 members, 60 others; large ones: 60 members, 30 others."""
    small, large = np.full(90, 10), np.full(90, 90)
    spend = np.concatenate([small, large])
    one = np.ones(180)
    member = np.concatenate([np.arange(90) < 30, np.arange(90) < 60])
    after = spend / 10.0
    found = matching.compare(history(spend, one, one, one), member, after)
    assert isinstance(found, Compared)
    assert found.member_value == pytest.approx((30 * 1 + 60 * 9) / 90)
    assert found.difference == pytest.approx(0)


def test_without_anybody_alike_it_is_refused() -> None:
    spend = np.concatenate([np.full(100, 1_00), np.full(100, 900_00)])
    one = np.ones(200)
    member = np.arange(200) >= 100
    found = matching.compare(history(spend, one, one, one), member, one)
    assert isinstance(found, Refused)
    assert (found.members, found.others, found.matched_members) == (100, 100, 0)
    assert "0 of 100 members have somebody like them" in found.why["en"]


@pytest.mark.parametrize("members", [0, 29, 200])
def test_with_too_few_of_either_it_is_refused(members: int) -> None:
    before, after = town(np.random.default_rng(3), 200)
    found = matching.compare(before, np.arange(200) < members, after)
    assert isinstance(found, Refused)


def test_whoever_is_still_unlike_in_the_same_cell_is_not_compared() -> None:
    """Above the last cut there is no end: members spend a thousand times as much there."""
    rng = np.random.default_rng(4)
    one = np.ones(1_000)
    member = np.arange(1_000) >= 960
    spend = np.where(rng.random(1_000) < 0.5, 10.0, 20.0)
    spend[960:] = 30_000.0
    spend[900:960] = 30.0
    found = matching.compare(history(spend, one, one, one), member, one)
    assert isinstance(found, Refused)
    assert found.matched_members == 40
    assert found.why["en"].startswith("Even those most alike")


def test_nobody_at_all_is_refused() -> None:
    none = np.zeros(0)
    found = matching.compare(history(none, none, none, none), none.astype(bool), none)
    assert isinstance(found, Refused)
