"""The sheet of balances: what a file says of each unit, where it is now, and what differs and why.

In the file = posted + there already + left out, to the last unit. What was posted is not counted
here but asked of the ledger, so that the sheet proves something.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

from msgspec import Struct

from habitue import ledger
from habitue.connectors import rejects
from habitue.connectors.carrying import Fate
from habitue.connectors.models import Change, Import
from habitue.connectors.people import KINDS
from habitue.core import money
from habitue.core.program import Program
from habitue.ledger import posted

HEADER = ("customer", "unit", "rows", "in file", "posted", "there already", "left out", "why")


class Left(Struct):
    """Rows of a unit that were left out for one reason; `unread`: whose amount cannot be read."""

    reason: str
    rows: int = 0
    amount: int = 0
    unread: int = 0


class Line(Struct):
    """One unit; amounts in its fixed point. `unit` is "" where the row's cannot be read."""

    unit: str
    rows: int = 0
    customers: int = 0
    in_file: int = 0
    posted: int = 0
    there: int = 0
    left: list[Left] = []

    @property
    def left_out(self) -> int:
        """What was left out, as far as it can be read."""
        return sum(one.amount for one in self.left)

    @property
    def difference(self) -> int:
        """What is neither posted, nor there, nor left out: nothing, or something is wrong."""
        return self.in_file - self.posted - self.there - self.left_out


class Sheet(Struct):
    """A line a unit, in the order of the file."""

    lines: list[Line] = []

    @property
    def balanced(self) -> bool:
        """Whether every unit is where it should be."""
        return not any(line.difference for line in self.lines)


class Row(Struct):
    """One customer and unit of the file."""

    rows: int = 0
    in_file: int = 0
    posted: int = 0
    there: int = 0
    left: int = 0
    why: str = ""


class Book:
    """Is told of every row what became of it, and makes the sheet of it."""

    def __init__(self) -> None:
        self.lines: dict[str, Line] = {}
        self.customers: dict[tuple[str, str], Row] = {}

    def add(self, fate: Fate) -> None:
        """Take one row into account."""
        row = fate.row
        amount = row.amount or 0
        line = self.lines.setdefault(row.unit, Line(row.unit, left=[]))
        line.rows += 1
        line.in_file += amount
        whose = self.customers.setdefault((_name(fate), row.unit), Row())
        line.customers += not whose.rows
        whose.rows += 1
        whose.in_file += amount
        if fate.what == "new":
            line.posted += amount
            whose.posted += amount
        elif fate.what == "there":
            line.there += amount
            whose.there += amount
        else:
            _leave(line, fate.reason, row.amount)
            whose.left += amount
            whose.why = fate.reason

    def sheet(self) -> Sheet:
        """What would be posted, before anything is."""
        return Sheet(list(self.lines.values()))

    def settled(self, one: Import) -> Sheet:
        """What was posted, as the ledger has it."""
        program = ledger.program(one.business_id)
        given = _given(one)
        numbers = {} if program is None else _numbers(program)
        for line in self.lines.values():
            line.posted = given.get(numbers.get(line.unit, -1), 0)
        return self.sheet()

    def write(self, target: Path, program: Program) -> None:
        """A file of one line a customer and unit, for whoever wants to look somebody up."""
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        places = {unit.id: unit.decimals for unit in program.units}
        with os.fdopen(
            handle, "w", encoding="utf-8-sig", errors="backslashreplace", newline=""
        ) as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            for (customer, unit), row in self.customers.items():
                sums = (row.in_file, row.posted, row.there, row.left)
                written = [money.written(amount, places.get(unit, 0)) for amount in sums]
                writer.writerow(
                    [rejects.neutral(customer), unit, row.rows, *written, rejects.neutral(row.why)]
                )


def _leave(line: Line, reason: str, amount: int | None) -> None:
    found = next((one for one in line.left if one.reason == reason), None)
    if found is None:
        found = Left(reason)
        line.left.append(found)
    found.rows += 1
    found.amount += amount or 0
    found.unread += amount is None


def _name(fate: Fate) -> str:
    """How the file names a customer."""
    person = fate.row.person
    if person is None:
        return f"line {fate.row.row.line}"
    return next(person.known[kind] for kind in KINDS if kind in person.known)


def _numbers(program: Program) -> dict[str, int]:
    return {unit.id: number for number, unit in enumerate(program.units)}


def _given(one: Import) -> dict[int, int]:
    """What the ledger has of everything that an import posted, by the unit's number."""
    held = Change.objects.filter(of=one, kind=Change.Kind.BALANCE, customer__isnull=False)
    pairs = [
        (customer, event)
        for customer, event in held.values_list("customer", "event")
        if customer and event
    ]
    return posted.given(pairs) if pairs else {}
