"""Lots and balances: units come in, are drawn, lapse later. Each change is a ledger entry."""

from __future__ import annotations

from datetime import date

from habitue.core import program
from habitue.core.account import Account, Entry, EntryKind, Lot, Step
from habitue.core.calendar import FOREVER, last_usable, later, next_day
from habitue.core.earning import Earned
from habitue.core.rulebook import Rulebook, Slot


def credit(
    rulebook: Rulebook,
    account: Account,
    event_id: int,
    part: Earned,
    day: date,
    entries: list[Entry],
    *,
    joining: bool = False,
) -> None:
    """What an event earned, as a lot with the dates of its rule.

    A lot's place within its event follows from its slot (and from `joining`, where the event
    enrolled the customer too): so it keeps its number when goods come back and others vanish.
    """
    slot = rulebook.slots[part.slot]
    if slot.redeemable:
        dates = _dates(slot, day) if slot.dated else (day, FOREVER)
        lot_id = event_id + 1 + part.slot + (len(rulebook.slots) if joining else 0)
        _open(account, lot_id, part, day, dates, "accrual", entries)
    else:
        unit = part.unit
        account.balances[unit] = balance = account.balances[unit] + part.amount
        entries.append(Entry(unit, 0, part.amount, "accrual", day, balance, part.why))


def grant(
    rulebook: Rulebook,
    account: Account,
    event_id: int,
    part: Earned,
    day: date,
    kind: EntryKind,
    entries: list[Entry],
) -> None:
    """Units given outside the earn rules (a gift, a correction), with the unit's own dates."""
    dates = _dates(rulebook.granted[part.unit], day)
    first = event_id + 1 + 2 * len(rulebook.slots)
    _open(account, first, part, day, dates, kind, entries)


def draw(
    rulebook: Rulebook,
    account: Account,
    unit: int,
    amount: int,
    day: date,
    kind: EntryKind,
    why: tuple[Step, ...],
    entries: list[Entry],
) -> None:
    """Take units from the lots in the program's order; what is missing becomes a debt."""
    first_in = rulebook.program.units[unit].order == "first in"
    for lot in account.spendable(unit, day, first_in=first_in):
        part = min(lot.remaining, amount)
        amount -= part
        take(account, lot, part, day, kind, why, entries)
        if not amount:
            return
    debts = account.memory.debts
    debts[unit] = debts.get(unit, 0) + amount
    account.balances[unit] -= amount
    entries.append(Entry(unit, 0, -amount, kind, day, account.balances[unit], why))


def take(
    account: Account,
    lot: Lot,
    amount: int,
    day: date,
    kind: EntryKind,
    why: tuple[Step, ...],
    entries: list[Entry],
) -> None:
    """Take units from one lot."""
    lot.remaining -= amount
    account.touched_lots[lot.id] = lot
    account.balances[lot.unit] -= amount
    entries.append(Entry(lot.unit, lot.id, -amount, kind, day, account.balances[lot.unit], why))


def settle(account: Account, day: date, entries: list[Entry]) -> None:
    """Units that became usable pay what is owed."""
    for lot in account.lots or ():
        if lot.remaining and lot.active_on <= day <= lot.expires_on:
            _pay(account, lot, day, entries)


def restart(account: Account, unit: int, period: program.Period, day: date) -> None:
    """Activity: the balance now lapses a full period from this day."""
    until = later(day, period)
    if account.memory.lapses.get(unit) != until:
        account.memory.lapses[unit] = until
        if until < account.due_on:
            account.due(next_day(until))


def redate(rulebook: Rulebook, account: Account, unit: int, day: date) -> None:
    """Activity: every open lot now lapses a period from this day, within its cap."""
    expiry = rulebook.program.units[unit].expiry
    assert isinstance(expiry, program.Redated)
    assert account.lots is not None, "lots were not loaded"
    for lot in account.lots:
        if lot.unit == unit and lot.remaining:
            lot.expires_on = _redated(expiry, lot.earned_on, day)
            account.touched_lots[lot.id] = lot
            account.due(next_day(lot.expires_on))


def _redated(expiry: program.Redated, earned_on: date, day: date) -> date:
    cap = later(earned_on, expiry.cap) if expiry.cap else FOREVER
    return min(later(day, expiry.period), cap)


def _dates(slot: Slot, day: date) -> tuple[date, date]:
    """First and last usable day of a lot earned on `day`."""
    active_on, pending, expiry = day, slot.pending, slot.expiry
    if pending is not None:
        if pending.period is not None:
            active_on = later(day, pending.period)
        if pending.until is not None:
            active_on = max(day, pending.until)
    start = active_on if slot.from_activation else day
    match expiry:
        case program.After() | program.FixedDates():
            return active_on, last_usable(expiry, start)
        case program.Redated():
            return active_on, _redated(expiry, day, start)
        case _:
            return active_on, FOREVER


def _open(
    account: Account,
    lot_id: int,
    part: Earned,
    day: date,
    dates: tuple[date, date],
    kind: EntryKind,
    entries: list[Entry],
) -> None:
    """Open a lot with its first and last usable day; debts are paid from it first."""
    while lot_id in account.touched_lots:
        lot_id += 1
    unit, amount = part.unit, part.amount
    active_on, expires_on = dates
    account.touched_lots[lot_id] = lot = Lot(
        lot_id, unit, amount, amount, day, active_on, expires_on
    )
    if account.lots is not None:
        account.lots.append(lot)
    account.balances[unit] = balance = account.balances[unit] + amount
    entries.append(Entry(unit, lot_id, amount, kind, day, balance, part.why))
    if active_on > day:
        pending = account.memory.pending
        pending[unit] = pending.get(unit, 0) + amount
        account.due(active_on)
    elif account.memory.debts:
        _pay(account, lot, day, entries)
    if expires_on < account.due_on:
        account.due(next_day(expires_on))


def _pay(account: Account, lot: Lot, day: date, entries: list[Entry]) -> None:
    """Units owed are paid by the first that come in; the balance, net of debts, stays."""
    owed = account.memory.debts.get(lot.unit, 0)
    paid = min(owed, lot.remaining)
    if not paid:
        return
    account.memory.debts[lot.unit] = owed - paid
    if owed == paid:
        del account.memory.debts[lot.unit]
    take(account, lot, paid, day, "settlement", (), entries)
    account.balances[lot.unit] += paid
    entries.append(Entry(lot.unit, 0, paid, "settlement", day, account.balances[lot.unit]))
