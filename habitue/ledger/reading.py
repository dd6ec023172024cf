"""Balances as they are at a moment, right even when no sweep has run, and why they are so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection, transaction
from msgspec import Struct

from habitue.core import due
from habitue.core.account import Account
from habitue.core.rulebook import Rulebook
from habitue.ledger import answers, books, database, loading, perks
from habitue.ledger.answers import EntryLine, VoucherLine
from habitue.ledger.perks import Perks


class LotLine(Struct, frozen=True):
    """An open lot; `expires_on` is its last usable day, None for never."""

    unit: str
    remaining: int
    active_on: date
    expires_on: date | None


class Standing(Struct, frozen=True):
    """Where a customer stands: usable and pending units in fixed point, tier, vouchers, perks."""

    customer: int
    enrolled_on: date | None
    balances: dict[str, int]
    pending: dict[str, int]
    tier: str | None
    tier_until: date | None
    lots: list[LotLine]
    vouchers: list[VoucherLine]
    perks: Perks = Perks()


def standings(business: int, customers: Sequence[int], *, now: datetime) -> dict[int, Standing]:
    """Where customers stand at `now`: whatever is due by then counts, swept or not.

    Customers of another business are absent; those who never bought stand at nothing.
    """
    shelf = books.shelf(business)
    local = now.astimezone(shelf.book.latest.zone)
    day = local.date()
    with transaction.atomic():
        cursor = database.cursor()
        loaded = loading.accounts(cursor, business, customers, lock=False)
        loading.fit(loaded, shelf.book.units)
        loading.lots(cursor, loaded.accounts.values())
        codes = _codes(loaded.accounts)
    found = {}
    for customer, account in loaded.accounts.items():
        due.advance(shelf.book, account, day)
        rulebook = shelf.book.on(day)
        held = perks.of(rulebook, account, local)
        found[customer] = _standing(rulebook, account, codes, held)
    return found


def standing(business: int, customer: int, *, now: datetime) -> Standing | None:
    """Where one customer stands; None for one who has no account here."""
    return standings(business, [customer], now=now).get(customer)


def entries(
    business: int, customer: int, *, limit: int = 50, before: int | None = None
) -> list[EntryLine]:
    """A customer's ledger lines, newest first; `before` is an event id to page on."""
    return answers.lines(business, customer, before=before, limit=limit)


def explain(business: int, customer: int, event: int) -> list[str]:
    """Why each entry of an event is what it is, a sentence a line."""
    lines = answers.lines(business, customer, event=event)
    if not lines:
        return _nothing(business, customer, event)
    book = books.shelf(business).book
    lots = lot_days(customer, [line.lot for line in lines])
    return [
        book.on(line.day).explainer.sentence(
            line.unit, line.kind, line.amount, line.why, lots.get(line.lot)
        )
        for line in lines
    ]


def lot_days(customer: int, lots: Sequence[int]) -> dict[int, tuple[date, date]]:
    """For each of a customer's lots: the day it was earned on, and its last usable day."""
    if not lots:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, earned_on, expires_on FROM ledger_lot"
            " WHERE customer_id = %s AND id = ANY (%s)",
            [customer, list(lots)],
        )
        return {lot: (earned_on, expires_on) for lot, earned_on, expires_on in cursor.fetchall()}


def find(business: int, source: str, reference: str) -> int | None:
    """The event that was posted under a reference."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event_id FROM ledger_reference"
            " WHERE business_id = %s AND source = %s AND reference = %s",
            [business, source, reference],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else None


def _nothing(business: int, customer: int, event: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT refusal->>'sentence', kind FROM ledger_event"
            " WHERE business_id = %s AND customer_id = %s AND id = %s",
            [business, customer, event],
        )
        row = cursor.fetchone()
    if row is None:
        return []
    refusal, kind = row
    return [f"Refused: {refusal}" if refusal else f"No rule gives anything for this {kind}."]


def _codes(accounts: dict[int, Account]) -> dict[tuple[int, int], str]:
    if not any(account.vouchers for account in accounts.values()):
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT customer_id, id, code FROM ledger_voucher WHERE customer_id = ANY (%s)",
            [list(accounts)],
        )
        return {(customer, voucher): code for customer, voucher, code in cursor.fetchall()}


def _standing(
    rulebook: Rulebook, account: Account, codes: dict[tuple[int, int], str], held: Perks
) -> Standing:
    units = rulebook.program.units
    lots = [
        LotLine(units[lot.unit].id, lot.remaining, lot.active_on, answers.until(lot.expires_on))
        for lot in account.lots or ()
        if lot.remaining
    ]
    vouchers = [
        VoucherLine(
            voucher.id,
            voucher.reward,
            voucher.state,
            codes.get((account.customer, voucher.id), ""),
            voucher.issued_on,
            answers.until(voucher.expires_on),
        )
        for voucher in account.vouchers or ()
        if voucher.state == "issued"
    ]
    ladder = rulebook.ladder
    return Standing(
        account.customer,
        account.enrolled_on,
        {unit.id: account.usable(number) for number, unit in enumerate(units)},
        {
            unit.id: account.memory.pending[number]
            for number, unit in enumerate(units)
            if account.memory.pending.get(number)
        },
        account.level or None,
        ladder.until(account) if ladder else None,
        lots,
        vouchers,
        held,
    )
