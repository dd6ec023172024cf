"""Ledger lines with all that says why they are what they are: the sentence, the lot, the reference.

One statement for a page, whether it is the lines of some events or the newest ones of a customer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.db import connection
from msgspec import Struct

from habitue.ledger import answers, books, reasons
from habitue.ledger.answers import EntryLine
from habitue.ledger.events import Key

_COLUMNS: Final = """
    entry.customer_id, entry.line, entry.event_id, entry.unit, entry.kind, entry.amount,
    entry.balance, entry.lot_id, entry.day, entry.why::text, event.at, event.kind,
    lot.earned_on, lot.expires_on, held.source, held.reference"""

_WITH_ALL: Final = """
JOIN ledger_event event ON event.customer_id = entry.customer_id AND event.id = entry.event_id
LEFT JOIN ledger_lot lot ON lot.customer_id = entry.customer_id AND lot.id = entry.lot_id
LEFT JOIN ledger_reference held
    ON held.event_id = entry.event_id AND held.customer_id = entry.customer_id
    AND held.business_id = event.business_id AND held.fingerprint <> 0
WHERE event.business_id = %(business)s"""

_OF_EVENTS: Final = f"""
SELECT {_COLUMNS}
FROM unnest(%(customers)s::bigint[], %(events)s::bigint[]) AS asked (customer_id, event_id)
JOIN ledger_entry entry USING (customer_id, event_id) {_WITH_ALL}
ORDER BY entry.event_id, entry.customer_id, entry.line"""

_NEWEST: Final = f"""
SELECT {_COLUMNS} FROM unnest(%(customers)s::bigint[]) AS whose (customer_id)
CROSS JOIN LATERAL (
    SELECT made.* FROM ledger_event event
    JOIN ledger_entry made ON made.event_id = event.id AND made.customer_id = event.customer_id
    WHERE event.customer_id = whose.customer_id AND event.id <= %(event)s
        AND (event.id, made.customer_id, made.line) < (%(event)s, %(customer)s, %(line)s)
        AND (%(unit)s::smallint IS NULL OR made.unit = %(unit)s)
    ORDER BY event.id DESC, made.line DESC LIMIT %(limit)s
) AS entry {_WITH_ALL}
ORDER BY entry.event_id DESC, entry.customer_id DESC, entry.line DESC LIMIT %(limit)s"""

Place = tuple[int, int, int]
"""Where a page ends: event, customer and place of its last line."""

LATEST: Final[Place] = (2**63 - 1, 2**63 - 1, 2**15 - 1)


class Explained(Struct, frozen=True):
    """One line: number `place` of its event, in a sentence.

    `earned_on` and `expires_on` are those of its lot (None: it has none, or it never lapses);
    `source` and `reference` what its event was posted under, empty if under nothing.
    """

    customer: int
    place: int
    entry: EntryLine
    sentence: str
    earned_on: date | None
    expires_on: date | None
    source: str
    reference: str


class Page(Struct, frozen=True):
    """Lines, and from where the next page goes on; None: there are no more."""

    lines: list[Explained]
    next: Place | None


def of_events(business: int, events: Collection[Key]) -> Mapping[Key, list[Explained]]:
    """The lines of events, in their order, by customer and number."""
    found: dict[Key, list[Explained]] = {event: [] for event in events}
    if not found:
        return found
    customers, numbers = (list(column) for column in zip(*found, strict=True))
    values = {"business": business, "customers": customers, "events": numbers}
    for line in _lines(business, _rows(_OF_EVENTS, values)):
        found[line.customer, line.entry.event].append(line)
    return found


def of_customers(
    business: int,
    customers: Collection[int],
    *,
    before: Place = LATEST,
    unit: str = "",
    limit: int = 50,
) -> Page:
    """The newest lines of customers (of one unit): of one, or of all that are one person."""
    names = books.shelf(business).names
    if unit and unit not in names:
        return Page([], None)
    event, customer, place = before
    values = {
        "business": business,
        "customers": list(customers),
        "event": event,
        "customer": customer,
        "line": place,
        "unit": names.index(unit) if unit else None,
        "limit": limit + 1,
    }
    rows = _rows(_NEWEST, values)
    lines = _lines(business, rows[:limit])
    more = len(rows) > limit and lines
    last = lines[-1] if more else None
    return Page(lines, (last.entry.event, last.customer, last.place) if last else None)


def _lines(business: int, rows: Sequence[tuple[Any, ...]]) -> list[Explained]:
    if not rows:
        return []
    shelf = books.shelf(business)
    book, names = shelf.book, shelf.names
    found = []
    for row in rows:
        customer, place, event, unit, kind, amount, balance, lot, day, why = row[:10]
        at, happened, earned_on, expires_on, source, reference = row[10:]
        steps = reasons.read(why, amount)
        entry = EntryLine(event, names[unit], kind, amount, balance, lot, day, steps, at, happened)
        dates = (earned_on, expires_on) if earned_on else None
        found.append(
            Explained(
                customer,
                place,
                entry,
                book.on(day).explainer.sentence(entry.unit, kind, amount, steps, dates),
                earned_on,
                answers.until(expires_on) if expires_on else None,
                source or "",
                reference or "",
            )
        )
    return found


def _rows(query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
