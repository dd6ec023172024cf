"""Bringing a lake up to date: exactly once, whatever is killed and whoever writes meanwhile.

1. One refresh at a time holds the lake's lock.
2. A business is read in one snapshot: what has changed since its manifest, month by month.
3. Files are written and on disk before the new manifest names them; the old ones stay as they are.
4. The manifest is replaced, all at once: from then on the new state counts.
5. What nobody names any more is removed.

Whoever dies before step 4 has changed nothing that counts; the next refresh begins at 2.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Final

from msgspec import Struct

from habitue.lake import changes, columns, layout, snapshots
from habitue.lake.layout import WHOLE, File, Manifest
from habitue.lake.snapshots import Snapshot
from habitue.metrics import tables

ORDER: Final = {
    "customers": "customer",
    "order_lines": 'customer, "order", line',
    "refunds": "customer, refund",
    "memberships": "customer, since, until, ended_on",
    "responses": "customer, response",
    "actions": 'customer, "on", name, quantity',
}
"""In which order rows are written: one customer's lie together, and the same rows make the same
file.
"""

Tell = Callable[[int, int], None]
"""Told how many months are done, and of how many."""


class Busy(Exception):
    """Another refresh of the same lake is running."""


class Copied(Struct, frozen=True):
    """What one business's refresh wrote."""

    business: int
    files: int
    rows: int


def refresh(
    businesses: Sequence[int], folder: Path, *, now: datetime, tell: Tell | None = None
) -> list[Copied]:
    """Copy what has changed of these businesses since they were copied last.

    Raises `Busy` when another refresh of this lake is running.
    """
    with _alone(folder):
        return [_one(business, folder, now, tell) for business in sorted(businesses)]


def _one(business: int, folder: Path, now: datetime, tell: Tell | None) -> Copied:
    before = _before(folder, business)
    copied: dict[str, dict[str, File]] = {}
    new: list[File] = []
    with snapshots.snapshot() as snapshot:
        position = changes.position(snapshot)
        found = changes.find(snapshot, business, before.position if before else None, position)
        found = _mended(folder, before, found)
        planned = sum(len(found.months.get(table, [WHOLE])) for table in tables.TABLES)
        for table in tables.TABLES:
            kept = _kept(before, found, table)
            fresh = {}
            for month, file in _write(snapshot, folder, business, table, found):
                fresh[month] = file
                new.append(file)
                if tell is not None:
                    tell(len(new), planned)
            copied[table] = kept | fresh or _empty(folder, business, table)
    retired = _retired(before, copied, now)
    manifest = Manifest(
        business=business, as_of=now, position=position, tables=copied, retired=retired
    )
    layout.publish(folder, manifest)
    layout.clear(folder, manifest)
    return Copied(business, len(new), sum(file.rows for file in new))


def _before(folder: Path, business: int) -> Manifest | None:
    """What the last refresh left; a manifest that somebody damaged counts as none."""
    try:
        return layout.read(folder, business)
    except layout.Unreadable:
        return None


def _mended(folder: Path, before: Manifest | None, found: changes.Changes) -> changes.Changes:
    """With the months whose files somebody removed or cut off: these are copied again as well."""
    if before is None:
        return found
    months = {table: set(those) for table, those in found.months.items()}
    for table in months:
        months[table] |= {
            date.fromisoformat(f"{month}-01")
            for month, file in before.tables[table].items()
            if month != WHOLE and not layout.sound(folder, file)
        }
    return changes.Changes(months, found.afresh)


def _write(
    snapshot: Snapshot, folder: Path, business: int, table: str, found: changes.Changes
) -> Iterator[tuple[str, File]]:
    """A table whole, or in its changed months; a month without rows gets no file."""
    query = _query(table, business)
    if table in tables.MONTHLY:
        if not found.months[table]:
            return
        query = _query(table, business, _stretches(found.months[table]))
    yield from columns.write(folder, table, business, snapshot.batches(query))


def _stretches(months: set[date]) -> list[tuple[date, date]]:
    """Months that follow each other, put together: [first day, day after the last)."""
    found: list[tuple[date, date]] = []
    for month in sorted(months):
        joins = bool(found) and found[-1][1] == month
        since = found.pop()[0] if joins else month
        found.append((since, _next(month)))
    return found


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _query(table: str, business: int, stretches: Sequence[tuple[date, date]] = ()) -> str:
    """A table's rows in one pass, whatever the months are; month after month."""
    names = ", ".join(f'"{name}"' for name in tables.TABLES[table].__struct_fields__)
    query = f"SELECT {names} FROM canonical_{table} WHERE business = {business}"
    if not stretches:
        return f"{query} ORDER BY {ORDER[table]}"
    day = f'"{tables.MONTHLY[table]}"'
    within = " OR ".join(f"{day} >= '{since}' AND {day} < '{end}'" for since, end in stretches)
    month = f"date_trunc('month', {day}::timestamp)"
    return f"{query} AND ({within}) ORDER BY {month}, {ORDER[table]}"


def _kept(before: Manifest | None, found: changes.Changes, table: str) -> dict[str, File]:
    """The files of a table that stay."""
    if before is None or table not in tables.MONTHLY or table in found.afresh:
        return {}
    again = {f"{month:%Y-%m}" for month in found.months[table]} | {WHOLE}
    return {month: file for month, file in before.tables[table].items() if month not in again}


def _empty(folder: Path, business: int, table: str) -> dict[str, File]:
    """A file without rows, so that every table can be read."""
    return {WHOLE: columns.Draft(folder, table, business, WHOLE).finish()}


def _retired(
    before: Manifest | None, copied: dict[str, dict[str, File]], now: datetime
) -> dict[str, datetime]:
    """The files that were replaced now, or not long ago."""
    if before is None:
        return {}
    named = {file.path for months in copied.values() for file in months.values()}
    was = {file.path: now for months in before.tables.values() for file in months.values()}
    return {
        path: since
        for path, since in (was | before.retired).items()
        if path not in named and since > now - layout.GRACE
    }


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the lake's lock, which the kernel releases when its holder dies."""
    layout.make(folder)
    file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Busy(f"Another refresh of {folder} is running; try again when it is done.") from None
    else:
        yield
    finally:
        os.close(file)
