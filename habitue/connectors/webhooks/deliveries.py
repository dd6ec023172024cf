"""The log of an endpoint: its messages with what became of them, and sending them again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from habitue.connectors.models import Attempt, Endpoint, Message
from habitue.connectors.webhooks import endpoints
from habitue.members import ids, journal
from habitue.members.models import Staff

KEPT: Final = timedelta(days=30)
"""After that, a message and its attempts are pruned, whatever became of it."""

PAGE: Final = 50
_BATCH: Final = 10_000

_AGAIN: Final = """
UPDATE connectors_message SET state = 'waiting', due_at = %s, attempts = 0, first_at = NULL
WHERE endpoint_id = %s AND state <> 'waiting' AND id >= %s AND id <= %s"""

_PRUNE: Final = """
WITH old AS (
    SELECT id FROM connectors_message WHERE id < %s ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
), forgotten AS (
    DELETE FROM connectors_attempt WHERE message_id IN (SELECT id FROM old)
)
SELECT id FROM old"""


def listed(
    endpoint: Endpoint,
    *,
    state: str = "",
    type: str = "",
    before: int | None = None,
    limit: int = PAGE,
) -> list[Message]:
    """Messages, the newest first, some of them by `state` or `type`; `before` to page on."""
    found = Message.objects.filter(endpoint=endpoint).order_by("-pk")
    if state:
        found = found.filter(state=state)
    if type:
        found = found.filter(type=type)
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found[:limit])


def find(endpoint: Endpoint, *, key: int) -> Message | None:
    """A message of this endpoint; another's does not exist."""
    return Message.objects.filter(endpoint=endpoint, pk=key).first()


def attempts(message: Message) -> list[Attempt]:
    """How a message was tried, the newest first."""
    return list(message.tried.order_by("-at", "-pk"))


def replay(message: Message, *, by: Staff | None, at: datetime) -> bool:
    """Send a message once more, the same under the same id; False where it waits already."""
    return _again(message.endpoint, message.pk, message.pk, {"message": message.pk}, by, at) > 0


def replay_since(endpoint: Endpoint, *, since: datetime, by: Staff | None, at: datetime) -> int:
    """Send everything made since then once more, in its order; answers how many messages."""
    what: dict[str, str | int] = {"since": since.isoformat()}
    return _again(endpoint, first_of(since), 2**63 - 1, what, by, at)


def first_of(moment: datetime) -> int:
    """Below every number that was made from this moment on."""
    nanoseconds = int(moment.timestamp() * 1000) * 10**6 - ids.EPOCH_NS
    return max(0, nanoseconds // 10**6) << 22


def prune(*, now: datetime) -> int:
    """Delete what has been kept for long enough; answers how many messages."""
    count = 0
    bound = first_of(now - KEPT)
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_PRUNE, [bound, _BATCH])
            old = [key for (key,) in cursor.fetchall()]
            cursor.execute("DELETE FROM connectors_message WHERE id = ANY (%s)", [old])
        count += len(old)
        if len(old) < _BATCH:
            return count


def _again(
    endpoint: Endpoint,
    first: int,
    last: int,
    what: dict[str, str | int],
    by: Staff | None,
    at: datetime,
) -> int:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_AGAIN, [at, endpoint.pk, first, last])
            count = int(cursor.rowcount)
        if count:
            said: dict[str, str | int] = {
                "did": "replayed",
                "host": endpoints.host(endpoint),
                "endpoint": endpoint.pk,
                "messages": count,
                **what,
            }
            journal.write(endpoint.business, "webhook", at=at, staff=by, what=said)
    return count
