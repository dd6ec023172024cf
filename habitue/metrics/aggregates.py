"""The sums that figures are made of: whole numbers that add up across partitions of customers.

A lowering (`lowerings/`) reads them from a history; a figure (`figures/`) divides them, once.
Who was a customer "at" a day is said by purchases: somebody who bought within the window of W
days before it. Every customer known by the period's end is in exactly one of four states:

    new          bought for the first time in the period, customer at its end
    kept         customer at the start and at the end
    reactivated  bought before, no customer at the start, customer at the end
    dormant      no customer at the end (of these, `lost` were customers at the start)
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Final, TypeVar

from msgspec import Struct


class Counts(Struct, frozen=True, kw_only=True):
    """People and orders. Two purchases on one day are two orders; a card's scan without an amount
    (a visit, as a stamp card has them) is an order without money.
    """

    known: int = 0  # customers who ever bought before the period's end
    start: int = 0  # customers at the start
    end: int = 0  # customers at the end
    new: int = 0
    kept: int = 0
    reactivated: int = 0
    dormant: int = 0
    lost: int = 0
    buyers: int = 0  # customers who bought in the period
    repeaters: int = 0  # of these, those who bought at least twice in it
    orders: int = 0  # purchases and scans in the period
    promoters: int = 0  # answers of 9 or 10 to "would you recommend us?"
    passives: int = 0  # 7 or 8
    detractors: int = 0  # 0 to 6


class Money(Struct, frozen=True, kw_only=True):
    """What was sold in the period in one currency; money in minor units.

    A refund lowers `revenue` on the day of the refund and takes no order away; an undone
    purchase counts for nothing.
    """

    revenue: int = 0
    orders: int = 0
    buyers: int = 0


class Aggregates(Struct, frozen=True, kw_only=True):
    """Everything that figures may ask for. Currencies stand beside each other, never summed."""

    counts: Counts = Counts()
    money: dict[str, Money] = {}


Sums = TypeVar("Sums", Counts, Money)

NAMES: Final = frozenset(Counts.__struct_fields__) | {"revenue"}
"""The words a figure may use in `needs`."""


def total(parts: Iterable[Aggregates]) -> Aggregates:
    """The aggregates of a whole from those of its partitions (no customer in two of them)."""
    return reduce(_plus, parts, Aggregates())


def _plus(one: Aggregates, other: Aggregates) -> Aggregates:
    money = dict(one.money)
    for currency, amounts in other.money.items():
        money[currency] = _added(money.get(currency, Money()), amounts)
    return Aggregates(counts=_added(one.counts, other.counts), money=money)


def _added(one: Sums, other: Sums) -> Sums:
    sums = {name: getattr(one, name) + getattr(other, name) for name in one.__struct_fields__}
    return type(one)(**sums)
