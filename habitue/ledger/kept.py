"""Sums of periods that are over, kept: a page that is opened again computes nothing.

Nothing that happens today changes a period that ended before. What does is marked by whoever posts
it (`ledger_late`): an event of an earlier day, an undo, two customers who become one person. Sums
that were kept before such a posting was visible do not hold any more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from django.db import connection

from habitue.ledger import database
from habitue.members.models import Business
from habitue.metrics.aggregates import whole
from habitue.metrics.lowerings import beside
from habitue.metrics.lowerings.state import State
from habitue.metrics.periods import Period

SETTLED: Final = timedelta(minutes=10)
"""After its last midnight a period is kept: until then yesterday's postings may still commit."""

FORGOTTEN: Final = timedelta(days=2)
"""After so long kept sums are worked out anew, and marks of late postings are not needed."""

PARTS: Final = frozenset({"people", "money"}) | beside.LINES
"""What only postings change: sums of people and money, and of the lines of purchases."""

_FIND: Final = """
SELECT rows::text FROM ledger_sums kept
WHERE business_id = %(business)s AND part = %(part)s AND since = %(since)s AND until = %(until)s
  AND days = %(days)s AND kept_at > %(forgotten)s AND NOT EXISTS (
    SELECT FROM ledger_late late
    WHERE late.business_id = %(business)s AND late.business_date < %(until)s
      AND NOT pg_visible_in_snapshot(late.xid, kept.snapshot))"""

_FIND_OF_DAY: Final = """
SELECT rows::text FROM ledger_sums
WHERE business_id = %(business)s AND part = %(part)s AND since = %(since)s AND until = %(until)s
  AND days = %(days)s AND kept_at > %(forgotten)s"""

_KEEP: Final = """
INSERT INTO ledger_sums (business_id, part, since, until, days, rows, snapshot, kept_at)
VALUES (%(business)s, %(part)s, %(since)s, %(until)s, %(days)s, %(rows)s, %(snapshot)s, %(now)s)
ON CONFLICT (business_id, part, since, until, days) DO UPDATE SET
    rows = excluded.rows, snapshot = excluded.snapshot, kept_at = excluded.kept_at"""


class Kept(State):
    """A business's history, whose sums of `PARTS` are kept once a period is over."""

    def __init__(self, business: Business, needs: Collection[str], *, now: datetime) -> None:
        super().__init__(database.query, business.pk, business.currency, needs)
        self._zone, self._now = ZoneInfo(business.timezone), now

    def ask(self, part: str, sql: str, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """The rows of a part, from what is kept where it holds."""
        if part not in PARTS or not self._over(values["until"]):
            return super().ask(part, sql, values)
        told = {**values, "part": part, "days": (values["since"] - values["start_since"]).days}

        def rows() -> bytes:
            found = super(Kept, self).ask(part, sql, values)
            return msgspec.json.encode([[_plain(cell) for cell in row] for row in found])

        kept = _once(told, rows, now=self._now)
        return msgspec.json.decode(kept, type=list[list[Any]])

    def _over(self, until: date) -> bool:
        return _settled(until, self._zone, self._now)


def page(
    business: Business,
    part: str,
    period: Period,
    make: Callable[[], bytes],
    *,
    now: datetime,
    of_day: bool = False,
    anew: bool = False,
) -> bytes:
    """What a page says of a period that is over, as JSON that `make` works out; kept like sums.

    `of_day`: it is what was so on a morning, whatever is posted into the past meanwhile. `anew`:
    what is kept is not looked at. What holds under another declared W is another thing.
    """
    if not _settled(period.until, ZoneInfo(business.timezone), now):
        return make()
    told = {
        "business": business.pk,
        "part": part,
        "since": period.since,
        "until": period.until,
        "days": business.window_days or 0,
    }
    return _once(told, make, now=now, find="" if anew else _FIND_OF_DAY if of_day else _FIND)


def _once(
    told: dict[str, Any], make: Callable[[], bytes], *, now: datetime, find: str = _FIND
) -> bytes:
    """What is kept, where it holds; else what is made now, to be kept from now on."""
    told |= {"now": now, "forgotten": now - FORGOTTEN}
    for (rows,) in database.query(find, told) if find else ():
        return str(rows).encode()
    ((snapshot,),) = database.query("SELECT pg_current_snapshot()::text", {})
    made = make()
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, told | {"rows": made.decode(), "snapshot": snapshot})
    return made


def _settled(until: date, zone: ZoneInfo, now: datetime) -> bool:
    """Whether a period is over, and yesterday's postings have committed."""
    return now >= datetime.combine(until, time(), zone) + SETTLED


def forget(*, now: datetime) -> None:
    """Delete kept sums that are too old, and the marks that no kept sums need."""
    with connection.cursor() as cursor:
        for table, moment in (("ledger_sums", "kept_at"), ("ledger_late", "posted_at")):
            cursor.execute(f"DELETE FROM {table} WHERE {moment} <= %s", [now - FORGOTTEN])


def _plain(cell: Any) -> Any:
    return cell if isinstance(cell, str) else whole(cell)
