"""What a door gets back: what followed from a fact, or why nothing did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import connection
from msgspec import Struct

from habitue.core import facts
from habitue.core.account import Step
from habitue.core.engine import Outcome
from habitue.core.facts import Refused
from habitue.ledger import books


class EntryLine(Struct, frozen=True):
    """One ledger line for people: its unit by name, amounts in the unit's fixed point."""

    event: int
    unit: str
    kind: str
    amount: int
    balance: int
    lot: int
    day: date
    why: tuple[Step, ...] = ()
    at: datetime | None = None
    happened: str = ""


class Answer(Struct):
    """What followed from one fact: `event` is its (first) event, `refused` why nothing followed.

    `duplicate`: the same reference and body were posted before, and this is that answer again.
    """

    business: int
    customer: int
    event: int
    refused: Refused | None = None
    duplicate: bool = False
    entries: list[EntryLine] = []
    level: str = ""
    level_before: str = ""

    @classmethod
    def of(cls, business: int, outcome: Outcome, names: Sequence[str]) -> Answer:
        """The answer to a fact that was decided now; `names` are the units', by number."""
        event = outcome.event
        entries = [
            EntryLine(
                event.id,
                names[entry.unit],
                entry.kind,
                entry.amount,
                entry.balance,
                entry.lot,
                entry.on,
                entry.why,
                event.at,
                facts.kind(event.what),
            )
            for entry in outcome.entries
        ]
        return cls(
            business,
            event.customer,
            event.id,
            outcome.refused,
            entries=entries,
            level=outcome.level,
            level_before=outcome.level_before,
        )

    @classmethod
    def again(cls, business: int, customer: int, event: int) -> Answer:
        """The first answer to a fact that was posted before, from what was recorded."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT refusal::text FROM ledger_event WHERE customer_id = %s AND id = %s",
                [customer, event],
            )
            (refusal,) = cursor.fetchone()
        refused = msgspec.json.decode(refusal, type=Refused) if refusal else None
        entries = lines(business, customer, event=event)
        return cls(business, customer, event, refused, duplicate=True, entries=entries)


_LINES = """
SELECT entry.event_id, entry.unit, entry.kind, entry.amount, entry.balance, entry.lot_id,
       entry.day, entry.why::text, event.at, event.kind
FROM ledger_entry entry
JOIN ledger_event event
  ON event.customer_id = entry.customer_id AND event.id = entry.event_id
WHERE event.business_id = %s AND {where}
ORDER BY entry.event_id {order}, entry.line {order}
LIMIT %s"""

_HIS = "entry.customer_id = %s AND entry.event_id"
_AMONG = """(entry.customer_id, entry.event_id) IN (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[]))"""

_steps = msgspec.json.Decoder(tuple[Step, ...])


def lines(
    business: int,
    customer: int,
    *,
    event: int | None = None,
    before: int | None = None,
    limit: int = 10_000,
) -> list[EntryLine]:
    """The entries of an event in their order, or of a customer, newest first."""
    if event is not None:
        query, bound = _LINES.format(where=f"{_HIS} = %s", order="ASC"), event
    else:
        query = _LINES.format(where=f"{_HIS} < %s", order="DESC")
        bound = before if before is not None else 2**63 - 1
    with connection.cursor() as cursor:
        cursor.execute(query, [business, customer, bound, limit])
        return _read(business, cursor.fetchall())


def lines_of(business: int, events: Sequence[tuple[int, int]]) -> list[EntryLine]:
    """The entries of several events, each given by customer and number, event by event."""
    query = _LINES.format(where=_AMONG, order="ASC")
    customers, numbers = [who for who, _ in events], [event for _, event in events]
    with connection.cursor() as cursor:
        cursor.execute(query, [business, customers, numbers, None])
        return _read(business, cursor.fetchall())


def _read(business: int, rows: Sequence[tuple[Any, ...]]) -> list[EntryLine]:
    names = books.shelf(business).names
    return [
        EntryLine(
            made,
            names[unit],
            kind,
            amount,
            balance,
            lot,
            day,
            _steps.decode(why) if why else (),
            at,
            happened,
        )
        for made, unit, kind, amount, balance, lot, day, why, at, happened in rows
    ]
