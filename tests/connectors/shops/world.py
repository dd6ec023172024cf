"""A business with a simple program, its connected shops, and how these tell something."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.test import Client

from habitue import ledger
from habitue.connectors.models import Shop, ShopMessage
from habitue.connectors.shops import connecting, kinds, payload
from habitue.connectors.shops.order import Order
from habitue.members import businesses
from habitue.members.models import Business, Customer, Identity

PAYLOADS: Final = Path(__file__).parent / "payloads"
NOW: Final = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)

PROGRAM: Final = """
program: points
title: Points
currency: {currency}
timezone: Europe/London
enrolment: {enrolment}
units:
  points: {{worth: 0.01}}
earn:
  - {{id: base, when: purchase, award: {{points: 1, per: {per}}}}}
rewards:
  - {{id: mug, title: Mug, cost: {{points: 10}}, gives: {{product: mug}}}}
"""


def business(currency: str = "GBP", *, enrolment: str = "automatic", per: str = "1.00") -> Business:
    """A business in a currency, where each `per` earns a point."""
    made = businesses.create(name="Bean", kind="cafe", country="GB", currency=currency)
    text = PROGRAM.format(currency=currency, enrolment=enrolment, per=per)
    published = ledger.publish(made.pk, text)
    assert not published.problems, published.problems
    return made


def connect(
    of: Business, kind: str = "woocommerce", *, address: str = "", keys: bool = False
) -> Shop:
    """A connected shop whose past counts."""
    known = kinds.known()[kind]
    shop, secret = connecting.connect(
        of,
        kind=kind,
        name=known.title,
        address=address or next(iter(known.fixed), "https://93.184.215.14"),
        credentials=dict.fromkeys(known.credentials, "key") if keys else {},
        by=None,
        at=NOW,
    )
    if not secret:
        connecting.change(shop, secret="shop-secret", by=None, at=NOW)
    Shop.objects.filter(pk=shop.pk).update(since=LONG_AGO)
    return Shop.objects.select_related("business").get(pk=shop.pk)


def captured(topic: str) -> dict[str, Any]:
    """The body of a captured delivery of WooCommerce."""
    for line in (PAYLOADS / "woocommerce" / "captured.jsonl").read_text().splitlines():
        found = json.loads(line)
        if found["headers"]["X-WC-Webhook-Topic"] == topic:
            body: dict[str, Any] = found["body"]
            return body
    raise KeyError(topic)


def documented(name: str) -> dict[str, Any]:
    """A payload from a file, such as `shopify/order`."""
    found: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())
    return found


def signature(secret: str, content: bytes) -> str:
    """Made apart from the product's own."""
    return base64.b64encode(hmac.new(secret.encode(), content, hashlib.sha256).digest()).decode()


def tell(
    client: Client, shop: Shop, body: Any, topic: str = "", *, secret: str | None = None
) -> int:
    """Deliver something as the shop does; answers the status."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    secret = shop.secret if secret is None else secret
    if shop.kind == "woocommerce":
        headers = {
            "X-WC-Webhook-Topic": topic or "order.updated",
            "X-WC-Webhook-Signature": signature(secret, raw),
            "X-WC-Webhook-Delivery-ID": "the same for every one of them",
        }
    elif shop.kind == "shopify":
        headers = {
            "X-Shopify-Topic": topic or "orders/updated",
            "X-Shopify-Hmac-SHA256": signature(secret, raw),
        }
    else:
        signed = f"{settings.HABITUE_ADDRESS}{connecting.path(shop)}".encode() + raw
        headers = {"X-Square-HmacSha256-Signature": signature(secret, signed)}
        if topic:
            headers["Square-Environment"] = topic
    answer = client.post(
        connecting.path(shop), raw, content_type="application/json", headers=headers
    )
    return answer.status_code


def read(kind: str, body: Any, topic: str = "") -> Any:
    """What a kind reads in a payload."""
    return kinds.known()[kind].read(topic, payload.read(json.dumps(body).encode()))


def state(kind: str, body: Any, topic: str = "") -> Order:
    """The order that a kind reads in a payload."""
    found = read(kind, body, topic)
    assert isinstance(found, Order)
    return found


def last(shop: Shop) -> tuple[str, str, str]:
    """State, word and what was said of the newest message."""
    found = ShopMessage.objects.filter(shop=shop).latest("pk")
    return found.state, found.became, found.said


def points(of: Business) -> dict[str, int]:
    """What every customer holds, by name; nobody with nothing."""
    held = {}
    for customer in Customer.objects.filter(business=of):
        standing = ledger.standing(of.pk, customer.pk, now=NOW)
        if standing is not None and standing.balances.get("points"):
            held[customer.name or str(customer.pk)] = standing.balances["points"]
    return held


def happened(of: Business) -> list[str]:
    """The kinds of events that were posted and not refused, as they came."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind FROM ledger_event WHERE business_id = %s AND refusal IS NULL"
            " AND kind <> 'enrolment' ORDER BY id",
            [of.pk],
        )
        return [kind for (kind,) in cursor.fetchall()]


def external(of: Business) -> list[str]:
    """The external identities that shops gave."""
    found = Identity.objects.filter(business=of, kind="external")
    return sorted(found.values_list("value", flat=True))
