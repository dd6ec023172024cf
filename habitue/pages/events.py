"""What the pages read from the ledger's events: the newest, the week's number, one moment."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext_lazy
from msgspec import Struct

from habitue.members.models import Business
from habitue.metrics.lowerings import moves

_LOOKED: Final = 5
"""Times as many events are looked at as shown: some were refused, some are of who is gone."""

# Every posting has events: the newest of them are among those of as many postings.
_NEWEST = """
SELECT event.at, event.kind, event.customer_id, customer.name
FROM (
    SELECT unnest(customers) AS customer_id, unnest(events) AS id
    FROM (SELECT customers, events FROM ledger_outbox WHERE business_id = %(business)s
          ORDER BY id DESC LIMIT %(looked)s) AS posted
    ORDER BY id DESC LIMIT %(looked)s) AS newest
JOIN ledger_event event ON event.customer_id = newest.customer_id AND event.id = newest.id
    AND event.refusal IS NULL
JOIN members_customer customer ON customer.id = event.customer_id
    AND customer.erased_at IS NULL AND customer.binned_at IS NULL
ORDER BY event.id DESC LIMIT %(limit)s"""

_CAME: Final = f"""
SELECT coalesce(sum(visits), 0), count(*) FROM (
    SELECT sum(sign) AS visits FROM ({moves.came("since")}) AS came
    GROUP BY customer_id HAVING sum(sign) > 0) AS person"""

TITLES: Final = {
    "purchase": gettext_lazy("Purchase"),
    "visit": gettext_lazy("Stamped"),
    "enrolment": gettext_lazy("Joined"),
    "redemption": gettext_lazy("Took a reward"),
    "voucher_use": gettext_lazy("Took a reward"),
    "undo": gettext_lazy("Undone"),
    "refund": gettext_lazy("Brought back"),
    "birthday": gettext_lazy("Birthday"),
    "adjustment": gettext_lazy("Corrected by hand"),
    "action": gettext_lazy("Took part"),
    "payment": gettext_lazy("Paid with units"),
    "benefit_use": gettext_lazy("Used a benefit"),
    "fee_paid": gettext_lazy("Membership paid"),
    "fee_failed": gettext_lazy("Payment of the membership failed"),
    "fee_refunded": gettext_lazy("Membership given back"),
    "cancellation": gettext_lazy("Ended the membership"),
    "transfer": gettext_lazy("Gave units"),
    "receipt": gettext_lazy("Received units"),
    "merge": gettext_lazy("Same person as another customer"),
    "merged": gettext_lazy("Same person as another customer"),
    "won": gettext_lazy("Won in a draw"),
    "anniversary": gettext_lazy("A year of membership"),
    "date": gettext_lazy("A special day"),
    "approval": gettext_lazy("Approved"),
    "segments": gettext_lazy("Looked at anew"),
    "passage": gettext_lazy("Time passed"),
}
"""Each kind of event in a word or two."""


class Happening(Struct, frozen=True):
    """One event that counted, and whose it was."""

    at: datetime
    kind: str
    customer: int
    name: str


def newest(business: Business, *, limit: int) -> list[Happening]:
    """The last events, newest first, without what was refused and whoever was erased or binned."""
    values = {"business": business.pk, "limit": limit, "looked": _LOOKED * limit}
    return [Happening(*row) for row in query(_NEWEST, values)]


def title(kind: str) -> str:
    """A kind of event, as people call it."""
    return str(TITLES.get(kind, kind))


def came(business: Business, *, since: date, until: date) -> tuple[int, int]:
    """Visits and purchases on days from `since` up to, and without, `until`; of how many people."""
    values = {"business": business.pk, "since": since, "until": until}
    ((visits, people),) = query(_CAME, values)
    return int(visits), people


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
