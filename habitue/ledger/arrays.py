"""Columns of a batch as PostgreSQL array literals: one parameter a column, whatever the rows.

Building the literal ourselves costs a tenth of adapting a Python list element by element, and
lets every table be written by one `unnest`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

Column = Callable[[Iterable[Any]], str]


def numbers(values: Iterable[int]) -> str:
    """A bigint[] (or smallint[], …)."""
    return "{" + ",".join(map(str, values)) + "}"


def optional(values: Iterable[int | None]) -> str:
    """A bigint[] with nulls."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def days(values: Iterable[date | None]) -> str:
    """A date[] with nulls. A batch has few days: each is written once."""
    told = list(values)
    written = {day: "NULL" if day is None else day.isoformat() for day in set(told)}
    return "{" + ",".join([written[day] for day in told]) + "}"


def moments(values: Iterable[date | datetime | None]) -> str:
    """A date[] or timestamptz[] with nulls; instants must be aware."""
    written = ["NULL" if value is None else value.isoformat() for value in values]
    return "{" + ",".join(written) + "}"


def words(values: Iterable[str]) -> str:
    """A text[] of plain words of our own, which need no quotes."""
    return "{" + ",".join(values) + "}"


def texts(values: Iterable[str | None]) -> str:
    """A text[] or json[]: quoted, with quotes and backslashes escaped."""
    written = [
        "NULL"
        if value is None
        else f'"{value}"'
        if '"' not in value and "\\" not in value
        else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        for value in values
    ]
    return "{" + ",".join(written) + "}"


def rows(values: Iterable[Iterable[int]]) -> str:
    """A text[] of which each element is itself an array literal, to be cast row by row."""
    return "{" + ",".join(['"{' + ",".join(map(str, row)) + '}"' for row in values]) + "}"


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
