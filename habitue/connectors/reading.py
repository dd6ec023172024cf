"""How the file of an import is read: what was recognised, and what the owner said instead."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from typing import Final, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from habitue import ledger
from habitue.connectors import (
    answers,
    balances,
    columns,
    dates,
    imports,
    opening,
    people,
    platforms,
    purchases,
    sheets,
)
from habitue.connectors.columns import Vocabulary
from habitue.connectors.gathering import Rules
from habitue.connectors.models import Import
from habitue.connectors.platforms.export import Export
from habitue.connectors.text import Unusable
from habitue.core.program import Unit
from habitue.members.models import Business

What = Literal["purchases", "customers", "answers", "balances"]

WORDS: Final[dict[str, Vocabulary]] = {
    Import.What.PURCHASES: columns.PURCHASES,
    Import.What.CUSTOMERS: columns.CUSTOMERS,
    Import.What.ANSWERS: columns.ANSWERS,
    Import.What.BALANCES: columns.BALANCES,
}
PERSONS: Final = (Import.What.CUSTOMERS, Import.What.BALANCES)
"""Kinds of files whose rows are people."""

SHOWN: Final = 3
"""Values shown of each column."""


class Reading(Struct, kw_only=True):
    """What is said of a file; "" and None: as it looks. `columns` are places by role.

    `agreed_on` is the day (ISO) of consents that have none of their own; `question` is what
    answers are to, `unit` what balances are of, where the file does not say. `sheets`: those of a
    workbook, `sheet` the one that is read. `platform`: whose export it is.
    """

    encoding: str = ""
    separator: str | None = None
    header: tuple[str, ...] = ()
    columns: dict[str, int] = {}
    day_first: bool | None = None
    decimal: str = ""
    existing: Literal["update", "leave"] = "update"
    members: bool = False
    welcome: bool = False
    wording: str = ""
    agreed_on: str = ""
    question: str = ""
    unit: str = ""
    sheet: str = ""
    sheets: list[sheets.Sheet] = []
    platform: str = ""

    @property
    def dialect(self) -> opening.Dialect:
        """For the readers of files."""
        return opening.Dialect(self.encoding or None, self.separator, self.columns or None)


Shape = purchases.Shape | people.Shape | answers.Shape | balances.Shape


def of(one: Import) -> Reading:
    """How an import's file is read."""
    return msgspec.convert(one.reading, Reading)


def keep(one: Import, reading: Reading) -> None:
    """Note how it is read; the caller saves."""
    one.reading = msgspec.to_builtins(reading)


def corrections(one: Import) -> opening.Corrections:
    """What was written instead, by line and column."""
    return msgspec.convert(one.corrections, dict[int, dict[int, str]], strict=False)


def unfolded(reading: Reading, found: sheets.Unfolded) -> Reading:
    """How a file is read of which a workbook's sheet was taken; of another one, as it was."""
    if not found.chosen:
        return reading
    return msgspec.structs.replace(
        reading,
        sheet=found.chosen,
        sheets=found.sheets,
        encoding=sheets.ENCODING,
        separator=sheets.SEPARATOR,
    )


def export(path: Path, reading: Reading | None = None) -> Export | None:
    """The platform's export that a file is, or None; `Unusable` where another one is needed."""
    said = reading or Reading()
    dialect = opening.Dialect(said.encoding or None, said.separator, None)
    found = platforms.recognised(opening.look(path, columns.BALANCES, dialect).first[0].cells)
    if found is not None and found.instead:
        raise Unusable(found.instead)
    return found


def holds(path: Path, reading: Reading | None = None) -> str:
    """What the rows of a file seem to be."""
    said = reading or Reading()
    if (known := export(path, said)) is not None:
        return known.what
    dialect = opening.Dialect(said.encoding or None, said.separator, None)
    first = opening.look(path, columns.PURCHASES, dialect).first
    sold, person, answered, held = (
        columns.guess(first[0].cells, words).keys() for words in WORDS.values()
    )
    if {"date", "amount"} <= sold:
        return Import.What.PURCHASES
    if {"date", "score"} <= answered:
        return Import.What.ANSWERS
    written = any("@" in cell for row in first for cell in row.cells)
    if "amount" in held and held & {*people.KINDS}:
        return Import.What.BALANCES
    someone = written or person & {*people.KINDS}
    return Import.What.CUSTOMERS if someone else Import.What.PURCHASES


def recognised(path: Path, what: str, reading: Reading | None = None) -> Reading:
    """How a file looks: encoding, columns, header; what `reading` says already is kept."""
    said = reading or Reading()
    dialect = opening.Dialect(said.encoding or None, said.separator, None)
    opened = opening.look(path, WORDS[what], dialect)
    known = export(path, said)
    if known is not None and known.what == what:
        header = tuple(opened.first[0].cells)
        return msgspec.structs.replace(
            said,
            encoding=opened.encoding,
            separator=opened.separator,
            header=header,
            columns=platforms.placed(known, header),
            platform=known.platform,
            day_first=known.day_first,
        )
    placed = columns.guess(opened.header, WORDS[what])
    if not opened.header and what == Import.What.PURCHASES:
        cells = [row.cells for row in opened.first]
        with suppress(Unusable):  # then the owner says it
            placed = columns.by_values(cells, is_date=dates.is_date)
    return msgspec.structs.replace(
        said,
        encoding=opened.encoding,
        separator=opened.separator,
        header=opened.header,
        columns=placed,
        platform="",
    )


def remembered(business: Business, found: Reading, *, finished: bool = False) -> Import | None:
    """The last import of a file with the same columns, of whatever kind; `finished`: brought in."""
    if not found.header:
        return None
    before = Import.objects.filter(business=business, header=mark(found.header))
    if finished:
        return before.filter(state=Import.State.FINISHED).order_by("-pk").first()
    return before.exclude(state=Import.State.COLUMNS).order_by("-pk").first()


def as_before(found: Reading, last: Reading) -> Reading:
    """A file read as the last one with its columns was; a day of consent is never assumed again."""
    return msgspec.structs.replace(
        found,
        columns=last.columns,
        day_first=last.day_first,
        decimal=last.decimal,
        existing=last.existing,
        members=last.members,
        welcome=last.welcome,
        wording=last.wording,
        question=last.question,
        unit=last.unit,
        platform=last.platform,
    )


def examples(path: Path, what: str, reading: Reading) -> list[list[str]]:
    """Of each column, the first different values."""
    opened = opening.look(path, WORDS[what], reading.dialect)
    rows = opened.first[1:] if opened.header else opened.first
    width = max(len(row.cells) for row in opened.first)
    cells = [
        [row.cells[place][:40] for row in rows if len(row.cells) > place and row.cells[place]]
        for place in range(width)
    ]
    return [list(dict.fromkeys(values))[:SHOWN] for values in cells]


def mark(header: tuple[str, ...]) -> str:
    """A name for a set of columns, under which their meaning is remembered."""
    return hashlib.sha256("\n".join(map(columns.plain, header)).encode()).hexdigest()


def missing(what: str, placed: Mapping[str, int]) -> list[str]:
    """The roles without which such a file cannot be used; of customers any one of these."""
    missed = [role for role in WORDS[what].needed if role not in placed]
    if what in PERSONS and not placed.keys() & {*people.KINDS}:
        return ["email", "phone", "number", "external", *missed]
    return missed


def survey(path: Path, what: str, reading: Reading) -> Shape:
    """Look at the whole file; `Unusable` says why it cannot be used."""
    match what:
        case Import.What.PURCHASES:
            shape = purchases.survey(path, dialect=reading.dialect)
            if reading.decimal:
                shape.marks.seen[reading.decimal] += 2 * shape.rows + 1
            return shape
        case Import.What.CUSTOMERS:
            return people.survey(path, reading.dialect)
        case Import.What.BALANCES:
            held = balances.survey(path, reading.dialect)
            if reading.decimal:
                held.marks.seen[reading.decimal] += 2 * held.rows + 1
            return held
        case _:
            return answers.survey(path, reading.dialect)


def day_first(shape: Shape, business: Business, reading: Reading) -> bool:
    """Whether 03/04 is the third of April: as said, else as the file shows, else as the country."""
    if reading.day_first is not None:
        return reading.day_first
    own = business.country not in imports.MONTH_FIRST
    return shape.order.settled(otherwise_day_first=own)


def ordered(shape: Shape, reading: Reading) -> None:
    """Have a shape read dates as said."""
    if reading.day_first is not None:
        order = dates.Order()
        order.day_first, order.month_first = int(reading.day_first), int(not reading.day_first)
        order.open = shape.order.open
        msgspec.structs.force_setattr(shape, "order", order)


def persons(
    shape: people.Shape, business: Business, reading: Reading, now: datetime
) -> people.Wanted:
    """How the rows of a file of customers are read."""
    zone = ZoneInfo(business.timezone)
    on = date.fromisoformat(reading.agreed_on) if reading.agreed_on else None
    return people.Wanted(
        country=business.country,
        zone=zone,
        today=now.astimezone(zone).date(),
        day_first=day_first(shape, business, reading),
        agreed_on=datetime.combine(on, time(12), zone) if on else None,
    )


def units(business: Business) -> list[Unit]:
    """The units that balances can be of."""
    program = ledger.program(business.pk)
    return [] if program is None else [unit for unit in program.units if unit.redeemable]


def held(
    shape: balances.Shape, business: Business, reading: Reading, now: datetime
) -> balances.Wanted:
    """How the rows of a file of balances are read."""
    own = {unit.id: unit for unit in units(business)}
    only = reading.unit or (next(iter(own)) if len(own) == 1 else "")
    return balances.Wanted(persons(shape, business, reading, now), balances.words(own), only)


def rules(reading: Reading) -> Rules:
    """What is done with the rows of a file of customers, or of what they have elsewhere."""
    return Rules(
        existing=reading.existing,
        members=reading.members,
        welcome=reading.welcome,
        wording=reading.wording,
        columns=reading.columns,
    )
