"""The ledger's own history, read once from beginning to end, for a replay: nothing is written.

A server-side cursor hands on one customer (or one moment) after the other, so that no more of it
lies in memory than is being looked at. `portions` cuts the customers for processes that read side
by side, each by a connection of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import msgspec
from msgspec import Struct
from psycopg import Connection, ServerCursor

from habitue.core import facts
from habitue.core.facts import Event

Portion = tuple[int, int]
"""Customers from one number to another, both included."""

_ROWS_AT_ONCE: Final = 2_000

_SPAN: Final = """
SELECT count(*), max(business_date), bool_or(kind = ANY (%(two_sided)s))
FROM ledger_event event WHERE business_id = %(business)s AND refusal IS NULL{since}"""

_PORTIONS: Final = """
SELECT min(customer_id), max(customer_id)
FROM (SELECT customer_id, ntile(%s) OVER (ORDER BY customer_id) AS portion
      FROM ledger_account WHERE business_id = %s) AS cut
GROUP BY portion ORDER BY portion"""

_EVENTS: Final = """
SELECT customer_id, id, {at} AS moment, what::text FROM ledger_event event
WHERE business_id = %(business)s AND refusal IS NULL
  AND customer_id BETWEEN %(first)s AND %(last)s{since}
ORDER BY customer_id, moment, id"""

_MOMENTS: Final = """
SELECT customer_id, id, {at} AS moment, what::text FROM ledger_event event
WHERE business_id = %(business)s AND refusal IS NULL{since}
ORDER BY moment, id"""

# Who was a member already, and comes, joins as the stretch begins.
_SINCE: Final = """
  AND (at >= %(since)s OR kind = 'enrolment' AND EXISTS (
    SELECT FROM ledger_event later
    WHERE later.customer_id = event.customer_id AND later.business_id = event.business_id
      AND later.at >= %(since)s AND later.refusal IS NULL))"""

_FUNDED: Final = """
SELECT name, sum(money)::bigint FROM ledger_payment
WHERE business_id = %s AND party = 'partner' GROUP BY name"""

_TWO_SIDED: Final = ["transfer", "receipt", "merge", "merged"]

_what: msgspec.json.Decoder[facts.What] = msgspec.json.Decoder(facts.What)


class Span(Struct, frozen=True):
    """How much history there is. `meets`: some of it moved units between customers."""

    events: int
    until: date | None
    meets: bool


def span(connection: Connection[Any], business: int, *, since: datetime | None = None) -> Span:
    """How much a business's history holds, from a moment on if one is given."""
    values = {"business": business, "since": since, "two_sided": _TWO_SIDED}
    row = connection.execute(_cut(_SPAN, since), values).fetchone()
    assert row is not None, "an aggregate has a row"
    return Span(row[0], row[1], bool(row[2]))


def portions(connection: Connection[Any], business: int, count: int) -> list[Portion]:
    """The customers of a business in at most `count` portions of about as many accounts."""
    rows = connection.execute(_PORTIONS, [count, business]).fetchall()
    return [(first, last) for first, last in rows]


def customers(
    connection: Connection[Any], business: int, portion: Portion, *, since: datetime | None = None
) -> Iterator[tuple[int, str, list[Event]]]:
    """The customers of a portion, each as (number, name, accepted events in the order of time).

    `since`: only what happened from then on; who was a member before joins at that moment.
    """
    first, last = portion
    values = {"business": business, "first": first, "last": last, "since": since}
    rows = _stream(connection, _cut(_EVENTS, since), values)
    for customer, found in groupby(rows, itemgetter(0)):
        yield customer, str(customer), [_event(*row) for row in found]


def moments(
    connection: Connection[Any], business: int, *, since: datetime | None = None
) -> Iterator[Event]:
    """Everybody's accepted events in the order of time; `since` as for `customers`."""
    values = {"business": business, "since": since}
    return (_event(*row) for row in _stream(connection, _cut(_MOMENTS, since), values))


def funded(connection: Connection[Any], business: int) -> dict[str, tuple[int, int]]:
    """What partners paid in ahead, as the sums that members share: there from the beginning."""
    rows = connection.execute(_FUNDED, [business]).fetchall()
    return {f"funded {name}": (0, money) for name, money in rows}


def _cut(query: str, since: datetime | None) -> str:
    """A query of the whole history, or of what happened from a moment on."""
    if since is None:
        return query.format(at="at", since="")
    return query.format(at="greatest(at, %(since)s)", since=_SINCE)


def _stream(
    connection: Connection[Any], query: str, values: dict[str, Any]
) -> Iterator[tuple[int, int, datetime, str]]:
    with connection.transaction(), ServerCursor(connection, "replaying") as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(query, values)
        yield from cursor


def _event(customer: int, number: int, at: datetime, what: str) -> Event:
    return Event(number, customer, at, _what.decode(what))
