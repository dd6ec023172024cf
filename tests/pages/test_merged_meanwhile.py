"""Pages look a customer up, then post: a merge that comes in between takes nothing away."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from habitue import ledger
from habitue.core import facts
from habitue.members.models import Business, Customer
from tests.ledger.conftest import beside_a_merge, sound
from tests.pages.conftest import make_member, unit_of

pytestmark = pytest.mark.django_db(transaction=True)

Doors = dict[str, Callable[[Customer], int]]


@pytest.fixture
def ali(cafe: Business) -> Customer:
    """Alice, once more, with enough for a coffee."""
    made = make_member(cafe, "Ali", "ali@example.org")
    now = timezone.now()
    fact = ledger.Fact(customer=made.pk, at=now, what=facts.Visit(quantity=10))
    (answer,) = ledger.post(cafe.pk, [fact], now=now)
    assert answer.refused is None, answer.refused
    return made


def has(who: Customer) -> int:
    standing = ledger.standing(who.business_id, who.pk, now=timezone.now())
    return standing.balances[unit_of(who.business)] if standing else 0


def stamps(counter: Client, who: Customer) -> Callable[[], int]:
    path = f"/s/{who.business.counter_key}/m/{who.pk}"
    found = re.search(r'name="reference" value="([^"]+)"', counter.get(path).content.decode())
    assert found is not None
    sent = {"quantity": 3, "reference": found[1]}
    return lambda: counter.post(f"{path}/stamp", sent).status_code


def corrects(owner: Client, who: Customer) -> Callable[[], int]:
    path, unit = f"/customers/{who.pk}/correct", unit_of(who.business)
    sent = {"reference": str(uuid.uuid4()), "unit": unit, "amount": "3", "reason": "Lost card"}
    return lambda: owner.post(path, {**sent, "sure": "on"}).status_code


@pytest.mark.parametrize("door", [stamps, corrects])
def test_what_somebody_gives_goes_to_the_one_who_goes_on(
    door: Callable[[Client, Customer], Callable[[], int]],
    counter: Client,
    owner: Client,
    alice: Customer,
    ali: Customer,
) -> None:
    work = door(counter if door is stamps else owner, ali)
    together = has(alice) + has(ali)
    status = beside_a_merge(alice.business, ali.pk, alice.pk, work, now=timezone.now())
    assert status in (200, 302)
    assert (has(alice), has(ali)) == (together + 3, 0)
    again = work()  # the button pressed twice
    assert again in (200, 302, 404)
    assert (has(alice), has(ali)) == (together + 3, 0)
    sound(alice.business)
