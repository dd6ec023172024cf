"""Events as they were recorded, as programs read them: in lists, and one with all its lines."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from msgspec import Meta

from habitue.api import looking, told
from habitue.api.calls import Call
from habitue.api.told import EntryTold, VoucherTold
from habitue.api.values import Currency, Given, Id, Instant, written
from habitue.core import facts
from habitue.ledger.events import EventLine
from habitue.ledger.explained import Explained


class RefusalShown(Given, frozen=True, kw_only=True):
    """Why an event changed nothing."""

    code: str
    detail: str
    values: dict[str, str | int]


class EventShown(Given, frozen=True, kw_only=True):
    """One event as it was recorded."""

    id: Id
    kind: Annotated[str, Meta(examples=["purchase"])]
    customer: Id
    at: Annotated[Instant, Meta(description="When it happened.")]
    recorded_at: Annotated[Instant, Meta(description="When it came in.")]
    day: Annotated[date, Meta(description="The business's local day.")]
    source: Annotated[str, Meta(description="Empty: under no reference.")]
    reference: str
    name: Annotated[str, Meta(description="Of an action, a reward, a benefit; else empty.")]
    partner: Annotated[str, Meta(description="At whose till; empty: at the business's own.")]
    of: Annotated[Id | None, Meta(description="The event that it is about, if one.")]
    amount: Annotated[
        int | None,
        Meta(description="Its revenue in minor units, below 0 for a refund; null: it has none."),
    ]
    refused: RefusalShown | None
    tier: Annotated[str | None, Meta(description="The new tier; null where it stayed.")]
    tier_before: str | None
    vouchers: list[VoucherTold]


class LineShown(Given, frozen=True, kw_only=True):
    """One line of a purchase, as it was sent."""

    amount: int
    quantity: int
    sku: str
    category: str
    labels: list[str]
    discount: int
    tax: int


class EventWhole(EventShown, frozen=True, kw_only=True):
    """One event with its goods, and what changed by it."""

    currency: Currency | None
    lines: list[LineShown]
    entries: list[EntryTold]


def fields(call: Call, line: EventLine) -> dict[str, Any]:
    """The fields of `EventShown`."""
    what = line.what
    named = [getattr(what, name, "") for name in ("name", "reward", "benefit")]
    return {
        "id": str(line.id),
        "kind": line.kind,
        "customer": str(line.customer),
        "at": line.at,
        "recorded_at": line.recorded_at,
        "day": line.day,
        "source": looking.source(call.caller, line.source),
        "reference": line.reference,
        "name": next(filter(None, named), ""),
        "partner": looking.partner(line),
        "of": str(getattr(what, "of", 0) or "") or None,
        "amount": line.amount,
        "refused": refusal(line.refused),
        "tier": line.level or None,
        "tier_before": line.level_before or None,
        "vouchers": [told.voucher(one) for one in line.issued],
    }


def whole(call: Call, line: EventLine, entries: list[Explained]) -> EventWhole:
    """An event with its goods and entries."""
    goods = line.what.lines if isinstance(line.what, facts.Purchase) else ()
    return EventWhole(
        **fields(call, line),
        currency=getattr(line.what, "currency", None),
        lines=[
            LineShown(
                amount=one.amount,
                quantity=one.quantity,
                sku=one.sku,
                category=one.category,
                labels=list(one.labels),
                discount=one.discount,
                tax=one.tax,
            )
            for one in goods
        ],
        entries=[_entry(call, one) for one in entries],
    )


def _entry(call: Call, one: Explained) -> EntryTold:
    places = told.decimals(call.shelf, one.entry.unit)
    return EntryTold(
        unit=one.entry.unit,
        kind=one.entry.kind,
        amount=written(one.entry.amount, places),
        balance=written(one.entry.balance, places),
        why=one.sentence,
    )


def refusal(refused: facts.Refused | None) -> RefusalShown | None:
    """Why something was, or would be, refused."""
    if refused is None:
        return None
    return RefusalShown(code=refused.code, detail=refused.sentence, values=refused.values)
