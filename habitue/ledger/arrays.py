"""Columns of a batch as PostgreSQL array literals: one parameter a column, whatever the rows.

A list written as JSON is such a literal, but for its brackets: so msgspec writes a whole column at
once, in a twentieth of the time of putting it together here, value by value. Every table can so
be written by one `unnest`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

Column = Callable[[Sequence[Any]], str]

_json = msgspec.json.Encoder()


def plain(values: Sequence[Any]) -> str:
    """Numbers, truths, days, words of our own, JSON that is written already; None is null."""
    return "{" + _json.encode(values)[1:-1].decode() + "}"


def texts(values: Sequence[str | None]) -> str:
    """A text[] of whatever people write; None is null."""
    written = plain(values)
    if "\\" not in written:
        return written
    # The end of a line is `\n` in JSON, which PostgreSQL would take for an n.
    quoted = [
        "NULL" if value is None else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        for value in values
    ]
    return "{" + ",".join(quoted) + "}"


def moments(values: Sequence[datetime]) -> str:
    """A timestamptz[] of aware instants: JSON would cut an offset of minutes and seconds short."""
    return plain([value if value.tzinfo is UTC else value.isoformat() for value in values])


def documents(values: Sequence[object]) -> str:
    """A json[] of values that are still to be written as JSON; None is null."""
    lines = _json.encode_lines(values).decode().split("\n")
    return plain([None if line == "null" else line for line in lines[:-1]])


def rows(values: Sequence[Sequence[int]]) -> str:
    """A text[] of which each element is itself an array literal, to be cast row by row."""
    written = _json.encode(values)[1:-1].decode()
    return "{" + written.replace("[", '"{').replace("]", '}"') + "}"


def columns(forms: Sequence[Column], table: Sequence[tuple[Any, ...]]) -> list[str]:
    """The rows of a table as one literal a column; one of nulls alone is empty (`unnested`)."""
    return [
        "{}" if values[0] is None and values.count(None) == len(values) else form(values)
        for form, values in zip(forms, zip(*table, strict=True), strict=True)
    ]


def unnested(columns: str) -> str:
    """The rows again, as SQL selects them: "id bigint, day date" takes two parameters.

    Selected, not laid down in FROM: PostgreSQL takes the next of each column when it wants a row,
    instead of storing every column first. Short columns are filled up with nulls.
    """
    named = (column.split() for column in columns.split(","))
    return "SELECT " + ", ".join(f"unnest(%s::{of}[]) AS {name}" for name, of in named)
