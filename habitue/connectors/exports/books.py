"""The ledger as rows: events, entries, vouchers, streamed by a cursor of the database's own.

Every file shows one moment. Customers are numbers; what an event says in words is there as long
as nobody erased it. Amounts are exact.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, cast

from django.db import connection, transaction
from msgspec import Struct
from psycopg import ServerCursor

from habitue.connectors.exports.written import Row
from habitue.core import money
from habitue.core.calendar import FOREVER
from habitue.ledger import books

FETCHED: Final = 2_000
"""Rows that are held at a time."""

_EVENTS: Final = """
SELECT event.id, event.customer_id, event.at, event.recorded_at, event.business_date, event.kind,
    held.source, held.reference, event.amount, event.currency, event.refusal->>'code',
    event.what::text
FROM ledger_event event
LEFT JOIN ledger_reference held ON held.business_id = event.business_id
    AND held.customer_id = event.customer_id AND held.event_id = event.id
    AND held.fingerprint <> 0
WHERE event.business_id = %(business)s
    AND event.business_date >= %(since)s AND event.business_date < %(until)s
ORDER BY event.customer_id, event.id"""

_ENTRIES: Final = """
SELECT entry.event_id, entry.line, entry.customer_id, entry.day, entry.unit, entry.kind,
    entry.amount, entry.balance, entry.lot_id
FROM ledger_entry entry JOIN ledger_account account USING (customer_id)
WHERE account.business_id = %(business)s
    AND entry.day >= %(since)s AND entry.day < %(until)s
ORDER BY entry.customer_id, entry.event_id, entry.line"""

_VOUCHERS: Final = """
SELECT voucher.id, voucher.customer_id, voucher.reward, voucher.code,
    CASE WHEN voucher.state = 'issued' AND voucher.expires_on < %(today)s THEN 'expired'
         ELSE voucher.state END,
    voucher.issued_on, voucher.expires_on
FROM ledger_voucher voucher JOIN ledger_account account USING (customer_id)
WHERE account.business_id = %(business)s
    AND voucher.issued_on >= %(since)s AND voucher.issued_on < %(until)s
ORDER BY voucher.customer_id, voucher.id"""


class Book(Struct, frozen=True):
    """One of the ledger's files: its columns, its statement, and what a row of it becomes."""

    columns: tuple[str, ...]
    sql: str
    row: Callable[[Sequence[Any], Sequence[tuple[str, int]]], Row]


def rows(name: str, business: int, *, since: date, until: date, today: date) -> Iterator[Row]:
    """A book's rows of a half-open span of local days, read while they are asked for."""
    book = BOOKS[name]
    units = [(unit.id, unit.decimals) for unit in books.shelf(business).book.latest.program.units]
    asked: Mapping[str, object] = {
        "business": business,
        "since": since,
        "until": until,
        "today": today,
    }
    # A cursor of the server's lives within a transaction; whoever stops reading ends both.
    with transaction.atomic(), ServerCursor(connection.connection, f"export_{name}") as stream:
        stream.itersize = FETCHED
        stream.execute(cast("Any", book.sql), asked)
        for row in stream:
            yield book.row(row, units)


def _event(row: Sequence[Any], units: Sequence[tuple[str, int]]) -> Row:
    event, customer, *others, what = row
    return [str(event), str(customer), *others, json.loads(what)]


def _entry(row: Sequence[Any], units: Sequence[tuple[str, int]]) -> Row:
    event, line, customer, day, number, kind, amount, balance, lot = row
    unit, decimals = units[number]
    exact = [Decimal(money.written(one, decimals)) for one in (amount, balance)]
    return [str(event), line, str(customer), day, unit, kind, *exact, str(lot) if lot else None]


def _voucher(row: Sequence[Any], units: Sequence[tuple[str, int]]) -> Row:
    voucher, customer, reward, code, state, issued_on, expires_on = row
    last = None if expires_on == FOREVER else expires_on
    return [str(voucher), str(customer), reward, code, state, issued_on, last]


BOOKS: Final[dict[str, Book]] = {
    "events": Book(
        (
            "id",
            "customer",
            "at",
            "recorded_at",
            "day",
            "kind",
            "source",
            "reference",
            "amount",  # money of it in minor units, refunds negative
            "currency",
            "refused",  # the code, where the program refused it
            "what",  # as the ledger keeps it; amounts of units in fixed point
        ),
        _EVENTS,
        _event,
    ),
    "entries": Book(
        ("event", "line", "customer", "day", "unit", "kind", "amount", "balance", "lot"),
        _ENTRIES,
        _entry,
    ),
    "vouchers": Book(
        ("id", "customer", "reward", "code", "state", "issued_on", "expires_on"),
        _VOUCHERS,
        _voucher,
    ),
}
"""The ledger's files by name."""
