"""The aggregates from plain sales in memory: the definition in Python, and the model in tests."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

from msgspec import Struct

from habitue.metrics.aggregates import Aggregates, Counts, Money, total
from habitue.metrics.asked import Asked
from habitue.metrics.periods import Period


class Sale(Struct, frozen=True):
    """A purchase, a visit (no amount, no currency), or a `refund` (a negative amount).

    What was refused or undone is no sale.
    """

    customer: int
    on: date
    amount: int
    currency: str = "EUR"
    refund: bool = False


def aggregates(sales: Iterable[Sale], asked: Asked) -> Aggregates:
    """The aggregates of a history: the sum over its customers."""
    by_customer: dict[int, list[Sale]] = defaultdict(list)
    for sale in sales:
        if sale.on < asked.period.until:
            by_customer[sale.customer].append(sale)
    return total(_of_customer(own, asked) for own in by_customer.values())


def gaps(sales: Iterable[Sale], before: date) -> dict[int, int]:
    """How often each number of days lay between a customer's consecutive days of purchase."""
    days: dict[int, set[date]] = defaultdict(set)
    for sale in sales:
        if sale.on < before and not sale.refund:
            days[sale.customer].add(sale.on)
    return dict(Counter((b - a).days for own in days.values() for a, b in pairwise(sorted(own))))


def _of_customer(own: Sequence[Sale], asked: Asked) -> Aggregates:
    period = asked.period
    bought = [sale.on for sale in own if not sale.refund]
    orders = sum(day >= period.since for day in bought)
    start = any(asked.start_since <= day < period.since for day in bought)
    end = any(asked.end_since <= day for day in bought)
    before = any(day < period.since for day in bought)
    counts = Counts(
        known=bool(bought),
        start=start,
        end=end,
        new=end and not before,
        kept=start and end,
        reactivated=before and end and not start,
        dormant=bool(bought) and not end,
        lost=start and not end,
        buyers=orders > 0,
        repeaters=orders > 1,
        orders=orders,
    )
    return Aggregates(counts=counts, money=_money(own, period))


def _money(own: Sequence[Sale], period: Period) -> dict[str, Money]:
    within = [sale for sale in own if sale.on >= period.since]
    money = {}
    for currency in {sale.currency for sale in within if sale.currency}:
        mine = [sale for sale in within if sale.currency == currency]
        orders = sum(not sale.refund for sale in mine)
        revenue = sum(sale.amount for sale in mine)
        money[currency] = Money(revenue=revenue, orders=orders, buyers=orders > 0)
    return money
