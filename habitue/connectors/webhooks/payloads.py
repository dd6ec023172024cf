"""What messages say: numbers, dates and names of the program's own things, nothing of a person.

Numbers of customers, events and vouchers are strings of digits; money is whole minor units with
its currency; amounts of units are decimal strings ("28.7"). Whoever may know more asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from msgspec import Struct

from habitue.core import money
from habitue.core.calendar import FOREVER
from habitue.core.facts import Refused

Changes = Sequence[Mapping[str, str]]
Place = tuple[int, int, int]
"""Millisecond, posting, and where in it: the order in which things are told."""


class Said(Struct, frozen=True):
    """Something to be told: `at` when it happened, `place` where it stands among the others."""

    place: Place
    type: str
    customer: int | None
    at: datetime
    data: dict[str, Any]


class Posted(Struct, frozen=True):
    """An event as the ledger has it; `of` names the event that it is about, if one, `refusal` why
    it changed nothing, `level` and `level_before` the tier where that changed.
    """

    customer: int
    event: int
    kind: str
    at: datetime
    day: date
    amount: int | None
    currency: str | None
    of: str | None
    refusal: str | None
    level: str
    level_before: str


def body(type_: str, at: datetime, data: Mapping[str, Any]) -> str:
    """The text that is sent and signed."""
    return msgspec.json.encode({"type": type_, "timestamp": instant(at), "data": data}).decode()


def instant(at: datetime) -> str:
    """RFC 3339 in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def event(one: Posted, changes: Changes) -> dict[str, Any]:
    """What was posted, and what it changed."""
    return {**_happened(one), "changes": changes}


def refused(one: Posted, why: Refused) -> dict[str, Any]:
    """What was tried, and why it changed nothing."""
    return {**_happened(one), "code": why.code, "detail": why.sentence, "values": why.values}


def balances(one: Posted, changes: Changes) -> dict[str, Any]:
    """Which balances an event changed, and what they are since."""
    return {"customer": str(one.customer), "event": str(one.event), "changes": changes}


def change(unit: str, decimals: int, amount: int, balance: int) -> dict[str, str]:
    """One unit's change and its balance after it."""
    return {
        "unit": unit,
        "amount": written(amount, decimals),
        "balance": written(balance, decimals),
    }


def tier(one: Posted) -> dict[str, Any]:
    """In which tier an event left a customer, and found them; null for none."""
    return {
        "customer": str(one.customer),
        "tier": one.level or None,
        "before": one.level_before or None,
    }


def voucher(
    customer: int, number: int, reward: str, state: str, issued_on: date, expires_on: date
) -> dict[str, Any]:
    """A voucher without its code, which is as good as what it buys."""
    return {
        "customer": str(customer),
        "voucher": str(number),
        "reward": reward,
        "state": state,
        "issued_on": issued_on.isoformat(),
        "expires_on": None if expires_on == FOREVER else expires_on.isoformat(),
    }


def _happened(one: Posted) -> dict[str, Any]:
    return {
        "event": str(one.event),
        "customer": str(one.customer),
        "kind": one.kind,
        "at": instant(one.at),
        "day": one.day.isoformat(),
        "amount": one.amount,
        "currency": one.currency,
        "of": one.of,
    }


def written(amount: int, decimals: int) -> str:
    """An amount of a unit without zeros at its end: 2870 with two decimals is `28.7`."""
    text = money.written(amount, decimals)
    return text.rstrip("0").rstrip(".") if decimals else text
