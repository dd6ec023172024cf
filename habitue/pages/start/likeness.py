"""What a card would look like on the day somebody joins, under any program.

The program itself is asked: a member joins in the engine, and the card shows what follows.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from msgspec import Struct

from habitue.core import engine, facts
from habitue.core.account import Account
from habitue.core.program import Program, Reward
from habitue.core.rulebook import Book
from habitue.pages import drawing, holdings

_ROOM: Final = 4_096  # between event numbers, for the lots and vouchers that an event makes
_VISITS: Final = 20
_BASKET: Final = 30_00


class Likeness(Struct, frozen=True):
    """A new card: its picture, that picture in words, and what else stands on it."""

    picture: SafeString
    label: str
    lines: tuple[str, ...]


def of(program: Program, at: datetime) -> Likeness:
    """The card of somebody who has just joined."""
    account = _lived(program, at, [facts.Enrolment()])
    reward = _next(program)
    if reward is None or reward.cost is None:
        return Likeness(SafeString(""), "", tuple(_besides(program, account)))
    unit, cost = program.units[program.unit_index(reward.cost[0])], reward.cost[1]
    have = account.balances[program.unit_index(unit.id)]
    counted = {
        "have": holdings.shown(unit, have),
        "goal": holdings.shown(unit, cost),
        "unit": holdings.words(unit.title, unit.id),
    }
    label = _("%(have)s of %(goal)s %(unit)s") % counted
    whole = holdings.whole(unit, have), holdings.whole(unit, cost)
    picture = drawing.progress(*whole, label=label)
    lines = [holdings.reward_words(program, reward), *_besides(program, account)]
    return Likeness(picture, label, tuple(lines))


def works_at_a_counter(program: Program, at: datetime) -> bool:
    """Whether who comes and pays gets anything: a counter knows a visit and an amount, no more."""
    if program.fee is not None and program.benefits:
        return True
    bought = facts.Purchase((facts.Line(_BASKET),), currency=program.currency)
    often: list[facts.What] = [bought, facts.Visit()] * _VISITS
    account = _lived(program, at, [facts.Enrolment(), *often])
    held = zip(program.units, account.balances, strict=True)
    return bool(account.vouchers) or any(unit.redeemable and has > 0 for unit, has in held)


def _lived(program: Program, at: datetime, life: list[facts.What]) -> Account:
    """One member's account after what happened, an hour between each."""
    accounts: dict[int, Account] = {}
    events = [
        facts.Event(number * _ROOM, 1, at.astimezone(UTC) + timedelta(hours=number), what)
        for number, what in enumerate(life, 1)
    ]
    engine.run(Book([program]), accounts, events, {1: []})
    return accounts[1]


def _next(program: Program) -> Reward | None:
    """The cheapest reward that everybody can come to."""
    costly = [one for one in program.rewards if one.cost and not one.tiers and not one.dates]
    return min(costly, key=lambda one: one.cost[1] if one.cost else 0, default=None)


def _besides(program: Program, account: Account) -> list[str]:
    lines = []
    if program.pay_with is not None:
        place = program.unit_index(program.pay_with.unit)
        unit = program.units[place]
        called = holdings.words(unit.title, unit.id)
        lines.append(f"{holdings.shown(unit, account.balances[place])} {called}")
    lines += [holdings.words(one.title, one.id) for one in program.benefits[:2]]
    return lines + [holdings.words(one.title, one.id) for one in program.draws[:1]]
