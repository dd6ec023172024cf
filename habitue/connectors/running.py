"""What the worker does for an import: looks at the file, brings its rows in, takes them back.

Each of the three may be killed at any moment and run again: what was done is found done.
"""

from __future__ import annotations

import csv
import os
from datetime import UTC, datetime
from typing import Final

import msgspec
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from habitue import ledger
from habitue.connectors import (
    answers,
    balances,
    carrying,
    changes,
    checking,
    gathering,
    imports,
    opening,
    people,
    purchases,
    reading,
    reconciling,
    recording,
    rejects,
    text,
    undoing,
    uploads,
)
from habitue.connectors.models import Import
from habitue.connectors.reading import Shape
from habitue.connectors.rejects import Rejects
from habitue.connectors.table import Rejected, Row, Tell
from habitue.ledger import database
from habitue.members import journal
from habitue.members.models import Business, Staff

TASK: Final = "habitue.site.tasks.import_file"
SMALL: Final = 2_000
"""Rows that are looked at while the page waits."""

State = Import.State
_AT_WORK: Final = (State.RUNNING, State.UNDOING)


class Counts(msgspec.Struct, kw_only=True):
    """What became of the rows, and of the undo: new + updated + there + rejected = rows.

    `people`: customers that purchases made. Of an undo: `back` rows taken back, `left` rows or
    customers that stayed, because something else happened to them since.
    """

    rows: int = 0
    new: int = 0
    updated: int = 0
    there: int = 0
    rejected: int = 0
    empty: int = 0
    people: int = 0
    agreed: int = 0
    unknown: int = 0
    back: int = 0
    left: int = 0


class Busy(Exception):
    """Another import of this business is at work."""


def look(one: Import) -> None:
    """Look at the whole file: at once if it is small, else by the worker."""
    one.state, one.failed, one.done, one.found = State.CHECKING, False, 0, None
    one.save()
    if one.rows <= SMALL:
        run(one.pk)
        one.refresh_from_db()
    else:
        _queue(one)


def start(one: Import, staff: Staff | None, *, at_once: bool = False) -> None:
    """Have the rows brought in: by the worker, or `at_once` by whoever asks."""
    moved = _begin(one, State.CHECKED, State.RUNNING, staff)
    if moved and at_once:
        run(one.pk)
    elif moved:
        _queue(one)


def undo(one: Import, staff: Staff | None) -> None:
    """Have everything taken back, within `uploads.UNDO_WITHIN` of its end."""
    if _begin(one, State.FINISHED, State.UNDOING, staff):
        _queue(one)


def again(one: Import) -> None:
    """Try once more what the worker gave up."""
    Import.objects.filter(pk=one.pk).update(failed=False)
    _queue(one)


def may_be_undone(one: Import, *, now: datetime) -> bool:
    """Whether there is still time."""
    if one.state != State.FINISHED or one.finished_at is None:
        return False
    return now < one.finished_at + uploads.UNDO_WITHIN


def counts(one: Import) -> Counts:
    """What became of the rows."""
    return msgspec.convert(one.counts, Counts)


def sheet(one: Import) -> reconciling.Sheet | None:
    """What became of every unit, of balances that are in."""
    return msgspec.convert(one.sheet, reconciling.Sheet) if one.sheet else None


def run(key: int) -> None:
    """The worker's part; an import that is gone, or done, is left alone."""
    one = Import.objects.select_related("business").filter(pk=key).first()
    if one is None:
        return
    well = False
    try:
        match one.state:
            case State.CHECKING:
                _check(one)
            case State.RUNNING:
                _run(one)
            case State.UNDOING:
                _undo(one)
        well = True
    finally:  # whatever it was goes on to the log; the page says that it ended badly
        if not well:
            Import.objects.filter(pk=key).update(failed=True)


def _begin(one: Import, before: str, after: str, staff: Staff | None) -> bool:
    """Move an import to its next state, unless somebody did; one of a business is at work."""
    with transaction.atomic():
        Business.objects.select_for_update().get(pk=one.business_id)
        mine = Import.objects.filter(business=one.business_id)
        if mine.filter(state__in=_AT_WORK).exclude(pk=one.pk).exists():
            raise Busy
        now = timezone.now()
        mine = mine.filter(pk=one.pk, state=before)
        if after == State.RUNNING:
            moved = mine.update(state=after, failed=False, done=0, started_at=now, staff=staff)
        else:
            moved = mine.update(state=after, failed=False, done=0)
        if moved and after == State.UNDOING:
            what: dict[str, str | int] = {"what": one.what, "rows": one.rows}
            journal.write(one.business, "import-undo", at=now, staff=staff, what=what)
    return bool(moved)


def _queue(one: Import) -> None:
    # Queued after the row can be seen; the lock makes asking twice harmless.
    try:
        with transaction.atomic():
            app.configure_task(TASK, queueing_lock=f"import {one.pk}").defer(key=one.pk)
    except AlreadyEnqueued:
        return


class _Progress:
    """Notes how far an import is, by whole percents."""

    def __init__(self, one: Import, total: int) -> None:
        self.one = one
        self.total = max(total, 1)
        self.rows = 0

    def tell(self, rows: int) -> None:
        """So many more rows are done."""
        self.rows += rows
        percent = min(99, 100 * self.rows // self.total)
        if percent > self.one.done:
            self.one.done = percent
            Import.objects.filter(pk=self.one.pk).update(done=percent)


def _check(one: Import) -> None:
    found = checking.check(one, now=datetime.now(UTC), tell=_Progress(one, one.rows).tell)
    kept = msgspec.to_builtins(found)
    mine = Import.objects.filter(pk=one.pk, state=State.CHECKING)
    mine.update(state=State.CHECKED, found=kept, rows=found.rows, done=100)


def _run(one: Import) -> None:
    """Bring the rows in; those of a run that was killed count as of this one."""
    keeper = changes.Keeper(one)
    before = keeper.rows()
    path, said = uploads.path(one.pk), reading.of(one)
    shape = reading.survey(path, one.what, said)
    refused = Sorted()
    tell = _Progress(one, one.rows).tell
    now = datetime.now(UTC)
    match shape:
        case purchases.Shape():
            result = _purchases(one, shape, refused, keeper, now, tell)
        case balances.Shape():
            result = _balances(one, shape, refused, keeper, now, tell)
        case people.Shape():
            result = _customers(one, shape, refused, keeper, now, tell)
        case _:
            result = _answers(one, shape, refused, keeper, now, tell)
    result.there -= before
    _settle(one, result)
    _write_rejected(one, shape, refused.reasons)
    if one.rows > SMALL:
        database.count_anew()  # pages are opened right now
    with transaction.atomic():
        mine = Import.objects.filter(pk=one.pk, state=State.RUNNING)
        ended = mine.update(
            state=State.FINISHED,
            counts=msgspec.to_builtins(result),
            sheet=one.sheet,
            done=100,
            finished_at=datetime.now(UTC),
            found=None,
            corrections={},
        )
        if ended:
            what: dict[str, str | int] = {"what": one.what, "new": result.new}
            what |= {"updated": result.updated, "rejected": result.rejected}
            journal.write(one.business, "import", at=now, staff=one.staff, what=what)
    uploads.drop(one.pk)


def _settle(one: Import, result: Counts) -> None:
    """Count what was done by what was kept of it: also that of a run that was killed."""
    kinds = changes.counted(one)
    result.updated = kinds.get("updated", (0, 0))[1]
    if one.what == Import.What.CUSTOMERS:
        result.new = kinds.get("made", (0, 0))[1]
    else:
        others = ("purchase", "answer", "balance", "made")  # of these, what is a row by itself
        result.new = sum(kinds.get(kind, (0, 0))[1] for kind in others)
        result.people = kinds.get("made", (0, 0))[0]


class Sorted(Rejects):
    """Keeps the reasons by line; the file is written at the end, with all columns."""

    def __init__(self) -> None:
        super().__init__(uploads.path(0))
        self.problem = "written at the end"
        self.reasons: dict[int, str] = {}

    def add(self, rejected: Rejected) -> None:
        """Take one more."""
        self.number += 1
        self.reasons[rejected.line] = rejected.reason


def _purchases(
    one: Import,
    shape: purchases.Shape,
    refused: Sorted,
    keeper: changes.Keeper,
    now: datetime,
    tell: Tell,
) -> Counts:
    said = reading.of(one)
    reading.ordered(shape, said)
    tally = imports.run(
        one.business,
        uploads.path(one.pk),
        shape,
        refused,
        now=now,
        enroll=said.members,
        tell=tell,
        keeper=keeper,
        corrections=reading.corrections(one),
        welcome=said.welcome,
    )
    return Counts(
        rows=tally.rows,
        there=tally.duplicate,
        rejected=tally.rejected,
        empty=tally.empty,
    )


def _customers(
    one: Import,
    shape: people.Shape,
    refused: Sorted,
    keeper: changes.Keeper,
    now: datetime,
    tell: Tell,
) -> Counts:
    said = reading.of(one)
    wanted = reading.persons(shape, one.business, said, now)
    rows = people.read(uploads.path(one.pk), shape, wanted, reading.corrections(one))
    rules = reading.rules(said)
    tally = gathering.run(one.business, rows, rules, refused.add, now=now, keeper=keeper, tell=tell)
    return Counts(
        rows=tally.rows,
        there=tally.there,
        rejected=tally.rejected,
        empty=tally.empty,
        agreed=gathering.agreed(one.pk),
    )


def _balances(
    one: Import,
    shape: balances.Shape,
    refused: Sorted,
    keeper: changes.Keeper,
    now: datetime,
    tell: Tell,
) -> Counts:
    """What became of each unit is noted too; the caller saves it with the counts."""
    said, program = reading.of(one), ledger.program(one.business_id)
    assert program is not None, "balances are of a program's units"
    wanted = reading.held(shape, one.business, said, now)
    rows = balances.read(uploads.path(one.pk), shape, wanted, reading.corrections(one))
    book = reconciling.Book()
    tally = carrying.run(
        one.business,
        rows,
        reading.rules(said),
        refused.add,
        book.add,
        reason=carrying.reason(one.business, said.platform),
        now=now,
        keeper=keeper,
        tell=tell,
    )
    one.sheet = msgspec.to_builtins(book.settled(one))
    book.write(uploads.reconciled(one.pk), program)
    return Counts(
        rows=tally.rows,
        there=tally.there,
        rejected=tally.rejected,
        empty=tally.empty,
    )


def _answers(
    one: Import,
    shape: answers.Shape,
    refused: Sorted,
    keeper: changes.Keeper,
    now: datetime,
    tell: Tell,
) -> Counts:
    said = reading.of(one)
    reading.ordered(shape, said)
    tally = recording.run(
        one.business,
        uploads.path(one.pk),
        shape,
        refused,
        now=now,
        question=said.question,
        tell=tell,
        keeper=keeper,
        corrections=reading.corrections(one),
    )
    return Counts(
        rows=tally.rows,
        there=tally.duplicate,
        rejected=tally.rejected,
        empty=tally.empty,
        unknown=tally.unknown,
    )


def _write_rejected(one: Import, shape: Shape, reasons: dict[int, str]) -> None:
    """The rejected rows with all their columns, and why: a file to mend and bring again."""
    if not reasons:
        return
    target = uploads.rejected(one.pk)
    lines = text.lines(uploads.path(one.pk), shape.encoding)
    rows = opening.rows(lines, shape.separator, reading.corrections(one))
    header, width = list(shape.header), len(shape.header)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(
        handle, "w", encoding="utf-8-sig", errors="backslashreplace", newline=""
    ) as file:
        writer = csv.writer(file, delimiter=shape.separator or ",")
        if header:
            writer.writerow([*map(rejects.neutral, header), "reason"])
        for row in rows:
            if row is None or row.line not in reasons:
                continue
            cells = row.cells if isinstance(row, Row) else [row.text]
            padded = cells + [""] * (width - len(cells))
            writer.writerow([*map(rejects.neutral, padded), reasons[row.line]])


def _undo(one: Import) -> None:
    result = counts(one)
    progress = _Progress(one, undoing.count(one))
    done = undoing.run(one, now=datetime.now(UTC), tell=progress.tell)
    result.back, result.left = done.back, done.left
    with transaction.atomic():
        mine = Import.objects.filter(pk=one.pk, state=State.UNDOING)
        kept = msgspec.to_builtins(result)
        mine.update(state=State.UNDONE, counts=kept, done=100, undone_at=datetime.now(UTC))
