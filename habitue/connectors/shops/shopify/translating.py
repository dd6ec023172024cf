"""Shopify's order as the common state: the same from a webhook and from REST.

Amounts are texts in the shop's own currency (`_set.shop_money` where the plain field is a float).
Prices hold tax or not, as `taxes_included` says. `quantity` of a line never shrinks: what was taken
out by an edit is what `current_quantity` lacks beyond refunds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from habitue.connectors.shops import order, payload
from habitue.connectors.shops.order import Back, Item, Nothing, Order, Partly, Person, Status, Told

_PAID: Final = frozenset({"paid", "partially_refunded", "refunded"})


def topic(headers: Mapping[str, str]) -> str:
    """What the payload is about, such as `orders/updated`."""
    return order.clean(headers.get("X-Shopify-Topic", ""), 40)


def read(about: str, content: Any) -> Told:
    """What a payload about something (`topic`) says."""
    found = payload.mapping(content, "order")
    if about.startswith("refunds/") or (not about and "order_id" in found):
        return _part(found)
    if about and (not about.startswith("orders/") or about == "orders/delete"):
        return Nothing("not_an_order")
    if "line_items" not in found and "order_edit" in found:  # orders/edited names the order alone
        edit = payload.mapping(found["order_edit"], "order_edit")
        return order.Elsewhere(payload.needed(edit, "order_id"))
    return state(found)


def state(found: Mapping[str, Any]) -> Order:
    """An order as Shopify writes it."""
    currency = payload.needed(found, "currency")
    taxed = payload.yes(found, "taxes_included")
    refunds = payload.listed(found, "refunds")
    back = _given_back(refunds, currency)
    return Order(
        id=payload.needed(found, "id"),
        at=payload.instant(found, "processed_at", "created_at"),
        updated_at=payload.instant(found, "updated_at", "created_at"),
        currency=currency,
        status=_status(found),
        items=tuple(
            item
            for one in payload.listed(found, "line_items")
            if (item := _item(one, currency, back, taxed=taxed)) is not None
        ),
        total=_amount(found, "total_price", currency),
        tax=_amount(found, "total_tax", currency),
        shipping=sum(
            _amount(one, "price", currency) for one in payload.listed(found, "shipping_lines")
        ),
        discount=_amount(found, "total_discounts", currency),
        refunds=tuple(_refund(one, currency) for one in refunds),
        test=payload.yes(found, "test"),
        person=_person(found),
    )


def _part(found: Mapping[str, Any]) -> Partly:
    """A refund by itself; its currency stands beside its amounts."""
    lines = payload.listed(found, "refund_line_items")
    transactions = payload.listed(found, "transactions")
    written = [payload.text(_money(one, "subtotal_set"), "currency_code") for one in lines]
    written += [payload.text(one, "currency") for one in transactions]
    currency = next(filter(None, written), "")
    if not currency:
        raise payload.missing("currency")
    return Partly(
        payload.needed(found, "order_id"),
        payload.instant(found, "processed_at", "created_at"),
        _refund(found, currency),
    )


def _status(found: Mapping[str, Any]) -> Status:
    financial = payload.text(found, "financial_status")
    if payload.text(found, "cancelled_at") or financial == "voided":
        return "cancelled"
    return "paid" if financial in _PAID else "pending"


def _item(
    one: Mapping[str, Any], currency: str, back: Mapping[str, int], *, taxed: bool
) -> Item | None:
    """A line as far as it was not taken out of the order; None: it was, whole."""
    number = payload.needed(one, "id")
    bought = order.pieces(payload.needed(one, "quantity"), "quantity")
    left = bought
    if current := payload.text(one, "current_quantity"):
        left = min(bought, order.pieces(current, "current_quantity") + back.get(number, 0))
    if left <= 0 or bought <= 0:
        return None
    discount = sum(
        _amount(each, "amount", currency) for each in payload.listed(one, "discount_allocations")
    ) or _amount(one, "total_discount", currency)
    tax = sum(_amount(each, "price", currency) for each in payload.listed(one, "tax_lines"))
    net = _amount(one, "price", currency) * bought - discount - (tax if taxed else 0)
    return Item(
        id=number,
        quantity=left,
        amount=max(net, 0) * left // bought,
        sku=order.clean(payload.text(one, "sku") or payload.text(one, "variant_id")),
        discount=discount * left // bought,
        tax=tax * left // bought,
        labels=("gift_card",) if payload.yes(one, "gift_card") else (),
    )


def _refund(one: Mapping[str, Any], currency: str) -> Back:
    """A refund by its pieces; one without any is money, or shipping alone."""
    pieces = tuple(_pieces(one, currency))
    paid = sum(
        _amount(each, "amount", currency)
        for each in payload.listed(one, "transactions")
        if payload.text(each, "kind") == "refund" and payload.text(each, "status") == "success"
    )
    shipping = payload.listed(one, "refund_shipping_lines") or any(
        payload.text(each, "kind") == "shipping_refund"
        for each in payload.listed(one, "order_adjustments")
    )
    return Back(
        payload.needed(one, "id"),
        at=payload.instant(one, "processed_at", "created_at"),
        pieces=pieces,
        net=0 if shipping and not pieces else None,
        gross=paid,
    )


def _pieces(one: Mapping[str, Any], currency: str) -> Iterator[tuple[str, int]]:
    """Which pieces of a refund were worth something: others were only taken out of the order."""
    for line in payload.listed(one, "refund_line_items"):
        count = order.pieces(payload.text(line, "quantity") or "0", "quantity")
        if count > 0 and _set(line, "subtotal", currency) > 0:
            yield payload.needed(line, "line_item_id"), count


def _given_back(refunds: list[dict[str, Any]], currency: str) -> Counter[str]:
    """How many pieces of each line came back by refunds."""
    back: Counter[str] = Counter()
    for one in refunds:
        for number, count in _pieces(one, currency):
            back[number] += count
    return back


def _set(of: Mapping[str, Any], name: str, currency: str) -> int:
    """An amount in the shop's currency: as text in its set, else as the plain number's own text."""
    written = payload.text(_money(of, f"{name}_set"), "amount") or payload.text(of, name)
    return order.minor(written or "0", currency)


def _money(of: Mapping[str, Any], name: str) -> dict[str, Any]:
    return payload.optional(payload.optional(of.get(name)).get("shop_money"))


def _amount(of: Mapping[str, Any], name: str, currency: str) -> int:
    return order.minor(payload.text(of, name) or "0", currency)


def _person(found: Mapping[str, Any]) -> Person | None:
    """The customer of an order; `guest`: they have no account at the shop."""
    who = payload.optional(found.get("customer"))
    address = payload.optional(found.get("billing_address"))
    email = payload.text(who, "email") or payload.text(found, "email")
    number = payload.text(who, "id")
    if not number and not email:
        return None
    names = [
        payload.text(who, part) or payload.text(address, part)
        for part in ("first_name", "last_name")
    ]
    phones = (payload.text(who, "phone"), payload.text(found, "phone"))
    return Person(
        external=number,
        email=email,
        phone=next(filter(None, (*phones, payload.text(address, "phone"))), ""),
        name=order.clean(" ".join(filter(None, names)), 80),
        language=payload.text(found, "customer_locale")[:2],
        guest=payload.text(who, "state") != "enabled",
    )
