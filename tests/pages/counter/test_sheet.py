"""The sheet: green only after the ledger, a minute to undo, sealed by shop."""

import re
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone

from habitue import ledger
from habitue.members import businesses, staff
from habitue.members.models import Business, Customer
from tests.pages.conftest import make_member, make_shop

pytestmark = pytest.mark.django_db


def path(customer: Customer, action: str = "") -> str:
    return f"/s/{customer.business.counter_key}/m/{customer.pk}{action and '/' + action}"


def reference(client: Client, customer: Customer) -> str:
    found = re.search(
        r'name="reference" value="([^"]+)"', client.get(path(customer)).content.decode()
    )
    assert found
    return found[1]


def stamps(customer: Customer) -> int:
    standing = ledger.standing(customer.business_id, customer.pk, now=timezone.now())
    assert standing is not None
    return standing.balances["stamps"]


def stamp(client: Client, customer: Customer, quantity: int = 1) -> str:
    fields = {"quantity": quantity, "reference": reference(client, customer)}
    answer = client.post(path(customer, "stamp"), fields)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_stamp_is_there_before_the_green(counter: Client, alice: Customer) -> None:
    assert "+1" in stamp(counter, alice)
    assert stamps(alice) == 3


def test_a_button_pressed_twice_stamps_once(counter: Client, alice: Customer) -> None:
    fields = {"quantity": 1, "reference": reference(counter, alice)}
    for _ in range(3):
        assert counter.post(path(alice, "stamp"), fields).status_code == 200
    assert stamps(alice) == 3
    changed = counter.post(path(alice, "stamp"), {**fields, "quantity": 5})
    assert changed.status_code == 422  # the same reference with another body
    assert stamps(alice) == 3


def test_the_ready_reward_is_the_first_heading_then_given_and_undone(
    counter: Client, alice: Customer
) -> None:
    text = stamp(counter, alice, 10)
    first = re.search(r"<h[1-6][^>]*>(.*?)</h", text)
    assert first
    assert first[1] == "Récompense prête\xa0: 1 café offert"
    given = {"reward": "free", "voucher": "", "reference": reference(counter, alice)}
    answer = counter.post(path(alice, "give"), given)
    assert "Récompense donnée" in answer.content.decode()
    assert stamps(alice) == 0
    answer = counter.post(path(alice, "undo"))
    assert "Annulé" in answer.content.decode()
    assert stamps(alice) == 12
    assert counter.post(path(alice, "undo")).status_code == 422
    assert ledger.verify(alice.business_id) == []
    assert ledger.replay(alice.business_id) == []


def test_a_reward_out_of_reach_is_refused_with_a_sentence(counter: Client, alice: Customer) -> None:
    given = {"reward": "free", "voucher": "", "reference": reference(counter, alice)}
    answer = counter.post(path(alice, "give"), given)
    assert answer.status_code == 422
    assert "ne suffit plus" in answer.content.decode()
    assert stamps(alice) == 2


def test_undo_ends_after_a_minute(counter: Client, alice: Customer) -> None:
    stamp(counter, alice)
    later = datetime.now(UTC) + timedelta(seconds=61)
    with patch("habitue.pages.counter.sheet.timezone.now", return_value=later):
        answer = counter.post(path(alice, "undo"))
    assert answer.status_code == 422
    assert stamps(alice) == 3


def test_undo_is_for_the_customer_who_was_served(counter: Client, alice: Customer) -> None:
    bruno = make_member(alice.business, "Bruno", "bruno@example.org")
    stamp(counter, alice)
    assert counter.post(path(bruno, "undo")).status_code == 422
    assert stamps(alice) == 3


@pytest.mark.parametrize("quantity", ["0", "-1", "51", "1e5", "x", ""])
def test_bad_quantities_change_nothing_or_count_as_one(
    counter: Client, alice: Customer, quantity: str
) -> None:
    fields = {"quantity": quantity, "reference": reference(counter, alice)}
    answer = counter.post(path(alice, "stamp"), fields)
    assert (answer.status_code, stamps(alice)) == ((200, 3) if quantity == "" else (422, 2))


POINTS = """
program: points
title: {fr: Des points}
currency: EUR
timezone: Europe/Paris
units:
  points: {title: {fr: points}}
earn:
  - {id: base, title: {fr: Un point par euro}, when: purchase, award: {points: 1, per: 1.00}}
rewards:
  - {id: cake, title: {fr: Un gâteau}, cost: {points: 30}, gives: {product: gâteau}}
"""


@pytest.mark.parametrize("written", ["42,50", "42.50"])
def test_an_amount_is_recorded_where_the_program_earns_by_money(
    client: Client, written: str
) -> None:
    shop = businesses.create(name="Épicerie", kind="shop", country="FR")
    assert not ledger.publish(shop.pk, POINTS).problems
    chiara = make_member(shop, "Chiara", "chiara@example.org")
    cashier = staff.add_cashier(shop, name="Diego", pin="4711")
    client.post(f"/s/{shop.counter_key}/in", {"staff": cashier.pk, "pin": "4711"})
    text = client.get(path(chiara)).content.decode()
    assert 'name="amount"' in text
    assert 'name="quantity"' not in text
    fields = {"amount": written, "reference": reference(client, chiara)}
    done = client.post(path(chiara, "stamp"), fields).content.decode()
    assert "Récompense prête\xa0: Un gâteau" in done
    assert "42 sur 30 points" in done


def test_another_shops_people_do_not_exist_here(counter: Client, cafe: Business) -> None:
    stranger = make_member(make_shop("Bar"), "Nino", "nino@example.org")
    key = cafe.counter_key
    for action in ("", "/stamp", "/give", "/undo"):
        where = f"/s/{key}/m/{stranger.pk}{action}"
        answer = counter.post(where, {"reference": "x" * 20}) if action else counter.get(where)
        assert answer.status_code == 404
    assert stamps(stranger) == 2
