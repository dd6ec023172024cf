"""What a till or a shop asks for, each as a description that a client sends.

A customer is a reference (`external:42`, `email:…`, `code:…`), money is in minor units.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote as quoted

from habitue.client.asking import Ask
from habitue.client.shapes import Customer, Event, Payment, Quote

T = TypeVar("T")
Line = Mapping[str, Any]
"""`amount` (minor units, for all pieces), and what else is known: quantity, sku, category…"""


def purchase(
    customer: str,
    lines: Sequence[Line],
    *,
    currency: str,
    reference: str,
    source: str = "shop",
    at: datetime | None = None,
    covered: int = 0,
    spent: Sequence[str] = (),
    **more: Any,
) -> Ask[Event]:
    """Goods bought. `covered` money of it was paid by the events `spent` (payments with units)."""
    body: dict[str, Any] = {"kind": "purchase", "customer": customer, "currency": currency}
    body |= {"lines": list(lines), "covered": covered, "spent": list(spent)}
    return _event(body, source, reference, at, more)


def visit(
    customer: str, *, reference: str, source: str = "shop", at: datetime | None = None, **more: Any
) -> Ask[Event]:
    """A card was shown at the counter."""
    return _event({"kind": "visit", "customer": customer}, source, reference, at, more)


def refund(
    of: str,
    *,
    reference: str,
    lines: Mapping[int, int] | None = None,
    amount: int | None = None,
    source: str = "shop",
    at: datetime | None = None,
) -> Ask[Event]:
    """Goods of purchase `of` came back: pieces by line number, an amount, or (neither) all."""
    body: dict[str, Any] = {"kind": "refund", "of": of}
    if lines is not None:
        body["lines"] = [{"line": line, "quantity": many} for line, many in lines.items()]
    return _event(body, source, reference, at, {"amount": amount} if amount is not None else {})


def action(
    customer: str,
    name: str,
    *,
    reference: str,
    source: str = "shop",
    at: datetime | None = None,
    **more: Any,
) -> Ask[Event]:
    """Anything else that the program may reward, by its name."""
    body = {"kind": "action", "customer": customer, "name": name}
    return _event(body, source, reference, at, more)


def pay(
    customer: str, money: int, *, order: int, currency: str, reference: str, source: str = "shop"
) -> Ask[Payment]:
    """Pay so much of an order with units. Name the event in the purchase's `spent`, then."""
    body = {"customer": customer, "money": money, "order": order, "currency": currency}
    return Ask("POST", "/payments", Payment, body=body | {"source": source, "reference": reference})


def undo(event: str) -> Ask[Event]:
    """Event was a mistake, or its sale did not happen: everything is as it was before."""
    return Ask("POST", f"/events/{quoted(event, safe=':')}/undo", Event, body={})


def quote(customer: str, lines: Sequence[Line], *, currency: str) -> Ask[Quote]:
    """What this basket would earn, and which rewards fit; nothing is written."""
    body = {"kind": "purchase", "customer": customer, "lines": list(lines), "currency": currency}
    return Ask("POST", "/quotes", Quote, body=body)


def redeem(
    customer: str, reward: str, *, reference: str, source: str = "shop", at_once: bool = False
) -> Ask[Event]:
    """A member takes a reward; its voucher is among the event's."""
    body = {"customer": customer, "reward": reward, "at_once": at_once}
    body |= {"source": source, "reference": reference}
    return Ask("POST", "/redemptions", Event, body=body)


def enroll(external: str, *, name: str = "", email: str = "", language: str = "") -> Ask[Customer]:
    """A customer of yours, by your own number, becomes a member; again changes nothing."""
    identities = [{"kind": "external", "value": external}]
    identities += [{"kind": "email", "value": email}] if email else []
    body: dict[str, Any] = {"identities": identities, "name": name, "enrolment": {}}
    body |= {"language": language} if language else {}
    return Ask("POST", "/customers", Customer, body=body, key=f"enroll:{external}:{email}")


def purchased(source: str, reference: str) -> str:
    """The event that was sent under a reference, as other calls name it."""
    return f"reference:{source}:{reference}"


def get(path: str, answers: type[T], **query: str | int) -> Ask[T]:
    """Anything that the API answers, by its path below /api/v1, read as a type of yours."""
    return Ask("GET", path, answers, query)


def do(method: str, path: str, body: Any, answers: type[T], *, key: str = "") -> Ask[T]:
    """Anything that the API does; `key` makes a later attempt the same request."""
    return Ask(method, path, answers, body=body, key=key)


def _event(
    body: dict[str, Any], source: str, reference: str, at: datetime | None, more: dict[str, Any]
) -> Ask[Event]:
    body = {**body, "source": source, "reference": reference, **more}
    if at is not None:
        body["at"] = at
    return Ask("POST", "/events", Event, body=body)
