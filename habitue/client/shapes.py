"""What the API answers, as far as a till or a shop needs it; a field more than these is no error.

Money is in minor units, amounts of units are decimal text; see the API's page. A test holds every
field against the OpenAPI file.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Generic, TypeVar

from msgspec import Meta, Struct

T = TypeVar("T")
Instant = Annotated[datetime, Meta(tz=True)]


class Wrong(Struct, frozen=True):
    """One thing that is wrong in a request, and a JSON pointer to where."""

    pointer: str = ""
    detail: str = ""


class Details(Struct, frozen=True):
    """What a problem says: see `client.Problem`."""

    code: str = ""
    detail: str = ""
    values: dict[str, str | int] = {}
    event: str = ""
    errors: list[Wrong] = []


class Page(Struct, Generic[T], frozen=True):
    """One page of a list; `next` is the cursor of the one that follows, None on the last."""

    items: list[T]
    next: str | None = None


class Refusal(Struct, frozen=True, kw_only=True):
    """Why the program would refuse: a code, a sentence, and the numbers in it."""

    code: str
    detail: str
    values: dict[str, str | int]


class Entry(Struct, frozen=True, kw_only=True):
    """One line of a customer's account, and why."""

    unit: str
    kind: str
    amount: str
    balance: str
    why: str


class PastEntry(Entry, frozen=True, kw_only=True):
    """A line as it is read later: by which event, when, and under which number that was sent."""

    event: str
    happened: str
    on: date
    at: Instant | None
    source: str | None
    reference: str | None


class Voucher(Struct, frozen=True, kw_only=True):
    """A voucher that was issued; the till accepts its `code` once."""

    id: str
    code: str
    reward: str
    state: str
    expires_on: date | None


class HeldVoucher(Struct, frozen=True, kw_only=True):
    """A voucher among a customer's; read scope is not told the code."""

    id: str
    code: str | None
    reward: str
    title: dict[str, str]
    state: str
    issued_on: date
    expires_on: date | None


class FoundVoucher(Voucher, frozen=True, kw_only=True):
    """What a code is good for, and whose it is."""

    customer: str
    issued_on: date


class Event(Struct, frozen=True, kw_only=True):
    """What came of something that happened. `given_back`: money to give back, of a refund."""

    id: str
    kind: str
    customer: str
    at: Instant
    source: str | None
    reference: str | None
    entries: list[Entry]
    balances: dict[str, str]
    tier: str | None
    tier_before: str | None
    vouchers: list[Voucher]
    given_back: int


class Result(Struct, frozen=True, kw_only=True):
    """What one event of a batch came to: the event, or the problem."""

    event: Event | None = None
    problem: Details | None = None


class Results(Struct, frozen=True, kw_only=True):
    """What a batch came to, in the order in which it was sent."""

    results: list[Result]


class Redemption(Event, frozen=True, kw_only=True):
    """What came of taking a reward: its voucher stands in `vouchers`."""

    reward: str
    unit: str
    cost: str


class VoucherUse(Event, frozen=True, kw_only=True):
    """What came of handing a voucher in: give `reward`."""

    reward: str
    choice: int


class Payment(Event, frozen=True, kw_only=True):
    """What came of a payment: `money` of the order is paid, by `units` of `unit`."""

    money: int
    unit: str | None
    units: str


class Offer(Struct, frozen=True, kw_only=True):
    """A reward for units, and how much of them is missing before and after a basket."""

    reward: str
    unit: str
    cost: str
    missing: str
    missing_after: str
    refused: Refusal | None


class MostPaid(Struct, frozen=True, kw_only=True):
    """The most of a basket that units can pay."""

    money: int
    currency: str
    unit: str
    units: str


class Quote(Struct, frozen=True, kw_only=True):
    """What a basket would bring. `joining` is what somebody unknown gets for joining first."""

    customer: str | None
    refused: Refusal | None
    entries: list[Entry]
    joining: list[Entry]
    balances: dict[str, str]
    after: dict[str, str]
    tier: str | None
    brings: list[str]
    rewards: list[Offer]
    vouchers: list[Voucher]
    pay: MostPaid | None
    pay_refused: Refusal | None


class Customer(Struct, frozen=True, kw_only=True):
    """A customer of the business; what a credential may not see is None or empty."""

    id: str
    number: str | None
    tier: str | None = None
    member_since: Instant | None = None
    name: str = ""
    language: str = ""


class Expiry(Struct, frozen=True, kw_only=True):
    """What lapses after a day unless it is used."""

    last_on: date
    amount: str


class Balance(Struct, frozen=True, kw_only=True):
    """What a customer holds of one unit: to spend now, and later."""

    unit: str
    usable: str
    pending: str
    next_expiry: Expiry | None


class Balances(Struct, frozen=True, kw_only=True):
    """All balances of a customer, each unit of the program in its order."""

    customer: str
    at: Instant
    units: list[Balance]


class Price(Struct, frozen=True, kw_only=True):
    """So much of a unit."""

    unit: str
    amount: str


class Reward(Struct, frozen=True, kw_only=True):
    """Something that members may take, or (`automatic`) that comes by itself."""

    id: str
    title: dict[str, str]
    says: str
    cost: Price | None
    automatic: str | None


class Token(Struct, frozen=True, kw_only=True):
    """A key for a while, for a member's app or for somebody at a till: `text` is the secret."""

    text: str
    scope: str
    expires_at: Instant
