"""Postings become messages: exactly once for each endpoint, in order, some statements a batch.

What is said of a posting follows from the ledger's own rows, as they stand when it is gathered.
Each event says which tier it led to. Vouchers are told by their state: what endpoints know is kept
(`ToldVoucher`) and compared. Customers who were made or changed come as notices of triggers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from django.db import connection, transaction
from msgspec import Struct

from habitue.connectors.webhooks import kinds, payloads, watermarks
from habitue.connectors.webhooks.payloads import Place, Posted, Said
from habitue.connectors.webhooks.watermarks import Posting
from habitue.core.facts import Refused
from habitue.ledger import arrays, books
from habitue.members import ids

NOTICES: Final = 5_000
"""Notices of customers in one go."""

_EPOCH: Final = datetime(2024, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)

_PAIRS: Final = """unnest(%(customers)s::bigint[], %(events)s::bigint[])
    WITH ORDINALITY AS posted (customer_id, id, place)"""

_EVENTS: Final = f"""
SELECT event.customer_id, event.id, event.kind, event.at, event.business_date, event.amount,
    event.currency, event.what->>'of', event.refusal::text,
    coalesce(event.told->>'level', ''), coalesce(event.told->>'level_before', '')
FROM {_PAIRS} JOIN ledger_event event USING (customer_id, id)
ORDER BY posted.place"""

_CHANGES: Final = f"""
SELECT entry.customer_id, entry.event_id, entry.unit, sum(entry.amount)::bigint,
    (array_agg(entry.balance ORDER BY entry.line DESC))[1]
FROM {_PAIRS} JOIN ledger_entry entry
  ON entry.customer_id = posted.customer_id AND entry.event_id = posted.id
GROUP BY entry.customer_id, entry.event_id, entry.unit
ORDER BY entry.customer_id, entry.event_id, entry.unit"""

_VOUCHERS: Final = """
WITH changed AS (
    SELECT voucher.*, known.state AS before
    FROM unnest(%(customers)s::bigint[]) AS touched (customer_id)
    JOIN ledger_voucher voucher USING (customer_id)
    LEFT JOIN connectors_toldvoucher known
        ON known.customer = voucher.customer_id AND known.voucher = voucher.id
    WHERE voucher.state IS DISTINCT FROM known.state
), told AS (
    INSERT INTO connectors_toldvoucher (customer, voucher, business_id, state)
    SELECT customer_id, id, %(business)s, state FROM changed ORDER BY customer_id, id
    ON CONFLICT (customer, voucher) DO UPDATE SET state = excluded.state
)
SELECT customer_id, id, reward, state, issued_on, expires_on, before FROM changed
ORDER BY customer_id, id"""

_KNOW_VOUCHERS: Final = """
INSERT INTO connectors_toldvoucher (customer, voucher, business_id, state)
SELECT voucher.customer_id, voucher.id, account.business_id, voucher.state
FROM ledger_account account JOIN ledger_voucher voucher USING (customer_id)
WHERE account.business_id = %s ON CONFLICT DO NOTHING"""

_NOTICED: Final = """
DELETE FROM connectors_notice WHERE id IN (
    SELECT id FROM connectors_notice
    WHERE business_id = %s AND (%s::timestamptz IS NULL OR at <= %s)
    ORDER BY id LIMIT %s)
RETURNING id, customer, type, fields, "into", at, transaction"""

_ENDPOINTS: Final = "SELECT id, types FROM connectors_endpoint WHERE business_id = %s ORDER BY id"

_HOLD: Final = "SELECT FROM connectors_watermark WHERE business_id = %s FOR UPDATE"

_MESSAGES: Final = """
INSERT INTO connectors_message
    (id, endpoint_id, customer, type, body, made_at, state, due_at, attempts)
SELECT id, endpoint_id, customer, type, body, %s, 'waiting', %s, 0
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[])
    AS made (id, endpoint_id, customer, type, body)"""


_refused = msgspec.json.Decoder(Refused)


class Unit(Struct, frozen=True):
    """A unit as messages name it."""

    id: str
    decimals: int


def gather(*, now: datetime) -> int:
    """Make the messages of what was posted and noticed since the last time; answers how many.

    A batch of each business that has news: whoever has many does not keep the others waiting.
    """
    return sum(gather_one(business, now=now) for business in watermarks.news())


def gather_one(business: int, *, now: datetime) -> int:
    """The next batch of one business; 0 where another worker is at it."""
    with transaction.atomic():
        window = watermarks.take(business)
        if window is None:
            return 0
        last = None if window.whole else _of_id(window.postings[-1].id)
        said = [*_of_customers(business, last), *_of_postings(business, window.postings)]
        said.sort(key=lambda one: one.place)
        made = _write(business, said, now)
        watermarks.move(business, window)
    return made


def begin(business: int) -> None:
    """A business has an endpoint: what is so far is known, what is posted from now on is told."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_KNOW_VOUCHERS, [business])
        watermarks.begin(business)


def wait(business: int) -> None:
    """Until nobody gathers in this business; and nobody begins before this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [business])


def end(business: int) -> None:
    """A business has no endpoint any more: nothing is kept for it."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("watermark", "notice", "toldvoucher"):
            cursor.execute(f"DELETE FROM connectors_{table} WHERE business_id = %s", [business])


# ---- what is said --------------------------------------------------------------------------------


def _of_postings(business: int, postings: Sequence[Posting]) -> Iterator[Said]:
    """What follows from postings: from each event by itself, then vouchers of their customers."""
    if not postings:
        return
    program = books.shelf(business).book.latest.program
    units = [Unit(unit.id, unit.decimals) for unit in program.units]
    whole = {
        "business": business,
        "customers": [one for posting in postings for one in posting.customers],
        "events": [one for posting in postings for one in posting.events],
    }
    told = {
        (customer, event): (posting.at, (_at(posting.id), posting.id, place))
        for posting in postings
        for place, (customer, event) in enumerate(
            zip(posting.customers, posting.events, strict=True)
        )
    }
    changes = _changes(whole, units)
    last: dict[int, tuple[datetime, Place]] = {}
    for row in _rows(_EVENTS, whole):
        one = Posted(*row)
        at, place = told[one.customer, one.event]
        yield from _of_event(one, changes.get((one.customer, one.event), []), at, place)
        if one.refusal is None:
            last[one.customer] = at, place
    yield from _of_vouchers(business, last)


def _of_event(one: Posted, changes: payloads.Changes, at: datetime, place: Place) -> Iterator[Said]:
    """What follows from an event by itself."""
    if one.refusal is not None:
        said = payloads.refused(one, _refused.decode(one.refusal))
        yield Said(place, kinds.EVENT_REFUSED, one.customer, at, said)
        return
    yield Said(place, kinds.EVENT_POSTED, one.customer, at, payloads.event(one, changes))
    if changes:
        said = payloads.balances(one, changes)
        yield Said(place, kinds.BALANCE_CHANGED, one.customer, at, said)
    if one.level != one.level_before:
        yield Said(place, kinds.TIER_CHANGED, one.customer, at, payloads.tier(one))


def _of_vouchers(business: int, last: Mapping[int, tuple[datetime, Place]]) -> Iterator[Said]:
    """Vouchers that are no longer what endpoints know, after the last event of each customer."""
    values = {"business": business, "customers": sorted(last)}
    for customer, number, reward, state, issued_on, expires_on, before in _rows(_VOUCHERS, values):
        at, place = last[customer]
        # One that is used before it was ever told of was issued all the same.
        for now in (state,) if before is not None or state == "issued" else ("issued", state):
            said = payloads.voucher(customer, number, reward, now, issued_on, expires_on)
            yield Said(place, kinds.OF_VOUCHERS[now], customer, at, said)


def _of_customers(business: int, until: datetime | None) -> Iterator[Said]:
    """What triggers noticed of customers; of one transaction, one update of each at most."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTICED, [business, until, until, NOTICES])
        rows = sorted(cursor.fetchall())
    ended = {
        (xid, customer)
        for _, customer, type_, *_, xid in rows
        if type_ in (kinds.CUSTOMER_CREATED, kinds.CUSTOMER_ERASED)
    }
    fields: dict[tuple[int, int], set[str]] = defaultdict(set)
    for _, customer, type_, names, *_, xid in rows:
        if type_ == kinds.CUSTOMER_UPDATED:
            fields[xid, customer].update(names)
    for number, customer, type_, _, into, at, xid in rows:
        data: dict[str, Any] = {"customer": str(customer)}
        if type_ == kinds.CUSTOMER_UPDATED:
            names = fields.pop((xid, customer), None)
            if names is None or (xid, customer) in ended:
                continue
            data["changed"] = sorted(names)
        elif type_ == kinds.CUSTOMER_MERGED:
            data["into"] = str(into) if into else None
        yield Said(((at - _EPOCH) // _MILLISECOND, 0, number), type_, customer, at, data)


def _changes(
    whole: Mapping[str, Any], units: Sequence[Unit]
) -> dict[tuple[int, int], list[dict[str, str]]]:
    found: dict[tuple[int, int], list[dict[str, str]]] = defaultdict(list)
    for customer, event, unit, amount, balance in _rows(_CHANGES, whole):
        named = units[unit]
        found[customer, event].append(payloads.change(named.id, named.decimals, amount, balance))
    return found


# ---- writing -------------------------------------------------------------------------------------


def _write(business: int, said: Sequence[Said], now: datetime) -> int:
    """A message to each endpoint for each thing that it asked for."""
    endpoints = _rows(_ENDPOINTS, [business])
    asked = {type_: [key for key, types in endpoints if type_ in types] for type_ in kinds.ALL}
    rows = []
    for one in said:
        if wanted := asked[one.type]:
            text = payloads.body(one.type, one.at, one.data)
            rows += [(key, one.customer, one.type, text) for key in wanted]
    if not rows:
        return 0
    numbered = [(key, *row) for key, row in zip(ids.make_many(len(rows)), rows, strict=True)]
    forms = (arrays.plain, arrays.plain, arrays.plain, arrays.plain, arrays.texts)
    with connection.cursor() as cursor:
        cursor.execute(_MESSAGES, [now, now, *arrays.columns(forms, numbered)])
    return len(rows)


def _rows(query: str, values: Mapping[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _at(number: int) -> int:
    """The millisecond, since 2024, in which a number of ours was made."""
    return number >> 22


def _of_id(number: int) -> datetime:
    return _EPOCH + _at(number) * _MILLISECOND
