"""What the API answers, as far as a till or a shop needs it; a field more than these is no error.

Money is in minor units, amounts of units are decimal text; see the API's page.
"""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct


class Entry(Struct, frozen=True, kw_only=True):
    """One line of a customer's account, and why."""

    unit: str
    kind: str
    amount: str
    balance: str
    why: str


class Voucher(Struct, frozen=True, kw_only=True):
    """A voucher that was issued; the till accepts its `code` once."""

    id: str
    code: str
    reward: str
    expires_on: date | None


class Event(Struct, frozen=True, kw_only=True):
    """What came of something that happened."""

    id: str
    kind: str
    customer: str
    at: datetime
    source: str | None
    reference: str | None
    entries: list[Entry]
    balances: dict[str, str]
    tier: str | None
    tier_before: str | None
    vouchers: list[Voucher]
    money: int = 0


class Payment(Event, frozen=True, kw_only=True):
    """What came of a payment: `money` of the order is paid, by `units` of `unit`."""

    unit: str | None
    units: str


class Offer(Struct, frozen=True, kw_only=True):
    """A reward for units, and how much of them is missing before and after a basket."""

    reward: str
    unit: str
    cost: str
    missing: str
    missing_after: str


class MostPaid(Struct, frozen=True, kw_only=True):
    """The most of a basket that units can pay."""

    money: int
    currency: str
    unit: str
    units: str


class Quote(Struct, frozen=True, kw_only=True):
    """What a basket would bring."""

    entries: list[Entry]
    balances: dict[str, str]
    after: dict[str, str]
    tier: str | None
    rewards: list[Offer]
    vouchers: list[Voucher]
    pay: MostPaid | None


class Customer(Struct, frozen=True, kw_only=True):
    """A customer of the business."""

    id: str
