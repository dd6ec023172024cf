"""Connecting a shop on the pages: steps, secrets shown once, what it told, trying again."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from habitue.connectors.models import Shop, ShopMessage
from habitue.connectors.shops import connecting
from habitue.members import staff
from habitue.members.models import Business, JournalLine, Staff
from tests.connectors.shops import world

NEW = {
    "name": "Web",
    "address": "http://127.0.0.1:9/",
    "consumer_key": "ck_1",
    "consumer_secret": "cs_1",
}


@pytest.fixture
def shop(owner: Client, cafe: Business, settings: Settings) -> Shop:
    """Connected through the page."""
    settings.SHOPS_LOOPBACK = True
    answer = owner.post("/settings/shops/new/woocommerce", NEW)
    assert answer.status_code == 302
    found = Shop.objects.select_related("business").get(business=cafe)
    assert answer["Location"] == f"/settings/shops/{found.pk}"
    Shop.objects.update(since=world.LONG_AGO)
    return found


def text(client: Client, shop: Shop) -> str:
    return client.get(f"/settings/shops/{shop.pk}").content.decode()


def test_every_kind_is_offered_and_has_its_form(owner: Client) -> None:
    page = owner.get("/settings/shops").content.decode()
    for kind, title in (("woocommerce", "WooCommerce"), ("shopify", "Shopify"), ("square", "Squ")):
        assert f'href="/settings/shops/new/{kind}"' in page
        assert title in owner.get(f"/settings/shops/new/{kind}").content.decode()
    assert owner.get("/settings/shops/new/magento").status_code == 404


def test_the_secret_of_our_making_is_shown_once_and_keys_never(owner: Client, shop: Shop) -> None:
    first, second = text(owner, shop), text(owner, shop)
    assert shop.secret in first
    assert shop.secret not in second
    for page in (first, second):
        assert f"/hooks/woocommerce/{shop.token}" in page
        assert "ck_1" not in page
        assert "cs_1" not in page
    owner.post(f"/settings/shops/{shop.pk}/secret")
    former = shop.secret
    shop.refresh_from_db()
    assert shop.secret != former
    assert shop.secret in text(owner, shop)


def test_connecting_is_journaled_without_secrets_and_the_shop_is_asked(
    owner: Client, shop: Shop
) -> None:
    (line,) = JournalLine.objects.filter(kind="shop")
    assert line.what == {"did": "connected", "shop": "Web", "kind": "woocommerce"}
    (job,) = ProcrastinateJob.objects.filter(task_name=connecting.TASK)
    assert job.args == {"key": shop.pk}
    assert "Boutique connectée" in owner.get("/journal").content.decode()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"address": "ftp://shop.example.com"}, "address"),
        ({"address": "http://10.0.0.1"}, "address"),
        ({"name": ""}, "name"),
        ({"consumer_secret": ""}, "consumer_secret"),
    ],
)
def test_what_cannot_be_connected_is_said_at_its_field(
    owner: Client, cafe: Business, given: dict[str, str], field: str
) -> None:
    answer = owner.post(
        "/settings/shops/new/woocommerce", {**NEW, "address": "http://10.0.0.1", **given}
    )
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not Shop.objects.exists()


def test_a_secret_that_the_shop_made_is_entered_and_not_shown(
    owner: Client, cafe: Business
) -> None:
    owner.post("/settings/shops/new/square", {"name": "Till", "access_token": "tok"})
    shop = Shop.objects.get(business=cafe)
    assert connecting.light(shop).why == "no_secret"
    assert owner.post(f"/settings/shops/{shop.pk}/secret", {"secret": ""}).status_code == 422
    assert owner.post(f"/settings/shops/{shop.pk}/secret", {"secret": "s3cr3t"}).status_code == 302
    shop.refresh_from_db()
    assert shop.secret == "s3cr3t"
    assert "s3cr3t" not in text(owner, shop)
    assert connecting.light(shop).why == "silent"


def test_what_came_is_listed_with_what_became_of_it(
    owner: Client, client: Client, shop: Shop
) -> None:
    body = {**world.captured("order.created"), "refunds": [], "currency": "EUR"}
    assert world.tell(client, shop, body) == 200
    page = text(owner, shop)
    assert "Enregistré comme achat" in page
    customer = ShopMessage.objects.get().shop.orders.get().customer_id
    assert f'href="/customers/{customer}"' in page
    assert "Anna" not in page
    assert 'class="waiting good"' in page


def test_what_failed_may_be_tried_again(owner: Client, client: Client, shop: Shop) -> None:
    world.tell(client, shop, b"{")
    message = ShopMessage.objects.get()
    path = f"/settings/shops/{shop.pk}/messages/{message.pk}/again"
    assert path in text(owner, shop)
    assert owner.post(path).status_code == 302
    assert 'class="waiting bad"' in text(owner, shop)
    message.refresh_from_db()
    assert (message.state, message.became) == ("failed", "json")


def test_a_refused_order_is_recorded_once_the_reason_is_gone(
    owner: Client, client: Client, cafe: Business, shop: Shop
) -> None:
    body = {**world.captured("order.created"), "refunds": []}
    world.tell(client, shop, body)  # in pounds; the café counts in euro
    message = ShopMessage.objects.get()
    assert (message.became, message.said, message.body) == ("refused", "currency", None)
    owner.post(f"/settings/shops/{shop.pk}/messages/{message.pk}/again")
    message.refresh_from_db()
    assert (message.state, message.became) == ("failed", "refused")


def test_disconnecting_ends_address_and_keys_and_reconnecting_counts_nothing_twice(
    owner: Client, client: Client, cafe: Business, shop: Shop
) -> None:
    body = {**world.captured("order.created"), "refunds": [], "currency": "EUR"}
    world.tell(client, shop, body)
    assert owner.get(f"/settings/shops/{shop.pk}/disconnect").status_code == 200
    owner.post(f"/settings/shops/{shop.pk}/disconnect")
    assert world.tell(client, shop, body) == 404
    assert owner.get(f"/settings/shops/{shop.pk}").status_code == 404
    ended = Shop.objects.get()
    assert (ended.secret, ended.credentials) == ("", {})
    owner.post("/settings/shops/new/woocommerce", NEW)
    again = Shop.objects.select_related("business").get()
    assert again.pk == shop.pk
    assert again.token != shop.token
    world.tell(client, again, body)
    assert world.last(again)[1] == "same"
    assert world.happened(cafe) == ["purchase"]


def test_a_manager_and_another_owner_see_nothing_of_it(
    cafe: Business, shop: Shop, client: Client
) -> None:
    user = User.objects.create_user("mara@example.org", "mara@example.org")
    own = Staff.objects.get(business=cafe, role="owner")
    staff.admit(cafe, user, Staff.Role.MANAGER, by=own, at=world.NOW)
    manager = Client()
    manager.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert manager.get("/settings/shops").status_code == 403
    assert "/settings/shops" not in manager.get("/settings").content.decode()
    assert client.get(f"/settings/shops/{shop.pk}").status_code == 302


def test_pages_of_messages_are_turned(owner: Client, shop: Shop) -> None:
    for _ in range(65):
        ShopMessage.objects.create(
            shop=shop, received_at=world.NOW, state="done", became="not_an_order"
        )
    page, seen = text(owner, shop), 0
    while True:
        seen += page.count("Ne concerne pas une commande")
        more = re.search(r'href="\?before=(\d+)"', page)
        if more is None:
            break
        page = owner.get(f"/settings/shops/{shop.pk}?before={more[1]}").content.decode()
    assert seen == 65
