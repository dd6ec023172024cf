"""Exactly once: a permanent reference for each event, claimed inside the posting's transaction.

References are claimed in sorted order. Whoever comes second waits for the first to commit, then
finds its claim and gets its answer; the same claim with another body is a conflict.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec
from django.db import connection
from msgspec import Struct

from habitue.core import facts
from habitue.core.facts import Refused
from habitue.ledger import arrays
from habitue.ledger.database import Rows
from habitue.members import survivors

CONFLICT: Final = Refused(
    "conflict", "This reference was used before, for something else. Use another reference."
)

MALFORMED: Final = Refused(
    "malformed",
    "A text holds characters that are no text, or is too long (200 characters, 60 kB in all).",
)
MOST_TEXT: Final = 200
MOST_BODY: Final = 60_000

_CLAIM = """
INSERT INTO ledger_reference
    (business_id, source, reference, customer_id, event_id, fingerprint)
SELECT %s, source, reference, customer_id, event_id, fingerprint
FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[])
    AS claim (source, reference, customer_id, event_id, fingerprint)
ORDER BY source, reference
ON CONFLICT DO NOTHING
RETURNING event_id"""

_FORMS: Final = (arrays.texts, arrays.texts, arrays.plain, arrays.plain, arrays.plain)

_HOLDERS = """
SELECT held.source, held.reference, held.customer_id, held.event_id, held.fingerprint
FROM ledger_reference held
JOIN unnest(%s::text[], %s::text[]) AS asked (source, reference) USING (source, reference)
WHERE held.business_id = %s"""

_SIGN = """
INSERT INTO ledger_reference
    (business_id, source, reference, customer_id, event_id, fingerprint)
SELECT %s, source, 'event ' || event_id, customer_id, event_id, 0
FROM unnest(%s::text[], %s::bigint[], %s::bigint[]) AS signed (source, customer_id, event_id)
ORDER BY source, event_id
ON CONFLICT DO NOTHING"""

_LED_ON = """
WITH RECURSIVE led (customer_id) AS (
    SELECT %s::bigint
    UNION
    SELECT (merge.what->>'into')::bigint
    FROM led JOIN ledger_event merge USING (customer_id)
    WHERE merge.kind = 'merge' AND merge.refusal IS NULL AND merge.id < %s
)
SELECT FROM led WHERE customer_id = %s"""


class Fact(Struct, frozen=True, kw_only=True):
    """What a door hands in: who, when (aware), what, and the reference that makes it unique.

    `said`: a hash of what the caller said, where the door filled in anything (its clock, as `at`).
    A repeat is then known by this and by the customer, and not by what the door made of it.
    Where the customer has gone over into another by then, what is new of them is of whoever goes
    on (`beside.went_over`), and the answer says so.
    """

    customer: int
    at: datetime
    what: facts.What
    source: str = ""
    reference: str = ""
    said: bytes = b""


class Prepared(Struct):
    """A fact with the id its event will have, its body as JSON, and a hash of all of it.

    `place` is where it stands in its batch. Where a `household` may give what is lacking, each
    gift has a number of its own in `spare`, before the event's.
    """

    fact: Fact
    event: int
    body: str
    fingerprint: int
    place: int = 0
    household: tuple[int, ...] = ()
    spare: tuple[int, ...] = ()


class Held(Struct, frozen=True):
    """The claim that somebody made before."""

    customer: int
    event: int
    same: bool


def prepared(fact: Fact, event: int, place: int = 0) -> Prepared | None:
    """Encode a fact once, for its row and for its fingerprint; None if it cannot be stored."""
    try:
        body = msgspec.json.encode(fact.what)
    except UnicodeEncodeError:
        return None
    if len(body) > MOST_BODY or rb"\u0000" in body or not is_text(fact.source, fact.reference):
        return None
    return Prepared(fact, event, body.decode(), _fingerprint(fact, body, fact.customer), place)


def _fingerprint(fact: Fact, body: bytes, customer: int) -> int:
    """A hash of all that a fact says, of a customer."""
    key = b"%d" % customer
    if fact.said:
        hashed = hashlib.blake2b(fact.said, digest_size=8, key=key, person=b"said")
    else:
        hashed = hashlib.blake2b(body + _written(fact.at), digest_size=8, key=key)
    return int.from_bytes(hashed.digest(), "big", signed=True)


def _written(at: datetime) -> bytes:
    """An instant as ISO 8601 says it, with its offset."""
    if at.tzinfo is not UTC:
        return at.isoformat().encode()
    return msgspec.json.encode(at)[1:-2] + b"+00:00"  # the same, in a fifth of the time


def is_text(*names: str) -> bool:
    """Whether names can be stored: no NUL, no half of a character, not too long."""
    for name in names:
        if len(name) > MOST_TEXT or "\0" in name or not (name.isascii() or _encodes(name)):
            return False
    return True


def _encodes(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def claim(cursor: Rows, business: int, batch: Sequence[Prepared]) -> dict[int, Held]:
    """Claim the references of a batch; for those held already, by place in it, by whom."""
    first: dict[tuple[str, str], Prepared] = {}
    for one in batch:
        if one.fact.reference:
            first.setdefault((one.fact.source, one.fact.reference), one)
    if not first:
        return {}
    table = [(*name, one.fact.customer, one.event, one.fingerprint) for name, one in first.items()]
    cursor.execute(_CLAIM, [business, *arrays.columns(_FORMS, table)], prepare=True)
    if cursor.rowcount == len(batch):
        return {}
    won = {event for (event,) in cursor.fetchall()}
    lost = [
        (place, one)
        for place, one in enumerate(batch)
        if one.fact.reference and one.event not in won
    ]
    return _held(cursor, business, lost)


def sign(business: int, signed: Collection[tuple[str, int, int]]) -> None:
    """Write down who handed events in that came under another source's reference.

    Each by the source that stands for the person (`counter:…`), customer and event. Such a line
    claims nothing: its fingerprint is 0, and the event stays known by its own reference.
    """
    if not signed:
        return
    sources, customers, events = (list(column) for column in zip(*signed, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_SIGN, [business, sources, customers, events])


def _held(cursor: Rows, business: int, lost: Sequence[tuple[int, Prepared]]) -> dict[int, Held]:
    cursor.execute(
        _HOLDERS,
        [
            arrays.texts([one.fact.source for _, one in lost]),
            arrays.texts([one.fact.reference for _, one in lost]),
            business,
        ],
    )
    holders = {
        (source, reference): (customer, event, fingerprint)
        for source, reference, customer, event, fingerprint in cursor
    }
    held = {}
    for place, one in lost:
        customer, event, fingerprint = holders[one.fact.source, one.fact.reference]
        same = customer == one.fact.customer and fingerprint == one.fingerprint
        if not same and _says(one, customer, fingerprint):
            same = _same_person(cursor, one.fact.customer, customer, event)
        held[place] = Held(customer, event, same)
    return held


def _says(one: Prepared, before: int, fingerprint: int) -> bool:
    """Whether the same was posted for somebody else."""
    return before != one.fact.customer and fingerprint == _fingerprint(
        one.fact, one.body.encode(), before
    )


def _same_person(cursor: Rows, customer: int, before: int, event: int) -> bool:
    """Whether the one an event was posted for is this customer, today or at that time."""
    today = survivors.of([before, customer])
    if today.get(before) == today.get(customer, 0):
        return True
    cursor.execute(_LED_ON, [customer, event, before])
    return cursor.rowcount > 0
