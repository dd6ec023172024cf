"""Random days in the neighbourhood: after every step the ledger is sound, and so is its history.

Gifts, households, merges, partners, stock, causes and corrections of all of these, in batches, some
late; the same batch again changes nothing.
"""

from __future__ import annotations

import os
import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from habitue import ledger
from habitue.core import facts
from habitue.core.facts import Line, Purchase
from habitue.ledger import Fact, households, payments, settlement
from habitue.members.models import Business
from tests.ledger.conftest import NOW, guests, make_cafe, rows, sound
from tests.ledger.town import TOWN

pytestmark = pytest.mark.django_db

WALKS = int(os.environ.get("HABITUE_WALKS", "6"))
STEPS = 12
PEOPLE = 6
KINDS = (
    "buy", "buy", "buy", "buy", "take", "pay", "use", "return", "return", "undo", "undo", "give",
    "give", "merge", "early", "visit", "grant",
)  # fmt: skip


def fact(
    chance: random.Random, town: Business, people: list[int], known: dict[int, list[int]],
    at: datetime,
) -> Fact:  # fmt: skip
    who, other = chance.sample(people, 2)
    of = chance.choice(known.get(who) or [1])
    kind = chance.choice(KINDS)
    partner = chance.choice(["bakery", "kiosk", ""])
    if kind == "merge" and chance.random() < 0.6:
        kind = "buy"
    what: facts.What
    match kind:
        case "buy":
            lines = (Line(chance.randint(1, 9_000), 2), Line(chance.randint(1, 900)))
            what = Purchase(lines, "EUR", partner=partner)
        case "take":
            reward = chance.choice(["coffee", "lamp", "tree", "star"])
            what = facts.Redemption(reward, at_once=chance.random() < 0.5, partner=partner)
        case "pay":
            what = facts.Payment(chance.randint(1, 400), 1_000, partner=partner)
        case "use":
            held = ledger.standing(town.pk, who, now=at)
            numbers = [voucher.id for voucher in held.vouchers] if held else []
            what = facts.VoucherUse(chance.choice(numbers or [1]), partner=partner)
        case "return":
            parts: list[facts.What] = [
                facts.Refund(of),
                facts.Refund(of, (facts.Returned(0, 1),)),
                facts.Refund(of, amount=chance.randint(1, 500)),
            ]
            what = chance.choice(parts)
        case "undo":
            what = facts.Undo(of, consequence=chance.random() < 0.3)
        case "give":
            what = facts.Transfer("points", chance.randint(1, 60), other)
        case "merge":
            what = facts.Merge(other)
        case "early":
            what = facts.Action("early-bird")
        case "visit":
            what = facts.Visit(chance.randint(1, 4))
        case _:
            what = facts.Adjustment("points", chance.choice([-9, 5, 30]), "by hand")
    return Fact(customer=who, at=at, what=what, source="walk", reference=str(chance.random()))


@pytest.mark.parametrize("seed", range(WALKS))
def test_whatever_happens_in_the_neighbourhood_the_ledger_is_sound(seed: int) -> None:
    chance, now = random.Random(seed), NOW
    town = make_cafe(TOWN.replace("stock: 7", "stock: 3"), name="The neighbourhood")
    people = guests(town, PEOPLE)
    known: dict[int, list[int]] = {}
    ahead: Any = {"money": 200, "day": NOW.date(), "reference": "ahead", "now": NOW}
    assert payments.record(town.pk, "partner", "kiosk", **ahead) is None
    refused: dict[str, int] = {}
    for step in range(STEPS):
        now += timedelta(days=chance.choice([0, 0, 1, 3, 20, 120]), hours=1)
        if chance.random() < 0.3:
            ledger.sweep(town.pk, now=now)
        if step in (2, 5):
            households.join(town.pk, people[0], people[step], now=now)
        batch = []
        for place in range(chance.randint(1, 7)):
            late = timedelta(hours=chance.choice([0, 0, 0, 0, 7, 60]))
            at = now - late + timedelta(seconds=place)
            batch.append(fact(chance, town, people, known, at))
        answers = ledger.post(town.pk, batch, now=now + timedelta(minutes=1))
        for one, answer in zip(batch, answers, strict=True):
            if answer.refused is None:
                known.setdefault(one.customer, []).append(answer.event)
            else:
                refused[answer.refused.code] = refused.get(answer.refused.code, 0) + 1
        sound(town)
        before = rows("SELECT count(*) FROM ledger_event")
        again = ledger.post(town.pk, batch, now=now + timedelta(minutes=2))
        assert [answer.event for answer in again] == [answer.event for answer in answers]
        assert rows("SELECT count(*) FROM ledger_event") == before
    for partner in ("bakery", "kiosk"):
        months = settlement.statements(town.pk, partner)
        if months:
            money = sum(one.issued - one.redeemed - one.paid for one in months)
            assert months[-1].closing == money
    assert sum(refused.values()) < STEPS * 5, refused
