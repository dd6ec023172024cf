"""A file of balances from another program: what kind of file it is, then its rows.

A row is one customer, as in a file of customers, with an amount; if present, its unit, the day it
was earned, its last day. Several rows of a customer are several lots. A row that cannot be taken
says its unit and amount all the same, as far as they can be read: the sheet of balances has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from habitue.connectors import columns, dates, numbers, opening, people, table, text
from habitue.connectors.people import Person
from habitue.connectors.table import Rejected, Row
from habitue.core import calendar
from habitue.core.program import After, FixedDates, Unit

_NEVER: Final = frozenset({"never", "jamais", "mai", "none", "no expiry", "null"})
_ANY_DAY: Final = date(9998, 12, 31)


class Shape(people.Shape, frozen=True, kw_only=True):
    """What was found out about a file by reading it once."""

    marks: numbers.Marks


class Balance(NamedTuple):
    """One row. `amount` in the fixed point of `unit`; None: it cannot be read.

    `person` is missing where it cannot be read whom the row means; then it is `rejected`, too.
    """

    person: Person | None
    unit: str
    amount: int | None
    earned_on: date | None
    expires_on: date | None
    row: Row
    rejected: Rejected | None = None


class Wanted(NamedTuple):
    """How rows are read: the person as `persons` says, the units that lots can be of, by word.

    `unit` is meant where a row names none.
    """

    persons: people.Wanted
    units: Mapping[str, Unit]
    unit: str


def survey(path: Path, dialect: opening.Dialect | None = None) -> Shape:
    """Read the whole file once; `Unusable` says why the file as a whole cannot be used."""
    encoding, separator, header, _ = opening.look(path, columns.BALANCES, dialect)
    placed = people.places(header, columns.BALANCES, dialect)
    if "amount" not in placed:
        raise text.Unusable("No column says how much each customer has: call one balance.")
    rows, order, marks = (-1 if header else 0), dates.Order(), numbers.Marks()
    roles = ("birthday", "consent_on", "earned_on", "expires_on")
    watched = [placed[role] for role in roles if role in placed]
    for row in table.rows(text.lines(path, encoding), separator):
        rows += row is not None
        if isinstance(row, Row):
            for place in watched:
                if place < len(row.cells):
                    order.look(row.cells[place])
            if placed["amount"] < len(row.cells):
                marks.look(row.cells[placed["amount"]])
    return Shape(
        encoding=encoding,
        separator=separator,
        header=header,
        columns=placed,
        rows=rows,
        order=order,
        marks=marks,
    )


def words(units: Mapping[str, Unit]) -> dict[str, Unit]:
    """The units that lots can be of, by every word that a file may call them."""
    return {
        columns.plain(word): unit
        for unit in units.values()
        for word in (unit.id, *unit.title.values())
        if unit.redeemable
    }


def read(
    path: Path, shape: Shape, wanted: Wanted, corrections: opening.Corrections | None = None
) -> Iterator[Balance | Rejected | None]:
    """Every row in the file's order; None is an empty line, `Rejected` what is no row at all."""
    take = partial(_take, _Reader(shape, wanted))
    found = opening.rows(text.lines(path, shape.encoding), shape.separator, corrections or {})
    return opening.taken(found, take, header=bool(shape.header))


class _Reader(people.Reader):
    """How the cells of one file are read."""

    def __init__(self, shape: Shape, wanted: Wanted) -> None:
        super().__init__(shape, wanted.persons)
        self.balances = wanted
        self.decimal = shape.marks.decimal
        self.until = dates.Reader(
            zone=wanted.persons.zone, today=_ANY_DAY, day_first=wanted.persons.day_first
        )


def _take(reader: _Reader, row: Row) -> Balance:
    person = people.take(reader, row)
    role, unit, amount, earned, expires = "unit", "", None, None, None
    try:
        of = _unit(reader, reader.cell(row, role))
        unit, role = of.id, "amount"
        cell = reader.cell(row, role)
        amount = numbers.units(cell, places=of.decimals, decimal=reader.decimal)
        if amount < 0:
            raise dates.Unread("the balance is below zero")
        role = "earned_on"
        earned = _day(reader.when, reader, reader.cell(row, role))
        role = "expires_on"
        expires = _day(reader.until, reader, reader.cell(row, role))
        if amount and _last_day(of, earned, expires) < reader.wanted.today:
            raise dates.Unread("the last day of this balance is over")
    except dates.Unread as reason:
        place = reader.shape.columns.get(role, -1)
        wrong = opening.rejected(row, reader.cell(row, role), str(reason), place)
        known = person if isinstance(person, Person) else None
        return Balance(known, unit, amount, earned, expires, row, wrong)
    if isinstance(person, Rejected):
        return Balance(None, unit, amount, earned, expires, row, person)
    return Balance(person, unit, amount, earned, expires, row)


def _unit(reader: _Reader, cell: str) -> Unit:
    found = reader.balances.units.get(columns.plain(cell or reader.balances.unit))
    if found is None:
        raise dates.Unread("not a unit of your program" if cell else "the unit is missing")
    return found


def _last_day(of: Unit, earned: date | None, expires: date | None) -> date:
    """Until when units can be used: as agreed, else by their unit's rule for the base level."""
    if expires is None and earned and isinstance(of.expiry, (After, FixedDates)):
        return calendar.last_usable(of.expiry, earned)
    return expires or calendar.FOREVER


def _day(when: dates.Reader, reader: _Reader, cell: str) -> date | None:
    if not cell or columns.plain(cell) in _NEVER:
        return None
    return when.read(cell).astimezone(reader.wanted.zone).date()
