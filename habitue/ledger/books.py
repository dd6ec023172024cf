"""The programs of businesses: published as dated versions, compiled once, kept at hand."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from msgspec import Struct, structs

from habitue.core import document, program
from habitue.core.rulebook import Book
from habitue.ledger import database
from habitue.members import ids

_seen: ContextVar[dict[int, int] | None] = ContextVar("seen", default=None)

KEPT = 500
"""How many businesses' compiled books one process keeps."""


class Shelf(Struct, frozen=True):
    """A business's book at one number of versions, with what the ledger needs of the business."""

    version: int
    book: Book
    zone: ZoneInfo
    currency: str
    programs: tuple[program.Program, ...] = ()

    @property
    def names(self) -> list[str]:
        """The units' ids, by number."""
        return [unit.id for unit in self.book.latest.program.units]


class Published(Struct, frozen=True):
    """What came of publishing: the version's number, or the problems (nothing was written)."""

    number: int
    problems: tuple[str, ...] = ()


_LATEST = "SELECT coalesce(max(number), 0) FROM ledger_version WHERE business_id = %s"

_shelves: OrderedDict[int, Shelf] = OrderedDict()


def shelf(business: int, version: int | None = None) -> Shelf:
    """The compiled versions of a business; read again when `version` is newer than what is kept.

    Raises LookupError for a business that does not exist.
    """
    kept = _shelves.get(business)
    if kept is not None and kept.version == (latest(business) if version is None else version):
        _shelves.move_to_end(business)
        return kept
    found = _shelves[business] = _read(business)
    if len(_shelves) > KEPT:
        _shelves.popitem(last=False)
    return found


def kept(business: int) -> Shelf | None:
    """What this process has read of a business before, as old as it may be; asks nobody."""
    return _shelves.get(business)


@contextmanager
def at_once() -> Iterator[None]:
    """In here the newest version of a business is asked for once, however often it is needed.

    For a page that only reads, all of it by one version. As a decorator: for each call.
    """
    token = _seen.set({})
    try:
        yield
    finally:
        _seen.reset(token)


def latest(business: int) -> int:
    """The number of the newest version; 0 when nothing was published."""
    seen = _seen.get()
    if seen is not None and business in seen:
        return seen[business]
    cursor = database.cursor()
    cursor.execute(_LATEST, [business], prepare=True)
    (number,) = cursor.fetchall()[0]
    if seen is not None:
        seen[business] = int(number)
    return int(number)


def in_force(business: int, *, on: date | None = None) -> program.Program | None:
    """The typed program in force on a local day (or the newest), or None."""
    found = shelf(business)
    if not found.version:
        return None
    return (found.book.on(on) if on else found.book.latest).program


def publish(business: int, text: str, *, since: date | None = None) -> Published:
    """Publish a program's text as the next version, in force from `since` (or the file's date).

    A version never holds for what has happened already: it begins after the newest event. The
    first holds from the beginning where nothing happened yet, else from the day after. Units keep
    their places from version to version: a new one may add some at the end, not move or drop any.
    """
    found = document.read(text)
    if isinstance(found, list):
        return Published(0, tuple(f"{problem.line}: {problem.text()}" for problem in found))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT currency FROM members_business WHERE id = %s FOR NO KEY UPDATE", [business]
        )
        row = cursor.fetchone()
        if row is None:
            raise LookupError(f"no business {business}")
        before, newest = in_force(business), newest_day(business)
        since = since or found.since
        if before is None:
            since = None if newest is None else since or newest + timedelta(days=1)
        problems = _unfit(found, before, row[0], since, newest)
        if problems:
            return Published(0, tuple(problems))
        number = latest(business) + 1
        cursor.execute(
            "INSERT INTO ledger_version (id, business_id, number, since, text)"
            " VALUES (%s, %s, %s, %s, %s)",
            [ids.make(), business, number, since, text],
        )
    return Published(number)


def unfit(business: int, found: program.Program, since: date | None) -> list[str]:
    """Why a valid program could not be published now, in sentences."""
    currency = shelf(business).currency
    return _unfit(found, in_force(business), currency, since, newest_day(business))


def members(business: int, *, after: int, most: int) -> list[int]:
    """The next members of a business in the order of their numbers, to page through all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT customer_id FROM ledger_account WHERE business_id = %s"
            " AND enrolled_on IS NOT NULL AND customer_id > %s ORDER BY customer_id LIMIT %s",
            [business, after, most],
        )
        return [row[0] for row in cursor.fetchall()]


def count_members(business: int) -> int:
    """How many members a business has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM ledger_account"
            " WHERE business_id = %s AND enrolled_on IS NOT NULL",
            [business],
        )
        return int(cursor.fetchone()[0])


def businesses() -> list[int]:
    """Every business there is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM members_business ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """The local date of an instant, even at the ends of time, where it has no local one."""
    try:
        return at.astimezone(zone).date()
    except OverflowError:
        return at.date()


def newest_day(business: int) -> date | None:
    """The local day of the newest event that counted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(business_date) FROM ledger_event"
            " WHERE business_id = %s AND refusal IS NULL",
            [business],
        )
        newest: date | None = cursor.fetchone()[0]
    return newest


def _unfit(
    found: program.Program,
    before: program.Program | None,
    currency: str,
    since: date | None,
    newest: date | None,
) -> list[str]:
    """Why a valid program cannot follow the one before, in sentences."""
    problems = []
    if found.currency != currency:
        problems.append(
            f"The program counts in {found.currency}, the business in {currency}: "
            f"write `currency: {currency}`."
        )
    if since is not None and newest is not None and since <= newest:
        problems.append(
            f"Something happened on {newest} already; a version can hold from the day after on."
        )
    if before is None:
        return problems
    if since is None:
        problems.append("A new version needs the date from which it holds: write `since`.")
    for place, unit in enumerate(before.units):
        same = found.units[place] if place < len(found.units) else None
        if same is None or (same.id, same.decimals) != (unit.id, unit.decimals):
            problems.append(
                f"The unit {unit.id} must stay number {place + 1} with {unit.decimals} decimals: "
                "members hold it already."
            )
    return problems


def _read(business: int) -> Shelf:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT currency, timezone, name FROM members_business WHERE id = %s", [business]
        )
        row = cursor.fetchone()
        if row is None:
            raise LookupError(f"no business {business}")
        currency, timezone, name = row
        cursor.execute(
            "SELECT number, since, text FROM ledger_version WHERE business_id = %s ORDER BY number",
            [business],
        )
        versions = cursor.fetchall()
    programs = [_program(text, number, since) for number, since, text in versions]
    if not programs or programs[0].since is not None:
        programs.insert(0, program.Program("none", {"en": name}, currency, timezone, units=()))
    return Shelf(len(versions), Book(programs), ZoneInfo(timezone), currency, tuple(programs))


def _program(text: str, number: int, since: date | None) -> program.Program:
    """A published text was valid when it was published."""
    found = document.read(text)
    if isinstance(found, list):
        raise ValueError(f"version {number} cannot be read any more: {found[0]}")
    return structs.replace(found, since=since)
