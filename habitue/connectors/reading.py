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

from habitue.connectors import answers, columns, dates, imports, opening, people, purchases
from habitue.connectors.columns import Vocabulary
from habitue.connectors.gathering import Rules
from habitue.connectors.models import Import
from habitue.connectors.text import Unusable
from habitue.members.models import Business

What = Literal["purchases", "customers", "answers"]

WORDS: Final[dict[str, Vocabulary]] = {
    Import.What.PURCHASES: columns.PURCHASES,
    Import.What.CUSTOMERS: columns.CUSTOMERS,
    Import.What.ANSWERS: columns.ANSWERS,
}
SHOWN: Final = 3
"""Values shown of each column."""


class Reading(Struct, kw_only=True):
    """What is said of a file; "" and None: as it looks. `columns` are places by role.

    `agreed_on` is the day (ISO) of consents that have none of their own; `question` is what
    answers are to, where the file does not say.
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

    @property
    def dialect(self) -> opening.Dialect:
        """For the readers of files."""
        return opening.Dialect(self.encoding or None, self.separator, self.columns or None)


Shape = purchases.Shape | people.Shape | answers.Shape


def of(one: Import) -> Reading:
    """How an import's file is read."""
    return msgspec.convert(one.reading, Reading)


def keep(one: Import, reading: Reading) -> None:
    """Note how it is read; the caller saves."""
    one.reading = msgspec.to_builtins(reading)


def corrections(one: Import) -> opening.Corrections:
    """What was written instead, by line and column."""
    return msgspec.convert(one.corrections, dict[int, dict[int, str]], strict=False)


def holds(path: Path) -> What:
    """What the rows of a file seem to be."""
    first = opening.look(path, columns.PURCHASES).first
    cells = first[0].cells
    sold, known, answered = (columns.guess(cells, words) for words in WORDS.values())
    if {"date", "amount"} <= sold.keys():
        return "purchases"
    if {"date", "score"} <= answered.keys():
        return "answers"
    written = any("@" in cell for row in first for cell in row.cells)
    return "customers" if written or known.keys() & {*people.KINDS} else "purchases"


def recognised(path: Path, what: str, reading: Reading | None = None) -> Reading:
    """How a file looks: encoding, columns, header; what `reading` says already is kept."""
    said = reading or Reading()
    dialect = opening.Dialect(said.encoding or None, said.separator, None)
    opened = opening.look(path, WORDS[what], dialect)
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
    if what == Import.What.CUSTOMERS:
        return [] if placed.keys() & {*people.KINDS} else ["email", "phone", "number", "external"]
    return [role for role in WORDS[what].needed if role not in placed]


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


def rules(reading: Reading) -> Rules:
    """What is done with the rows of a file of customers."""
    return Rules(
        existing=reading.existing,
        members=reading.members,
        welcome=reading.welcome,
        wording=reading.wording,
        columns=reading.columns,
    )
