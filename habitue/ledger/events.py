"""Events as they were recorded, newest first and page by page; found by number or by reference.

"Newest" is in the order of arrival: what comes late stands at the top too, so whoever reads on
from where they stopped misses nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec
from django.db import connection
from msgspec import Struct

from habitue.core import facts
from habitue.core.facts import Refused
from habitue.ledger import answers, arrays
from habitue.ledger.answers import Told, VoucherLine

WINDOW: Final = 20_000
"""How many of a business's events one page looks at, where few of them are what is asked for."""

_COLUMNS: Final = """
    event.customer_id, event.id, event.at, event.recorded_at, event.business_date, event.amount,
    event.what::text, event.refusal::text, event.told::text"""

_FITS: Final = """
    (%(kinds)s::text[] IS NULL OR kind = ANY (%(kinds)s))
    AND (%(refused)s::boolean IS NULL OR (refusal IS NOT NULL) = %(refused)s)"""

_WINDOW: Final = """
    SELECT customer_id, id, {fits} AS fits FROM ledger_event
    WHERE business_id = %(business)s AND id BETWEEN %(since)s AND %(id)s
        AND (id, customer_id) < (%(id)s, %(customer)s)
    ORDER BY id DESC, customer_id DESC LIMIT %(window)s"""

_OF_BUSINESS: Final = f"""
WITH seen AS ({_WINDOW.format(fits=_FITS)})
SELECT {_COLUMNS} FROM (
    SELECT customer_id, id FROM seen WHERE fits ORDER BY id DESC, customer_id DESC LIMIT %(limit)s
) AS found JOIN ledger_event event USING (customer_id, id)
ORDER BY event.id DESC, event.customer_id DESC"""

_END_OF_WINDOW: Final = f"""
SELECT id, customer_id FROM ({_WINDOW.format(fits="true")}) AS seen
ORDER BY id DESC, customer_id DESC OFFSET %(window)s - 1"""

_OF_CUSTOMERS: Final = f"""
SELECT {_COLUMNS} FROM unnest(%(customers)s::bigint[]) AS whose (customer_id)
CROSS JOIN LATERAL (
    SELECT * FROM ledger_event
    WHERE customer_id = whose.customer_id AND business_id = %(business)s
        AND id BETWEEN %(since)s AND %(id)s AND (id, customer_id) < (%(id)s, %(customer)s)
        AND {_FITS}
    ORDER BY id DESC LIMIT %(limit)s
) AS event
ORDER BY event.id DESC, event.customer_id DESC LIMIT %(limit)s"""

_BY_ID: Final = f"""
SELECT {_COLUMNS} FROM ledger_event event
WHERE business_id = %s AND id = ANY (%s)
ORDER BY kind IN ('receipt', 'merged') DESC, id, customer_id"""

_OWNERS: Final = """
SELECT id, customer_id FROM ledger_event WHERE business_id = %s AND id = ANY (%s)
ORDER BY kind IN ('receipt', 'merged') DESC"""

_NAMED: Final = """
SELECT held.source, held.reference, held.customer_id, held.event_id FROM ledger_reference held
JOIN unnest(%s::text[], %s::text[]) AS asked (source, reference) USING (source, reference)
WHERE held.business_id = %s"""

_NAMES: Final = """
SELECT customer_id, event_id, source, reference FROM ledger_reference
WHERE business_id = %s AND event_id = ANY (%s) AND fingerprint <> 0"""

_what: msgspec.json.Decoder[facts.What] = msgspec.json.Decoder(facts.What)
_refused = msgspec.json.Decoder(Refused)
_told = msgspec.json.Decoder(Told)

Key = tuple[int, int]
"""An event by its customer and number: two sides of one event have one number."""

Place = tuple[int, int]
"""Where a page ends: the number and the customer of its last event."""

LATEST: Final[Place] = (2**63 - 1, 2**63 - 1)


class EventLine(Struct, frozen=True):
    """One event: what happened, when, on which local day, when it was recorded; what it cost.

    `amount`: its revenue in minor units, negative for a refund. `refused`: why it changed nothing.
    `source` and `reference`: under what it was posted, empty if under nothing. `level` and
    `level_before` are told where it changed the tier, `issued` are its vouchers as they were then.
    """

    customer: int
    id: int
    at: datetime
    recorded_at: datetime
    day: date
    what: facts.What
    amount: int | None
    refused: Refused | None
    source: str
    reference: str
    level: str
    level_before: str
    issued: tuple[VoucherLine, ...]

    @property
    def kind(self) -> str:
        """The word for what happened."""
        return facts.kind(self.what)


class Page(Struct, frozen=True):
    """Events, and from where the next page goes on; None: there are no more.

    Where few events are what was asked for, a page may hold fewer than asked, or none, and go on.
    """

    events: list[EventLine]
    next: Place | None


def of_business(
    business: int,
    *,
    before: Place = LATEST,
    kinds: Collection[str] = (),
    refused: bool | None = None,
    since: int = 0,
    limit: int = 50,
) -> Page:
    """Events of a business, newest first: of some kinds, the refused ones, those not refused.

    `since`: the smallest number; `members.ids.first_at` gives that of an instant.
    """
    asked = _asked(business, before, kinds, refused, since, limit)
    rows = _rows(_OF_BUSINESS, asked)
    page = _page(business, rows, limit)
    if page.next is None and (kinds or refused is not None):
        end = _rows(_END_OF_WINDOW, asked)
        return Page(page.events, end[0] if end else None)
    return page


def of_customers(
    business: int,
    customers: Collection[int],
    *,
    before: Place = LATEST,
    kinds: Collection[str] = (),
    refused: bool | None = None,
    since: int = 0,
    limit: int = 50,
) -> Page:
    """The same of customers; of one, or of all that turned out to be one person."""
    asked = _asked(business, before, kinds, refused, since, limit)
    rows = _rows(_OF_CUSTOMERS, {**asked, "customers": list(customers)})
    return _page(business, rows, limit)


def one(business: int, event: int) -> EventLine | None:
    """An event by its number; of two sides the one that was handed in. None: not here."""
    return by_number(business, [event]).get(event)


def by_number(business: int, events: Collection[int]) -> dict[int, EventLine]:
    """Events by their numbers; those of nobody here are absent."""
    rows = _rows(_BY_ID, [business, list(events)]) if events else []
    return {line.id: line for line in _lines(business, rows)}


def customers_of(business: int, events: Collection[int]) -> dict[int, int]:
    """Whose events these are, by their numbers; of two sides, of who handed it in."""
    return dict(_rows(_OWNERS, [business, list(events)])) if events else {}


def by_reference(business: int, names: Collection[tuple[str, str]]) -> dict[tuple[str, str], Key]:
    """The events posted under these sources and references, by customer and number."""
    if not names:
        return {}
    sources, references = (arrays.texts(column) for column in zip(*names, strict=True))
    found = _rows(_NAMED, [sources, references, business])
    return {(source, name): (customer, event) for source, name, customer, event in found}


def names_of(business: int, events: Iterable[int]) -> dict[Key, tuple[str, str]]:
    """Under which source and reference events were posted; others are absent."""
    found = _rows(_NAMES, [business, sorted(set(events))])
    return {(customer, event): (source, name) for customer, event, source, name in found}


def _asked(
    business: int,
    before: Place,
    kinds: Collection[str],
    refused: bool | None,
    since: int,
    limit: int,
) -> dict[str, Any]:
    """One more than asked for is looked for: it says whether there are more."""
    return {
        "business": business,
        "id": before[0],
        "customer": before[1],
        "kinds": list(kinds) or None,
        "refused": refused,
        "since": since,
        "limit": limit + 1,
        "window": WINDOW if kinds or refused is not None else limit + 1,
    }


def _page(business: int, rows: Sequence[tuple[Any, ...]], limit: int) -> Page:
    events = _lines(business, rows[:limit])
    more = len(rows) > limit and events
    return Page(events, (events[-1].id, events[-1].customer) if more else None)


def _lines(business: int, rows: Sequence[tuple[Any, ...]]) -> list[EventLine]:
    """Rows as events, with what lies elsewhere: references, and the codes of vouchers."""
    if not rows:
        return []
    names = names_of(business, (row[1] for row in rows))
    told = {row[:2]: _told.decode(row[-1]) for row in rows if row[-1]}
    issued = answers.issued({key: said.issued for key, said in told.items()})
    nothing, nameless = Told(), ("", "")
    found = []
    for customer, event, at, recorded_at, day, amount, what, refusal, _ in rows:
        key = (customer, event)
        said = told.get(key, nothing)
        found.append(
            EventLine(
                customer,
                event,
                at,
                recorded_at,
                day,
                _what.decode(what),
                amount,
                _refused.decode(refusal) if refusal else None,
                *names.get(key, nameless),
                said.level,
                said.level_before,
                tuple(issued.get(key, ())),
            )
        )
    return found


def _rows(query: str, values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        rows: list[Any] = cursor.fetchall()
    return rows
