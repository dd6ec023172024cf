"""What has to be copied again since a copy was made, in spite of whoever writes at the same time.

Ids are given before commits, and commits come in any order: "everything after the last id" loses
what was slow. So every posting says in the outbox by which transaction it was written, and what a
copy's snapshot did not see yet is new: neither more nor less.

An undo touches the month of what it undoes; two customers who became one person (or two again)
touch every month of the one who went over, and of whoever had gone over into that one before.
"""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Final

from msgspec import Struct

from habitue.lake.layout import Position
from habitue.lake.snapshots import Snapshot

KINDS: Final = {
    "order_lines": ("purchase", "visit"),
    "refunds": ("refund",),
    "actions": ("action", "redemption", "voucher_use"),
}
"""From which events the tables by month are made; answers are no events."""

# A server that was restored or promoted has a timeline, or an identifier, of its own.
_POSITION: Final = """
SELECT pg_current_snapshot()::text,
    concat_ws('/', (SELECT system_identifier FROM pg_control_system()),
        (SELECT oid FROM pg_database WHERE datname = current_database()),
        left(pg_walfile_name(pg_current_wal_lsn()), 8)),
    coalesce((SELECT id FROM ledger_outbox WHERE xid IS NOT NULL
              ORDER BY xid DESC, id DESC LIMIT 1), 0),
    (SELECT string_agg(relname || pg_get_viewdef(oid), '' ORDER BY relname) FROM pg_class
     WHERE relkind = 'v' AND relname LIKE 'canonical\\_%'
       AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()))"""

_KNOWS: Final = """
SELECT {anchor} = 0 OR EXISTS (SELECT FROM ledger_outbox WHERE id = {anchor})"""

_ALL: Final = """
SELECT DISTINCT kind, date_trunc('month', business_date::timestamp)::date
FROM ledger_event
WHERE business_id = {business} AND refusal IS NULL AND kind IN ({kinds})"""

_SINCE: Final = """
WITH RECURSIVE posted AS (
    SELECT unnest(customers) AS customer_id, unnest(events) AS id
    FROM ledger_outbox
    WHERE business_id = {business} AND xid >= pg_snapshot_xmin('{snapshot}'::pg_snapshot)
      AND NOT pg_visible_in_snapshot(xid, '{snapshot}'::pg_snapshot)
), happened AS MATERIALIZED (
    SELECT event.customer_id, event.kind, event.business_date,
        CASE WHEN event.kind = 'undo' THEN (event.what->>'of')::bigint END AS of
    FROM posted JOIN ledger_event event USING (customer_id, id)
    WHERE event.refusal IS NULL
), undone AS MATERIALIZED (
    SELECT target.customer_id, target.id, target.kind, target.business_date
    FROM happened JOIN ledger_event target
        ON target.customer_id = happened.customer_id AND target.id = happened.of
), went AS (
    SELECT customer_id FROM happened WHERE kind = 'merge'
    UNION
    SELECT customer_id FROM undone WHERE kind = 'merge'
    UNION
    SELECT before.id FROM went
    JOIN members_customer before ON before.merged_into_id = went.customer_id
), touched AS (
    SELECT kind, business_date FROM happened
    UNION ALL
    SELECT kind, business_date FROM undone
    UNION ALL
    SELECT refund.kind, refund.business_date FROM undone JOIN ledger_event refund
        ON refund.customer_id = undone.customer_id AND refund.kind = 'refund'
       AND (refund.what->>'of')::bigint = undone.id
    UNION ALL
    SELECT event.kind, event.business_date FROM went JOIN ledger_event event USING (customer_id)
)
SELECT DISTINCT kind, date_trunc('month', business_date::timestamp)::date FROM touched
WHERE kind IN ({kinds})"""

_ANSWERED: Final = """
SELECT DISTINCT date_trunc('month', answered_on::timestamp)::date
FROM members_answer WHERE business_id = {business}"""


class Changes(Struct, frozen=True):
    """By table, the months (their first days) that must be copied; the others stay as they are,
    unless the table is copied `afresh`: then there are no others.
    """

    months: dict[str, set[date]]
    afresh: frozenset[str]


def position(snapshot: Snapshot) -> Position:
    """The state that is being read."""
    ((seen, lineage, anchor, views),) = snapshot.rows(_POSITION)
    return Position(lineage, seen, anchor, sha256(views.encode()).hexdigest()[:16])


def find(snapshot: Snapshot, business: int, since: Position | None, until: Position) -> Changes:
    """The months whose rows may differ from those of a copy made at `since`; all of them where the
    copy is of another server or another meaning.
    """
    kinds = ", ".join(f"'{kind}'" for group in KINDS.values() for kind in group)
    # Answers are few and may be forgotten again: they are all copied, every time.
    afresh = frozenset({"responses"})
    if since is not None and _follows(snapshot, since, until):
        query = _SINCE.format(business=business, snapshot=since.snapshot, kinds=kinds)
    else:
        query = _ALL.format(business=business, kinds=kinds)
        afresh |= KINDS.keys()
    months: dict[str, set[date]] = {table: set() for table in KINDS}
    for kind, month in snapshot.rows(query):
        table = next(table for table, group in KINDS.items() if kind in group)
        months[table].add(month)
    answered = snapshot.rows(_ANSWERED.format(business=business))
    return Changes({**months, "responses": {month for (month,) in answered}}, afresh)


def _follows(snapshot: Snapshot, since: Position, until: Position) -> bool:
    """Whether the database has only gone on since: it was not restored, its views mean the same,
    and its outbox still holds everything since then.
    """
    if (since.lineage, since.shape) != (until.lineage, until.shape):
        return False
    ((knows,),) = snapshot.rows(_KNOWS.format(anchor=since.anchor))
    return bool(knows)
