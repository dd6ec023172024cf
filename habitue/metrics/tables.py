"""The canonical tables: what figures are computed from, wherever the history lies.

Six tables, the same in PostgreSQL (views `canonical_…` over the ledger), in Parquet (the lake) and
in memory (rows of these structs). Every row carries its business, its local `business_date` (`on`:
stored when it happened, never cast from an instant), money in minor units with its currency.

What was refused or undone is not there. A customer who went over into another one is there under
the other one's number, as is everything that is theirs. Nothing here is personal data.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from msgspec import Struct


class Customer(Struct, frozen=True, kw_only=True):
    """Somebody who is known, whether they ever bought or not."""

    business: int
    customer: int
    joined_on: date | None = None  # when they became a member
    invited_by: int | None = None  # the member who brought them, never themselves
    subscribed_on: date | None = None  # since when they agree to be written to; None: they do not
    erased: bool = False  # nothing personal is left of them


class OrderLine(Struct, frozen=True, kw_only=True):
    """One line of an order, or a visit: a card's scan without an amount.

    Line 0 stands for its order: orders are counted by it. `amount` is net of discounts and
    refundable; what was paid with units is taken off line 0. A visit has one line, amount 0 and
    currency ''. A product is new in the period in which the business first sold it; '' is none.
    """

    business: int
    customer: int
    order: int
    line: int
    on: date
    amount: int
    currency: str
    quantity: int = 1
    product: str = ""
    category: str = ""
    channel: str = ""
    place: str = ""


class Refund(Struct, frozen=True, kw_only=True):
    """Money given back for an order: at its own day `on`, for goods bought on `ordered_on`.

    A refund of an order that was undone is not there, as the order is not.
    """

    business: int
    customer: int
    refund: int
    order: int
    on: date
    ordered_on: date
    amount: int  # what was given back: never negative
    currency: str


class Membership(Struct, frozen=True, kw_only=True):
    """A paid period of membership, [since, until); `ended_on` if it was ended before."""

    business: int
    customer: int
    since: date
    until: date
    ended_on: date | None = None


class Response(Struct, frozen=True, kw_only=True):
    """An answer to a question: `nps` (0 to 10), `csat` (1 to `scale`), `ces` (1 to `scale`)."""

    business: int
    customer: int | None  # None: nobody knows whose it is
    response: int
    on: date
    question: str
    score: int
    scale: int


class Action(Struct, frozen=True, kw_only=True):
    """Anything else that somebody did: `redemption`, `referral`, `review`, `complaint`, `click`…

    The names are those of the events: `redemption` for a reward taken (of one that came by itself,
    the day on which its voucher was used), else an action's name.
    Of the service there are three, a row each: `complaint`, `complaint_answered` (its quantity:
    the minutes since the complaint), `complaint_resolved`.
    """

    business: int
    customer: int
    on: date
    name: str
    quantity: int = 1


ANSWERED: Final = ("answer", "click")
"""Actions by which somebody answers a message."""

SOCIAL: Final = ("follow", "review", "share")
"""Actions of social engagement."""

TABLES: Final = {
    "customers": Customer,
    "order_lines": OrderLine,
    "refunds": Refund,
    "memberships": Membership,
    "responses": Response,
    "actions": Action,
}
"""Every canonical table by name; its columns are the fields of its rows, in this order."""

MONTHLY: Final = {"order_lines": "on", "refunds": "on", "responses": "on", "actions": "on"}
"""The tables that the lake keeps by month, and the day that says which."""
