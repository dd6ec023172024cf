"""What a till or a shop asks for, each as a description that a client sends.

A customer is a reference (`external:42`, `email:…`, `code:…`, with a member's token `me`), money
is in minor units. `source` and `reference` are the till's own number of what happened: it counts
once, however often it is sent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Required, TypedDict, TypeVar, Unpack
from urllib.parse import quote as quoted

from habitue.client.asking import Ask
from habitue.client.shapes import (
    Balances,
    Customer,
    Event,
    FoundVoucher,
    HeldVoucher,
    Page,
    PastEntry,
    Payment,
    Quote,
    Redemption,
    Results,
    Reward,
    Token,
    VoucherUse,
)

T = TypeVar("T")


class Line(TypedDict, total=False):
    """A line of a purchase: `amount` for all pieces, net of `discount` and before `tax`."""

    amount: Required[int]
    quantity: int
    sku: str
    category: str
    labels: Sequence[str]
    discount: int
    tax: int


class About(TypedDict, total=False):
    """What else may be known of an event; rules may ask for it."""

    channel: str
    place: str
    partner: str
    attributes: Mapping[str, str | int]


class AboutPurchase(About, total=False):
    """How it was paid, too: card, cash…"""

    tender: str


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
    **more: Unpack[AboutPurchase],
) -> Ask[Event]:
    """Goods bought. `covered` money of it was paid by the events `spent` (payments with units)."""
    body: dict[str, Any] = {"kind": "purchase", "customer": customer, "currency": currency}
    body |= {"lines": list(lines), "covered": covered, "spent": list(spent)}
    return _event(body | more, source, reference, at)


def visit(
    customer: str,
    *,
    reference: str,
    source: str = "shop",
    at: datetime | None = None,
    quantity: int = 1,
    **more: Unpack[About],
) -> Ask[Event]:
    """A card was shown at the counter, for so many visits or items."""
    body: dict[str, Any] = {"kind": "visit", "customer": customer, "quantity": quantity}
    return _event(body | more, source, reference, at)


def action(
    customer: str,
    name: str,
    *,
    reference: str,
    source: str = "shop",
    at: datetime | None = None,
    quantity: int = 1,
    **more: Unpack[About],
) -> Ask[Event]:
    """Anything else that the program may reward, by its name."""
    body: dict[str, Any] = {"kind": "action", "customer": customer, "name": name}
    return _event(body | {"quantity": quantity} | more, source, reference, at)


def refund(
    of: str,
    *,
    reference: str,
    lines: Mapping[int, int] | None = None,
    amount: int | None = None,
    source: str = "shop",
    at: datetime | None = None,
) -> Ask[Event]:
    """Goods of purchase `of` came back: pieces by line number (from 0), an amount, or all."""
    body: dict[str, Any] = {"kind": "refund", "of": of}
    if lines is not None:
        body["lines"] = [{"line": line, "quantity": many} for line, many in lines.items()]
    if amount is not None:
        body["amount"] = amount
    return _event(body, source, reference, at)


def batch(events: Sequence[Ask[Event]]) -> Ask[Results]:
    """Up to a thousand purchases, visits, actions and refunds at once, the fast way for many.

    Each is answered by itself: some may be refused while others count.
    """
    if any(one.path != "/events" for one in events):
        raise ValueError("A batch holds purchases, visits, actions and refunds.")
    return Ask("POST", "/events/batch", Results, body={"events": [one.body for one in events]})


def undo(event: str, *, reference: str = "", source: str = "shop") -> Ask[Event]:
    """Event was a mistake, or its sale did not happen: everything is as it was before."""
    body = {"source": source, "reference": reference} if reference else {}
    return Ask("POST", f"/events/{_named(event)}/undo", Event, body=body)


def quote(customer: str | None, lines: Sequence[Line], *, currency: str) -> Ask[Quote]:
    """What a basket would earn, and which rewards fit; nothing is written.

    Without a customer: for somebody who would join first.
    """
    body: dict[str, Any] = {"kind": "purchase", "lines": list(lines), "currency": currency}
    body |= {"customer": customer} if customer else {}
    return Ask("POST", "/quotes", Quote, body=body)


def pay(
    customer: str, money: int, *, order: int, currency: str, reference: str, source: str = "shop"
) -> Ask[Payment]:
    """Pay so much of an order with units. Name the event in the purchase's `spent`, then."""
    body = {"customer": customer, "money": money, "order": order, "currency": currency}
    return Ask("POST", "/payments", Payment, body=body | _number(source, reference))


def redeem(
    customer: str, reward: str, *, reference: str, source: str = "shop", at_once: bool = False
) -> Ask[Redemption]:
    """A member takes a reward: a voucher to be used later, or `at_once` the thing itself."""
    body = {"customer": customer, "reward": reward, "at_once": at_once}
    return Ask("POST", "/redemptions", Redemption, body=body | _number(source, reference))


def use_voucher(
    code: str, *, reference: str, source: str = "shop", choice: int = 0
) -> Ask[VoucherUse]:
    """A voucher is handed in, and is used up; `choice` is one of its gifts, from 0."""
    body = {"code": code, "choice": choice}
    return Ask("POST", "/vouchers/use", VoucherUse, body=body | _number(source, reference))


def voucher(code: str) -> Ask[FoundVoucher]:
    """What a voucher is good for; looking does not use it up."""
    return Ask("GET", f"/vouchers/{_named(code)}", FoundVoucher)


def customer(reference: str) -> Ask[Customer]:
    """Whom a reference names: what the card shows, a number, an e-mail."""
    return Ask("GET", f"/customers/{_named(reference)}", Customer)


def balances(customer: str) -> Ask[Balances]:
    """What a customer has, unit by unit."""
    return Ask("GET", f"/customers/{_named(customer)}/balances", Balances)


def entries(
    customer: str, *, unit: str = "", limit: int = 50, cursor: str = ""
) -> Ask[Page[PastEntry]]:
    """What changed and why, the newest first; `each` goes through all pages."""
    query = _query(limit, cursor, unit=unit)
    return Ask("GET", f"/customers/{_named(customer)}/entries", Page[PastEntry], query)


def vouchers(
    customer: str, *, state: str = "issued", limit: int = 50, cursor: str = ""
) -> Ask[Page[HeldVoucher]]:
    """A customer's vouchers, the newest first: those that are good, or of another state."""
    query = _query(limit, cursor, state=state)
    return Ask("GET", f"/customers/{_named(customer)}/vouchers", Page[HeldVoucher], query)


def rewards() -> Ask[Page[Reward]]:
    """What members can take, and what it costs; all of it on one page."""
    return Ask("GET", "/rewards", Page[Reward])


def enroll(external: str, *, name: str = "", email: str = "", language: str = "") -> Ask[Customer]:
    """A customer of yours, by your own number, becomes a member.

    Sent again it changes nothing; somebody who has this number or address already is a `Problem`
    with the code `identity_taken`.
    """
    identities = [{"kind": "external", "value": external}]
    identities += [{"kind": "email", "value": email}] if email else []
    body: dict[str, Any] = {"identities": identities, "name": name, "enrolment": {}}
    body |= {"language": language} if language else {}
    key = hashlib.sha256("\n".join((external, name, email, language)).encode()).hexdigest()
    return Ask("POST", "/customers", Customer, body=body, key=f"enroll:{key}")


def member_token(customer: str) -> Ask[Token]:
    """A key for a while, for the app of a member whom you have signed in."""
    return Ask("POST", "/member-tokens", Token, body={"customer": customer})


def sign_in(staff: str, pin: str) -> Ask[Token]:
    """Somebody takes over at a till: use the token instead of the key until they go."""
    return Ask("POST", "/staff-tokens", Token, body={"staff": staff, "pin": pin})


def sign_out() -> Ask[None]:
    """End the token with which this is sent."""
    return Ask("DELETE", "/token", type(None))


def purchased(source: str, reference: str) -> str:
    """The event that was sent under a reference, as other calls name it."""
    return f"reference:{source}:{reference}"


def get(path: str, answers: type[T], **query: str | int) -> Ask[T]:
    """Anything that the API answers, by its path below /api/v1, read as a type of yours."""
    return Ask("GET", path, answers, query)


def do(method: str, path: str, body: Any, answers: type[T], *, key: str = "") -> Ask[T]:
    """Anything that the API does; `key` makes a later attempt the same request."""
    return Ask(method, path, answers, body=body, key=key)


def _event(body: dict[str, Any], source: str, reference: str, at: datetime | None) -> Ask[Event]:
    body = body | _number(source, reference)
    if at is not None:
        body["at"] = at
    return Ask("POST", "/events", Event, body=body)


def _number(source: str, reference: str) -> dict[str, str]:
    return {"source": source, "reference": reference}


def _named(reference: str) -> str:
    """A reference as it stands in an address: quoted twice, for web servers undo it once."""
    return quoted(quoted(reference, safe=":"), safe=":")


def _query(limit: int, cursor: str, **which: str) -> dict[str, str | int]:
    """A page of a list: what is left out is not asked for."""
    given = {name: text for name, text in {**which, "cursor": cursor}.items() if text}
    return {"limit": limit, **given}
