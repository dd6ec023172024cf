"""What a door gets back: what followed from a fact, or why nothing did."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import connection
from msgspec import Struct

from habitue.core import facts
from habitue.core.account import Step, Voucher, VoucherState
from habitue.core.calendar import FOREVER
from habitue.core.engine import Outcome
from habitue.core.facts import Refused
from habitue.core.rulebook import Book
from habitue.ledger import arrays, books, codes, reasons
from habitue.ledger.codes import Codes


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


class VoucherLine(Struct, frozen=True):
    """A voucher with the code that a till accepts; `expires_on` None: never."""

    id: int
    reward: str
    state: VoucherState
    code: str
    issued_on: date
    expires_on: date | None


class Answer(Struct):
    """What followed from one fact: `event` is its (first) event, `refused` why nothing followed.

    `duplicate`: the same reference and body were posted before, and this is that answer again.
    `level` and `level_before`: the tier after and before, both empty where it stayed. `issued`: the
    vouchers that came of it, as they were then. `what` and `at`: what happened, with what the
    engine filled in (a payment's `units` and `money`); None where nothing could be stored. `cost`:
    what a reward took, by unit in fixed point. `money`: what a refund or a cancellation gives back,
    in minor units.
    """

    business: int
    customer: int
    event: int
    refused: Refused | None = None
    duplicate: bool = False
    entries: list[EntryLine] = []
    level: str = ""
    level_before: str = ""
    issued: list[VoucherLine] = []
    what: facts.What | None = None
    at: datetime | None = None
    cost: tuple[str, int] | None = None
    money: int = 0


class Told(Struct, frozen=True, omit_defaults=True):
    """What an answer says that follows from nothing else that is stored: kept with the event."""

    level: str = ""
    level_before: str = ""
    issued: tuple[Voucher, ...] = ()


def told(outcome: Outcome) -> Told | None:
    """What must be kept of an outcome for its answer; of a usual one nothing."""
    if outcome.level == outcome.level_before:
        return Told(issued=outcome.issued) if outcome.issued else None
    return Told(outcome.level, outcome.level_before, outcome.issued)


def first(
    business: int, shelf: books.Shelf, outcomes: Iterable[Outcome], given: Codes
) -> dict[int, Answer]:
    """The answers to what was decided now, by event; `given` are the codes of new vouchers."""
    names, book = shelf.names, shelf.book
    return {outcome.event.id: _first(business, names, book, outcome, given) for outcome in outcomes}


def again(business: int, events: Collection[tuple[int, int]]) -> dict[tuple[int, int], Answer]:
    """The first answers to what was posted before, by customer and event, from what was recorded.

    So many statements for any number of events.
    """
    if not events:
        return {}
    asked = [arrays.plain(column) for column in zip(*events, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, [*asked, business])
        rows = cursor.fetchall()
    book = books.shelf(business).book
    entries: dict[tuple[int, int], list[EntryLine]] = {event: [] for event in events}
    for customer, line in owned_lines_of(business, list(events)):
        entries[customer, line.event].append(line)
    kept = {row[:2]: _told.decode(row[-1]) for row in rows if row[-1]}
    vouchers = issued({event: said.issued for event, said in kept.items()})
    found = {}
    for customer, event, at, day, amount, body, refusal, _ in rows:
        refused = _refused.decode(refusal) if refusal else None
        what, said = _what.decode(body), kept.get((customer, event), _NOTHING)
        found[customer, event] = Answer(
            business,
            customer,
            event,
            refused,
            True,
            entries[customer, event],
            said.level,
            said.level_before,
            vouchers.get((customer, event), []),
            what,
            at,
            None if refused else _cost(book, what, day),
            0 if refused else _money(what, amount),
        )
    return found


def issued(
    vouchers: Mapping[tuple[int, int], Iterable[Voucher]],
) -> dict[tuple[int, int], list[VoucherLine]]:
    """Vouchers that events issued, by customer and event, with the codes that they have."""
    given = codes.of([(who, each.id) for (who, _), them in vouchers.items() for each in them])
    return {event: voucher_lines(event[0], them, given) for event, them in vouchers.items() if them}


def _first(
    business: int, names: Sequence[str], book: Book, outcome: Outcome, given: Codes
) -> Answer:
    event, what = outcome.event, outcome.event.what
    answer = Answer(
        business,
        event.customer,
        event.id,
        outcome.refused,
        entries=decided(outcome, names),
        what=what,
        at=event.at,
        money=outcome.money,
    )
    if outcome.level != outcome.level_before:
        answer.level, answer.level_before = outcome.level, outcome.level_before
    if outcome.issued:
        answer.issued = voucher_lines(event.customer, outcome.issued, given)
    if outcome.refused is None:
        answer.cost = _cost(book, what, outcome.on)
    return answer


def decided(outcome: Outcome, names: Sequence[str]) -> list[EntryLine]:
    """The entries of an outcome as lines; `names` are the units', by number."""
    event, kind = outcome.event, facts.kind(outcome.event.what)
    return [
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
            kind,
        )
        for entry in outcome.entries
    ]


def _cost(book: Book, what: facts.What, day: date) -> tuple[str, int] | None:
    """What a redemption took, by the rules of its day."""
    if type(what) is not facts.Redemption:
        return None
    reward = book.on(day).program.reward(what.reward)
    return reward.cost if reward is not None else None


def _money(what: facts.What, amount: int | None) -> int:
    """What an event gave back, as it was recorded: a refund's revenue is minus that."""
    if isinstance(what, facts.Refund):
        return -(amount or 0)
    return what.money if isinstance(what, facts.Cancellation) else 0


def voucher_lines(customer: int, issued: Iterable[Voucher], given: Codes) -> list[VoucherLine]:
    """A customer's vouchers with their codes, for people."""
    return [
        VoucherLine(
            each.id,
            each.reward,
            each.state,
            given.get((customer, each.id), ""),
            each.issued_on,
            until(each.expires_on),
        )
        for each in issued
    ]


def until(day: date) -> date | None:
    """A last day for people: None for never."""
    return None if day == FOREVER else day


_LINES = """
SELECT entry.customer_id, entry.event_id, entry.unit, entry.kind, entry.amount, entry.balance,
       entry.lot_id, entry.day, entry.why::text, event.at, event.kind
FROM ledger_entry entry
JOIN ledger_event event
  ON event.customer_id = entry.customer_id AND event.id = entry.event_id
WHERE event.business_id = %s AND {where}
ORDER BY event.id {order}, entry.line {order}
LIMIT %s"""

_HIS = "event.customer_id = %s AND event.id"
_AMONG = """(entry.customer_id, entry.event_id) IN (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[]))"""

_EVENTS = """
SELECT customer_id, id, at, business_date, amount, what::text, refusal::text, told::text
FROM ledger_event
JOIN unnest(%s::bigint[], %s::bigint[]) AS asked (customer_id, id) USING (customer_id, id)
WHERE business_id = %s"""

_NOTHING = Told()

_what: msgspec.json.Decoder[facts.What] = msgspec.json.Decoder(facts.What)
_refused = msgspec.json.Decoder(Refused)
_told = msgspec.json.Decoder(Told)


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
        return [line for _, line in _read(business, cursor.fetchall())]


def lines_of(business: int, events: Sequence[tuple[int, int]]) -> list[EntryLine]:
    """The entries of several events, each given by customer and number, event by event."""
    return [line for _, line in owned_lines_of(business, events)]


def owned_lines_of(business: int, events: Sequence[tuple[int, int]]) -> list[tuple[int, EntryLine]]:
    """The same with each line's customer: two sides of one event have one number."""
    query = _LINES.format(where=_AMONG, order="ASC")
    customers, numbers = [who for who, _ in events], [event for _, event in events]
    with connection.cursor() as cursor:
        cursor.execute(query, [business, customers, numbers, None])
        return _read(business, cursor.fetchall())


def _read(business: int, rows: Sequence[tuple[Any, ...]]) -> list[tuple[int, EntryLine]]:
    names = books.shelf(business).names
    return [
        (
            customer,
            EntryLine(
                made,
                names[unit],
                kind,
                amount,
                balance,
                lot,
                day,
                reasons.read(why, amount),
                at,
                happened,
            ),
        )
        for customer, made, unit, kind, amount, balance, lot, day, why, at, happened in rows
    ]
