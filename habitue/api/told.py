"""What came of an event, as it is answered: entries, balances, tier, vouchers.

Everything here follows from what was recorded, so that a repeat is answered word for word.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, cast

from msgspec import Meta

from habitue.api.looking import Item
from habitue.api.values import Amount, Given, Id, Instant, written
from habitue.core import facts
from habitue.ledger import Answer, EntryLine, VoucherLine, books

State = Literal["issued", "redeemed", "cancelled", "expired"]


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
    state: Annotated[
        State,
        Meta(description="`issued` is good; a reward handed over at once is `redeemed`."),
    ]
    expires_on: Annotated[date | None, Meta(description="The last good day; null: never.")]


class EventTold(Given, frozen=True, kw_only=True):
    """What came of one event."""

    id: Id
    kind: str
    customer: Id
    at: Instant
    source: Annotated[str | None, Meta(description="As it was sent.")]
    reference: str | None
    entries: list[EntryTold]
    balances: Annotated[
        dict[str, Amount], Meta(description="What the touched units came to, by unit.")
    ]
    tier: Annotated[str | None, Meta(description="The new tier; null where it stayed.")]
    tier_before: Annotated[str | None, Meta(description="The tier before; null where it stayed.")]
    vouchers: list[VoucherTold]
    given_back: Annotated[
        int, Meta(description="Of a refund or cancellation: money to give back, minor units.")
    ]


def event(item: Item, answer: Answer, shelf: books.Shelf) -> EventTold:
    """What the ledger answered to an accepted event."""
    return EventTold(**fields(item, answer, shelf))


def fields(item: Item, answer: Answer, shelf: books.Shelf) -> dict[str, Any]:
    """The fields of `EventTold`, for an answer that says more."""
    assert answer.what is not None
    assert answer.at is not None
    entries = [entry(line, shelf) for line in answer.entries]
    return {
        "id": str(answer.event),
        "kind": facts.kind(answer.what),
        "customer": str(answer.customer),
        "at": answer.at,
        "source": item.body.source,
        "reference": item.body.reference,
        "entries": entries,
        "balances": {entry.unit: entry.balance for entry in entries},
        "tier": answer.level or None if answer.level != answer.level_before else None,
        "tier_before": answer.level_before or None,
        "vouchers": [voucher(line) for line in answer.issued],
        "given_back": answer.money,
    }


def voucher(line: VoucherLine) -> VoucherTold:
    """A voucher as it was issued."""
    return VoucherTold(
        id=str(line.id),
        code=line.code,
        reward=line.reward,
        state=state(line.state),
        expires_on=line.expires_on,
    )


def decimals(shelf: books.Shelf, unit: str) -> int:
    """With how many decimals a unit of a business is written."""
    latest = shelf.book.latest
    return latest.program.units[latest.unit_number[unit]].decimals


def state(text: str) -> State:
    """A voucher's state, as the table has it."""
    return cast(State, text)


def entry(line: EntryLine, shelf: books.Shelf) -> EntryTold:
    """A line as it is answered: nothing in it follows from what came later."""
    places = decimals(shelf, line.unit)
    return EntryTold(
        unit=line.unit,
        kind=line.kind,
        amount=written(line.amount, places),
        balance=written(line.balance, places),
        why=shelf.book.on(line.day).explainer.sentence(line.unit, line.kind, line.amount, line.why),
    )
