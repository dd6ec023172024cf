"""Money that passed between a business and its partners and causes, written down by a program."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta

from habitue.api import calls, days, problems
from habitue.api.values import Given, Said
from habitue.ledger import claims, payments
from habitue.ledger.payments import Party, Payment

Signed = Annotated[int, Meta(description="Money in minor units; negative: the other way.")]


class PaymentShown(Given, frozen=True, kw_only=True):
    """Money that came in (positive) or went out, as it was written down."""

    day: date
    money: Signed
    reference: str
    note: str


class NewLine(Said, frozen=True, kw_only=True):
    """Money that has passed."""

    money: Annotated[int, Meta(ge=1, le=10**13, description="In minor units.")]
    day: Annotated[date, Meta(description="On which it passed.")]
    reference: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=200,
            description="Unique among all payments of the business, for ever.",
        ),
    ]
    note: Annotated[str, Meta(max_length=200)] = ""


def paid(call: calls.Call, party: Party, name: str, line: NewLine, *, money: int) -> PaymentShown:
    """Write it down, `money` signed; the same again changes nothing, a 409 says what is wrong."""
    days.near(call, line.day, "/body/day")
    for pointer, text in (("/body/reference", line.reference), ("/body/note", line.note)):
        if not claims.is_text(text) or text != text.strip():
            raise problems.wrong(pointer, "Give ordinary letters, without spaces around them.")
    refused = payments.record(
        call.caller.business,
        party,
        name,
        money=money,
        day=line.day,
        reference=line.reference,
        note=line.note,
        now=call.now,
    )
    if refused is not None:
        raise problems.conflict(refused)
    return PaymentShown(day=line.day, money=money, reference=line.reference, note=line.note)


def shown(of: Payment) -> PaymentShown:
    """A payment as it is answered."""
    return PaymentShown(day=of.day, money=of.money, reference=of.reference, note=of.note)
