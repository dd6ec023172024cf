"""The sums in plain Python, over rows in memory: their definition, and the model in tests.

What a customer adds is computed from that customer's rows; two things only are known of everybody:
which products are new, and how many each customer brought.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from habitue.metrics.aggregates import Aggregates, Counts, Money, total, whole
from habitue.metrics.asked import Asked
from habitue.metrics.periods import Period
from habitue.metrics.tables import (
    ANSWERED,
    SOCIAL,
    TABLES,
    Action,
    Customer,
    Membership,
    OrderLine,
    Refund,
    Response,
)

if TYPE_CHECKING:
    from habitue.metrics.lives import Lives


class History(Struct, frozen=True, kw_only=True):
    """Rows of the canonical tables, in any order: of everybody, or of one customer."""

    customers: list[Customer] = []
    order_lines: list[OrderLine] = []
    refunds: list[Refund] = []
    memberships: list[Membership] = []
    responses: list[Response] = []
    actions: list[Action] = []

    @property
    def orders(self) -> list[OrderLine]:
        """Purchases and visits: line 0 stands for its order."""
        return [line for line in self.order_lines if line.line == 0]

    def until(self, day: date) -> History:
        """What was dated before a day; customers and memberships as they are."""
        return History(
            customers=self.customers,
            order_lines=[row for row in self.order_lines if row.on < day],
            refunds=[row for row in self.refunds if row.on < day],
            memberships=self.memberships,
            responses=[row for row in self.responses if row.on < day],
            actions=[row for row in self.actions if row.on < day],
        )

    def of_business(self, business: int) -> History:
        """The rows of one business."""
        return History(
            **{name: [r for r in rows if r.business == business] for name, rows in _tables(self)}
        )

    def by_customer(self) -> dict[int | None, History]:
        """A history for each customer; under None stand answers that nobody's name is on."""
        found: dict[int | None, History] = defaultdict(_empty)
        for name, rows in _tables(self):
            for row in rows:
                getattr(found[row.customer], name).append(row)
        return dict(found)


class Plain:
    """A business's history in memory as a source; `currency` is the business's own."""

    def __init__(self, history: History, business: int, currency: str) -> None:
        self._history = history.of_business(business)
        self._currency = currency

    def gaps(self, before: date) -> dict[int, int]:
        """How often each number of days lay between a customer's consecutive days of purchase."""
        own = self._history.until(before).by_customer().values()
        days = (sorted({order.on for order in mine.orders}) for mine in own)
        return dict(Counter((b - a).days for those in days for a, b in pairwise(those)))

    def aggregates(self, asked: Asked) -> Aggregates:
        """The sums of a period: what each customer adds."""
        history = self._history.until(asked.period.until)
        new, brought = _new_products(history, asked.period), _brought(history)
        return total(
            _of_customer(own, asked, new, brought[who] if who is not None else 0)
            for who, own in history.by_customer().items()
        )

    def lives(self, until: date) -> Lives:
        """Everybody's life as of a day, in the business's own currency."""
        from habitue.metrics import lives

        rows = []
        for who, own in self._history.until(until).by_customer().items():
            days = sorted(order.on for order in own.orders)
            if who is not None and days:
                revenue = _net(own, self._currency, date.min, until)
                rows.append((who, days[0], days[-1], len(set(days)), len(days), revenue))
        return lives.of(sorted(rows), until=until, currency=self._currency)


def _of_customer(own: History, asked: Asked, new: frozenset[str], brought: int) -> Aggregates:
    states = _states(own, asked)
    first = bool(states["buyers"] and not states["before"])
    counts = {name: value for name, value in states.items() if name != "before"}
    counts |= _basket(own, asked.period, new, first=first)
    counts |= _membership(own, asked.period)
    counts |= {
        "referrers": int(states["buyers"] and brought > 0),
        "referred": brought * states["buyers"],
        "repeaters_referred": brought * states["repeaters"],
    }
    counts |= _answers(own, asked.period)
    counts |= _deeds(own, asked.period)
    counts |= _rewards(own, asked.period)
    counts |= _service(own, asked, start=bool(states["start"]), kept=bool(states["kept"]))
    sums = Counts(**{name: int(value) for name, value in counts.items()})
    return Aggregates(counts=sums, money=_money(own, asked, first=first))


def _states(own: History, asked: Asked) -> dict[str, int]:
    """Whether a customer at which end; `before`: whether ever one before the period."""
    since, days = asked.period.since, [order.on for order in own.orders]
    orders = sum(day >= since for day in days)
    start = any(asked.start_since <= day < since for day in days)
    end = any(asked.end_since <= day for day in days)
    before = any(day < since for day in days)
    return {
        "before": before,
        "known": bool(days),
        "start": start,
        "end": end,
        "new": end and not before,
        "kept": start and end,
        "reactivated": before and end and not start,
        "dormant": bool(days) and not end,
        "lost": start and not end,
        "buyers": orders > 0,
        "repeaters": orders > 1,
        "orders": orders,
    }


def _basket(own: History, period: Period, new: frozenset[str], *, first: bool) -> dict[str, int]:
    """What was bought in the period: new products, groups of products."""
    lines = [line for line in own.order_lines if line.on >= period.since]
    buys = any(line.line == 0 for line in lines)
    tries = buys and any(line.product in new for line in lines)
    groups = len({line.category for line in lines if line.category})
    return {
        "first_buyers": first,
        "first_triers": tries and first,
        "returning_triers": tries and not first,
        "one_group": buys and groups == 1,
        "many_groups": buys and groups > 1,
    }


def _membership(own: History, period: Period) -> dict[str, int]:
    """Enrolment, consent, paid membership."""
    joined, subscribed = _joined(own, period), _subscribed(own, period)
    bought = [order.on for order in own.orders if order.on >= period.since]
    at_start, at_end = (_covered(own, day) for day in (period.since, period.until))
    return {
        "customers": bool(joined or subscribed or own.orders),
        "members": joined is not None,
        "member_buyers": joined is not None and bool(bought),
        "member_orders": sum(joined is not None and day >= joined for day in bought),
        "subscribers": subscribed,
        "referrals": joined is not None
        and joined >= period.since
        and own.customers[0].invited_by is not None,
        "contracts": at_start,
        "contracts_kept": at_start and at_end,
    }


def _answers(own: History, period: Period) -> dict[str, int]:
    """Answers to the three questions of satisfaction."""
    given = [answer for answer in own.responses if answer.on >= period.since]
    nps = [answer.score for answer in given if answer.question == "nps"]
    csat = [answer.score for answer in given if (answer.question, answer.scale) == ("csat", 5)]
    ces = [answer.score for answer in given if (answer.question, answer.scale) == ("ces", 7)]
    return {
        "promoters": sum(score >= 9 for score in nps),
        "passives": sum(7 <= score <= 8 for score in nps),
        "detractors": sum(score <= 6 for score in nps),
        "satisfied": sum(score >= 4 for score in csat),
        "satisfaction_answers": len(csat),
        "effort": sum(ces),
        "effort_squares": sum(score * score for score in ces),
        "effort_answers": len(ces),
    }


def _deeds(own: History, period: Period) -> dict[str, int]:
    """What somebody did in the period beside buying."""
    times: Counter[str] = Counter()
    for action in own.actions:
        if action.on >= period.since:
            times[action.name] += action.quantity
    clicks = any(a.name == "click" and a.on >= period.since for a in own.actions)
    return {
        "redemptions": times["redemption"],
        "messages_answered": sum(times[name] for name in ANSWERED),
        "clickers": clicks,
        "clicking_subscribers": clicks and _subscribed(own, period),
        "ideas": times["idea"],
        "social": sum(times[name] for name in SOCIAL),
    }


def _rewards(own: History, period: Period) -> dict[str, int]:
    """Rewards taken: by whom, and how long the first one took."""
    joined = _joined(own, period)
    taken = [action.on for action in own.actions if action.name == "redemption"]
    if joined is None or not taken:
        return {}
    first = min(taken)
    rewarded = first >= period.since and first >= joined
    return {
        "redeemers": max(taken) >= period.since,
        "rewarded": rewarded,
        "reward_days": (first - joined).days if rewarded else 0,
    }


def _service(own: History, asked: Asked, *, start: bool, kept: bool) -> dict[str, int]:
    """Complaints in the period, and who came back after an earlier one."""
    since = asked.period.since
    within = [action for action in own.actions if action.on >= since]
    answered = [action.quantity for action in within if action.name == "complaint_answered"]
    earlier = [a.on for a in own.actions if a.name == "complaint" and a.on < since]
    complained = start and any(day >= asked.base_since for day in earlier)
    contented = start and not earlier
    return {
        "complaints": sum(action.name == "complaint" for action in within),
        "complaints_answered": len(answered),
        "complaints_resolved": sum(action.name == "complaint_resolved" for action in within),
        "answer_minutes": sum(answered),
        "complainers": complained,
        "complainers_back": complained and kept,
        "contented": contented,
        "contented_back": contented and kept,
    }


def _money(own: History, asked: Asked, *, first: bool) -> dict[str, Money]:
    """What was sold, by currency, beside what was sold in the equally long span before."""
    since, until = asked.period.since, asked.period.until
    currencies = {line.currency for line in own.order_lines if line.on >= asked.base_since}
    currencies |= {refund.currency for refund in own.refunds if refund.on >= asked.base_since}
    found = {}
    for currency in currencies - {""}:
        orders = sum(row.currency == currency and row.on >= since for row in own.orders)
        now = _net(own, currency, since, until)
        base = max(0, _net(own, currency, asked.base_since, since))
        found[currency] = Money(
            revenue=now,
            orders=orders,
            buyers=int(orders > 0),
            first_buyers=int(orders > 0 and first),
            first_revenue=now if first else 0,
            base=base,
            expansion=max(0, now - base) if base else 0,
            contraction=max(0, base - now) if now > 0 else 0,
            churned=base if now <= 0 else 0,
        )
    return found


def _net(own: History, currency: str, since: date, until: date) -> int:
    """What was bought less what was given back, each at its own day in [since, until)."""
    rows: Iterable[tuple[OrderLine | Refund, int]] = (
        *((row, 1) for row in own.order_lines),
        *((row, -1) for row in own.refunds),
    )
    return whole(
        sum(
            sign * row.amount
            for row, sign in rows
            if row.currency == currency and since <= row.on < until
        )
    )


def _joined(own: History, period: Period) -> date | None:
    """When they enrolled, if by the period's end."""
    day = own.customers[0].joined_on if own.customers else None
    return day if day is not None and day < period.until else None


def _subscribed(own: History, period: Period) -> bool:
    day = own.customers[0].subscribed_on if own.customers else None
    return day is not None and day < period.until


def _covered(own: History, day: date) -> bool:
    """Whether a paid membership covers a day."""
    return any(
        paid.since <= day < min(paid.until, paid.ended_on or paid.until) for paid in own.memberships
    )


def _new_products(history: History, period: Period) -> frozenset[str]:
    """The products that the business first sold in the period."""
    old = {line.product for line in history.order_lines if line.on < period.since}
    return frozenset({line.product for line in history.order_lines} - old - {""})


def _brought(history: History) -> Counter[int]:
    """How many customers who bought each customer brought."""
    bought = {order.customer for order in history.orders}
    return Counter(
        customer.invited_by
        for customer in history.customers
        if customer.invited_by is not None and customer.customer in bought
    )


def _tables(history: History) -> Iterable[tuple[str, list[Any]]]:
    return ((name, getattr(history, name)) for name in TABLES)


def _empty() -> History:
    return History(**{name: [] for name in TABLES})
