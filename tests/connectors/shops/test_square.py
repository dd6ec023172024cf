"""Square: what it tells, and how the order then stands by REST; a real server speaks as Square."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings
from pytest_httpserver import HTTPServer

from habitue.connectors.models import Shop, ShopMessage
from habitue.connectors.shops import kinds, payload, working
from habitue.connectors.shops.order import Elsewhere, Nothing, Order
from habitue.connectors.shops.square import translating
from habitue.members.models import Business, Customer
from tests.connectors.shops import world

ORDER = "CAISENgvlJ6jLWAzERDzjyHVybY"
BACK = "haOyDuHiqtAXMk0d8pDKXpL7Jg4F"

Serve = Callable[..., None]


@pytest.fixture
def bean(db: None) -> Business:
    return world.business("USD", per="0.10")


@pytest.fixture
def shop(bean: Business, httpserver: HTTPServer, settings: Settings) -> Shop:
    settings.SHOPS_LOOPBACK = True
    found = world.connect(bean, "square", keys=True)
    Shop.objects.filter(pk=found.pk).update(address=httpserver.url_for("").rstrip("/"))
    return Shop.objects.select_related("business").get(pk=found.pk)


def usd(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "USD"}


def sale(**changed: Any) -> dict[str, Any]:
    """The documented order, paid by a customer."""
    found: dict[str, Any] = world.documented("square/order")["order"]
    paid = {"state": "COMPLETED", "customer_id": "C1", "tenders": [{"id": "P1"}]}
    return {**found, **paid, "closed_at": "2020-05-18T16:35:00Z", **changed}


def refund(**changed: Any) -> dict[str, Any]:
    """A completed refund of the sale's payment, of the documented kind."""
    found = world.documented("square/refund_updated")["data"]["object"]["refund"]
    about = {"id": "R1", "order_id": BACK, "payment_id": "P1", "amount_money": usd(150)}
    return {**found, **about, "updated_at": "2020-05-19T00:00:00Z", **changed}


def returned(count: str = "1") -> dict[str, Any]:
    """The order of a return: one of the two pieces of the second line."""
    line = {
        "uid": "r1",
        "source_line_item_uid": "mumY8Nun4BC5aKe2yyx5a",
        "quantity": count,
        "total_money": usd(150),
        "total_tax_money": usd(0),
    }
    returns = [{"uid": "x", "source_order_id": ORDER, "return_line_items": [line]}]
    about = {"id": BACK, "state": "COMPLETED", "total_money": usd(0), "returns": returns}
    return {**about, "created_at": "2020-05-19T00:00:00Z", "updated_at": "2020-05-19T00:00:00Z"}


@pytest.fixture
def serve(httpserver: HTTPServer) -> Serve:
    """Let the server tell an order, the refunds of its payment, and orders of returns."""

    def served(
        order: dict[str, Any] | None, refunds: list[dict[str, Any]], *others: dict[str, Any]
    ) -> None:
        httpserver.clear()
        answers: dict[str, Any] = {
            "/v2/payments/P1": {"payment": {"id": "P1", "refund_ids": [r["id"] for r in refunds]}},
            "/v2/customers/C1": {
                "customer": {
                    "id": "C1",
                    "given_name": "Amelia",
                    "family_name": "Earhart",
                    "email_address": "amelia@example.com",
                    "phone_number": "+44 20 7946 0018",
                }
            },
        }
        answers |= {f"/v2/refunds/{one['id']}": {"refund": one} for one in refunds}
        answers |= {f"/v2/orders/{one['id']}": {"order": one} for one in others}
        if order is not None:
            answers[f"/v2/orders/{ORDER}"] = {"order": order}
        for path, body in answers.items():
            httpserver.expect_request(
                path, headers={"Authorization": "Bearer key"}
            ).respond_with_json(body)
        httpserver.expect_request(f"/v2/orders/{ORDER}").respond_with_data("{}", status=404)

    return served


def payment(order: str = ORDER) -> dict[str, Any]:
    found = world.documented("square/payment_updated")
    found["data"]["object"]["payment"]["order_id"] = order
    return found


def standing(found: dict[str, Any]) -> Order:
    """How an order stands, as read from what REST answers."""
    return translating.state(payload.read(json.dumps(found).encode()), [], None)


def work(shop: Shop) -> str:
    """What the worker makes of whatever waits; answers what came of the newest."""
    for key in ShopMessage.objects.filter(shop=shop, state="waiting").values_list("pk", flat=True):
        working.work(key, now=world.NOW, ask=True)
    return world.last(shop)[1]


def test_the_documented_payloads_name_the_order_to_ask_for() -> None:
    asked = {
        "payment_updated": "03O3USaPaAaFnI6kkwB1JxGgBsUZY",
        "order_updated": "eA3vssLHKJrv9H0IdJCM3gNqfdcZY",
        "refund_updated": BACK,
    }
    for name, order in asked.items():
        assert world.read("square", world.documented(f"square/{name}")) == Elsewhere(order)
    assert world.read("square", {"type": "customer.created"}) == Nothing("not_an_order")
    assert world.read("square", {"type": "payment.created", "data": []}) == Nothing("not_an_order")


def test_a_payment_makes_the_order_a_purchase(
    client: Client, bean: Business, shop: Shop, serve: Serve
) -> None:
    serve(sale(), [])
    assert world.tell(client, shop, payment()) == 200
    assert world.last(shop)[0] == "waiting"
    assert work(shop) == "posted"
    assert world.points(bean) == {"Amelia Earhart": 55}
    assert world.external(bean)[0] == "square:C1"
    assert ShopMessage.objects.get().body is None


def test_the_signature_is_over_address_and_body(client: Client, shop: Shop) -> None:
    assert world.tell(client, shop, payment(), secret="another") == 401
    raw = b"{}"
    answer = client.post(
        f"/hooks/square/{shop.token}",
        raw,
        content_type="application/json",
        headers={"X-Square-HmacSha256-Signature": world.signature(shop.secret, raw)},
    )
    assert answer.status_code == 401


def test_the_sandbox_is_ignored(client: Client, bean: Business, shop: Shop) -> None:
    assert world.tell(client, shop, payment(), "Sandbox") == 200
    assert world.last(shop) == ("done", "test", "")


def test_a_return_by_lines_is_found_by_its_own_order(
    client: Client, bean: Business, shop: Shop, serve: Serve
) -> None:
    serve(sale(), [])
    world.tell(client, shop, payment())
    work(shop)
    serve(sale(), [refund()], returned())
    world.tell(client, shop, world.documented("square/refund_updated"))
    assert work(shop) == "refunded"
    assert world.points(bean) == {"Amelia Earhart": 40}
    state = kinds.known()["square"].asker(shop.address, {"access_token": "key"}).order(BACK)
    assert isinstance(state, Order)
    assert state.id == ORDER
    assert state.refunds[0].pieces == (("mumY8Nun4BC5aKe2yyx5a", 1),)


def test_a_refund_counts_once_it_is_completed(
    client: Client, bean: Business, shop: Shop, serve: Serve
) -> None:
    serve(sale(), [refund(status="PENDING")], returned())
    world.tell(client, shop, payment())
    assert work(shop) == "posted"
    assert world.points(bean) == {"Amelia Earhart": 55}
    serve(sale(), [refund(order_id=ORDER, amount_money=usd(55))])
    world.tell(client, shop, payment())
    assert work(shop) == "refunded"
    assert world.points(bean) == {"Amelia Earhart": 49}  # 5.50 - 0.55


def test_a_cancelled_order_and_one_that_is_gone_are_taken_back(
    client: Client, bean: Business, shop: Shop, serve: Serve
) -> None:
    serve(sale(), [])
    world.tell(client, shop, payment())
    work(shop)
    serve(None, [])
    world.tell(client, shop, payment())
    assert work(shop) == "taken_back"
    assert world.points(bean) == {}


def test_tax_is_not_goods_whether_added_or_included() -> None:
    line = {"uid": "a", "quantity": "1", "total_money": usd(1200), "total_tax_money": usd(200)}
    (item,) = standing(sale(line_items=[line], total_money=usd(1200))).items
    assert (item.amount, item.tax) == (1000, 200)


def test_goods_by_weight_are_one_piece() -> None:
    line = {"uid": "a", "quantity": "1.375", "total_money": usd(1200)}
    (item,) = standing(sale(line_items=[line])).items
    assert (item.quantity, item.amount) == (1, 1200)


def test_whoever_did_not_say_who_they_are_is_nobody(
    client: Client, bean: Business, shop: Shop, serve: Serve
) -> None:
    serve(sale(customer_id=None), [])
    world.tell(client, shop, payment())
    assert work(shop) == "nobody"
    assert not Customer.objects.exists()


def test_keys_that_are_not_accepted_are_tried_later_and_given_up_in_the_end(
    client: Client, shop: Shop, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(f"/v2/orders/{ORDER}").respond_with_data("{}", status=401)
    world.tell(client, shop, payment())
    for _ in range(working.MOST_TRIES):
        assert work(shop) == ""
        assert world.last(shop) == ("waiting", "", "rights")
    assert work(shop) == "given_up"
