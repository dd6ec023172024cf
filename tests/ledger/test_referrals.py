"""Invitations: rewarded when the friend has bought and paid, taken back when that comes back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from habitue import ledger
from habitue.core import facts
from habitue.core.facts import Line, Purchase
from habitue.ledger import Fact
from habitue.members.models import Business
from tests.ledger.conftest import (
    NOW,
    bought,
    does,
    guests,
    has,
    later,
    make_cafe,
    post,
    rows,
    sound,
    takes,
)
from tests.ledger.town import TOWN

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db: None) -> Business:
    return make_cafe(TOWN.replace("automatic", "on request"), name="The neighbourhood")


def joins(customer: int, invited_by: int = 0, *, at: datetime = NOW) -> Fact:
    return does(customer, facts.Enrolment(invited_by=invited_by), at=at)


def swept(town: Business, *people: int, now: datetime) -> list[int]:
    ledger.sweep(town.pk, now=now)
    return [has(town, person, now=now) for person in people]


def friends(town: Business) -> tuple[int, int]:
    alice, bruno = guests(town, 2)
    post(town, joins(alice), joins(bruno, alice))
    return alice, bruno


def test_both_are_rewarded_once_when_the_friend_has_bought(town: Business) -> None:
    alice, bruno = friends(town)
    assert swept(town, alice, bruno, now=later(hours=1)) == [0, 0]
    post(town, bought(bruno, 1_000, at=later(hours=2)), now=later(hours=2))
    assert swept(town, alice, bruno, now=later(hours=3)) == [100, 30]
    post(town, bought(bruno, 1_000, at=later(hours=4)), now=later(hours=4))
    assert swept(town, alice, bruno, now=later(hours=5)) == [100, 40]
    sound(town)


@pytest.mark.parametrize("how", ["refund", "refund in parts", "undo"])
def test_both_lose_it_when_that_purchase_comes_back_even_late(town: Business, how: str) -> None:
    alice, bruno = friends(town)
    (purchase,) = post(town, bought(bruno, 1_000, at=later(hours=2)), now=later(hours=2))
    assert swept(town, alice, bruno, now=later(hours=3)) == [100, 30]
    parts = [facts.Refund(purchase.event, amount=cents) for cents in (300, 700)]
    ways: dict[str, list[facts.What]] = {
        "refund": [facts.Refund(purchase.event)],
        "refund in parts": [*parts],
        "undo": [facts.Undo(purchase.event)],
    }
    at = later(hours=20) if how == "undo" else later(days=20)
    for what in ways[how]:
        (answer,) = post(town, does(bruno, what, at=at), now=at)
        assert answer.refused is None
    assert swept(town, alice, bruno, now=at) == [0, 0]
    assert swept(town, alice, bruno, now=at) == [0, 0]
    sound(town)


def test_part_of_it_may_come_back(town: Business) -> None:
    alice, bruno = friends(town)
    (purchase,) = post(town, bought(bruno, 1_000, at=later(hours=2)), now=later(hours=2))
    at = later(days=3)
    post(town, does(bruno, facts.Refund(purchase.event, amount=999), at=at), now=at)
    assert swept(town, alice, bruno, now=at) == [100, 20]


def test_a_purchase_that_came_back_before_the_sweep_brings_nothing(town: Business) -> None:
    alice, bruno = friends(town)
    (first,) = post(town, bought(bruno, 1_000, at=later(hours=2)), now=later(hours=2))
    post(town, does(bruno, facts.Refund(first.event), at=later(hours=3)), now=later(hours=3))
    assert swept(town, alice, bruno, now=later(hours=4)) == [0, 0]
    post(town, bought(bruno, 500, at=later(hours=5)), now=later(hours=5))
    assert swept(town, alice, bruno, now=later(hours=6)) == [100, 25]


def test_a_purchase_paid_with_units_only_brings_nothing(town: Business) -> None:
    alice, bruno = friends(town)
    free = Purchase((Line(500),), "EUR", covered=500)
    post(town, does(bruno, free))
    assert swept(town, alice, bruno, now=later(hours=1)) == [0, 0]


def test_nobody_invites_themselves(town: Business) -> None:
    alice, ali, chiara, stranger = guests(town, 4)
    post(town, joins(alice, alice), joins(ali, alice), joins(chiara, stranger))
    post(town, *[bought(person, 100) for person in (alice, ali, chiara)])
    post(town, does(ali, facts.Merge(alice), at=later(minutes=1)), now=later(minutes=1))
    assert swept(town, alice, ali, chiara, now=later(hours=1)) == [2, 0, 1]
    sound(town)


def test_a_ring_of_friends_who_all_name_each_other_is_broken_where_it_closes(
    town: Business,
) -> None:
    alice, bruno = guests(town, 2)
    post(town, joins(alice, bruno), joins(bruno, alice))
    post(town, bought(alice, 100), bought(bruno, 100))
    assert swept(town, alice, bruno, now=later(hours=1)) == [101, 21]


def test_customers_of_another_business_invite_nobody_here(town: Business) -> None:
    other = make_cafe(name="Elsewhere")
    (stranger,), (bruno,) = guests(other, 1), guests(town, 1)
    post(other, bought(stranger, 100))
    (answer,) = post(town, joins(bruno, stranger))
    assert answer.refused is None
    post(town, bought(bruno, 100))
    assert swept(town, bruno, now=later(hours=1)) == [1]
    assert rows("SELECT count(*) FROM ledger_referral") == [(0,)]


def test_the_inviter_who_has_spent_it_keeps_what_was_taken(town: Business) -> None:
    alice, bruno = friends(town)
    (purchase,) = post(town, bought(bruno, 1_000))
    assert swept(town, alice, bruno, now=later(hours=1)) == [100, 30]
    (spent, *_) = post(town, *[takes(alice, at=later(hours=2))] * 10, now=later(hours=2))
    assert spent.refused is None
    at = later(days=9)
    post(town, does(bruno, facts.Refund(purchase.event), at=at), now=at)
    assert swept(town, alice, bruno, now=at) == [0, 0]
    sound(town)


def test_an_undo_from_the_counter_is_still_bound_by_its_window(town: Business) -> None:
    alice, _ = friends(town)
    (purchase,) = post(town, bought(alice, 1_000))
    at: Any = later(days=9)
    (late,) = post(town, does(alice, facts.Undo(purchase.event), at=at), now=at)
    assert late.refused is not None
    assert late.refused.code == "too_late"
    undo = facts.Undo(purchase.event, consequence=True)
    (follows,) = post(town, does(alice, undo, at=at), now=at)
    assert follows.refused is None
    sound(town)
