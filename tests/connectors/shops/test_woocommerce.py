"""WooCommerce: captured deliveries, refunds, edits, cancellations, greetings, wrong signatures."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from habitue.connectors.models import Shop, ShopMessage, ShopOrder
from habitue.connectors.shops import order
from habitue.connectors.shops.order import Nothing
from habitue.members.models import Business, Customer, Member
from tests.connectors.shops import world


@pytest.fixture
def bean(db: None) -> Business:
    return world.business("GBP")


@pytest.fixture
def shop(bean: Business) -> Shop:
    return world.connect(bean)


def paid(**changed: Any) -> dict[str, Any]:
    """The captured order before anything came back."""
    return {**world.captured("order.created"), "refunds": [], **changed}


def test_the_captured_order_earns_what_was_kept_whichever_delivery_comes_first(
    client: Client, bean: Business, shop: Shop
) -> None:
    for topic in ("order.created", "order.updated", "order.created"):
        assert world.tell(client, shop, world.captured(topic), topic) == 200
    assert world.happened(bean) == ["purchase", "refund"]
    assert world.points(bean) == {"Anna Rossi": 18}  # 37.80 less 18.90


def test_the_floats_of_a_payload_are_never_read(client: Client, bean: Business, shop: Shop) -> None:
    body = paid()
    body["line_items"][0]["price"] = 999999.99
    world.tell(client, shop, body)
    assert world.points(bean) == {"Anna Rossi": 37}


def test_products_and_customers_mean_nothing(client: Client, bean: Business, shop: Shop) -> None:
    for topic in ("product.created", "customer.created"):
        assert world.tell(client, shop, world.captured(topic), topic) == 200
        assert world.last(shop) == ("done", "not_an_order", "")
    assert world.happened(bean) == []


def test_the_greeting_of_a_new_webhook_is_answered_and_writes_nothing(
    client: Client, shop: Shop
) -> None:
    address = f"/hooks/woocommerce/{shop.token}"
    form = "application/x-www-form-urlencoded"
    assert client.post(address, b"webhook_id=4", content_type=form).status_code == 200
    assert client.post(address, b"webhook_id=4&x=1", content_type=form).status_code == 401
    assert not ShopMessage.objects.exists()


def test_a_webhook_whose_user_has_no_rights_says_so(client: Client, shop: Shop) -> None:
    body = world.documented("woocommerce/no_rights")
    assert world.tell(client, shop, body, "order.created") == 200
    assert world.last(shop) == ("failed", "no_rights", "")


def test_a_wrong_signature_is_refused_and_writes_nothing(client: Client, shop: Shop) -> None:
    assert world.tell(client, shop, paid(), secret="another") == 401
    assert world.tell(client, shop, paid(), secret="") == 401
    answer = client.post(
        f"/hooks/woocommerce/{shop.token}",
        b"{}",
        content_type="application/json",
        headers={"X-WC-Webhook-Signature": "é"},
    )
    assert answer.status_code == 401
    assert not ShopMessage.objects.exists()
    assert not ShopOrder.objects.exists()


def test_only_the_secret_address_of_this_kind_is_there(client: Client, shop: Shop) -> None:
    for address in ("/hooks/woocommerce/x", f"/hooks/shopify/{shop.token}", "/hooks/magento/x"):
        assert client.post(address, b"{}", content_type="application/json").status_code == 404
    assert client.get(f"/hooks/woocommerce/{shop.token}").status_code == 405


def test_a_huge_payload_is_refused_before_it_is_read(client: Client, shop: Shop) -> None:
    assert world.tell(client, shop, b" " * (2 * 1024 * 1024 + 1)) == 413
    assert world.tell(client, shop, b" " * (2 * 1024 * 1024)) == 200


@pytest.mark.parametrize(
    ("body", "word", "said"),
    [
        (b'{"id": 13, "status": "comp', "json", ""),
        ("{'é': 1}".encode("cp1252"), "encoding", ""),
        (b"[" * 100_000, "deep", ""),
        (b"[]", "field", "order"),
        (b'{"id": NaN}', "json", ""),
        (b'{"id": ' + b"9" * 5_000 + b"}", "json", ""),
        (b'{"id": 13, "currency": "GBP"}', "field", "date_modified_gmt"),
    ],
)
def test_what_cannot_be_understood_is_kept_and_says_why(
    client: Client, shop: Shop, body: bytes, word: str, said: str
) -> None:
    assert world.tell(client, shop, body) == 200
    assert world.last(shop) == ("failed", word, said)
    assert bytes(ShopMessage.objects.get().body or b"") == body


def test_utf16_is_read_as_json_allows(client: Client, bean: Business, shop: Shop) -> None:
    world.tell(client, shop, json.dumps(paid()).encode("utf-16"))
    assert world.points(bean) == {"Anna Rossi": 37}


def test_an_order_counts_once_it_is_paid(client: Client, bean: Business, shop: Shop) -> None:
    pending = paid(status="pending", date_paid_gmt=None, date_modified_gmt="2026-11-21T19:00:00")
    world.tell(client, shop, pending)
    assert world.last(shop)[1] == "unpaid"
    assert not Customer.objects.exists()
    world.tell(client, shop, paid())
    assert world.last(shop)[1] == "posted"
    assert world.points(bean) == {"Anna Rossi": 37}


def test_an_older_state_changes_nothing(client: Client, bean: Business, shop: Shop) -> None:
    world.tell(client, shop, paid(status="cancelled", date_modified_gmt="2026-11-21T20:00:00"))
    world.tell(client, shop, paid())
    assert world.last(shop)[1] == "older"
    assert world.happened(bean) == []


def test_a_cancelled_order_is_taken_back_and_may_come_back(
    client: Client, bean: Business, shop: Shop
) -> None:
    world.tell(client, shop, paid())
    world.tell(client, shop, paid(status="cancelled", date_modified_gmt="2026-11-21T20:00:00"))
    assert world.last(shop)[1] == "taken_back"
    assert world.points(bean) == {}
    world.tell(client, shop, paid(date_modified_gmt="2026-11-21T21:00:00"))
    assert world.points(bean) == {"Anna Rossi": 37}
    assert world.happened(bean) == ["purchase", "refund", "undo"]


def test_an_edit_ends_where_buying_the_new_goods_would_have_ended(
    client: Client, bean: Business, shop: Shop
) -> None:
    world.tell(client, shop, paid())
    body = paid(date_modified_gmt="2026-11-21T20:00:00", total="56.70")
    body["line_items"][0] |= {"quantity": 3, "total": "56.70", "subtotal": "56.70"}
    world.tell(client, shop, body)
    assert world.last(shop)[1] == "edited"
    assert world.happened(bean) == ["purchase", "undo", "purchase"]
    assert world.points(bean) == {"Anna Rossi": 56}


def test_a_refund_of_money_gives_back_the_share_of_the_goods(
    client: Client, bean: Business, shop: Shop
) -> None:
    body = paid(total="50.00", total_tax="7.20", shipping_total="5.00")
    body["refunds"] = [{"id": 20, "total": "-25.00", "reason": ""}]
    world.tell(client, shop, body)
    assert world.points(bean) == {"Anna Rossi": 18}  # half of 37.80
    body["refunds"].append({"id": 21, "total": "-25.00", "reason": ""})
    world.tell(client, shop, {**body, "date_modified_gmt": "2026-11-21T20:00:00"})
    assert world.points(bean) == {}
    assert world.happened(bean) == ["purchase", "refund", "refund"]


def test_a_refund_that_was_deleted_is_undone(client: Client, bean: Business, shop: Shop) -> None:
    world.tell(client, shop, world.captured("order.created"))
    world.tell(client, shop, paid(date_modified_gmt="2026-11-21T20:00:00"))
    assert world.happened(bean) == ["purchase", "refund", "undo"]
    assert world.points(bean) == {"Anna Rossi": 37}


def test_tests_of_the_payment_are_ignored(client: Client, bean: Business, shop: Shop) -> None:
    tried = [{"id": 1, "key": "_wcpay_mode", "value": "test"}]
    world.tell(client, shop, paid(meta_data=tried))
    assert world.last(shop) == ("done", "test", "")
    assert world.happened(bean) == []


def test_whoever_has_an_account_is_a_member_and_a_guest_a_customer(
    client: Client, bean: Business, shop: Shop
) -> None:
    world.tell(client, shop, paid())
    world.tell(client, shop, paid(id=14, customer_id=0, billing={"email": "guest@example.org"}))
    world.tell(client, shop, paid(id=15, customer_id=0, billing={"email": " Guest@Example.ORG "}))
    assert Customer.objects.count() == 2
    (member,) = Member.objects.all()
    assert member.customer.name == "Anna Rossi"
    assert member.customer.identities.filter(kind="email", value="bea@example.org").exists()
    assert "woocommerce:3" in world.external(bean)
    assert sum(world.points(bean).values()) == 3 * 37


def test_nobody_is_nobody_until_the_shop_says_who(
    client: Client, bean: Business, shop: Shop
) -> None:
    world.tell(client, shop, paid(customer_id=0, billing={"email": ""}))
    assert world.last(shop)[1] == "nobody"
    world.tell(client, shop, paid(date_modified_gmt="2026-11-21T20:00:00"))
    assert world.points(bean) == {"Anna Rossi": 37}


@pytest.mark.parametrize(
    ("currency", "written", "amount"),
    [
        ("JPY", "3780", 3780),
        ("KWD", "37.805", 37805),
        ("EUR", "12.396694", 1240),
        ("KWD", "1", 1000),
    ],
)
def test_amounts_are_exact_in_every_currency(currency: str, written: str, amount: int) -> None:
    body = paid(currency=currency)
    body["line_items"][0] |= {"total": written, "subtotal": written}
    (item,) = world.state("woocommerce", body).items
    assert item.amount == amount


@pytest.mark.parametrize("written", ["1E+30", "12,50", "٣", "1 000", "--1", "1" * 40, "Infinity"])
def test_no_other_writing_of_an_amount_is_guessed(written: str) -> None:
    body = paid()
    body["line_items"][0]["total"] = written
    with pytest.raises(order.Unread):
        world.read("woocommerce", body)


def test_another_currency_is_refused_kept_and_not_tried_for_ever(
    client: Client, bean: Business, shop: Shop
) -> None:
    world.tell(client, shop, paid(currency="EUR"))
    assert world.last(shop) == ("failed", "refused", "currency")
    world.tell(client, shop, paid(currency="EUR"))
    assert world.last(shop)[1] == "same"
    assert world.happened(bean) == []


def test_what_was_bought_before_the_shop_was_connected_is_the_past(
    client: Client, bean: Business, shop: Shop
) -> None:
    Shop.objects.update(since=world.NOW)
    world.tell(client, shop, paid())
    assert world.last(shop)[1] == "before"
    assert not Customer.objects.exists()


def test_texts_that_cannot_be_stored_are_cleaned(
    client: Client, bean: Business, shop: Shop
) -> None:
    body = paid(billing={"first_name": "An\ud800na\x00", "email": "x@example.org"})
    body["line_items"][0]["sku"] = "\x00" + "B" * 500
    world.tell(client, shop, body)
    assert world.points(bean) == {"An?na": 37}


def test_rights_are_no_order() -> None:
    found = world.read("woocommerce", world.documented("woocommerce/no_rights"))
    assert found == Nothing("no_rights")
