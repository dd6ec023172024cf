"""Random walks over the named programs in PostgreSQL: a few members do whatever these speak of.

In batches that arrive late or in time, with sweeps between them; after every few steps the ledger
is sound, and the history of everybody leads to what is stored.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from habitue import ledger
from habitue.core import conditions, document, facts, program
from habitue.core.facts import Line, Purchase
from habitue.ledger import Answer, Fact
from habitue.members import businesses
from habitue.members.models import Business
from tests.ledger.conftest import NOW, guests, sound
from tests.ledger.town import TOWN

pytestmark = pytest.mark.django_db

FOLDER = Path(__file__).parents[2] / "programs"
NAMED = sorted(path for path in FOLDER.glob("*.yaml") if not path.name.endswith(".story.yaml"))
WALKS = max(int(os.environ.get("HABITUE_WALKS", "6")) // 6, 1)
STEPS, SOUND_EVERY = 12, 4
KINDS = set(facts.KINDS.values())


def test_there_are_twelve_programs_to_walk_through() -> None:
    assert len(NAMED) >= 12


@dataclass
class Walk:
    """Three members of one business and what its program speaks of."""

    shop: Business
    source: program.Program
    chance: random.Random
    people: list[int]
    made: dict[int, list[Answer]] = field(default_factory=dict)
    posted: list[tuple[Fact, Answer]] = field(default_factory=list)
    accepted: int = 0

    def post(self, moments: list[datetime], now: datetime) -> None:
        """A batch of deeds, one for each moment."""
        batch = [self._fact(moment) for moment in moments]
        for fact, answer in zip(batch, ledger.post(self.shop.pk, batch, now=now), strict=True):
            self.made.setdefault(answer.customer, []).append(answer)
            self.posted.append((fact, answer))
            self.accepted += answer.refused is None

    def repeats(self, now: datetime) -> None:
        """Whatever was posted answers again as it did, all of it, whatever came after."""
        again = ledger.post(self.shop.pk, [fact for fact, _ in self.posted], now=now)
        first = [structs.replace(answer, duplicate=True) for _, answer in self.posted]
        assert again == first

    def _fact(self, moment: datetime) -> Fact:
        who = self.chance.choice(self.people)
        deeds = [self._buys, self._buys, self._acts, self._takes, self._corrects, self._pays]
        what = self.chance.choice(deeds)(who, moment)
        return Fact(customer=who, at=moment, what=what, reference=str(self.chance.random()))

    def _buys(self, who: int, moment: datetime) -> facts.What:
        words = [rule.lines for rule in self.source.rules if rule.lines is not None]
        words += [lines.excluding for lines in words if lines.excluding is not None]
        lines = tuple(
            Line(
                self.chance.choice([0, 99, 3_500, 20_000, 70_000]),
                self.chance.randint(1, 3),
                category=self._any([name for each in words for name in each.category]),
                labels=tuple({self._any([name for each in words for name in each.label])} - {""}),
            )
            for _ in range(self.chance.randint(1, 3))
        )
        where: dict[str, Any] = {
            name: self._any(self._named(name)) for name in ("channel", "tender", "place", "partner")
        }
        paid = (
            [one.event for one in self.made.get(who, []) if one.refused is None]
            if self.chance.random() < 0.2
            else []
        )
        spent = (self.chance.choice(paid),) if paid else ()
        return Purchase(lines, self.source.currency, spent=spent, **where)

    def _acts(self, who: int, moment: datetime) -> facts.What:
        triggers = [rule.when for rule in self.source.rules]
        triggers += [draw.when for draw in self.source.draws]
        triggers += [each.automatic or "" for each in self.source.rewards]
        actions = [name for name in triggers if name not in {*KINDS, "", "threshold"}]
        plain: list[facts.What] = [
            facts.Visit(self.chance.randint(1, 4)), facts.Birthday(), facts.Anniversary(),
            facts.CalendarDay(), facts.Enrolment(), facts.Segments(("regulars",)),
        ]  # fmt: skip
        if not actions or self.chance.random() < 0.3:
            return self.chance.choice(plain)
        attributes = {name: self._value(name) for name in self._attributes()}
        partner = self._any([each.id for each in self.source.partners])
        return facts.Action(self.chance.choice(actions), attributes=attributes, partner=partner)

    def _takes(self, who: int, moment: datetime) -> facts.What:
        stands = ledger.standing(self.shop.pk, who, now=moment)
        held = [each.id for each in stands.vouchers if each.id] if stands else []
        if held and self.chance.random() < 0.6:
            return facts.VoucherUse(self.chance.choice(held))
        rewards = [each.id for each in self.source.rewards if each.cost and not each.automatic]
        benefits = [each.id for each in self.source.benefits]
        found: list[facts.What] = [
            facts.Adjustment(unit.id, self.chance.choice([5_000, 300, -100]), "a correction")
            for unit in self.source.units
            if unit.redeemable
        ]
        found += [facts.Redemption(name, self.chance.random() < 0.5) for name in rewards * 2]
        found += [facts.BenefitUse(name) for name in benefits]
        found += [facts.Payment(self.chance.choice([100, 1_000]), 5_000)]
        return self.chance.choice(found)

    def _pays(self, who: int, moment: datetime) -> facts.What:
        """The fee, gifts, a merge."""
        fee = self.source.fee
        found: list[facts.What] = []
        if fee is not None:
            prices = [price.price for price in fee.prices]
            found += [facts.FeePaid(price, self.source.currency) for price in prices * 3]
            found += [facts.FeeFailed(), facts.FeeRefunded(), facts.Cancellation()]
        other = self.chance.choice([one for one in self.people if one != who])
        if self.source.transfers is not None:
            unit = self.chance.choice(self.source.transfers.units)
            found += [facts.Transfer(unit, self.chance.choice([5, 300]), other)] * 3
        if self.chance.random() < 0.1:
            return facts.Merge(other)
        return self.chance.choice(found) if found else facts.Passage()

    def _corrects(self, who: int, moment: datetime) -> facts.What:
        known = [one.event for one in self.made.get(who, []) if one.refused is None]
        of = self.chance.choice(known) if known else 256
        back = facts.Refund(of, (facts.Returned(0),))
        found: list[facts.What] = [
            back, back, facts.Refund(of), facts.Undo(of), facts.Approval(of),
        ]  # fmt: skip
        return self.chance.choice(found)

    def _any(self, names: list[str]) -> str:
        return self.chance.choice([*names, "", "something else"])

    def _named(self, what: str) -> list[str]:
        if what == "partner":
            return [each.id for each in self.source.partners]
        return [
            value
            for condition in self._conditions()
            if isinstance(condition, program.Among) and condition.what == what
            for value in condition.values
        ]

    def _attributes(self) -> list[str]:
        asked = [
            each.name
            for each in self._conditions()
            if isinstance(each, program.Attribute | program.Within)
        ]
        counted = [
            award.attribute
            for rule in self.source.rules
            for award in rule.awards
            if isinstance(award, program.PerAttribute)
        ]
        return sorted({*asked, *counted})

    def _value(self, name: str) -> str | int | bool:
        values: list[str | int | bool] = [
            value
            for each in self._conditions()
            if isinstance(each, program.Attribute) and each.name == name
            for value in each.values
        ]
        return self.chance.choice([*values, 1, 3, 3_459])

    def _conditions(self) -> list[program.Condition]:
        return [condition for _, condition in conditions.asked(self.source)]


def opened(text: str, chance: random.Random) -> Walk:
    """A business of the program's currency, with two or three members."""
    source = document.read(text)
    assert isinstance(source, program.Program), source
    shop = businesses.create(name=source.id, kind="cafe", country="FR", currency=source.currency)
    assert not ledger.publish(shop.pk, text).problems
    return Walk(shop, source, chance, guests(shop, chance.choice([2, 3])))


def joins(walk: Walk) -> None:
    """They become members where the program asks for it, and pay where it costs something."""
    fee = walk.source.fee
    for who in walk.people:
        first: list[facts.What] = [facts.Enrolment()]
        if fee is not None:
            first += [facts.FeePaid(each.price, walk.source.currency) for each in fee.prices]
        batch = [Fact(customer=who, at=NOW, what=what) for what in first]
        walk.made[who] = ledger.post(walk.shop.pk, batch, now=NOW)


def strolls(walk: Walk, steps: int, now: datetime) -> datetime:
    """So many batches, days or months apart; some deeds arrive late."""
    for step in range(1, steps + 1):
        now += timedelta(days=walk.chance.choice([0, 1, 2, 9, 31, 130]), hours=1)
        late = [walk.chance.choice([0, 0, 0, 5, 30, 80]) for _ in range(walk.chance.randint(2, 8))]
        moments = [
            max(now - timedelta(hours=hours), NOW) + timedelta(seconds=place)
            for place, hours in enumerate(late)
        ]
        walk.post(moments, now + timedelta(minutes=5))
        if walk.chance.random() < 0.3:
            now += timedelta(minutes=10)
            ledger.sweep(walk.shop.pk, now=now)
        if step % SOUND_EVERY == 0:
            sound(walk.shop)
    return now


@pytest.mark.parametrize("seed", range(WALKS))
@pytest.mark.parametrize("path", NAMED, ids=lambda path: path.stem)
def test_a_named_program_stays_sound_whatever_its_members_do(path: Path, seed: int) -> None:
    walk = opened(path.read_text(), random.Random(f"{path.stem} {seed}"))
    joins(walk)
    now = strolls(walk, STEPS, NOW)
    assert walk.accepted > STEPS
    walk.repeats(now + timedelta(days=400))
    sound(walk.shop)


@pytest.mark.parametrize("seed", range(WALKS))
def test_a_town_stays_sound_across_a_new_version(seed: int) -> None:
    """With late deeds that fall before it."""
    walk = opened(TOWN, random.Random(seed))
    joins(walk)
    now = strolls(walk, STEPS // 2, NOW)
    text = TOWN.replace("{points: 1, per: 1.00}", "{points: 2, per: 1.00}").replace(
        "expiry: 12 months", "expiry: 2 months"
    )
    tomorrow = now.date() + timedelta(days=1)
    assert not ledger.publish(walk.shop.pk, text, since=tomorrow).problems
    now = strolls(walk, STEPS // 2 + 2, now)
    walk.repeats(now + timedelta(days=400))
    sound(walk.shop)
