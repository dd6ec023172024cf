"""What is kept with each posting gives the same sums as plain Python over the canonical tables."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from django.db import connection

from habitue import ledger
from habitue.core import facts
from habitue.core.facts import Line, Purchase
from habitue.ledger import Fact
from habitue.members import answers, consents
from habitue.members.models import Business, Customer
from habitue.metrics.asked import Asked
from habitue.metrics.lowerings.plain import History, Plain
from habitue.metrics.lowerings.state import State
from habitue.metrics.periods import Period
from habitue.metrics.tables import TABLES
from tests.ledger.conftest import NOW, does, guests, later, make_cafe, post

pytestmark = pytest.mark.django_db

WALKS: Final = int(os.environ.get("HABITUE_WALKS", "6"))
BATCHES: Final = 12
PEOPLE: Final = 5
DAYS: Final = 60
FIRST: Final = NOW.date()

PROGRAM: Final = """\
program: cafe
title: Café des Amis
currency: EUR
timezone: Europe/Paris
enrolment: automatic
units:
  points: {worth: 0.05}
earn:
  - {id: base, when: purchase, award: {points: 1, per: 1.00}}
rewards:
  - {id: coffee, cost: {points: 10}, gives: {product: coffee}}
"""

DEEDS: Final = (
    "buy", "buy", "buy", "buy", "buy", "scan", "scan", "return", "return", "undo", "undo", "take",
    "complain", "click", "merge",
)  # fmt: skip


def query(sql: str, values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def tables(business: Business) -> History:
    """The canonical tables of a business, read into memory."""
    found = {}
    for name, row in TABLES.items():
        columns = row.__struct_fields__
        named = ", ".join(f'"{column}"' for column in columns)
        sql = f"SELECT {named} FROM canonical_{name} WHERE business = %(business)s"
        told = query(sql, {"business": business.pk})
        found[name] = [row(**dict(zip(columns, one, strict=True))) for one in told]
    return History(**found)


def agree(business: Business, asks: Sequence[Asked]) -> None:
    """Both lowerings answer alike."""
    plain = Plain(tables(business), business.pk, business.currency)
    state = State(query, business.pk, business.currency)
    for asked in asks:
        assert state.aggregates(asked) == plain.aggregates(asked), asked
    for day in (FIRST + timedelta(DAYS // 2), FIRST + timedelta(2 * DAYS)):
        assert state.gaps(day) == plain.gaps(day)
        kept, right = state.lives(day), plain.lives(day)
        assert [list(column) for column in kept[2:]] == [list(column) for column in right[2:]]


def some_asks(chance: random.Random) -> list[Asked]:
    found = []
    for _ in range(4):
        since = FIRST + timedelta(chance.randint(-3, DAYS))
        period = Period(since, since + timedelta(chance.randint(1, 30)))
        found.append(Asked(period=period, window=chance.randint(1, 30)))
    return found


class Walk:
    """A café whose people do anything, sooner or later, in any order."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.cafe = make_cafe(PROGRAM)
        self.people = guests(self.cafe, PEOPLE)
        self.events: list[tuple[int, int]] = []
        self.now = NOW + timedelta(days=DAYS)
        invited = facts.Enrolment(invited_by=self.people[0])
        self.post([does(self.people[1], invited)])
        customer = Customer.objects.get(pk=self.people[2])
        consents.record(
            customer, purpose="marketing", channel="email", granted=True, wording="yes",
            source="till", at=later(days=9),
        )  # fmt: skip

    def post(self, batch: list[Fact]) -> None:
        for fact, answer in zip(batch, post(self.cafe, *batch, now=self.now), strict=True):
            if not answer.refused:
                self.events.append((fact.customer, answer.event))

    def step(self) -> None:
        size = self.chance.choice([1, 2, 5, 60])  # small ones as one statement, large ones piped
        self.post([self.fact() for _ in range(size if self.chance.random() < 0.9 else 1)])
        day = FIRST + timedelta(self.chance.randint(0, DAYS))
        score = self.chance.randint(1, 5)
        said = answers.Answered("csat", score, 5, day, str(self.now) + str(len(self.events)))
        answers.record(self.cafe, [said], source="survey")

    def fact(self) -> Fact:
        who, at = self.chance.choice(self.people), self.moment()
        of = 0
        if self.events and self.chance.random() < 0.9:
            who, of = self.chance.choice(self.events)
        pick = self.chance.randint(0, 9)
        line = Line(pick * 100, sku=f"p{pick}", category=f"c{pick % 3}")
        other = self.chance.choice(self.people)
        whats: dict[str, facts.What] = {
            "buy": Purchase((line, Line(350, category="c0")), "EUR"),
            "scan": facts.Visit(),
            "return": facts.Refund(of, amount=(pick + 1) * 50),
            "undo": facts.Undo(of, consequence=True),
            "take": facts.Redemption("coffee"),
            "complain": facts.Action("complaint"),
            "click": facts.Action("click"),
            "merge": facts.Merge(other),
        }
        return Fact(customer=who, at=at, what=whats[self.chance.choice(DEEDS)])

    def moment(self) -> datetime:
        return NOW + timedelta(
            days=self.chance.randint(0, DAYS), hours=self.chance.choice([0, 10, 11])
        )


@pytest.mark.parametrize("seed", range(WALKS))
def test_the_kept_state_gives_the_sums_of_the_definition(seed: int) -> None:
    walk = Walk(seed)
    for _ in range(BATCHES):
        walk.step()
        assert ledger.verify(walk.cafe.pk) == []
    agree(walk.cafe, some_asks(walk.chance))


def test_the_walks_meet_what_they_are_for() -> None:
    met = set()
    for seed in range(WALKS):
        walk = Walk(seed)
        for _ in range(BATCHES):
            walk.step()
        found = query(
            """SELECT kind, what->>'of' IS NOT NULL AND EXISTS (
                SELECT FROM ledger_event undone WHERE undone.customer_id = event.customer_id
                AND undone.id = (event.what->>'of')::bigint AND undone.kind = 'merge')
            FROM ledger_event event WHERE business_id = %(business)s AND refusal IS NULL""",
            {"business": walk.cafe.pk},
        )
        met |= set(found)
    assert {("undo", True), ("undo", False), ("merge", False), ("refund", False)} <= met
