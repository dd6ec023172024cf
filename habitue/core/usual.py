"""The usual purchase, decided in one breath.

Nine events in ten are purchases of members on whose account nothing is due, under rules that ask
for nothing but the level held. What `applying` does in a dozen steps for any event, this does for
them at once, from what is known of a day beforehand. Where anything is out of the usual it answers
None and has changed nothing. That both ways lead to the same is a law of the tests.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import floor
from typing import Final

from habitue.core import bounds, earning, facts, holding, program
from habitue.core.account import Account, Entry, Lot, Step
from habitue.core.calendar import later, next_day
from habitue.core.rulebook import Book, Factor, Rulebook, Slot, Trigger, factors_of

_DAYS_KEPT: Final = 800

Base = tuple[str, Slot, int, int, int, int]
"""Rule, slot, unit, money per step (0: each minor unit), rate, and the scale of rates."""


class Day:
    """One day of a program: its bases, what else its rules may do, how long idle units last."""

    __slots__ = ("bases", "currency", "idle", "most", "rulebook", "trigger")

    def __init__(self, rulebook: Rulebook, day: date) -> None:
        self.rulebook = rulebook
        self.trigger = rulebook.trigger("purchase", day)
        self.bases = _bases(rulebook, self.trigger)
        self.most = _most(self.trigger, self.bases or ())
        self.currency = rulebook.program.currency
        self.idle = tuple(
            (unit, later(day, expiry.period))
            for unit in rulebook.inactive.get("purchase", ())
            if isinstance(expiry := rulebook.granted[unit].expiry, program.Inactivity)
            and "purchase" in expiry.restarted_by
        )


def of(book: Book) -> Usual:
    """What is usual in a book; kept as long as the book is."""
    found = book.beside.get(Usual)
    if found is None:
        found = book.beside[Usual] = Usual(book)
    return found


class Usual:
    """What is usual in a book, day by day."""

    def __init__(self, book: Book) -> None:
        self._on = book.on
        self._days: dict[date, Day | None] = {}

    def decide(self, account: Account, event: facts.Event, day: date) -> list[Entry] | None:
        """The entries of a usual purchase, with the account moved along; None: not usual."""
        what, memory = event.what, account.memory
        if type(what) is not facts.Purchase or account.enrolled_on is None:
            return None
        if what.covered or what.attributes:
            return None
        last_at = memory.last_at
        if account.due_on <= day or last_at is None or event.at <= last_at or memory.debts:
            return None
        today = self._days[day] if day in self._days else self._day(day)
        if today is None or today.bases is None:
            return None
        money, changes = what.total, today.trigger.changing(what, account.level)
        if changes is None or money > today.most or facts.purchase_problem(what, today.currency):
            return None
        entries: list[Entry] = []
        _earn(today.rulebook, account, event.id, money, day, today.bases, changes, entries)
        memory.purchases += 1
        for unit, until in today.idle:
            if memory.lapses.get(unit) != until:
                memory.lapses[unit] = until
                if until < account.due_on:
                    account.due(next_day(until))
        memory.last_at, memory.last_id = event.at, event.id
        return entries

    def _day(self, day: date) -> Day | None:
        if len(self._days) > _DAYS_KEPT:
            self._days.clear()
        rulebook = self._on(day)
        found = self._days[day] = Day(rulebook, day) if _is_usual(rulebook) else None
        return found


def _is_usual(rulebook: Rulebook) -> bool:
    """Whether nothing but rules and tiers looks at a purchase."""
    of, ladder, book = rulebook.program, rulebook.ladder, rulebook.book
    idling = rulebook.inactive.get("purchase", ())
    return not (
        of.fee
        or of.dividend
        or book.shares
        or book.awaited
        or book.redated
        or rulebook.streaks
        or rulebook.by_level
        or rulebook.thresholds
        or "purchase" in rulebook.occasions
        or any(unit in rulebook.idling and unit not in rulebook.idles for unit in idling)
        or (ladder is not None and (ladder.by_balance or ladder.sees_after))
    )


def _bases(rulebook: Rulebook, trigger: Trigger) -> tuple[Base, ...] | None:
    """The bases of a trigger, where each goes straight from money to a lot or a count."""
    found = []
    for rule_id, base in trigger.direct or ():
        if base.measure not in ("money", "whole money"):
            return None
        per = base.per if base.measure == "whole money" else 0
        slot, scale = rulebook.slots[base.slot], rulebook.scale[base.unit]
        found.append((rule_id, slot, base.unit, per, base.rate, scale))
    return None if trigger.direct is None else tuple(found)


def _most(trigger: Trigger, bases: tuple[Base, ...]) -> int:
    """So much money surely earns no more than can be counted, whatever the level held."""
    grown = Fraction(1)
    for _, _, num, den in factors_of(trigger.others):
        grown *= max(Fraction(num, den), Fraction(1))
    rates = (Fraction(rate, scale * (per or 1)) for _, _, _, per, rate, scale in bases)
    return floor(bounds.MUCH / max(grown * max(rates, default=Fraction(1)), Fraction(1)))


def _earn(
    rulebook: Rulebook,
    account: Account,
    event_id: int,
    money: int,
    day: date,
    bases: tuple[Base, ...],
    changes: tuple[Factor, ...],
    entries: list[Entry],
) -> None:
    """Each base becomes a lot or a count; at most one of each unit, rounded down."""
    ladder, balances = rulebook.ladder, account.balances
    for rule_id, slot, unit, per, rate, scale in bases:
        value = (money // per if per else money) * rate
        amount = value // scale
        why: tuple[Step, ...] = ((rule_id, money, amount),)
        if changes and value:
            amount, why = earning.changed(unit, value, scale, changes, why)
        if not amount:
            continue
        if slot.redeemable and not slot.plain:
            part = earning.Earned(slot.number, unit, amount, why)
            holding.credit(rulebook, account, event_id, part, day, entries)
        else:
            number = 0
            if slot.redeemable:
                number = event_id + 1 + slot.number
                lot = Lot(number, unit, amount, amount, day, day)
                account.touched_lots[number] = lot
                if account.lots is not None:
                    account.lots.append(lot)
            balances[unit] = balance = balances[unit] + amount
            entries.append(Entry(unit, number, amount, "accrual", day, balance, why))
        if ladder is not None and unit in ladder.units:
            ladder.count(account, unit, amount, day)
    if ladder is not None and entries:
        ladder.review(account, day)
