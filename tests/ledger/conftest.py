"""Café des Amis with a published program, its members, and what every ledger test asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction

from habitue import ledger
from habitue.core import facts
from habitue.core.facts import Line, Purchase
from habitue.ledger import Answer, Fact
from habitue.members import businesses, ids
from habitue.members.models import Business, Customer

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

PROGRAM = """\
program: cafe
title: Café des Amis
currency: EUR
timezone: Europe/Paris
enrolment: automatic
units:
  points: {worth: 0.05, expiry: 12 months}
  stamps: {pending: 2 days}
  spend: {qualifying: true, decimals: 2}
earn:
  - {id: base, when: purchase, award: {points: 1, per: 1.00}}
  - {id: scan, when: visit, award: {stamps: 1, per: item}, cool_down: 10 minutes}
  - {id: year, when: purchase, award: {spend: 1, per: 1.00, step: proportional}}
tiers:
  basis: {unit: spend, window: calendar year}
  kept: rest of this and next year
  levels: [{id: basic, from: 0}, {id: gold, from: 100}]
rewards:
  - {id: coffee, cost: {points: 10}, gives: {product: coffee}, valid_for: 1 month}
  - {id: cake, automatic: threshold, cost: {stamps: 10}, gives: {product: cake}}
  - {id: candle, automatic: birthday, gives: {product: candle}}
"""


def make_cafe(text: str = PROGRAM, *, name: str = "Café des Amis") -> Business:
    """A business whose program is in force."""
    made = businesses.create(name=name, kind="cafe", country="FR")
    published = ledger.publish(made.pk, text)
    assert not published.problems, published.problems
    return made


def guests(business: Business, count: int, **given: Any) -> list[int]:
    """So many new customers, in the order of their numbers."""
    keys = ids.make_many(count)
    Customer.objects.bulk_create(Customer(id=key, business=business, **given) for key in keys)
    return keys


def bought(customer: int, cents: int, *, at: datetime = NOW, reference: str = "") -> Fact:
    what = Purchase((Line(cents),), "EUR")
    return Fact(customer=customer, at=at, what=what, source="till", reference=reference)


def takes(customer: int, reward: str = "coffee", *, at: datetime = NOW) -> Fact:
    return Fact(customer=customer, at=at, what=facts.Redemption(reward))


def does(customer: int, what: facts.What, *, at: datetime = NOW) -> Fact:
    return Fact(customer=customer, at=at, what=what)


def post(business: Business, *batch: Fact, now: datetime = NOW) -> list[Answer]:
    return ledger.post(business.pk, batch, now=now)


def has(business: Business, customer: int, unit: str = "points", *, now: datetime = NOW) -> int:
    """What can be spent at a moment."""
    standing = ledger.standing(business.pk, customer, now=now)
    return standing.balances[unit] if standing else 0


def sound(business: Business) -> None:
    """Every invariant holds, and the history leads to what is stored."""
    assert ledger.verify(business.pk) == []
    assert ledger.replay(business.pk) == []


def rows(query: str, *values: int | str | bytes) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, list(values))
        return list(cursor.fetchall())


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Work done by so many threads that start together; each result, or the exception."""
    barrier = threading.Barrier(count)

    def one(place: int) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=120)
            return work(place)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as threads:
        futures = [threads.submit(one, place) for place in range(count)]
    return [future.exception() or future.result() for future in futures]


def beside_a_merge(
    business: Business, giver: int, into: int, door: Callable[[], Any], *, now: datetime = NOW
) -> Any:
    """What a door does that has looked the giver up when a merge commits, and posts after it."""
    waits = (
        "SELECT count(*) FROM pg_locks"
        " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    )

    def apart() -> Any:
        try:
            return door()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            (merged,) = post(business, does(giver, facts.Merge(into), at=now), now=now)
            assert merged.refused is None, merged.refused
            doing = threads.submit(apart)
            deadline = time.monotonic() + 60
            while rows(waits) == [(0,)]:
                assert not doing.done(), doing.result()
                assert time.monotonic() < deadline, "the door never came to the account"
        return doing.result(timeout=60)


def later(**delta: float) -> datetime:
    return NOW + timedelta(**delta)


def failures(results: Sequence[Any]) -> list[Exception]:
    return [result for result in results if isinstance(result, Exception)]


@pytest.fixture
def cafe(db: None) -> Business:
    return make_cafe()


@pytest.fixture
def alice(cafe: Business) -> int:
    return guests(cafe, 1, name="Alice")[0]


@pytest.fixture
def bruno(cafe: Business) -> int:
    return guests(cafe, 1, name="Bruno")[0]
