"""A file of customers: what kind of file it is (`survey`), then its rows (`read`).

A row is one customer: at least one of e-mail, phone, card number, customer number; if present,
name, birthday, language, consent to news with its day. Every row is accepted or rejected with its
line, value and reason; empty lines are only counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

from habitue.connectors import columns, dates, opening, table, text
from habitue.connectors.table import Rejected, Row
from habitue.members import identities

LONGEST_NAME: Final = 80
KINDS: Final = ("number", "external", "email", "phone")
"""How a customer is recognised, the surest first."""

NOBODY: Final = (
    "No column says how a customer is recognized: there must be one of e-mail, phone, card number"
    " or customer number."
)
Kind = Literal["number", "external", "email", "phone"]

_DAY_AND_MONTH: Final = re.compile(r"(?P<first>\d{1,2})[/.\- ](?P<second>\d{1,2})[/.]?", re.ASCII)
_MONTH_AND_DAY: Final = re.compile(
    r"(?:-|0000|1004|1604)-(?P<first>\d{2})-?(?P<second>\d{2})", re.ASCII
)
"""A birthday without its year; address books and shops write one that nobody was born in."""

_OWN: Final = frozenset({"enrolled on", "balances", "last visit"})
"""Columns of the file of customers that we write ourselves: there 05-12 is the twelfth of May."""

_WORD: Final = re.compile(r"[^\W\d_]+|\d+")
_YES: Final = frozenset(
    {"yes", "y", "oui", "o", "si", "s", "true", "vrai", "vero", "1", "x", "ok", "subscribed"}
    | {"inscrit", "iscritto", "granted", "accord"}
)
_NO: Final = frozenset(
    {"no", "n", "non", "false", "faux", "falso", "0", "unsubscribed", "desinscrit"}
    | {"disiscritto", "none", "aucun", "nessuno"}
)
_CHANNELS: Final = {
    "email": "email", "mail": "email", "e": "", "courriel": "email", "sms": "sms",
    "texto": "sms", "text": "sms", "and": "", "et": "", "ed": "",
}  # fmt: skip
_LANGUAGES: Final = {
    "fr": "fr", "fra": "fr", "fre": "fr", "francais": "fr", "french": "fr", "francese": "fr",
    "it": "it", "ita": "it", "italien": "it", "italiano": "it", "italian": "it",
    "en": "en", "eng": "en", "anglais": "en", "english": "en", "inglese": "en",
}  # fmt: skip


class Person(NamedTuple):
    """One accepted row. `known` are identities by kind as `identities.normalise` writes them.

    `birthday` is (day, month, year or None). `agreed` are the channels that a yes stands for, of
    the day `agreed_on` (None: no day is known, so it proves nothing).
    """

    known: dict[str, str]
    name: str
    birthday: tuple[int, int, int | None] | None
    language: str
    agreed: tuple[str, ...]
    agreed_on: datetime | None
    row: Row


class Shape(Struct, frozen=True, kw_only=True):
    """What was found out about a file by reading it once."""

    encoding: str
    separator: str
    header: tuple[str, ...]
    columns: dict[str, int]
    rows: int
    order: dates.Order


class Wanted(NamedTuple):
    """How rows are read: the business's country and day; the day of consents without their own."""

    country: str
    zone: ZoneInfo
    today: date
    day_first: bool
    agreed_on: datetime | None = None


def survey(path: Path, dialect: opening.Dialect | None = None) -> Shape:
    """Read the whole file once; `Unusable` says why the file as a whole cannot be used."""
    encoding, separator, header, _ = opening.look(path, columns.CUSTOMERS, dialect)
    placed = places(header, columns.CUSTOMERS, dialect)
    rows, order = (-1 if header else 0), dates.Order()
    watched = [placed[role] for role in ("birthday", "consent_on") if role in placed]
    for row in table.rows(text.lines(path, encoding), separator):
        rows += row is not None
        if isinstance(row, Row):
            for place in watched:
                if place < len(row.cells):
                    order.look(row.cells[place])
    return Shape(
        encoding=encoding,
        separator=separator,
        header=header,
        columns=placed,
        rows=rows,
        order=order,
    )


def places(
    header: Sequence[str], roles: columns.Vocabulary, dialect: opening.Dialect | None
) -> dict[str, int]:
    """Which column is which: as somebody said, else as the header has it. One must say who."""
    if dialect and dialect.columns is not None:
        placed = dict(dialect.columns)
    else:
        placed = columns.guess(header, roles)
    if not set(KINDS) & placed.keys():
        raise text.Unusable(NOBODY)
    return placed


def read(
    path: Path, shape: Shape, wanted: Wanted, corrections: opening.Corrections | None = None
) -> Iterator[Person | Rejected | None]:
    """Every row in the file's order; None is an empty line."""
    one = partial(take, Reader(shape, wanted))
    found = opening.rows(text.lines(path, shape.encoding), shape.separator, corrections or {})
    return opening.taken(found, one, header=bool(shape.header))


class Reader:
    """How the cells of one file are read."""

    def __init__(self, shape: Shape, wanted: Wanted) -> None:
        self.shape = shape
        self.wanted = wanted
        self.when = dates.Reader(zone=wanted.zone, today=wanted.today, day_first=wanted.day_first)
        self.own = {columns.plain(name) for name in shape.header} >= _OWN

    def cell(self, row: Row, role: str) -> str:
        """What stands in the column of a role, or ""."""
        place = self.shape.columns.get(role, -1)
        return row.cells[place] if 0 <= place < len(row.cells) else ""


def take(reader: Reader, row: Row) -> Person | Rejected:
    """What a row says of a customer, or why it is not taken."""
    if problem := opening.misfit(row.cells, reader.shape.header, 1):
        return opening.rejected(row, row.text, problem)
    role, known = "", {}
    try:
        for role in KINDS:
            if cell := reader.cell(row, role):
                known[role] = _identity(role, cell, reader.wanted.country)
        role = "name"
        name = _name(reader, row)
        role = "birthday"
        birthday = _birthday(reader, reader.cell(row, role))
        role = "consent"
        by: set[str] = {*_agreed(reader.cell(row, role), known)}
        for role in ("consent_email", "consent_sms"):
            by |= {role[8:]} if _agreed(reader.cell(row, role), known) else set()
        agreed = tuple(sorted(by))
        role = "consent_on"
        agreed_on = reader.wanted.agreed_on
        if agreed and (cell := reader.cell(row, role)):
            agreed_on = reader.when.read(cell)
        role = next(
            (kind for kind in ("email", "phone", *KINDS) if kind in reader.shape.columns), ""
        )
        if not known:
            raise dates.Unread("nothing to recognize the customer by: no e-mail, phone or number")
    except dates.Unread as reason:
        place = reader.shape.columns.get(role, -1)
        return opening.rejected(row, reader.cell(row, role), str(reason), place)
    spoken = _language(reader.cell(row, "language"))
    return Person(known, name, birthday, spoken, agreed, agreed_on if agreed else None, row)


def _identity(kind: str, cell: str, country: str) -> str:
    if kind == "phone" and cell.startswith("00"):
        cell = f"+{cell[2:]}"
    normal = identities.normalise(kind, cell, country=country)
    if normal is not None:
        return normal
    reasons = {
        "email": "not an e-mail address",
        "phone": "not a phone number that exists",
        "number": "not a card number",
    }
    raise dates.Unread(reasons.get(kind, "not a customer number that can be kept"))


def _name(reader: Reader, row: Row) -> str:
    """The name, or first and last name together."""
    whole = reader.cell(row, "name")
    if not whole:
        parts = (reader.cell(row, "first_name"), reader.cell(row, "last_name"))
        whole = " ".join(filter(None, parts))
    if len(whole) > LONGEST_NAME or not whole.isprintable():
        raise dates.Unread("not a name that can be kept")
    return whole


def _birthday(reader: Reader, cell: str) -> tuple[int, int, int | None] | None:
    if cell in ("", "0"):  # some write a zero where they know nothing
        return None
    short = _DAY_AND_MONTH.fullmatch(cell) or _MONTH_AND_DAY.fullmatch(cell)
    if short is None:
        on = reader.when.read(cell).astimezone(reader.wanted.zone).date()
        return on.day, on.month, on.year
    first, second = int(short["first"]), int(short["second"])
    day_first = reader.wanted.day_first and short.re is _DAY_AND_MONTH and not reader.own
    day, month = (first, second) if day_first else (second, first)
    if not 1 <= month <= 12:
        raise dates.Unread(f"there is no month {month}")
    try:
        date(2024, month, day)  # a leap year: the 29th of February is a birthday
    except ValueError:
        raise dates.Unread(f"month {month} has no day {day}") from None
    return day, month, None


def _agreed(cell: str, known: dict[str, str]) -> tuple[str, ...]:
    """The channels that a cell says yes to; an empty one says no."""
    words = _WORD.findall(columns.plain(cell).replace("opt in", "yes").replace("opt out", "no"))
    if not words:
        return ()
    if all(word in _NO for word in words):
        return ()
    if all(word in _YES for word in words):
        return ("email",) if "email" in known else ("sms",) if "phone" in known else ()
    named = [_CHANNELS.get(word) for word in words if not word.isdigit() and word != "marketing"]
    if None in named:
        raise dates.Unread("not a yes or no, nor email or sms")
    return tuple(sorted({channel for channel in named if channel}))


def _language(cell: str) -> str:
    """One of ours, else "": a language that the pages do not speak is no mistake of the file."""
    first = columns.plain(cell).split()[:1]
    return _LANGUAGES.get(first[0], "") if first else ""
