"""The cast at their doors: an owner, a counter, a member with a card."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import Client

from habitue import ledger
from habitue.ledger import joining
from habitue.members import businesses, customers, staff
from habitue.members.models import Business, Card, Customer, Staff
from habitue.pages.start import sentence

ZOE = "zoe@example.org"  # who owns the café


def make_shop(name: str, *, head_start: bool = True) -> Business:
    """A French café whose 11th coffee is free."""
    shop = businesses.create(name=name, kind="cafe", country="FR")
    promise = sentence.Sentence(count=10, item="cafés", language="fr", head_start=head_start)
    published = ledger.publish(shop.pk, sentence.program(promise, shop))
    assert not published.problems
    return shop


def make_member(shop: Business, name: str, email: str) -> Customer:
    """Someone with a card."""
    key = customers.find_or_create_many(shop, "email", [email])[email]
    customer = Customer.objects.get(pk=key)
    customer.name = name
    customer.save()
    joining.welcome(customer, at=datetime.now(UTC))
    return customer


def unit_of(shop: Business) -> str:
    """What is collected there."""
    program = ledger.program(shop.pk)
    assert program is not None
    return program.units[0].id


def streamed(answer: HttpResponseBase) -> bytes:
    """All that an answer sends piece by piece."""
    assert isinstance(answer, StreamingHttpResponse)
    return answer.getvalue()


@pytest.fixture
def cafe(db: None) -> Business:
    shop = make_shop("Café des Amis")
    staff.add_owner(shop, User.objects.create_user(ZOE, ZOE))
    return shop


@pytest.fixture
def alice(cafe: Business) -> Customer:
    return make_member(cafe, "Alice Martin", "alice@example.org")


@pytest.fixture
def card(alice: Customer) -> Card:
    return alice.cards.get()


@pytest.fixture
def diego(cafe: Business) -> Staff:
    return staff.add_cashier(cafe, name="Diego", pin="4711")


@pytest.fixture
def counter(cafe: Business, diego: Staff) -> Client:
    """A phone at the counter, signed in as Diego."""
    client = Client()
    path = f"/s/{cafe.counter_key}/in"
    assert client.post(path, {"staff": diego.pk, "pin": "4711"}).status_code == 302
    return client


@pytest.fixture
def owner(cafe: Business) -> Client:
    """The owner's browser."""
    client = Client()
    user = User.objects.get(username=ZOE)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
