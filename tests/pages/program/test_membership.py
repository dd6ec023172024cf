"""Paid membership on the owner's page and the member's card."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from habitue import ledger
from habitue.core import facts
from habitue.ledger.perks import Membership
from habitue.members import staff
from habitue.members.models import Business, Customer
from tests.pages.conftest import ZOE
from tests.pages.program import town as made

pytestmark = pytest.mark.django_db


@pytest.fixture
def club(db: None) -> Business:
    shop = made.make_town("Le Club", made.CLUB)
    staff.add_owner(shop, User.objects.get_or_create(username=ZOE, email=ZOE)[0])
    return shop


@pytest.fixture
def diego(club: Business) -> Customer:
    return made.make_neighbor(club, "Diego")


@pytest.fixture
def zoe(club: Business) -> Client:
    client = Client()
    user = User.objects.get(username=ZOE)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def body(client: Client, path: str) -> str:
    return client.get(path, headers={"accept-language": "en"}).content.decode()


def paid(who: Customer) -> Membership:
    standing = ledger.standing(who.business_id, who.pk, now=timezone.now())
    assert standing is not None
    assert standing.perks.membership is not None
    return standing.perks.membership


def records(zoe: Client, who: Customer, happened: str, reference: str) -> int:
    fields = {"happened": happened, "reference": reference}
    return zoe.post(f"/customers/{who.pk}/fee", fields).status_code


def test_a_payment_is_recorded_once_and_shown(zoe: Client, diego: Customer) -> None:
    path = f"/customers/{diego.pk}/fee"
    assert path in body(zoe, f"/customers/{diego.pk}")
    assert "Not paid" in body(zoe, path)
    assert "€49.00" in body(zoe, path)  # the price asked
    assert records(zoe, diego, "paid", "F-1") == 302
    again = zoe.post(path, {"happened": "paid", "reference": "F-1"})
    assert again.status_code == 422  # the same receipt pays no second year
    assert "déjà enregistrée" in again.content.decode()
    state = paid(diego).state
    assert state is not None
    after = state.until + timedelta(days=1)
    assert (after.year, state.paid) == (made.today().year + 1, 4_900)
    assert "Paid, through" in body(zoe, path)
    card = body(Client(), f"/c/{diego.cards.get().token}")
    assert "Paid through" in card
    assert "You saved €0.00 of your €49.00." in card
    assert "3 uses left · orders from €20.00" in card


def test_what_failed_or_came_back_ends_it(zoe: Client, diego: Customer) -> None:
    assert records(zoe, diego, "failed", "F-0") == 422  # there is no membership yet
    records(zoe, diego, "paid", "F-1")
    assert records(zoe, diego, "failed", "F-2") == 302
    assert paid(diego).holds
    assert records(zoe, diego, "refunded", "F-3") == 302
    assert not paid(diego).holds
    card = body(Client(), f"/c/{diego.cards.get().token}")
    assert "Membership is not paid" in card
    assert "Free delivery" not in card


def test_ending_says_what_is_given_back(zoe: Client, diego: Customer) -> None:
    records(zoe, diego, "paid", "F-1")
    path = f"/customers/{diego.pk}"
    assert "€49.00 are to be given back" in body(zoe, path + "/fee")
    made.post(diego.business, diego, facts.BenefitUse("lounge"), at=timezone.now())
    assert "Nothing is given back" in body(zoe, path + "/fee")
    assert zoe.post(path + "/cancel").status_code == 302
    state = paid(diego).state
    assert state is not None
    assert state.ending
    assert paid(diego).holds
    assert "it is not renewed" in body(Client(), f"/c/{diego.cards.get().token}")
    assert zoe.post(path + "/cancel").status_code == 422


def test_others_members_and_programs_without_a_fee(
    zoe: Client, client: Client, diego: Customer
) -> None:
    town = made.make_town()
    staff.add_owner(town, User.objects.get(username=ZOE))
    alice = made.make_neighbor(town, "Alice")
    session = zoe.session
    session["business"] = diego.business_id
    session.save()
    assert zoe.get(f"/customers/{alice.pk}/fee").status_code == 404
    assert zoe.post(f"/customers/{alice.pk}/cancel").status_code == 404
    session["business"] = alice.business_id
    session.save()
    assert zoe.get(f"/customers/{alice.pk}/fee").status_code == 404  # it costs nothing there
    assert client.get(f"/customers/{diego.pk}/fee").headers["Location"] == "/sign-in"
    assert zoe.get(f"/customers/{diego.pk}/cancel").status_code == 405
