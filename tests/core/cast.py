"""The cast on the stage of the core: Alice and her friends, their clock, and whole accounts."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, date, datetime, time
from fractions import Fraction
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import msgspec

from habitue.core import engine, facts, program, sides
from habitue.core.account import Account
from habitue.core.engine import Outcome
from habitue.core.facts import Event, Line, Purchase
from habitue.core.rulebook import Book

ALICE, BRUNO, CHIARA, DIEGO = 1, 2, 3, 4
STEP = 256
PARIS = ZoneInfo("Europe/Paris")

POINTS = program.Unit("points")
SPEND = program.Unit("spend", redeemable=False, qualifying=True, decimals=2)
PER_EURO = program.EarnRule("base", "purchase", (program.PerMoney("points", Fraction(1), 100),))
EXACT = program.PerMoney("spend", Fraction(1), 100, "proportional")
YEARLY = program.EarnRule("year", "purchase", (EXACT,))
COFFEE = program.Reward("coffee", (program.Gift("product", "coffee"),), cost=("points", 10))


def cafe(**given: Any) -> program.Program:
    """Café des Amis: a point per euro, a coffee for ten, unless something else is given."""
    chosen: dict[str, Any] = {
        "id": "cafe",
        "title": {"en": "Café des Amis"},
        "currency": "EUR",
        "timezone": "Europe/Paris",
        "units": (POINTS,),
        "rules": (PER_EURO,),
        "rewards": (COFFEE,),
        "enrolment": "automatic",
    }
    return program.Program(**{**chosen, **given})


def at(day: str | date, hour: int = 12, minute: int = 0, *, zone: ZoneInfo = PARIS) -> datetime:
    """A local time of day at the café, as the instant that a door would hand in."""
    on = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime.combine(on, time(hour, minute), zone).astimezone(UTC)


def buys(amount: int, *, quantity: int = 1, covered: int = 0, **line: Any) -> Purchase:
    """A purchase of one line; money in cents."""
    return Purchase((Line(amount, quantity, **line),), "EUR", covered=covered)


class Stage:
    """A program, its guests' accounts, and everything that was accepted."""

    decided: ClassVar[int] = 0
    """Events decided on all stages: the steps that the nightly run counts."""

    def __init__(self, *versions: program.Program) -> None:
        self.book = Book(versions)
        self.units = {unit.id: n for n, unit in enumerate(self.book.latest.program.units)}
        self.accounts: dict[int, Account] = {}
        self.histories: dict[int, list[Event]] = {}
        self.totals: dict[str, tuple[int, int]] = {}
        self.last_id = 0

    def post(
        self, when: datetime | str, what: facts.What, who: int = ALICE, *, event: int = 0
    ) -> Outcome:
        """One event, decided now; noon at the café when only a day is given."""
        moment = at(when) if isinstance(when, str) else when
        self.last_id += STEP
        return self.run([Event(event or self.last_id, who, moment, what)])[0]

    def run(self, events: Sequence[Event]) -> list[Outcome]:
        """Several events as one batch."""
        Stage.decided += len(events)
        for event in events:
            for who in (event.customer, sides.other(event, self.histories.get(event.customer, []))):
                self.histories.setdefault(who, [])
        return engine.run(self.book, self.accounts, events, self.histories, self.totals)

    def account(self, who: int = ALICE) -> Account:
        return self.accounts[who]

    def has(self, unit: str = "points", who: int = ALICE) -> int:
        """What can be spent as things stood at the last event."""
        return self.accounts[who].usable(self.units[unit])

    def on(self, day: str, who: int = ALICE) -> Account:
        """The account as it stands on a later day, without touching it."""
        return as_of(self.book, self.accounts[who], date.fromisoformat(day))

    def has_on(self, day: str, unit: str = "points", who: int = ALICE) -> int:
        return self.on(day, who).usable(self.units[unit])

    def lots(self, who: int = ALICE) -> list[tuple[int, date]]:
        """Open lots as (remaining, last usable day), in the order of earning."""
        open_lots = [lot for lot in self.accounts[who].lots or () if lot.remaining]
        return [(lot.remaining, lot.expires_on) for lot in open_lots]

    def vouchers(self, who: int = ALICE) -> list[tuple[str, str]]:
        return [(each.reward, each.state) for each in self.accounts[who].vouchers or ()]


def as_of(book: Book, account: Account, day: date) -> Account:
    """A copy of an account on which everything due by a day has taken effect."""
    from habitue.core import due

    copy = deepcopy(account)
    due.advance(book, copy, day)
    return copy


def picture(account: Account, *, usage: bool = True) -> dict[str, Any]:
    """Everything an account means, comparable: not when it was last touched, nor what to write."""
    memory = msgspec.to_builtins(account.memory, str_keys=True)
    memory.pop("last_at", None)
    memory.pop("last_id", None)
    for name in ("carry", "counters", "used"):
        memory[name] = {key: value for key, value in memory.get(name, {}).items() if any_of(value)}
    if not usage:
        memory.pop("used", None)
        memory.pop("last", None)
    return {
        "balances": account.balances,
        "lots": sorted(
            (lot.id, lot.unit, lot.remaining, lot.earned_on, lot.active_on, lot.expires_on)
            for lot in account.lots or ()
            if lot.remaining
        ),
        "vouchers": sorted(
            (each.reward, each.state, each.issued_on, each.expires_on)
            for each in account.vouchers or ()
            if each.state != "cancelled"
        ),
        "enrolled_on": account.enrolled_on,
        "level": account.level,
        "memory": {name: value for name, value in memory.items() if value},
    }


def any_of(value: Any) -> bool:
    """Whether a remembered number, pair or table of them says anything but nothing."""
    if isinstance(value, dict):
        return any(map(any_of, value.values()))
    if isinstance(value, list | tuple):
        return bool(value[0]) if value else False
    return bool(value)
