"""What the pages read from the ledger's events: the newest, the week's number, one moment."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from msgspec import Struct

from habitue.members.models import Business

_NEWEST = """
SELECT event.at, event.kind, event.customer_id, customer.name
FROM ledger_event event JOIN members_customer customer ON customer.id = event.customer_id
WHERE event.business_id = %(business)s AND event.refusal IS NULL
ORDER BY event.id DESC LIMIT %(limit)s"""

_CAME = """
SELECT count(*), count(DISTINCT customer_id) FROM ledger_event
WHERE business_id = %(business)s AND at >= %(since)s AND refusal IS NULL
  AND kind IN ('purchase', 'visit')
  AND (customer_id, id) NOT IN (
    SELECT customer_id, (what->>'of')::bigint FROM ledger_event
    WHERE business_id = %(business)s AND at >= %(since)s AND kind = 'undo' AND refusal IS NULL)"""


class Happening(Struct, frozen=True):
    """One event that counted, and whose it was."""

    at: datetime
    kind: str
    customer: int
    name: str


def newest(business: Business, *, limit: int) -> list[Happening]:
    """The last events, newest first."""
    return [Happening(*row) for row in query(_NEWEST, {"business": business.pk, "limit": limit})]


def came(business: Business, *, since: datetime) -> tuple[int, int]:
    """Visits and purchases since a moment, and of how many people."""
    ((visits, people),) = query(_CAME, {"business": business.pk, "since": since})
    return visits, people


def moment_of(customer: int, event: int) -> datetime | None:
    """When an event happened."""
    rows = query(
        "SELECT at FROM ledger_event WHERE customer_id = %(customer)s AND id = %(event)s",
        {"customer": customer, "event": event},
    )
    return rows[0][0] if rows else None


def paid(customer: int, event: int) -> int:
    """What a payment with units was worth, in minor units, as the ledger accepted it."""
    rows = query(
        "SELECT (what->>'money')::bigint FROM ledger_event"
        " WHERE customer_id = %(customer)s AND id = %(event)s",
        {"customer": customer, "event": event},
    )
    return int(rows[0][0])


def newest_of(customer: int, kind: str) -> int | None:
    """The newest event of a kind that counted, by number."""
    rows = query(
        "SELECT max(id) FROM ledger_event"
        " WHERE customer_id = %(customer)s AND kind = %(kind)s AND refusal IS NULL",
        {"customer": customer, "kind": kind},
    )
    newest: int | None = rows[0][0]
    return newest


def of_demo() -> int:
    """How many events the demo has so far."""
    ((count,),) = query(
        "SELECT count(*) FROM ledger_event WHERE business_id IN"
        " (SELECT id FROM members_business WHERE is_demo)",
        {},
    )
    return int(count)


def query(sql: str, values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
    """All rows of one statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
