"""What came of an event, as it is answered: entries, balances, tier, vouchers.

Everything here follows from what was recorded, so that a repeat is answered word for word.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final

from msgspec import Meta

from habitue.api import once
from habitue.api.values import Amount, Given, Id, written
from habitue.core import explaining, facts
from habitue.ledger import Answer, EntryLine, VoucherLine, books

REPEATED: Final = (once.REPLAYED,)
"""The header of what was done before, and is answered again."""


class EntryTold(Given, frozen=True, kw_only=True):
    """One line of the customer's account."""

    unit: str
    kind: Annotated[str, Meta(examples=["accrual"])]
    amount: Annotated[Amount, Meta(description="Above 0: given; below: taken.")]
    balance: Annotated[Amount, Meta(description="After it, with what is not usable yet.")]
    why: Annotated[str, Meta(description="A sentence for people, in English.")]


class VoucherTold(Given, frozen=True, kw_only=True):
    """A voucher that was issued."""

    id: Id
    code: Annotated[str, Meta(description="What the till accepts, once.")]
    reward: str
    expires_on: Annotated[date | None, Meta(description="The last good day; null: never.")]


class EventTold(Given, frozen=True, kw_only=True):
    """What came of one event."""

    id: Id
    kind: str
    customer: Id
    at: datetime
    source: Annotated[str | None, Meta(description="As it was sent.")]
    reference: str | None
    entries: list[EntryTold]
    balances: Annotated[
        dict[str, Amount], Meta(description="What the touched units came to, by unit.")
    ]
    tier: Annotated[str | None, Meta(description="The new tier; null where it stayed.")]
    tier_before: Annotated[str | None, Meta(description="The tier before; null where it stayed.")]
    vouchers: list[VoucherTold]
    money: Annotated[
        int, Meta(description="Of a refund or cancellation: what is given back, minor units.")
    ] = 0


def event(
    answer: Answer, shelf: books.Shelf, *, source: str | None = None, reference: str | None = None
) -> EventTold:
    """What the ledger answered to an accepted event."""
    return EventTold(**said(answer, shelf, source=source, reference=reference))


def said(
    answer: Answer, shelf: books.Shelf, *, source: str | None, reference: str | None
) -> dict[str, Any]:
    """The fields of `EventTold`."""
    assert answer.what is not None
    assert answer.at is not None
    decimals = {unit.id: unit.decimals for unit in shelf.book.latest.program.units}
    entries = [_entry(line, shelf, decimals[line.unit]) for line in answer.entries]
    return {
        "id": str(answer.event),
        "kind": facts.kind(answer.what),
        "customer": str(answer.customer),
        "at": answer.at,
        "source": source,
        "reference": reference,
        "entries": entries,
        "balances": {entry.unit: entry.balance for entry in entries},
        "tier": answer.level or None if answer.level != answer.level_before else None,
        "tier_before": answer.level_before or None,
        "vouchers": [voucher(line) for line in answer.issued],
        "money": answer.money,
    }


def voucher(line: VoucherLine) -> VoucherTold:
    """A voucher as it was issued."""
    return VoucherTold(
        id=str(line.id), code=line.code, reward=line.reward, expires_on=line.expires_on
    )


def _entry(line: EntryLine, shelf: books.Shelf, decimals: int) -> EntryTold:
    return EntryTold(
        unit=line.unit,
        kind=line.kind,
        amount=written(line.amount, decimals),
        balance=written(line.balance, decimals),
        why=explaining.sentence(
            shelf.book.on(line.day).program, line.unit, line.kind, line.amount, line.why
        ),
    )
