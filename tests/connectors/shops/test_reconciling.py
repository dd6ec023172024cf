"""What was never told is found by asking; a real server speaks as the shops' REST does."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from habitue.connectors.models import Shop, ShopMessage
from habitue.connectors.shops import asking, connecting, reconciling
from habitue.connectors.shops.asking import Trouble
from habitue.members.models import Business
from tests.connectors.shops import world

ORDERS = "/wp-json/wc/v3/orders"


@pytest.fixture
def bean(db: None, settings: Settings) -> Business:
    settings.SHOPS_LOOPBACK = True
    return world.business("GBP")


@pytest.fixture
def shop(bean: Business, httpserver: HTTPServer) -> Shop:
    return world.connect(bean, address=httpserver.url_for(""), keys=True)


def ask(shop: Shop) -> int:
    return reconciling.run(shop, since=world.NOW - reconciling.DAY, now=world.NOW)


def order(number: int = 13, **changed: Any) -> dict[str, Any]:
    return {**world.captured("order.created"), "id": number, "refunds": [], **changed}


def test_an_order_that_was_never_told_is_found_once(
    bean: Business, shop: Shop, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(
        ORDERS,
        query_string={
            "modified_after": "2026-11-21T12:00:00",
            "dates_are_gmt": "true",
            "orderby": "id",
            "order": "asc",
            "status": "any",
            "per_page": "50",
            "page": "1",
        },
        headers={"Authorization": "Basic a2V5OmtleQ=="},
    ).respond_with_json([order()])
    assert ask(shop) == 1
    assert world.last(shop) == ("done", "posted", "")
    assert ask(shop) == 0
    assert world.points(bean) == {"Anna Rossi": 37}
    shop.refresh_from_db()
    assert shop.asked_at == world.NOW
    assert connecting.light(shop).color == "green"


def test_every_page_is_turned(bean: Business, shop: Shop, httpserver: HTTPServer) -> None:
    def page(request: Request) -> Response:
        return told([order(int(request.args["page"]))], {"X-WP-TotalPages": "3"})

    httpserver.expect_request(ORDERS).respond_with_handler(page)
    assert ask(shop) == 3
    assert world.points(bean) == {"Anna Rossi": 3 * 37}


def test_what_a_webhook_told_by_money_is_known_by_lines_afterwards(
    client: Client, bean: Business, shop: Shop, httpserver: HTTPServer
) -> None:
    world.tell(client, shop, world.captured("order.created"))
    httpserver.expect_request(ORDERS).respond_with_json([world.captured("order.created")])
    httpserver.expect_request(f"{ORDERS}/13/refunds").respond_with_json(
        world.documented("woocommerce/refunds")
    )
    assert ask(shop) == 1
    assert world.happened(bean) == ["purchase", "refund", "undo", "refund"]
    world.tell(client, shop, world.captured("order.updated"))
    assert world.last(shop)[1] == "same"
    assert ask(shop) == 0
    assert world.points(bean) == {"Anna Rossi": 18}


def test_one_order_that_cannot_be_read_stops_no_other_and_is_shown_once(
    bean: Business, shop: Shop, httpserver: HTTPServer
) -> None:
    bad = order(12, currency=None)
    httpserver.expect_request(ORDERS).respond_with_json([bad, order()])
    assert ask(shop) == 1
    assert ask(shop) == 0
    assert ShopMessage.objects.filter(state="failed", became="field", said="currency").count() == 1
    assert connecting.light(shop).color == "red"


def test_a_shop_that_wants_to_be_left_alone_is_waited_for(
    bean: Business, shop: Shop, httpserver: HTTPServer
) -> None:
    busy = {"Retry-After": "0"}
    for _ in range(2):
        httpserver.expect_ordered_request(ORDERS).respond_with_data("", 429, busy)
    httpserver.expect_ordered_request(ORDERS).respond_with_json([order()])
    assert ask(shop) == 1


@pytest.mark.parametrize(
    ("status", "headers", "body", "trouble"),
    [
        (429, {"Retry-After": "3600"}, "", "busy"),
        (429, {"Retry-After": "nan"}, "", "busy"),
        (401, {}, "{}", "rights"),
        (500, {}, "oh", "answer"),
        (302, {"Location": "http://127.0.0.1/"}, "", "answer"),
        (200, {}, "<html>", "answer"),
        (200, {}, '{"orders": 1}', "field"),
    ],
)
def test_trouble_is_kept_as_a_word_until_it_is_over(
    shop: Shop,
    httpserver: HTTPServer,
    status: int,
    headers: dict[str, str],
    body: str,
    trouble: str,
) -> None:
    httpserver.expect_request(ORDERS).respond_with_data(body, status, headers)
    assert ask(shop) == 0
    shop.refresh_from_db()
    assert shop.trouble == trouble
    assert connecting.light(shop) == connecting.Light("red", trouble)
    httpserver.clear()
    httpserver.expect_request(ORDERS).respond_with_json([])
    ask(shop)
    shop.refresh_from_db()
    assert shop.trouble == ""


def test_a_slow_shop_and_one_that_is_not_there_are_trouble(
    shop: Shop, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "TIMEOUT", 0.2)
    served, given_up, answered = [], threading.Event(), threading.Event()

    def slowly(request: Request) -> Response:
        served.append(request.path)
        assert given_up.wait(120)
        answered.set()
        return Response("[]")

    httpserver.expect_request(ORDERS).respond_with_handler(slowly)
    ask(shop)
    shop.refresh_from_db()
    assert shop.trouble == "slow"
    given_up.set()
    assert answered.wait(120)
    assert served == [ORDERS]
    Shop.objects.filter(pk=shop.pk).update(address="http://127.0.0.1:9")
    shop.refresh_from_db()
    ask(shop)
    shop.refresh_from_db()
    assert shop.trouble == "unreachable"


def test_an_endless_answer_is_not_read_to_its_end(
    shop: Shop, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_BYTES", 1_000)
    httpserver.expect_request(ORDERS).respond_with_data("[" * 100_000)
    ask(shop)
    shop.refresh_from_db()
    assert shop.trouble == "huge"


def test_shopify_is_read_page_by_page_as_its_links_say(
    bean: Business, httpserver: HTTPServer
) -> None:
    of = world.business("USD")
    shop = world.connect(of, "shopify", address=httpserver.url_for(""), keys=True)
    path, one = "/admin/api/2025-10/orders.json", world.documented("shopify/order")
    following = {"Link": f'<{httpserver.url_for(path)}?page_info=abc>; rel="next"'}

    def page(request: Request) -> Response:
        if request.args.get("page_info") == "abc":
            return told({"orders": [{**one, "id": 2}]})
        return told({"orders": [one]}, following)

    httpserver.expect_request(path, headers={"X-Shopify-Access-Token": "key"}).respond_with_handler(
        page
    )
    assert ask(shop) == 2
    assert sum(world.points(of).values()) == 2 * 587


def test_a_link_to_another_host_is_not_followed(bean: Business, httpserver: HTTPServer) -> None:
    shop = world.connect(bean, "shopify", address=httpserver.url_for(""), keys=True)
    path = "/admin/api/2025-10/orders.json"
    httpserver.expect_request(path).respond_with_json(
        {"orders": []}, headers={"Link": '<http://127.0.0.1:1/x>; rel="next"'}
    )
    ask(shop)
    shop.refresh_from_db()
    assert shop.trouble == "address"


def test_square_finds_sales_by_themselves_and_by_their_returns(
    bean: Business, httpserver: HTTPServer
) -> None:
    of = world.business("USD", per="0.10")
    shop = world.connect(of, "square", keys=True)
    Shop.objects.filter(pk=shop.pk).update(address=httpserver.url_for("").rstrip("/"))
    shop.refresh_from_db()
    sale = {
        **world.documented("square/order")["order"],
        "state": "COMPLETED",
        "customer_id": "C1",
    }
    back = {"id": "B1", "returns": [{"source_order_id": sale["id"]}]}
    places = [{"id": f"L{number}"} for number in range(12)]
    httpserver.expect_request("/v2/locations").respond_with_json({"locations": places})
    asked = []

    def search(request: Request) -> Response:
        asked.append(request.get_json())
        more = "cursor" not in request.get_json() and len(asked) == 1
        return told({"orders": [back, sale], **({"cursor": "c"} if more else {})})

    httpserver.expect_request("/v2/orders/search", method="POST").respond_with_handler(search)
    httpserver.expect_request(f"/v2/orders/{sale['id']}").respond_with_json({"order": sale})
    httpserver.expect_request("/v2/customers/C1").respond_with_data("{}", 404)
    assert ask(shop) == 1
    assert sum(world.points(of).values()) == 55
    assert [len(one["location_ids"]) for one in asked] == [10, 10, 2]
    assert asked[1]["cursor"] == "c"


@pytest.mark.parametrize(
    "address",
    [
        "http://shop.example.com",
        "https://127.0.0.1",
        "https://localhost",
        "https://10.0.0.1",
        "https://169.254.169.254",
        "https://[::1]",
        "https://user@93.184.215.14",
        "https://93.184.215.14/?x=1",
        "https://93.184.215.14:22",
        "ftp://93.184.215.14",
        "shop",
        "",
    ],
)
def test_only_the_open_internet_is_asked(address: str, settings: Settings) -> None:
    settings.SHOPS_LOOPBACK = False
    with pytest.raises(Trouble) as trouble:
        asking.checked(address)
    assert trouble.value.code == "address"


def test_an_address_is_checked_again_at_every_request(
    shop: Shop, httpserver: HTTPServer, settings: Settings
) -> None:
    httpserver.expect_request(ORDERS).respond_with_json([])
    rest = asking.Rest(shop.address, {})
    rest.get(ORDERS)
    settings.SHOPS_LOOPBACK = False
    with pytest.raises(Trouble):
        rest.get(ORDERS)


def test_all_connected_shops_with_keys_are_asked(
    bean: Business, shop: Shop, httpserver: HTTPServer
) -> None:
    world.connect(bean, "shopify")  # without keys
    ended = world.connect(bean, address=httpserver.url_for("/ended"), keys=True)
    connecting.disconnect(ended, by=None, at=world.NOW)
    httpserver.expect_request(ORDERS).respond_with_json([order()])
    assert reconciling.run_all(back=timedelta(days=1), now=world.NOW) == 1
    assert len(httpserver.log) == 1


def told(found: Any, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(found), headers=headers)
