"""Shopify: documented orders, refunds by lines and by money, edits, cancellations, its tests."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from habitue.connectors.models import Shop
from habitue.connectors.shops.order import Elsewhere, Nothing
from habitue.members.models import Business, Identity, Member
from tests.connectors.shops import world

REFUNDED = "2020-01-14T10:34:55-05:00"


@pytest.fixture
def bean(db: None) -> Business:
    return world.business("USD")


@pytest.fixture
def shop(bean: Business) -> Shop:
    return world.connect(bean, "shopify")


def order(**changed: Any) -> dict[str, Any]:
    """The documented order."""
    return {**world.documented("shopify/order"), **changed}


def refunded(**changed: Any) -> dict[str, Any]:
    """The documented order with its documented refund in it."""
    back = [world.documented("shopify/refund")]
    about = {"financial_status": "partially_refunded", "updated_at": REFUNDED, "refunds": back}
    return order(**{**about, **changed})


def test_an_order_is_read_net_of_its_discounts_and_before_tax() -> None:
    state = world.state("shopify", order())
    assert [item.amount for item in state.items] == [19566, 19567, 19567]
    assert [item.discount for item in state.items] == [334, 333, 333]
    assert {item.tax for item in state.items} == {398}
    assert (state.total, state.tax, state.status, state.test) == (59894, 1194, "paid", False)
    assert state.person is not None
    assert state.person.guest  # no account at the shop


def test_prices_that_hold_tax_are_read_without_it() -> None:
    items = world.state("shopify", order(taxes_included=True)).items
    assert [item.amount for item in items] == [19168, 19169, 19169]


def test_an_order_earns_once_whatever_topic_tells_it(
    client: Client, bean: Business, shop: Shop
) -> None:
    for topic in ("orders/create", "orders/paid", "orders/updated"):
        assert world.tell(client, shop, order(), topic) == 200
    assert world.happened(bean) == ["purchase"]
    assert world.points(bean) == {"Bob Norman": 587}
    assert world.external(bean)[0] == "shopify:207119551"


def test_a_wrong_signature_is_refused(client: Client, shop: Shop) -> None:
    assert world.tell(client, shop, order(), secret="another") == 401


def test_a_refund_told_by_itself_and_with_its_order_is_one_refund(
    client: Client, bean: Business, shop: Shop
) -> None:
    world.tell(client, shop, order(), "orders/create")
    world.tell(client, shop, world.documented("shopify/refund"), "refunds/create")
    assert world.last(shop)[1] == "refunded"
    world.tell(client, shop, refunded(), "orders/updated")
    world.tell(client, shop, world.documented("shopify/refund"), "refunds/create")
    assert world.last(shop)[1] == "same"
    assert world.happened(bean) == ["purchase", "refund"]
    assert world.points(bean) == {"Bob Norman": 391}  # 195.66 + 195.67


def test_a_refund_of_an_order_nobody_told_comes_with_the_order(
    client: Client, bean: Business, shop: Shop
) -> None:
    world.tell(client, shop, world.documented("shopify/refund"), "refunds/create")
    assert world.last(shop)[1] == "unknown"
    world.tell(client, shop, refunded(), "orders/updated")
    assert world.points(bean) == {"Bob Norman": 391}


def test_an_older_state_does_not_bring_refunded_goods_back(
    client: Client, bean: Business, shop: Shop
) -> None:
    world.tell(client, shop, order(), "orders/create")
    world.tell(client, shop, world.documented("shopify/refund"), "refunds/create")
    world.tell(client, shop, order(updated_at="2020-01-14T10:00:00-05:00"), "orders/updated")
    assert world.last(shop)[1] == "older"
    assert world.points(bean) == {"Bob Norman": 391}


def test_a_refund_of_money_alone_takes_back_the_goods_share_of_it(
    client: Client, bean: Business, shop: Shop
) -> None:
    world.tell(client, shop, order(), "orders/create")
    world.tell(client, shop, world.documented("shopify/refund_money"), "refunds/create")
    # 41.94 of 598.94, of which 587.00 are goods: 41.10
    assert world.points(bean) == {"Bob Norman": 545}


def test_shipping_given_back_takes_nothing_back(client: Client, bean: Business, shop: Shop) -> None:
    back = {**world.documented("shopify/refund_money"), "refund_line_items": []}
    back["order_adjustments"] = [{"id": 1, "kind": "shipping_refund", "amount": "-41.94"}]
    world.tell(client, shop, order(), "orders/create")
    world.tell(client, shop, back, "refunds/create")
    assert world.happened(bean) == ["purchase"]


def test_a_line_taken_out_by_an_edit_is_no_longer_bought(
    client: Client, bean: Business, shop: Shop
) -> None:
    world.tell(client, shop, order(), "orders/create")
    edited = order(updated_at="2008-01-10T12:00:00-05:00")
    edited["line_items"][1]["current_quantity"] = 0
    world.tell(client, shop, edited, "orders/updated")
    assert world.last(shop)[1] == "edited"
    assert world.points(bean) == {"Bob Norman": 391}


def test_what_came_back_is_not_taken_out_once_more(
    client: Client, bean: Business, shop: Shop
) -> None:
    world.tell(client, shop, order(), "orders/create")
    told = refunded()
    told["line_items"][1]["current_quantity"] = 0
    world.tell(client, shop, told, "orders/updated")
    assert world.happened(bean) == ["purchase", "refund"]
    assert world.points(bean) == {"Bob Norman": 391}


def test_a_line_added_by_an_edit_is_bought(client: Client, bean: Business, shop: Shop) -> None:
    world.tell(client, shop, order(), "orders/create")
    edited = order(updated_at="2008-01-10T12:00:00-05:00")
    edited["line_items"].append({**edited["line_items"][0], "id": 1})
    world.tell(client, shop, edited, "orders/updated")
    assert world.points(bean) == {"Bob Norman": 782}
    assert world.happened(bean) == ["purchase", "undo", "purchase"]


def test_an_order_is_taken_back_when_it_is_cancelled(
    client: Client, bean: Business, shop: Shop
) -> None:
    world.tell(client, shop, refunded(), "orders/create")
    gone = refunded(cancelled_at=REFUNDED, updated_at="2020-01-15T00:00:00Z")
    world.tell(client, shop, gone, "orders/cancelled")
    world.tell(client, shop, gone, "orders/cancelled")
    assert world.happened(bean) == ["purchase", "refund", "refund"]
    assert world.points(bean) == {}


def test_the_test_notification_is_ignored(client: Client, bean: Business, shop: Shop) -> None:
    note = world.documented("shopify/test_notification")
    world.tell(client, shop, note, "orders/create")
    assert world.last(shop) == ("done", "test", "")
    assert not Identity.objects.exists()


def test_an_authorized_order_is_not_paid_yet() -> None:
    assert world.state("shopify", order(financial_status="authorized")).status == "pending"
    assert world.state("shopify", order(financial_status="voided")).status == "cancelled"


def test_whoever_has_an_account_there_is_a_member(
    client: Client, bean: Business, shop: Shop
) -> None:
    who = {**order()["customer"], "state": "enabled"}
    world.tell(client, shop, order(), "orders/create")
    assert not Member.objects.exists()
    world.tell(client, shop, order(id=2, customer=who), "orders/create")
    assert Member.objects.get().customer.name == "Bob Norman"


def test_gift_cards_are_marked() -> None:
    body = order()
    body["line_items"][0]["gift_card"] = True
    labels = [item.labels for item in world.state("shopify", body).items]
    assert labels == [("gift_card",), (), ()]


def test_an_edited_order_is_asked_for_and_other_topics_mean_nothing() -> None:
    edited = world.documented("shopify/orders_edited")
    assert world.read("shopify", edited, "orders/edited") == Elsewhere("450789469")
    assert world.read("shopify", {"id": 1}, "customers/create") == Nothing("not_an_order")
    assert world.read("shopify", {"id": 1}, "orders/delete") == Nothing("not_an_order")


def test_without_keys_it_cannot_be_asked_and_says_so(client: Client, shop: Shop) -> None:
    world.tell(client, shop, world.documented("shopify/orders_edited"), "orders/edited")
    assert world.last(shop) == ("failed", "no_keys", "")


def test_yen_have_no_decimals(client: Client) -> None:
    body = order(currency="JPY", total_price="1000")
    body["line_items"] = [{"id": 1, "quantity": 2, "price": "500", "tax_lines": []}]
    (item,) = world.state("shopify", body).items
    assert (item.amount, item.quantity) == (1000, 2)
