"""Orders that members pay with units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from habitue.api import calls, posting, sent, told
from habitue.api.looking import Item
from habitue.api.problems import Problem
from habitue.api.replies import Reply
from habitue.api.routing import operation
from habitue.api.taking import NewPayment
from habitue.api.told import EventTold
from habitue.api.values import Amount, Cents, written
from habitue.core import facts
from habitue.ledger import Answer, books


class PaymentTold(EventTold, frozen=True, kw_only=True):
    """What came of a payment: name it in the purchase's `spent`, and its `money` in `covered`."""

    money: Annotated[Cents, Meta(description="What is paid by it, in minor units.")]
    unit: Annotated[str | None, Meta(description="What was paid with.")]
    units: Amount


@operation(
    "POST",
    "/payments",
    may=sent.AT_TILLS,
    status=201,
    plural=True,
    body=NewPayment,
    answers=PaymentTold,
    problems=(404,),
    summary="Pay with units",
    example={
        "customer": "external:alice",
        "money": 50,
        "order": 1200,
        "currency": "EUR",
        "source": "till",
        "reference": "P-2001",
    },
)
def pay(asked: Sequence[calls.Asked]) -> list[Struct | Reply | Problem]:
    """A member pays part of an order with units, at their worth, rounded up to whole parts.

    Then send the purchase itself, with this event in `spent` and the `money` of the answer in
    `covered`. If the sale does not happen, undo this event.
    """
    return posting.answered(asked, _told)


def _told(item: Item, answer: Answer, shelf: books.Shelf) -> PaymentTold:
    paid = answer.what
    assert isinstance(paid, facts.Payment)
    assert answer.at is not None
    terms = shelf.book.on(books.local_day(answer.at, shelf.zone)).program.pay_with
    unit = terms.unit if terms is not None else None
    return PaymentTold(
        **told.fields(item, answer, shelf),
        money=paid.money,
        unit=unit,
        units=written(paid.units, told.decimals(shelf, unit) if unit else 0),
    )
