"""Looks at a whole file before anything is done: how many rows are new, there already, wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from habitue.connectors import (
    answers,
    balances,
    carrying,
    gathering,
    imports,
    opening,
    people,
    purchases,
    reading,
    reconciling,
    recording,
    text,
    uploads,
)
from habitue.connectors.models import Import
from habitue.connectors.reading import Reading, Shape
from habitue.connectors.rejects import Rejects
from habitue.connectors.table import Rejected, Row, Tell
from habitue.members import answers as kept
from habitue.members import customers

SHOWN: Final = 100
"""Wrong rows that are shown, and may be mended on the page."""

FIRST: Final = 5


class Fault(Struct, frozen=True):
    """A row that cannot be taken as it is; `column` -1: no single value is to blame."""

    line: int
    column: int
    value: str
    reason: str


class Found(Struct, kw_only=True):
    """What a look at the whole file showed: new + updated + there + wrong = rows.

    `people`: customers who would be new with purchases or balances. `agreed`, `unproven` as in
    `gathering.Tally`, `unknown`: answers of nobody known. `first`: the first rows as they are read.
    `sheet`: of balances, what would become of every unit.
    """

    rows: int = 0
    new: int = 0
    updated: int = 0
    there: int = 0
    wrong: int = 0
    empty: int = 0
    people: int = 0
    agreed: int = 0
    unproven: int = 0
    unknown: int = 0
    day_first: bool = True
    first: list[list[str]] = []
    faults: list[Fault] = []
    sheet: reconciling.Sheet | None = None


class Seen(Rejects):
    """Keeps the first wrong rows; writes no file."""

    def __init__(self) -> None:
        super().__init__(uploads.path(0))
        self.problem = "no file is written"
        self.faults: list[Fault] = []

    def add(self, rejected: Rejected) -> None:
        """Take one more."""
        self.number += 1
        if len(self.faults) < SHOWN:
            value = rejected.value.encode("utf-8", "backslashreplace").decode()
            plain = "".join(sign if sign.isprintable() else "\ufffd" for sign in value)
            fault = Fault(rejected.line, rejected.column, plain, rejected.reason)
            self.faults.append(fault)


def check(one: Import, *, now: datetime, tell: Tell = lambda rows: None) -> Found:
    """Look at all rows of an import's file; nothing is done."""
    said = reading.of(one)
    path = uploads.path(one.pk)
    shape = reading.survey(path, one.what, said)
    seen = Seen()
    match shape:
        case purchases.Shape():
            found = _purchases(one, shape, said, seen, now, tell)
        case balances.Shape():
            found = _balances(one, shape, said, seen, now, tell)
        case people.Shape():
            found = _customers(one, shape, said, seen, now, tell)
        case _:
            found = _answers(one, shape, said, seen, now, tell)
    found.day_first = reading.day_first(shape, one.business, said)
    found.wrong, found.faults = seen.number, seen.faults
    found.first = list(islice(_cells(one, shape), FIRST))
    return found


def of(one: Import) -> Found | None:
    """What was found, if it was looked for."""
    return msgspec.convert(one.found, Found) if one.found else None


def _purchases(
    one: Import, shape: purchases.Shape, said: Reading, seen: Seen, now: datetime, tell: Tell
) -> Found:
    business, tally = one.business, imports.Tally()
    zone = ZoneInfo(business.timezone)
    rows = purchases.read(
        uploads.path(one.pk),
        shape,
        currency=business.currency,
        zone=zone,
        today=now.astimezone(zone).date(),
        day_first=reading.day_first(shape, business, said),
        corrections=reading.corrections(one),
    )
    receipts = imports.in_receipts(shape, imports.accepted(rows, tally, seen, tell))
    found, people_ = Found(), set[str]()
    while group := list(islice(receipts, imports.GROUP)):
        names = [receipt[0].reference for receipt in group]
        there = imports.there(business.pk, imports.sources(business.pk, names))
        whose = {receipt[0].customer for receipt in group}
        people_ |= whose - customers.find_many(business, "external", whose).keys()
        before: set[str] = set()
        for receipt in group:
            name = receipt[0].reference
            again = name in there or name in before
            before.add(name)
            found.there += len(receipt) * again
            found.new += len(receipt) * (not again)
            tell(len(receipt))
    found.people = len(people_)
    found.rows, found.empty = tally.rows, tally.empty
    return found


def _customers(
    one: Import, shape: people.Shape, said: Reading, seen: Seen, now: datetime, tell: Tell
) -> Found:
    wanted = reading.persons(shape, one.business, said, now)
    rows = people.read(uploads.path(one.pk), shape, wanted, reading.corrections(one))
    rules = reading.rules(said)
    tally = gathering.run(one.business, rows, rules, seen.add, now=now, keeper=None, tell=tell)
    return Found(
        rows=tally.rows,
        new=tally.new,
        updated=tally.updated,
        there=tally.there,
        empty=tally.empty,
        agreed=tally.agreed,
        unproven=tally.unproven,
    )


def _balances(
    one: Import, shape: balances.Shape, said: Reading, seen: Seen, now: datetime, tell: Tell
) -> Found:
    wanted = reading.held(shape, one.business, said, now)
    rows = balances.read(uploads.path(one.pk), shape, wanted, reading.corrections(one))
    rules, book = reading.rules(said), reconciling.Book()
    tally = carrying.run(
        one.business,
        rows,
        rules,
        seen.add,
        book.add,
        reason="",
        now=now,
        keeper=None,
        tell=tell,
    )
    return Found(
        rows=tally.rows,
        new=tally.new,
        there=tally.there,
        empty=tally.empty,
        people=tally.people,
        sheet=book.sheet(),
    )


def _answers(
    one: Import, shape: answers.Shape, said: Reading, seen: Seen, now: datetime, tell: Tell
) -> Found:
    business, tally = one.business, recording.Tally()
    wanted = recording.wanted(
        shape,
        business,
        now=now,
        question=said.question,
        day_first=reading.day_first(shape, business, said),
    )
    rows = answers.read(uploads.path(one.pk), shape, wanted, reading.corrections(one))
    good = recording.accepted(rows, tally, seen, tell)
    found, before = Found(), set[str]()
    while batch := list(islice(good, recording.BATCH)):
        names = [row.reference for row in batch]
        there = kept.there(business, names, source=recording.SOURCE)
        whose = recording.whose(business, batch)
        for row in batch:
            again = row.reference in there or row.reference in before
            before.add(row.reference)
            found.there += again
            found.new += not again
            found.unknown += not again and row.customer not in whose
        tell(len(batch))
    found.rows, found.empty = tally.rows, tally.empty
    return found


def _cells(one: Import, shape: Shape) -> Iterator[list[str]]:
    """The rows below the header, as corrected."""
    lines = text.lines(uploads.path(one.pk), shape.encoding)
    rows = opening.rows(lines, shape.separator, reading.corrections(one))
    cells = (row.cells for row in rows if isinstance(row, Row))
    if shape.header:
        next(cells, None)
    return ([cell[:60] for cell in row] for row in cells)
