"""A file of purchases: what kind of file it is (`survey`), then its rows (`read`), in few bytes.

A row is one purchase: customer, date, amount; if present, quantity, receipt, currency, product,
category. In a file that names products, rows of one receipt are the lines of one purchase. Every
row is accepted or rejected with its line, value and reason; empty lines are only counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

from habitue.connectors import columns, dates, numbers, opening, table, text
from habitue.connectors.table import Rejected, Row
from habitue.core import facts

LONGEST_ID: Final = 200
MADE: Final = "row:"


class Bought(NamedTuple):
    """One accepted row. Sorted as a tuple, identical rows of one customer lie side by side.

    `at` is in seconds since 1970, UTC; `amount` in minor units. `reference`, `product` and
    `category` may be empty.
    """

    customer: str
    at: int
    reference: str
    quantity: int
    amount: int
    product: str
    category: str
    line: int


class Shape(Struct, frozen=True, kw_only=True):
    """What was found out about a file by reading it once."""

    encoding: str
    separator: str
    header: tuple[str, ...]
    columns: dict[str, int]
    rows: int
    order: dates.Order
    marks: numbers.Marks
    currency: str

    def sentences(self, *, day_first: bool) -> list[str]:
        """How the file is read, for the person who knows whether that is right."""
        placed = sorted((place + 1, role) for role, place in self.columns.items())
        listed = ", ".join(f"{place} {role}" for place, role in placed)
        header = "a header" if self.header else "no header"
        found = [
            f"{self.rows:,} rows in {self.encoding}, separated by"
            f" {table.NAMES[self.separator]}, {header}; columns: {listed}.",
            self.order.sentence(day_first=day_first),
            self.marks.sentence(),
        ]
        return [sentence for sentence in found if sentence]


def survey(path: Path, *, most: int | None = None, dialect: opening.Dialect | None = None) -> Shape:
    """Read the whole file once: encoding, columns, order of day and month, decimal mark.

    `most`: only so many rows are looked at, which is enough to see what a large file is like.
    `dialect`: what a person said of it. `Unusable` says in a sentence why the file as a whole
    cannot be used.
    """
    encoding, separator, header, first = opening.look(path, columns.PURCHASES, dialect)
    if dialect and dialect.columns is not None:
        placed = dict(dialect.columns)
    elif header:
        placed = columns.by_header(header)
    else:
        placed = columns.by_values([row.cells for row in first], is_date=dates.is_date)
    rows, order, marks = _look(path, encoding, separator, header, placed, most)
    return Shape(
        encoding=encoding,
        separator=separator,
        header=header,
        columns=placed,
        rows=rows,
        order=order,
        marks=marks,
        currency=marks.currency or _currency_of(header),
    )


def read(
    path: Path,
    shape: Shape,
    *,
    currency: str,
    zone: ZoneInfo,
    today: date,
    day_first: bool,
    stretch: tuple[int, int] | None = None,
    corrections: opening.Corrections | None = None,
) -> Iterator[Bought | Rejected | None]:
    """Every row in the file's order; None is an empty line. `today` is the business's.

    `stretch`: only the lines that begin in these bytes (`text.stretches`).
    """
    take = _Taker(
        shape,
        dates.Reader(zone=zone, today=today, day_first=day_first),
        numbers.Reader(currency=currency, decimal=shape.marks.decimal),
    )
    lines = text.lines(path, shape.encoding)
    if stretch is not None:
        lines = text.stretch(path, shape.encoding, *stretch)
    found = opening.rows(lines, shape.separator, corrections or {})
    header = bool(shape.header) and (stretch is None or stretch[0] == 0)
    return opening.taken(found, take, header=header)


def reference(bought: Bought, nth: int) -> str:
    """The permanent name of a row that has none: what it says, and the how manieth it is.

    The same file read again gives the same names, so nothing is counted twice; two identical
    rows of one file are two purchases.
    """
    said = f"{bought.customer}\n{bought.at}\n{bought.quantity}\n{bought.amount}\n{nth}"
    return f"{MADE}{blake2b(said.encode(), digest_size=16).hexdigest()}"


def is_made(reference: str) -> bool:
    """Whether a reference was made by `reference`: then it stands for everything the row says."""
    return reference.startswith(MADE)


class _Taker:
    """Turns a row's cells into a purchase, or into the reason why not."""

    def __init__(self, shape: Shape, when: dates.Reader, amounts: numbers.Reader) -> None:
        self.shape = shape
        self.when = when
        self.amounts = amounts
        place = shape.columns
        self.customer, self.date, self.amount = (place[role] for role in columns.NEEDED)
        self.quantity = place.get("quantity", -1)
        self.reference = place.get("reference", -1)
        self.currency = place.get("currency", -1)
        self.product = place.get("product", -1)
        self.category = place.get("category", -1)
        self.needed = max(place.values()) + 1

    def __call__(self, row: Row) -> Bought | Rejected:
        cells = row.cells
        if problem := opening.misfit(cells, self.shape.header, self.needed):
            return opening.rejected(row, row.text, problem)
        place = self.customer
        cell = customer = cells[place]
        try:
            _check_identifier(customer, "customer")
            place = self.date
            cell = cells[place]
            at = int(self.when.read(cell).timestamp())
            place = self.quantity
            cell = cells[place] if place >= 0 else ""
            pieces = numbers.quantity(cell)
            place = self.currency
            cell = cells[place] if place >= 0 else ""
            self._check_currency(cell)
            place = self.amount
            cell = cells[place]
            amount = self.amounts.read(cell)
            place = self.product
            cell = product = cells[place] if place >= 0 else ""
            _check_name(product, "product")
            place = self.category
            cell = category = cells[place] if place >= 0 else ""
            _check_name(category, "category")
            place = self.reference
            cell = cells[place] if place >= 0 else ""
            if cell:
                _check_identifier(cell, "receipt")
                if is_made(cell):
                    raise dates.Unread(f"a receipt number must not begin with {MADE}")
        except dates.Unread as reason:
            return opening.rejected(row, cell, str(reason), place)
        return Bought(customer, at, cell, pieces, amount, product, category, row.line)

    def _check_currency(self, code: str) -> None:
        expected = self.amounts.currency
        if code and code.upper() != expected and expected not in numbers.SYMBOLS.get(code, ()):
            raise dates.Unread(f"the currency is not {expected}, in which the business counts")


def _check_identifier(value: str, what: str) -> None:
    if not value:
        raise dates.Unread(f"the {what} is missing")
    if len(value) > LONGEST_ID or not value.isprintable():
        raise dates.Unread(f"not a {what} number that can be kept")


def _check_name(value: str, what: str) -> None:
    if value and (len(value) > facts.MAX_TEXT or not value.isprintable()):
        raise dates.Unread(f"not a name of a {what} that can be kept")


def _look(
    path: Path,
    encoding: str,
    separator: str,
    header: tuple[str, ...],
    placed: dict[str, int],
    most: int | None,
) -> tuple[int, dates.Order, numbers.Marks]:
    """One pass over all rows: how many there are, and what dates and amounts say together."""
    order, marks = dates.Order(), numbers.Marks()
    date_at, amount_at = placed["date"], placed["amount"]
    rows = -1 if header else 0
    for row in islice(table.rows(text.lines(path, encoding), separator), most):
        if row is None:
            continue
        rows += 1
        if isinstance(row, Row) and len(row.cells) > max(date_at, amount_at):
            order.look(row.cells[date_at])
            marks.look(row.cells[amount_at])
    return rows, order, marks


def _currency_of(header: tuple[str, ...]) -> str:
    """The currency that a header names, or ""."""
    words = " ".join(header).casefold()
    marks = {"USD": ("dollar", "usd", "$"), "EUR": ("eur", "€"), "GBP": ("gbp", "£", "sterling")}
    named = [code for code, signs in marks.items() if any(sign in words for sign in signs)]
    return named[0] if len(named) == 1 else ""
