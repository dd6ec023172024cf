"""Rows as bytes: a JSON object a line, or CSV in which no cell is taken for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import msgspec

Value = str | int | bool | Decimal | date | datetime | Sequence[object] | dict[str, object] | None
"""What stands in a column. Ids are text, amounts `Decimal`: both are exact in JSON and CSV."""

Row = Sequence[Value]

CHUNK: Final = 64 * 1024
"""Bytes that are sent together."""

CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def lines(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """A JSON object a line; a line that is not whole means that the file is not."""
    held = bytearray()
    for row in rows:
        held += msgspec.json.encode(dict(zip(columns, row, strict=True)))
        held += b"\n"
        if len(held) >= CHUNK:
            yield bytes(held)
            held.clear()
    yield bytes(held)


def table(columns: Sequence[str], rows: Iterable[Row], *, delimiter: str = ",") -> Iterator[bytes]:
    """CSV in UTF-8, its columns named in the first line."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(value) for value in row])
        if file.tell() >= CHUNK:
            yield file.getvalue().encode()
            file.seek(0)
            file.truncate()
    yield file.getvalue().encode()


def cell(value: Value) -> str:
    """A value as a cell: text is made harmless, numbers stay numbers, what is missing is empty."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            return neutral(value)
        case int() | Decimal():
            return str(value)
        case date():
            return value.isoformat()
        case _:
            return neutral(msgspec.json.encode(value).decode())


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    plain = CONTROL.sub("", text)
    return f"'{plain}" if plain.startswith(_FORMULA) else plain
