"""What has been posted, for those who react to it: it goes once nobody needs it any more.

Who reads it says from which transaction on (the lake, webhooks: the site asks them). The newest of
a business stay whatever their age, for whoever shows what happened last.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

KEPT: Final = timedelta(days=30)
"""How long postings stay at least."""

NEWEST: Final = 200
"""So many of the newest postings of a business stay."""

_SOME: Final = 5_000

_OLD: Final = """
DELETE FROM ledger_outbox WHERE id IN (
    SELECT id FROM ledger_outbox
    WHERE business_id = %(business)s AND posted_at < %(before)s AND id <> ALL (%(stay)s)
        AND (%(from)s::bigint IS NULL OR xid < %(from)s::text::xid8)
        AND id < (SELECT coalesce(min(id), 0) FROM (
            SELECT id FROM ledger_outbox WHERE business_id = %(business)s
            ORDER BY id DESC LIMIT %(newest)s) AS newest)
    ORDER BY id LIMIT %(some)s)"""


def prune(
    business: int, *, now: datetime, needed_from: int | None = None, stay: Collection[int] = ()
) -> int:
    """Delete old postings of a business, some at a time; how many.

    What transactions from number `needed_from` on wrote is needed still (None: nothing is), and so
    are the postings numbered `stay`.
    """
    values: dict[str, int | datetime | list[int] | None] = {
        "business": business,
        "before": now - KEPT,
        "stay": list(stay),
        "from": needed_from,
        "newest": NEWEST,
        "some": _SOME,
    }
    pruned, more = 0, _SOME
    while more == _SOME:
        with connection.cursor() as cursor:
            cursor.execute(_OLD, values)
            more = cursor.rowcount
        pruned += more
    return pruned
