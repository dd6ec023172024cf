"""Square's order as the common state, from REST; a webhook only says whose turn it is to be asked.

Amounts are whole minor units already. `total_money` of a line holds its tax, whether that was added
or included; so its net is what is left without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from habitue.connectors.shops import order, payload
from habitue.connectors.shops.order import (
    Back,
    Elsewhere,
    Item,
    Nothing,
    Order,
    Person,
    Status,
    Told,
    Unread,
)

SANDBOX: Final = "sandbox"


def topic(headers: Mapping[str, str]) -> str:
    """`sandbox` for what was only tried; else Square names it in the body alone."""
    tried = headers.get("Square-Environment", "").casefold() == "sandbox"
    return SANDBOX if tried else ""


def read(about: str, content: Any) -> Told:
    """What a payload says: which order is to be asked about.

    A refund names the order of the return where it has one: `asking` follows it to the sale.
    """
    found = payload.mapping(content, "event")
    if about == SANDBOX:
        return Nothing("test")
    about = payload.text(found, "type")
    what = payload.optional(payload.optional(found.get("data")).get("object"))
    for name in ("payment", "refund", "order_updated", "order_created"):
        if name in what and about.startswith(name.partition("_")[0]):
            one = payload.mapping(what[name], name)
            if payload.text(one, "order_id"):
                return Elsewhere(payload.needed(one, "order_id"))
            return Nothing("not_an_order")  # money was taken without goods
    return Nothing("not_an_order")


def state(
    found: Mapping[str, Any],
    refunds: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]],
    person: Person | None,
) -> Order:
    """An order as Square writes it, with the refunds of its payments and whose it is.

    A refund comes with the order of its return, or an empty one. A refund does not change the
    order itself, so the newest instant of all counts.
    """
    total = payload.mapping(found.get("total_money"), "total_money")
    currency = payload.needed(total, "currency")
    done = [(one, back) for one, back in refunds if payload.text(one, "status") == "COMPLETED"]
    updated = [payload.instant(found, "updated_at", "created_at")]
    updated += [payload.instant(one, "updated_at", "created_at") for one, _ in done]
    return Order(
        id=payload.needed(found, "id"),
        at=payload.instant(found, "closed_at", "created_at"),
        updated_at=max(updated),
        currency=currency,
        status=_status(found),
        items=tuple(_item(one) for one in payload.listed(found, "line_items")),
        total=_money(found, "total_money"),
        tax=_money(found, "total_tax_money"),
        shipping=_money(found, "total_service_charge_money"),
        discount=_money(found, "total_discount_money"),
        refunds=tuple(_refund(one, back) for one, back in done),
        person=person,
    )


def who(found: Mapping[str, Any]) -> Person:
    """A customer of Square's directory; nobody has an account there."""
    names = (payload.text(found, "given_name"), payload.text(found, "family_name"))
    return Person(
        external=payload.needed(found, "id"),
        email=payload.text(found, "email_address"),
        phone=payload.text(found, "phone_number"),
        name=order.clean(" ".join(filter(None, names)), 80),
    )


def customer(found: Mapping[str, Any]) -> str:
    """Square's number of whoever bought: of the order, else of a payment of it."""
    tenders = payload.listed(found, "tenders")
    numbers = [payload.text(one, "customer_id") for one in (found, *tenders)]
    return next(filter(None, numbers), "")


def _status(found: Mapping[str, Any]) -> Status:
    written = payload.text(found, "state")
    if written == "CANCELED":
        return "cancelled"
    if written == "COMPLETED":
        return "paid"
    due = payload.optional(found.get("net_amount_due_money"))
    paid = written == "OPEN" and payload.listed(found, "tenders") and _whole(due, "amount") == 0
    return "paid" if paid else "pending"


def _item(one: Mapping[str, Any]) -> Item:
    tax = _money(one, "total_tax_money")
    return Item(
        id=payload.needed(one, "uid"),
        quantity=order.pieces(payload.needed(one, "quantity"), "quantity"),
        amount=_money(one, "total_money") - tax - _money(one, "total_service_charge_money"),
        sku=order.clean(payload.text(one, "catalog_object_id")),
        discount=max(_money(one, "total_discount_money"), 0),
        tax=max(tax, 0),
        labels=("gift_card",) if payload.text(one, "item_type") == "GIFT_CARD" else (),
    )


def _refund(one: Mapping[str, Any], back: Mapping[str, Any]) -> Back:
    """A refund: the pieces of its return where it has one, else money alone."""
    lines = [
        line
        for each in payload.listed(back, "returns")
        for line in payload.listed(each, "return_line_items")
    ]
    pieces = [
        (number, order.pieces(payload.text(line, "quantity") or "0", "quantity"))
        for line in lines
        if (number := payload.text(line, "source_line_item_uid"))
    ]
    net = sum(_money(line, "total_money") - _money(line, "total_tax_money") for line in lines)
    return Back(
        payload.needed(one, "id"),
        at=payload.instant(one, "created_at"),
        pieces=tuple(pieces),
        net=net if pieces else None,
        gross=_money(one, "amount_money"),
    )


def _money(of: Mapping[str, Any], name: str) -> int:
    found = of.get(name)
    if found is None:
        return 0
    return _whole(payload.mapping(found, name), "amount")


def _whole(of: Mapping[str, Any], name: str) -> int:
    written = payload.text(of, name) or "0"
    digits = written.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        raise Unread("amount", "An amount is not a whole number of minor units.", written)
    return int(written)
