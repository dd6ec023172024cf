"""Up to where a business's outbox has become messages, whatever the order of commits.

As the lake does it (decision 0075): each posting says by which transaction it was written, and what
a snapshot did not show is new. A window reaches from one snapshot (`since`) to a later one
(`until`) and is gone through by numbers (`after`), so that no transaction here grows long.

Transactions are numbered by one server. A database that was restored on another one carries numbers
that mean nothing there: `recover` takes what was not done yet by the numbers of the postings
themselves, and leaves everything up to `floor` alone from then on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from msgspec import Struct

MOST: Final = 5_000
"""Postings that are looked at in one go."""

STALE: Final = 500
"""Transactions after which the watermark of a quiet business moves on."""

LINEAGE: Final = """concat_ws('/', (SELECT system_identifier FROM pg_control_system()),
    (SELECT oid FROM pg_database WHERE datname = current_database()),
    left(pg_walfile_name(pg_current_wal_lsn()), 8))"""

_MARKS: Final = f"""
SELECT business_id, until <> '' OR lineage <> {LINEAGE},
    pg_snapshot_xmin(since::pg_snapshot)::text::bigint,
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint
FROM connectors_watermark"""

# The oldest transaction comes as a number, not as a subquery: so its index is used, and no other.
_NEWS: Final = """
WITH fresh AS MATERIALIZED (
    SELECT business_id, id, xid FROM ledger_outbox WHERE xid >= %(oldest)s::text::xid8
)
SELECT DISTINCT mark.business_id FROM connectors_watermark mark JOIN fresh USING (business_id)
WHERE NOT pg_visible_in_snapshot(fresh.xid, mark.since::pg_snapshot) AND fresh.id > mark.floor"""

_NOTICED: Final = """
SELECT DISTINCT business_id FROM connectors_notice
JOIN connectors_watermark USING (business_id)"""

_LOCK: Final = f"""
SELECT since, until, after, newest, floor, lineage = {LINEAGE},
    pg_snapshot_xmin(since::pg_snapshot)::text, pg_current_snapshot()::text
FROM connectors_watermark WHERE business_id = %s FOR UPDATE SKIP LOCKED"""

_WINDOW: Final = """
WITH fresh AS MATERIALIZED (
    SELECT id FROM ledger_outbox
    WHERE xid >= %(oldest)s::text::xid8
      AND NOT pg_visible_in_snapshot(xid, %(since)s::pg_snapshot)
      AND pg_visible_in_snapshot(xid, %(until)s::pg_snapshot)
      AND business_id + 0 = %(business)s AND id + 0 > %(after)s
)
SELECT posted.id, posted.posted_at, posted.customers, posted.events
FROM (SELECT id FROM fresh ORDER BY id LIMIT %(most)s) AS next JOIN ledger_outbox posted USING (id)
ORDER BY id"""

# One statement: what it shows and the snapshot that it answers are of the same moment.
_ALL_LEFT: Final = """
SELECT seen.snapshot, seen.foreign_until, posted.id, posted.posted_at, posted.customers,
    posted.events
FROM (
    SELECT pg_current_snapshot()::text AS snapshot, coalesce((
        SELECT max(id) FROM ledger_outbox
        WHERE business_id = %(business)s AND xid >= pg_snapshot_xmax(pg_current_snapshot())
    ), 0) AS foreign_until
) AS seen
LEFT JOIN ledger_outbox posted ON posted.business_id = %(business)s AND posted.id > %(floor)s
 AND (posted.id > %(newest)s OR NOT pg_visible_in_snapshot(posted.xid, %(since)s::pg_snapshot))
 AND NOT (%(until)s <> '' AND posted.id <= %(after)s
          AND pg_visible_in_snapshot(posted.xid, nullif(%(until)s, '')::pg_snapshot))
ORDER BY posted.id"""

_MOVE: Final = f"""
UPDATE connectors_watermark SET since = %(since)s, until = %(until)s, after = %(after)s,
    newest = greatest(newest, %(newest)s), floor = greatest(floor, %(floor)s), lineage = {LINEAGE}
WHERE business_id = %(business)s"""

_LOCK_QUIET: Final = f"""
SELECT business_id FROM connectors_watermark
WHERE business_id = ANY (%s) AND until = '' AND lineage = {LINEAGE}
ORDER BY business_id FOR UPDATE SKIP LOCKED"""

_PASS_ON: Final = """
WITH fresh AS MATERIALIZED (
    SELECT business_id, xid FROM ledger_outbox WHERE xid >= %(oldest)s::text::xid8
)
UPDATE connectors_watermark mark SET since = pg_current_snapshot()::text
WHERE mark.business_id = ANY (%(businesses)s) AND NOT EXISTS (
    SELECT FROM fresh WHERE fresh.business_id = mark.business_id
    AND NOT pg_visible_in_snapshot(fresh.xid, mark.since::pg_snapshot))"""

_SET: Final = f"""
INSERT INTO connectors_watermark (business_id, lineage, since, until, after, newest, floor)
SELECT %(business)s, {LINEAGE}, pg_current_snapshot()::text, '', 0, coalesce((
    SELECT id FROM ledger_outbox WHERE business_id = %(business)s ORDER BY id DESC LIMIT 1), 0), 0
ON CONFLICT DO NOTHING"""

_NEEDED: Final = f"""
SELECT business_id, CASE WHEN lineage = {LINEAGE}
    THEN pg_snapshot_xmin(since::pg_snapshot)::text::bigint ELSE 0 END
FROM connectors_watermark"""


class Posting(Struct, frozen=True):
    """A row of the outbox: the customers and events of one posting."""

    id: int
    at: datetime
    customers: list[int]
    events: list[int]


class Window(Struct, frozen=True):
    """The next postings of a business in their order; `whole`: nothing is left in the window."""

    postings: list[Posting]
    since: str
    until: str
    floor: int
    whole: bool

    def ends(self) -> dict[str, str | int]:
        """What the watermark says once these postings are done."""
        last = self.postings[-1].id if self.postings else 0
        newest = max((posting.id for posting in self.postings), default=0)
        if self.whole:
            found: dict[str, str | int] = {"since": self.until, "until": "", "after": 0}
        else:
            found = {"since": self.since, "until": self.until, "after": last}
        return {**found, "newest": newest, "floor": self.floor}


def begin(business: int) -> None:
    """From now on what is posted in this business becomes messages."""
    with connection.cursor() as cursor:
        cursor.execute(_SET, {"business": business})


def news() -> list[int]:
    """The businesses in which something waits to become messages; quiet ones move on meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(_MARKS)
        marks = cursor.fetchall()
        if not marks:
            return []
        oldest = min(seen for _, _, seen, _ in marks)
        cursor.execute(_NEWS, {"oldest": oldest})
        found = {business for (business,) in cursor.fetchall()}
        cursor.execute(_NOTICED)
        found |= {business for (business,) in cursor.fetchall()}
    found |= {business for business, open_, _, _ in marks if open_}
    quiet = [
        business
        for business, _, seen, newest in marks
        if business not in found and newest - seen > STALE
    ]
    if quiet:
        _pass_on(quiet, oldest)
    return sorted(found)


def take(business: int) -> Window | None:
    """Lock the watermark, in a transaction, and read on; None where another worker is at it."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [business])
        row = cursor.fetchone()
        if row is None:
            return None
        since, until, after, newest, floor, ours, oldest, current = row
        if not ours:
            return _recover(business, since, until, after, newest, floor)
        values = {
            "business": business,
            "oldest": oldest,
            "since": since,
            "until": until or current,
            "after": max(after, floor),
            "most": MOST,
        }
        cursor.execute(_WINDOW, values)
        postings = _read(cursor.fetchall())
    return Window(postings, since, until or current, floor, whole=len(postings) < MOST)


def move(business: int, window: Window) -> None:
    """Write down that a window's postings are done, in the transaction that did them."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, {"business": business, **window.ends()})


def needed_from() -> dict[int, int]:
    """For each business with endpoints: what its transactions from this number on wrote to the
    outbox may still be needed here. A business that is absent needs nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEEDED)
        return dict(cursor.fetchall())


def _recover(business: int, since: str, until: str, after: int, newest: int, floor: int) -> Window:
    """All that was not done when the database was on its former server, and what came since."""
    values: dict[str, int | str] = {
        "business": business,
        "since": since,
        "until": until,
        "after": after,
        "newest": newest,
        "floor": floor,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ALL_LEFT, values)
        found = cursor.fetchall()
    snapshot, foreign_until = found[0][:2]
    postings = _read([row[2:] for row in found if row[2] is not None])
    return Window(postings, snapshot, snapshot, max(floor, foreign_until), whole=True)


def _pass_on(businesses: Sequence[int], oldest: int) -> None:
    """Move the watermarks of businesses in which nothing happens, lest they look back for ever."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK_QUIET, [list(businesses)])
        # In the next statement: only now do the rows stand still.
        held = [business for (business,) in cursor.fetchall()]
        cursor.execute(_PASS_ON, {"businesses": held, "oldest": oldest})


def _read(rows: Sequence[tuple[Any, ...]]) -> list[Posting]:
    return [Posting(*row) for row in rows]
