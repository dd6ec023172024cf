"""Joining: a number, a card, and what the program gives, once at whichever door."""

from datetime import UTC, datetime

import pytest

from habitue import ledger
from habitue.ledger import joining
from habitue.members import businesses
from habitue.members.models import Card, Customer, Member
from tests.ledger.conftest import beside_a_merge, bought, has, make_cafe, post

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PROGRAM = """\
program: cafe
title: Café des Amis
currency: EUR
timezone: Europe/Paris
enrolment: on request
units: {points: {}}
earn:
  - {id: hello, when: enrolment, award: {points: 5}}
"""


def test_joining_again_gives_the_same_card_and_nothing_more() -> None:
    cafe = businesses.create(name="Café des Amis", kind="cafe", country="FR")
    published = ledger.publish(cafe.pk, PROGRAM)
    assert not published.problems, published.problems
    alice = Customer.objects.create(business=cafe, name="Alice")
    first = joining.welcome(alice, at=NOW, place="Web")
    assert [(one.unit, one.amount) for one in first.answer.entries] == [("points", 5)]
    again = joining.welcome(alice, at=NOW, place="Counter")
    assert again.card == first.card
    assert again.answer.event == first.answer.event  # nothing was posted
    standing = ledger.standing(cafe.pk, alice.pk, now=NOW)
    assert standing is not None
    assert standing.balances == {"points": 5}


@pytest.mark.django_db(transaction=True)
def test_who_goes_over_while_joining_joins_as_the_one_who_goes_on() -> None:
    cafe = make_cafe()
    alice, ali = (Customer.objects.create(business=cafe, name=name) for name in ("Alice", "Ali"))
    post(cafe, bought(alice.pk, 500), bought(ali.pk, 500))  # which makes them members
    joined = beside_a_merge(cafe, ali.pk, alice.pk, lambda: joining.welcome(ali, at=NOW))
    assert joined.answer.customer == alice.pk
    assert list(Member.objects.values_list("customer", flat=True)) == [alice.pk]
    assert list(Card.objects.values_list("customer", flat=True)) == [joined.card.customer_id]
    assert (has(cafe, alice.pk), has(cafe, ali.pk)) == (10, 0)
    assert joining.welcome(alice, at=NOW).card == joined.card
