"""WooCommerce's order as the common state: the same from a webhook and from REST.

A payload is the state at delivery. Amounts are texts (the float `price` of a line is not read),
`total` of a line is after discounts and without tax, instants are the `_gmt` ones. A webhook tells
of a refund only its money; REST tells its lines (`with_refunds`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import structs

from habitue.connectors.shops import order, payload
from habitue.connectors.shops.order import Back, Item, Nothing, Order, Person, Status, Told

_PAID: Final = frozenset({"processing", "completed", "refunded"})
_ENDED: Final = frozenset({"cancelled", "failed", "trash"})


def topic(headers: Mapping[str, str]) -> str:
    """What the payload is about, such as `order.updated`."""
    return order.clean(headers.get("X-WC-Webhook-Topic", ""), 40)


def read(about: str, content: Any) -> Told:
    """What a payload about something (`topic`) says."""
    found = payload.mapping(content, "order")
    if "code" in found and "message" in found and "line_items" not in found:
        return Nothing("no_rights")  # the webhook's user may not read orders
    if about and not about.startswith("order."):
        return Nothing("not_an_order")
    if about == "order.deleted":
        return order.Elsewhere(payload.needed(found, "id"))
    return state(found)


def state(found: Mapping[str, Any]) -> Order:
    """An order as the shop writes it."""
    currency = payload.needed(found, "currency")
    updated = payload.instant(found, "date_modified_gmt", "date_created_gmt")
    paid = payload.text(found, "date_paid_gmt")
    return Order(
        id=payload.needed(found, "id"),
        at=payload.instant(found, "date_paid_gmt" if paid else "date_created_gmt"),
        updated_at=updated,
        currency=currency,
        status=_status(found),
        items=tuple(_item(one, currency) for one in payload.listed(found, "line_items")),
        total=_amount(found, "total", currency),
        tax=_amount(found, "total_tax", currency),
        shipping=_amount(found, "shipping_total", currency),
        discount=_amount(found, "discount_total", currency),
        refunds=tuple(
            Back(payload.needed(one, "id"), gross=-_amount(one, "total", currency))
            for one in payload.listed(found, "refunds")
        ),
        test=_is_test(found),
        person=_person(found),
    )


def with_refunds(of: Order, found: Sequence[Mapping[str, Any]]) -> Order:
    """An order with what REST says of its refunds: which lines, how many, what they are worth."""
    items = {item.id: item for item in of.items}
    return structs.replace(of, refunds=tuple(_refund(one, of.currency, items) for one in found))


def _status(found: Mapping[str, Any]) -> Status:
    """`processing` and later is paid: so it is with orders that are paid on delivery, too."""
    status = payload.needed(found, "status")
    if status in _ENDED or (status == "refunded" and not payload.listed(found, "refunds")):
        return "cancelled"
    return "paid" if status in _PAID else "pending"


def _item(one: Mapping[str, Any], currency: str) -> Item:
    net = _amount(one, "total", currency)
    before = _amount(one, "subtotal", currency)
    return Item(
        id=payload.needed(one, "id"),
        quantity=order.pieces(payload.needed(one, "quantity"), "quantity"),
        amount=net,
        sku=order.clean(payload.text(one, "sku") or _product(one)),
        discount=max(before - net, 0),
        tax=max(_amount(one, "total_tax", currency), 0),
    )


def _product(one: Mapping[str, Any]) -> str:
    """What stands for goods without an article number: the shop's own number of the product."""
    varied = payload.text(one, "variation_id")
    return varied if varied not in ("", "0") else payload.text(one, "product_id")


def _refund(one: Mapping[str, Any], currency: str, items: Mapping[str, Item]) -> Back:
    lines = payload.listed(one, "line_items")
    pieces = tuple(
        (number, -quantity)
        for line in lines
        if (number := _refunded(line)) in items
        if (quantity := order.pieces(payload.text(line, "quantity") or "0", "quantity")) < 0
    )
    net = -sum(_amount(line, "total", currency) for line in lines) if lines else None
    return Back(
        payload.needed(one, "id"),
        at=_at(one),
        pieces=pieces,
        net=net,
        gross=_amount(one, "amount", currency),
    )


def _refunded(line: Mapping[str, Any]) -> str:
    """Which line of the order a line of a refund gives back: the shop notes it beside."""
    for note in payload.listed(line, "meta_data"):
        if payload.text(note, "key") == "_refunded_item_id":
            return payload.text(note, "value")
    return ""


def _at(one: Mapping[str, Any]) -> datetime | None:
    return (
        payload.instant(one, "date_created_gmt") if payload.text(one, "date_created_gmt") else None
    )


def _amount(of: Mapping[str, Any], name: str, currency: str) -> int:
    return order.minor(payload.text(of, name) or "0", currency)


def _is_test(found: Mapping[str, Any]) -> bool:
    """Whether the payment was a try: the gateways note the mode in which they ran."""
    notes = {
        payload.text(note, "key"): note.get("value") for note in payload.listed(found, "meta_data")
    }
    return notes.get("_wcpay_mode") == "test" or notes.get("_stripe_mode") == "test"


def _person(found: Mapping[str, Any]) -> Person | None:
    billing = payload.optional(found.get("billing"))
    number = payload.text(found, "customer_id")
    names = (payload.text(billing, "first_name"), payload.text(billing, "last_name"))
    guest = number in ("", "0")
    email = payload.text(billing, "email")
    if guest and not email:
        return None
    return Person(
        external="" if guest else number,
        email=email,
        phone=payload.text(billing, "phone"),
        name=order.clean(" ".join(filter(None, names)), 80),
        guest=guest,
    )
