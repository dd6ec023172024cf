"""Random walks: two cafés live the same days, one in batches and swept, one event by event.

After every step both ledgers are sound, their histories lead to what is stored, and both stand
where the engine stands that keeps everything in memory.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from habitue import ledger
from habitue.core import engine, facts
from habitue.core.facts import Event, Line, Purchase
from habitue.ledger import Fact, books
from habitue.members.models import Business
from tests.core.cast import as_of
from tests.ledger.conftest import NOW, guests, make_cafe, sound

pytestmark = pytest.mark.django_db

WALKS = int(os.environ.get("HABITUE_WALKS", "6"))
STEPS = 14
PEOPLE = 4

Deed = tuple[int, datetime, str, int]
"""Who, when, what, and a number that chooses among what is there."""


@dataclass
class Side:
    """One of the two cafés, with the same history in memory."""

    cafe: Business
    people: list[int]
    events: dict[int, list[int]] = field(default_factory=dict)
    accounts: dict[int, Any] = field(default_factory=dict)
    histories: dict[int, list[Event]] = field(default_factory=dict)

    def post(self, deeds: list[Deed], now: datetime) -> list[str]:
        """Post deeds as one batch, here and in memory; why each was refused."""
        batch = [self.fact(deed) for deed in deeds]
        answers = ledger.post(self.cafe.pk, batch, now=now)
        for deed, answer in zip(deeds, answers, strict=True):
            self.events.setdefault(deed[0], []).append(answer.event)
        self.remember(batch, [answer.event for answer in answers])
        return [answer.refused.code if answer.refused else "" for answer in answers]

    def remember(self, batch: list[Fact], numbers: list[int]) -> None:
        events = [
            Event(number, fact.customer, fact.at, fact.what)
            for fact, number in zip(batch, numbers, strict=True)
        ]
        for event in events:
            self.histories.setdefault(event.customer, [])
        engine.run(books.shelf(self.cafe.pk).book, self.accounts, events, self.histories)

    def sweep(self, now: datetime) -> None:
        """The ledger's sweep; in memory time passes for those who have something due."""
        before = {line[0] for person in self.people for line in known_events(person)}
        ledger.sweep(self.cafe.pk, now=now)
        for person in self.people:
            for line in known_events(person):
                if line[0] not in before:
                    assert line[1] == "passage"
                    fact = Fact(customer=person, at=line[2], what=facts.Passage())
                    self.remember([fact], [line[0]])

    def fact(self, deed: Deed) -> Fact:
        who, at, kind, pick = deed
        known = self.events.get(who, [0])
        of = known[pick % len(known)]
        held = ledger.standing(self.cafe.pk, self.people[who], now=at)
        vouchers = sorted(map(told, held.vouchers)) if held else []
        lines = (Line(pick * 100 + 40, 2, category="coffee"), Line(350))
        whats: dict[str, facts.What] = {
            "buy": Purchase(lines, "EUR"),
            "scan": facts.Visit(pick % 7 + 1),
            "take": facts.Redemption("coffee", at_once=pick % 2 == 0),
            "use": facts.VoucherUse(vouchers[pick % len(vouchers)][-1] if vouchers else 1),
            "return": facts.Refund(of, (facts.Returned(pick % 2, 1),)),
            "return all": facts.Refund(of),
            "undo": facts.Undo(of),
            "grant": facts.Adjustment("points", pick + 1, "a kindness"),
            "take back": facts.Adjustment("points", -pick - 1, "a mistake"),
        }
        return Fact(customer=self.people[who], at=at, what=whats[kind])

    def stands(self, now: datetime) -> list[Any]:
        """Where everybody stands, without numbers of events, lots and vouchers."""
        found = ledger.standings(self.cafe.pk, self.people, now=now)
        return [
            (
                stand.balances,
                stand.pending,
                stand.tier,
                stand.tier_until,
                sorted(
                    (lot.unit, lot.remaining, lot.active_on, lot.expires_on or now.date())
                    for lot in stand.lots
                ),
                sorted(
                    (each.reward, each.issued_on, str(each.expires_on)) for each in stand.vouchers
                ),
            )
            for person in self.people
            if (stand := found.get(person)) is not None
        ]

    def agrees(self, now: datetime) -> None:
        """What is stored and what is in memory come to the same."""
        shelf = books.shelf(self.cafe.pk)
        found = ledger.standings(self.cafe.pk, self.people, now=now)
        for person, kept in self.accounts.items():
            account = as_of(shelf.book, kept, now.astimezone(shelf.zone).date())
            stand = found[person]
            units = [unit.id for unit in shelf.book.latest.program.units]
            assert stand.balances == {name: account.usable(n) for n, name in enumerate(units)}
            assert (stand.tier or "") == account.level
            lots = sorted(lot.remaining for lot in account.lots or () if lot.remaining)
            assert sorted(lot.remaining for lot in stand.lots) == lots
            open_vouchers = [each for each in account.vouchers or () if each.state == "issued"]
            assert len(stand.vouchers) == len(open_vouchers)


def told(voucher: ledger.VoucherLine) -> tuple[str, str, str, int]:
    """What tells vouchers apart, whatever their numbers; the number comes last."""
    return (voucher.reward, str(voucher.issued_on), str(voucher.expires_on), voucher.id)


def known_events(person: int) -> list[tuple[Any, ...]]:
    from tests.ledger.conftest import rows

    return rows("SELECT id, kind, at FROM ledger_event WHERE customer_id = %s ORDER BY id", person)


KINDS = ("buy", "buy", "buy", "scan", "scan", "take", "use", "return", "return all", "undo",
         "grant", "take back")  # fmt: skip


def drawn(chance: random.Random, now: datetime) -> list[Deed]:
    """A batch of deeds; some arrive days late."""
    deeds = []
    for place in range(chance.randint(1, 8)):
        late = timedelta(hours=chance.choice([0, 0, 0, 0, 5, 30, 80]))
        at = now - late + timedelta(seconds=place)
        deeds.append((chance.randrange(PEOPLE), at, chance.choice(KINDS), chance.randrange(12)))
    return deeds


@pytest.mark.parametrize("seed", range(WALKS))
def test_two_cafes_that_live_the_same_days_stand_alike_however_they_post(seed: int) -> None:
    chance, now = random.Random(seed), NOW
    cafes = [make_cafe(name=name) for name in ("In batches", "One by one")]
    batched, single = (Side(cafe, guests(cafe, PEOPLE)) for cafe in cafes)
    for _ in range(STEPS):
        now += timedelta(days=chance.choice([0, 0, 1, 2, 9, 31, 130]), hours=1)
        if chance.random() < 0.3:
            batched.sweep(now)
        deeds = drawn(chance, now)
        posting_time = now + timedelta(minutes=5)
        if any(deed[2] == "use" for deed in deeds):  # a voucher foreseen by a reading has no code
            batched.sweep(now)
            single.sweep(now)
        first = [
            deed
            for place, deed in enumerate(deeds)
            if not {deed[0]} & {d[0] for d in deeds[:place]}
        ]  # a deed may name what the one before it made: so one a person and batch
        refusals = batched.post(first, posting_time)
        assert [single.post([deed], posting_time)[0] for deed in first] == refusals
        for deed in (deed for deed in deeds if deed not in first):
            assert batched.post([deed], posting_time) == single.post([deed], posting_time)
        for side in (batched, single):
            sound(side.cafe)
            side.agrees(posting_time)
        assert batched.stands(posting_time) == single.stands(posting_time)
