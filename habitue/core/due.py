"""What falls due by itself: activation, automatic rewards, tiers, expiry; at midnight, in order.

An account whose `due_on` lies ahead is right as it stands. The order at one midnight: pending
units become usable → rewards at a threshold → tiers fall, or go with an unpaid fee → lots and
balances lapse → vouchers expire. So a balance is right at read time even when no sweep has run.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from habitue.core import dividends, fees, holding, redeeming
from habitue.core.account import Account, Entry
from habitue.core.calendar import FOREVER, next_day
from habitue.core.rulebook import Book, Rulebook

_MIDNIGHTS: Final = 1 << 62
"""Above every event's number: 41 bits of milliseconds reach here in 2058."""


def advance(book: Book, account: Account, day: date) -> list[Entry]:
    """Let everything that falls due through local `day` take effect, oldest midnight first."""
    entries: list[Entry] = []
    while account.due_on <= day:
        if account.lots is None or account.vouchers is None:
            raise LookupError(f"the lots of customer {account.customer} were not loaded")
        midnight = account.due_on
        rulebook = book.on(midnight)
        ladder = rulebook.ladder
        seen = ladder.watched(account) if ladder is not None else None
        account.memory.pending = _pending(account, midnight)
        if account.memory.debts:
            holding.settle(account, midnight, entries)
        for payday, part in dividends.owed(rulebook, account, midnight):
            holding.grant(rulebook, account, number(payday), part, midnight, "accrual", entries)
        if ladder is not None:
            seen = ladder.follow(account, seen, midnight)
        redeeming.automatic(rulebook, account, number(midnight), midnight, entries)
        if ladder is not None:
            ladder.turn(account, midnight)
        fees.withhold_level(rulebook.program, account, midnight)
        if rulebook.protects:
            holding.protect(rulebook, account, midnight)
        _lapse(book, account, midnight, entries)
        account.memory.pending = _pending(account, midnight)
        if ladder is not None:
            ladder.follow(account, seen, midnight)
        _expire_vouchers(account, midnight)
        account.due_on = _next_due(rulebook, account, midnight)
    return entries


def number(midnight: date) -> int:
    """After what vouchers and lots are numbered that a midnight brings, a multiple of 256.

    It follows from the day, not from the event that finds them due: so a voucher that a standing
    shows can be handed in although no sweep has written it yet.
    """
    return _MIDNIGHTS + (midnight.toordinal() << 16)


def _pending(account: Account, day: date) -> dict[int, int]:
    pending: dict[int, int] = {}
    for lot in account.lots or ():
        if lot.remaining and lot.active_on > day:
            pending[lot.unit] = pending.get(lot.unit, 0) + lot.remaining
    return pending


def _lapse(book: Book, account: Account, midnight: date, entries: list[Entry]) -> None:
    """Lots past their last day lapse, and whole balances idle for too long.

    Lots of a version in which the balance did not lapse when idle stay.
    """
    idle = {unit for unit, until in account.memory.lapses.items() if until < midnight}
    for unit in idle:
        del account.memory.lapses[unit]
    for lot in sorted(account.lots or (), key=lambda lot: (lot.expires_on, lot.id)):
        idles = lot.unit in idle and lot.active_on <= midnight
        lapsed = lot.expires_on < midnight or (idles and lot.unit in book.on(lot.earned_on).idles)
        if lot.remaining and lapsed:
            holding.take(account, lot, lot.remaining, midnight, "expiry", (), entries)


def _expire_vouchers(account: Account, midnight: date) -> None:
    for voucher in account.vouchers or ():
        if voucher.state == "issued" and voucher.expires_on < midnight:
            voucher.state = "expired"
            account.touched_vouchers[voucher.id] = voucher


def _next_due(rulebook: Rulebook, account: Account, after: date) -> date:
    """The next midnight with anything due; everything through `after` has been settled."""
    days = [next_day(until) for until in account.memory.lapses.values()]
    for lot in account.lots or ():
        if lot.remaining:
            days.extend((lot.active_on, next_day(lot.expires_on)))
    days.extend(
        next_day(voucher.expires_on)
        for voucher in account.vouchers or ()
        if voucher.state == "issued"
    )
    days.append(fees.ends_on(account))
    days.extend(dividends.paydays(rulebook, account))
    if rulebook.ladder is not None:
        days.extend(rulebook.ladder.due_days(account, after))
    return min((day for day in days if day > after), default=FOREVER)
