"""What is kept of each customer's life, and how what happened since is added to it.

A life is a sum: those of two stretches of a history, in any order, make that of both. Only the
count of days needs care, since both may have been on the same day: so the newer stretch (`Since`)
is handed over with its days, and whoever keeps the older one says which of them are new.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from msgspec import Struct


class Moment(NamedTuple):
    """A purchase, a visit or a refund that counts. `came`: it is no refund.

    `amount` is in minor units of the business's own currency (of a refund negative), 0 where it
    was in another one.
    """

    customer: int
    on: date
    came: bool
    amount: int


class Since(Struct):
    """What a stretch of a history adds to a life; `touched_on` is its last day, refunds too."""

    touched_on: date
    days: set[date]
    orders: int = 0
    amount: int = 0

    def add(self, moment: Moment) -> None:
        """Let one moment count."""
        if moment.on > self.touched_on:
            self.touched_on = moment.on
        if moment.came:
            self.days.add(moment.on)
            self.orders += 1
        self.amount += moment.amount

    def __or__(self, other: Since) -> Since:
        """What two stretches add together."""
        return Since(
            max(self.touched_on, other.touched_on),
            self.days | other.days,
            self.orders + other.orders,
            self.amount + other.amount,
        )


def since(moments: Iterable[Moment]) -> dict[int, Since]:
    """What a batch adds, by customer."""
    found: dict[int, Since] = {}
    for moment in moments:
        customer, on, came, amount = moment
        if customer in found:
            found[customer].add(moment)
        else:
            found[customer] = Since(on, {on} if came else set(), int(came), amount)
    return found
