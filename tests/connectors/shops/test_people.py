"""Whose order it is: by the shop's number, as a guest, by a confirmed e-mail; nobody twice."""

from __future__ import annotations

import logging
from typing import Any

import msgspec
import pytest
from django.test import Client
from django.utils import timezone
from msgspec import structs

from habitue import ledger
from habitue.connectors.models import Shop, ShopMessage, ShopOrder
from habitue.connectors.shops import people, posting
from habitue.connectors.shops.order import Order, Person
from habitue.core import facts
from habitue.members import customers, erasing
from habitue.members.models import Business, Consent, Customer, Identity, Member
from tests.connectors.shops import world
from tests.ledger.conftest import beside_a_merge, has

WHO = Person(
    external="3", email="bea@example.org", phone="020 7946 0018", name="Bea", language="fr"
)


@pytest.fixture
def bean(db: None) -> Business:
    return world.business("GBP")


@pytest.fixture
def shop(bean: Business) -> Shop:
    return world.connect(bean)


def of(shop: Shop, **changed: Any) -> Customer:
    who = structs.replace(WHO, **changed)
    return Customer.objects.get(pk=people.of(shop, who, at=world.NOW))


def known(bean: Business, email: str, *, confirmed: bool) -> int:
    """Somebody who gave this e-mail elsewhere."""
    key = customers.find_or_create_many(bean, "email", [email])[email]
    if confirmed:
        Identity.objects.filter(customer=key).update(confirmed_at=world.NOW)
    return key


def test_somebody_new_is_written_down_with_all_the_shop_says(shop: Shop) -> None:
    bea = of(shop)
    assert (bea.name, bea.language) == ("Bea", "fr")
    held = dict(bea.identities.exclude(kind="external").values_list("kind", "value"))
    assert held["email"] == "bea@example.org"
    assert held["phone"] == "+442079460018"
    assert bea.identities.get(kind="email").confirmed_at is None
    assert not Consent.objects.exists()


def test_the_same_number_is_the_same_customer_whatever_else_is_said(shop: Shop) -> None:
    assert of(shop) == of(shop, email="", phone="", name="Beatrice") == of(shop, email="b@e.org")
    assert Customer.objects.get().name == "Bea"


def test_a_confirmed_address_is_proof_and_any_other_is_none(bean: Business, shop: Shop) -> None:
    proven = known(bean, "bea@example.org", confirmed=True)
    assert of(shop).pk == proven
    typed = known(bean, "carl@example.org", confirmed=False)
    assert of(shop, external="4", email="carl@example.org").pk != typed


def test_a_guest_who_makes_an_account_stays_who_they_are(shop: Shop) -> None:
    guest = of(shop, external="", guest=True)
    assert not Member.objects.exists()
    assert of(shop) == guest
    assert Member.objects.get().customer == guest
    assert guest.cards.count() == 1


def test_the_number_of_another_shop_is_another_number(bean: Business, shop: Shop) -> None:
    other = world.connect(bean, address="https://93.184.215.15")
    assert other.prefix == "woocommerce-2"
    assert of(shop, email="") != of(other, email="")


def test_where_members_join_by_themselves_nobody_is_made_one(db: None) -> None:
    shop = world.connect(world.business("GBP", enrolment="on request"))
    of(shop)
    assert not Member.objects.exists()


def test_whoever_went_over_into_another_customer_goes_on_there(
    client: Client, bean: Business, shop: Shop
) -> None:
    state = world.state("woocommerce", world.captured("order.created"))
    posting.take(shop, structs.replace(state, refunds=()), now=world.NOW)
    giver = Customer.objects.get()
    into = known(bean, "into@example.org", confirmed=True)
    merge = ledger.Fact(customer=giver.pk, at=world.NOW, what=facts.Merge(into))
    enrol = ledger.Fact(customer=into, at=world.NOW, what=facts.Enrolment())
    answers = ledger.post(bean.pk, [enrol, merge], now=world.NOW)
    assert not any(answer.refused for answer in answers)
    assert posting.take(shop, state, now=world.NOW).word == "refunded"
    standing = ledger.standing(bean.pk, into, now=world.NOW)
    assert standing is not None
    assert standing.balances["points"] == 18
    moved = structs.replace(state, id="14", refunds=())
    posting.take(shop, moved, now=world.NOW)
    assert ShopOrder.objects.get(number="14").customer_id == into


@pytest.mark.django_db(transaction=True)
def test_an_order_of_who_goes_over_meanwhile_stands_once_and_comes_back_there() -> None:
    bean = world.business("GBP")
    shop = world.connect(bean)
    told = world.state("woocommerce", world.captured("order.created"))
    giver = people.of(shop, told.person, at=world.NOW)
    into = known(bean, "into@example.org", confirmed=True)
    for who in (giver, into):
        fact = ledger.Fact(customer=who, at=world.NOW, what=facts.Enrolment())
        ledger.post(bean.pk, [fact], now=world.NOW)
    bought = structs.replace(told, refunds=())
    (item,) = bought.items
    more = structs.replace(bought, items=(structs.replace(item, amount=item.amount + 500),))
    posting.take(shop, more, now=world.NOW)  # so it is known whose it is
    became = beside_a_merge(
        bean, giver, into, lambda: posting.take(shop, bought, now=world.NOW), now=world.NOW
    )
    assert became.word == "edited"
    assert posting.take(shop, bought, now=world.NOW).word == "same"
    assert has(bean, giver, now=world.NOW) == 0
    before = has(bean, into, now=world.NOW)
    assert posting.take(shop, told, now=world.NOW).word == "refunded"
    assert 0 < has(bean, into, now=world.NOW) < before


def test_an_order_that_turns_out_to_be_somebody_elses_goes_over(bean: Business, shop: Shop) -> None:
    state = world.state("woocommerce", {**world.captured("order.created"), "refunds": []})
    posting.take(shop, state, now=world.NOW)
    other = Person(external="9", name="Otto")
    became = posting.take(shop, structs.replace(state, person=other), now=world.NOW)
    assert became.word == "edited"
    assert world.points(bean) == {"Otto": 37}


def test_no_log_names_anybody(client: Client, shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    world.tell(client, shop, world.captured("order.created"))
    world.tell(client, shop, b'{"billing": {"email": "bea@example.org"')
    for word in ("bea@", "Anna", "Rossi", "+39055"):
        assert word not in caplog.text


def test_whoever_is_erased_is_gone_from_what_shops_told(
    client: Client, bean: Business, shop: Shop
) -> None:
    world.tell(client, shop, world.captured("order.created"))
    world.tell(client, shop, b'{"billing": {"email": "bea@example.org"')
    waiting = ShopMessage.objects.create(
        shop=shop, received_at=timezone.now(), body=b'{"email": "Bea@example.org"}'
    )
    erasing.erase(Customer.objects.get(), at=timezone.now())
    assert not ShopMessage.objects.filter(pk=waiting.pk).exists()
    assert not ShopMessage.objects.exclude(body=None).exists()
    row = ShopOrder.objects.get()
    kept = f"{row.state} {row.standing} {row.whose}"
    for word in ("bea", "Anna", "Rossi", "39055"):
        assert word not in kept
    world.tell(client, shop, {**world.captured("order.created"), "refunds": []})
    assert Customer.objects.count() == 1  # what happens to the order later makes nobody anew
    assert not Identity.objects.exists()


def test_a_person_is_not_part_of_what_is_kept_of_an_order(shop: Shop) -> None:
    state = world.state("woocommerce", world.captured("order.created"))
    posting.take(shop, state, now=world.NOW)
    assert msgspec.convert(ShopOrder.objects.get().state, Order).person is None
