"""Messages that wait: claimed when they are due, and what came of each attempt written down.

A claim is a lease: `due_at` moves ahead by `LEASE`, so whoever is killed in between loses nothing;
another worker finds the message due again. Of one customer at one endpoint only the first waiting
message is tried; the others are put off to its moment, and the next is due once it has settled.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from msgspec import Struct

from habitue.connectors.models import Attempt, Endpoint, Message
from habitue.connectors.webhooks import delivering, pausing, retrying
from habitue.connectors.webhooks.delivering import Letter, Outcome

LEASE: Final = timedelta(seconds=90)
"""Longer than an attempt can take, its name resolved slowly."""

AT_ONCE: Final = 8
"""Attempts at one endpoint at the same time; one at an endpoint whose last attempt failed."""

_PUT_OFF: Final = timedelta(seconds=1)

# As many candidates as may be tried, and some more: of those that must wait for another one.
_LOCK_DUE: Final = """
SELECT due.id, endpoint.id, endpoint.url, endpoint.secret, endpoint.old_secret,
    endpoint.old_until > %(now)s, endpoint.failing_since IS NOT NULL, due.customer, due.body,
    due.attempts, due.first_at
FROM connectors_endpoint endpoint
LEFT JOIN unnest(%(endpoints)s::bigint[], %(counts)s::int[]) AS busy (endpoint_id, count)
    ON busy.endpoint_id = endpoint.id
CROSS JOIN LATERAL (
    SELECT greatest(0, CASE WHEN endpoint.failing_since IS NULL THEN %(most)s ELSE 1 END
                       - coalesce(busy.count, 0)) AS count
) AS room
CROSS JOIN LATERAL (
    SELECT * FROM connectors_message message
    WHERE message.endpoint_id = endpoint.id AND message.state = 'waiting'
      AND message.due_at <= %(now)s
    ORDER BY message.due_at, message.id
    LIMIT room.count * 8
    FOR UPDATE SKIP LOCKED
) AS due
WHERE endpoint.paused = ''
ORDER BY due.due_at, due.id"""

_BEFORE: Final = """
SELECT message.id, (
    SELECT earlier.due_at FROM connectors_message earlier
    WHERE earlier.endpoint_id = message.endpoint_id AND earlier.customer = message.customer
      AND earlier.state = 'waiting' AND earlier.id < message.id
    ORDER BY earlier.id DESC LIMIT 1)
FROM connectors_message message WHERE message.id = ANY (%s)"""

_TAKE: Final = """
UPDATE connectors_message SET due_at = %s, first_at = coalesce(first_at, %s)
WHERE id = ANY (%s)"""

_WAIT: Final = """
UPDATE connectors_message message SET due_at = later.at
FROM unnest(%s::bigint[], %s::timestamptz[]) AS later (id, at) WHERE message.id = later.id"""

_HOLD: Final = """
SELECT id, attempts, first_at FROM connectors_message
WHERE id = ANY (%s) AND state = 'waiting' ORDER BY id FOR UPDATE"""

_THERE: Final = "SELECT id FROM connectors_message WHERE id = ANY (%s) ORDER BY id FOR KEY SHARE"

_SETTLE: Final = """
UPDATE connectors_message message
SET state = said.state, attempts = said.attempts, due_at = said.due_at
FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::timestamptz[])
    AS said (id, state, attempts, due_at)
WHERE message.id = said.id"""

_NEXT: Final = """
UPDATE connectors_message SET due_at = %s WHERE id IN (
    SELECT (SELECT min(id) FROM connectors_message
            WHERE endpoint_id = settled.endpoint_id AND customer = settled.customer
              AND state = 'waiting')
    FROM unnest(%s::bigint[], %s::bigint[]) AS settled (endpoint_id, customer))"""

_HEALTH: Final = """
UPDATE connectors_endpoint endpoint SET
    failing_since = CASE WHEN seen.well THEN seen.since
                         ELSE coalesce(endpoint.failing_since, seen.since) END,
    failures = CASE WHEN seen.well THEN 0 ELSE endpoint.failures END + seen.failures
FROM unnest(%s::bigint[], %s::boolean[], %s::timestamptz[], %s::int[])
    AS seen (id, well, since, failures)
WHERE endpoint.id = seen.id
  AND (NOT seen.well OR seen.failures > 0 OR endpoint.failing_since IS NOT NULL)"""

Finished = Sequence[tuple[Letter, Outcome]]


class Seen(Struct):
    """What a batch of attempts showed of an endpoint: the failures since the last that arrived."""

    well: bool = False
    since: datetime | None = None
    failures: int = 0
    gone: bool = False


def claim(*, now: datetime, busy: Mapping[int, int], most: int, struggling: int) -> list[Letter]:
    """Messages to be tried now, at most so many; of endpoints that fail at most `struggling`.

    `busy`: how many attempts at each endpoint are under way here.
    """
    if most <= 0:
        return []
    values = {
        "now": now,
        "endpoints": list(busy),
        "counts": list(busy.values()),
        "most": AT_ONCE,
    }
    with transaction.atomic():
        found = _rows(_LOCK_DUE, values)
        if not found:
            return []
        # In the next statement: what settled while the rows were being locked is seen here.
        before = dict(_rows(_BEFORE, [[row[0] for row in found]]))
        letters = _chosen(found, before, busy, most, struggling)
        wait = {key: max(at, now + _PUT_OFF) for key, at in before.items() if at is not None}
        with connection.cursor() as cursor:
            if letters:
                cursor.execute(_TAKE, [now + LEASE, now, [one.number for one in letters]])
            if wait:
                cursor.execute(_WAIT, [list(wait), list(wait.values())])
    return letters


def record(
    finished: Finished, *, now: datetime, chance: Callable[[], float] = random.random
) -> None:
    """Write down what came of attempts: the log, what is tried again and when, who is paused.

    A message that is no longer there, or no longer waits, is left as it is.
    """
    if not finished:
        return
    with transaction.atomic():
        numbers = [letter.number for letter, _ in finished]
        held = {key: (tries, first) for key, tries, first in _rows(_HOLD, [numbers])}
        there = {key for (key,) in _rows(_THERE, [numbers])}
        Attempt.objects.bulk_create(
            Attempt(
                message_id=letter.number,
                at=outcome.at,
                status=outcome.status,
                milliseconds=outcome.milliseconds,
                answer=outcome.answer,
                error=outcome.error,
            )
            for letter, outcome in finished
            if letter.number in there
        )
        settled = _settle(finished, held, now, chance)
        _release(settled, now)
        _judge(finished, now)


def _chosen(
    found: Sequence[tuple[Any, ...]],
    before: Mapping[int, datetime | None],
    busy: Mapping[int, int],
    most: int,
    struggling: int,
) -> list[Letter]:
    """Those that wait for no other one, as many as may go to their endpoint and in all."""
    letters: list[Letter] = []
    going = defaultdict(int, busy)
    for row in found:
        number, endpoint, url, secret, old, both, failing, customer, body, attempts, first = row
        if len(letters) >= most or before[number] is not None:
            continue
        if going[endpoint] >= (1 if failing else AT_ONCE) or (failing and struggling <= 0):
            continue
        going[endpoint] += 1
        struggling -= failing
        secrets = (secret, old) if both and old else (secret,)
        letters.append(
            Letter(number, endpoint, customer, url, secrets, body, attempts, first, failing)
        )
    return letters


def _settle(
    finished: Finished,
    held: Mapping[int, tuple[int, datetime | None]],
    now: datetime,
    chance: Callable[[], float],
) -> list[Letter]:
    """Delivered, to be tried again, or given up; answers which of them wait no more."""
    rows: list[tuple[int, str, int, datetime]] = []
    settled = []
    for letter, outcome in finished:
        if letter.number not in held:
            continue
        before, first = held[letter.number]
        again = None
        if not outcome.arrived:
            again = retrying.next_at(before + 1, first=first or now, now=now, chance=chance())
        state = Message.State.WAITING if again else Message.State.FAILED
        if outcome.arrived:
            state = Message.State.DELIVERED
        rows.append((letter.number, state.value, before + 1, again or now))
        if again is None:
            settled.append(letter)
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_SETTLE, [list(column) for column in zip(*rows, strict=True)])
    return settled


def _release(settled: Iterable[Letter], now: datetime) -> None:
    """The next message of each customer is due."""
    pairs = {(one.endpoint, one.customer) for one in settled if one.customer is not None}
    if pairs:
        endpoints, customers = zip(*sorted(pairs), strict=True)
        with connection.cursor() as cursor:
            cursor.execute(_NEXT, [now, list(endpoints), list(customers)])


def _judge(finished: Finished, now: datetime) -> None:
    """What the attempts show of their endpoints; one that is gone, or fails for days, is paused."""
    seen: dict[int, Seen] = defaultdict(Seen)
    for letter, outcome in sorted(finished, key=lambda pair: pair[1].at):
        one = seen[letter.endpoint]
        if outcome.arrived:
            one.well, one.since, one.failures = True, None, 0
        else:
            one.since, one.failures = one.since or outcome.at, one.failures + 1
        one.gone |= outcome.status == delivering.GONE
    keys = sorted(seen)
    with connection.cursor() as cursor:
        values: list[Any] = [
            keys,
            [seen[key].well for key in keys],
            [seen[key].since for key in keys],
            [seen[key].failures for key in keys],
        ]
        cursor.execute(_HEALTH, values)
    for key in keys:
        if seen[key].gone:
            pausing.pause(key, Endpoint.Paused.GONE, at=now)
        elif not seen[key].well:
            pausing.look(key, now=now)


def _rows(query: str, values: Mapping[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
