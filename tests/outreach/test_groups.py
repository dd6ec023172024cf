"""A program's rules may ask for a group of an experiment, as they ask for a segment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from habitue.members.models import Business
from habitue.outreach import audiences, experiments, telling
from habitue.outreach.audiences import OfSegment
from tests.ledger.conftest import bought, guests, has, make_cafe, post
from tests.outreach.conftest import NOW, PROGRAM, came

SEED = "0123456789abcdef"


@pytest.fixture
def cafe(db: None) -> Business:
    """Who is in the group that has the gift gets double points."""
    gift = "  - {id: double, when: purchase, where: {segment: treated-gift}, award: {points: 9}}\n"
    return make_cafe(PROGRAM + gift)


def test_only_the_treated_have_the_gift_until_it_ends(cafe: Business) -> None:
    customers = guests(cafe, 12)
    came(cafe, {who: [30] for who in customers}, cents=1_00)
    made = experiments.start(cafe, "gift", seed=SEED, now=NOW, share=5_000)
    treated = [one for one in customers if experiments.arm_of(made, one) == "treated"]
    assert 0 < len(treated) < 12
    assert telling.tell(cafe.pk, now=NOW) == len(treated)
    assert telling.tell(cafe.pk, now=NOW) == 0
    noon = NOW + timedelta(hours=1)
    for who in customers:
        post(cafe, bought(who, 1_00, at=noon), now=noon)
        assert has(cafe, who, now=noon) == (1 + 1 + 9 if who in treated else 2)
    experiments.end(made, now=noon)
    assert telling.tell(cafe.pk, now=noon) == len(treated)
    later = noon + timedelta(hours=1)
    post(cafe, bought(treated[0], 1_00, at=later), now=later)
    assert has(cafe, treated[0], now=later) == 12


def test_the_groups_are_everybody_once(cafe: Business) -> None:
    customers = guests(cafe, 12)
    came(cafe, {who: [30] for who in customers})
    experiments.start(cafe, "gift", seed=SEED, now=NOW, share=5_000)
    treated = experiments.group(cafe, "treated-gift", now=NOW)
    held_out = experiments.group(cafe, "holdout-gift", now=NOW)
    assert sorted(treated + held_out) == sorted(customers)
    assert experiments.group(cafe, "treated-other", now=NOW) == []


def test_of_an_audience_only_its_customers(cafe: Business) -> None:
    regular, away = guests(cafe, 2)
    came(cafe, {regular: list(range(3, 90, 7)), away: [5 + 2 * time for time in range(12)]})
    slipping = audiences.make(cafe, "Away", OfSegment(segment="slipping"), now=NOW)
    experiments.start(cafe, "gift", seed=SEED, now=NOW, audience=slipping)
    groups = [experiments.group(cafe, f"{name}-gift", now=NOW) for name in ("treated", "holdout")]
    assert sorted(groups) == [[], [away]]
