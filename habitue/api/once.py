"""Idempotency: a key with a hash of the request, claimed in the transaction of what it does.

Whoever comes second waits for the first to commit, and is answered the same. A key that was used
for another request is refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from msgspec import json

from habitue.api import problems
from habitue.api.calls import Call
from habitue.api.problems import Problem
from habitue.api.replies import Reply
from habitue.members.erasing import Person

MOST_KEY: Final = 200
_KEY = re.compile(rf"[!-~]{{1,{MOST_KEY}}}")
KEPT: Final = timedelta(days=30)
"""For so long a request is answered again under its key."""

REPLAYED: Final = ("Idempotent-Replayed", "true")

_CLAIM = """
INSERT INTO api_keptanswer (business_id, whose, key, said, status, body, kept_at)
SELECT business, whose, key, said, 0, ''::bytea, %s
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bytea[])
    AS claim (business, whose, key, said)
ORDER BY business, whose, key
ON CONFLICT DO NOTHING
RETURNING business_id, whose, key"""

_HELD = """
SELECT held.business_id, held.whose, held.key, held.said, held.status, held.body
FROM api_keptanswer held
JOIN unnest(%s::bigint[], %s::text[], %s::text[]) AS asked (business_id, whose, key)
USING (business_id, whose, key)"""

_KEEP = """
UPDATE api_keptanswer held SET status = answered.status, body = answered.body
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::smallint[], %s::bytea[])
    AS answered (business_id, whose, key, status, body)
WHERE (held.business_id, held.whose, held.key)
    = (answered.business_id, answered.whose, answered.key)"""

_RELEASE = """
DELETE FROM api_keptanswer WHERE (business_id, whose, key) IN (
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[]))"""

_FORGET = """
WITH telling AS (
    SELECT held.id,
        EXISTS (SELECT FROM unnest(%(told)s::text[]) AS one (text)
            WHERE strpos(lower(held.key), text) > 0) AS named
    FROM api_keptanswer held
    WHERE held.business_id = %(business)s AND EXISTS (
        SELECT FROM unnest(%(told)s::text[]) AS one (text)
        WHERE strpos(lower(convert_from(held.body, 'UTF8')), text) > 0
            OR strpos(lower(held.key), text) > 0)
)
UPDATE api_keptanswer held
SET status = 409, body = %(body)s,
    key = CASE WHEN telling.named THEN 'erased:' || held.id ELSE held.key END
FROM telling WHERE held.id = telling.id"""

Name = tuple[int, str, str]


def said(method: str, path: str, query: str, body: Any) -> bytes:
    """A hash of a request: what it means, not how its JSON was spaced."""
    hashed = hashlib.blake2b(f"{method} {path}?{query}\n".encode(), digest_size=16)
    hashed.update(json.encode(body, order="deterministic"))
    return hashed.digest()


def key(headers: Mapping[str, str]) -> str:
    """The idempotency key of a request, "" without one; 400 for what can be none."""
    given = headers.get("IDEMPOTENCY_KEY")
    if given is None:
        return ""
    if not _KEY.fullmatch(given):
        raise Problem(
            400, "key", f"An Idempotency-Key has 1 to {MOST_KEY} letters, digits, signs of ASCII."
        )
    return given


def claim(calls: Sequence[Call], *, now: datetime) -> dict[Name, Reply | Problem]:
    """Claim the keys of calls, each another; what is answered already, by name.

    Runs inside the transaction in which the calls are done. Waits for whoever is at work under
    one of the keys.
    """
    asked = {name(call): call for call in calls}
    assert len(asked) == len(calls), "two calls under one key are not done together"
    parts = [list(part) for part in zip(*asked, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [now, *parts, [call.said for call in calls]])
        ours = set(cursor.fetchall())
        if len(ours) == len(asked):
            return {}
        others = [list(part) for part in zip(*(asked.keys() - ours), strict=True)]
        cursor.execute(_HELD, others)
        held = cursor.fetchall()
    return {
        (business, whose, key): _again(before, asked[(business, whose, key)], status, body)
        for business, whose, key, before, status, body in held
    }


def keep(answers: Mapping[Name, Reply]) -> None:
    """Keep what the claimed calls are answered."""
    if not answers:
        return
    names = [list(part) for part in zip(*answers, strict=True)]
    replies = list(answers.values())
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP, [*names, [one.status for one in replies], [one.body for one in replies]]
        )


def release(names: Sequence[Name]) -> None:
    """Give back the claims of calls that did nothing, so that they can be asked again."""
    if not names:
        return
    with connection.cursor() as cursor:
        parts = [list(part) for part in zip(*names, strict=True)]
        cursor.execute(_RELEASE, parts)


def name(call: Call) -> Name:
    """Under which name a call's answer is kept."""
    return call.caller.business, call.whose, call.key


def forget(*, before: datetime) -> int:
    """Forget the answers that had been kept long enough at an instant; how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM api_keptanswer WHERE kept_at <= %s", [before - KEPT])
        return int(cursor.rowcount)


def forget_person(person: Person) -> None:
    """What was answered about somebody erased is told nobody again; the keys stay used."""
    told = [f'"{customer}"' for customer in person.customers]
    told += [json.encode(one).decode()[1:-1].lower() for one in person.known.telling]
    body = problems.reply(Problem(409, "erased", "This was about somebody who was erased.")).body
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"business": person.business, "told": told, "body": body})


def _again(before: bytes, call: Call, status: int, body: bytes) -> Reply | Problem:
    if bytes(before) != call.said:
        return Problem(
            422,
            "key_reused",
            "This Idempotency-Key was used for another request. Use a new key for a new request.",
        )
    media = "application/json" if status < 400 else problems.MEDIA
    return Reply(status, bytes(body), media, (REPLAYED,))
