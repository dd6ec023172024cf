"""Columns of a batch as PostgreSQL array literals: one parameter a column, whatever the rows.

Building the literal ourselves costs a tenth of adapting a Python list element by element, and
lets every table be written by one `unnest`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime


def numbers(values: Iterable[int]) -> str:
    """A bigint[] (or smallint[], …)."""
    return "{" + ",".join(map(str, values)) + "}"


def optional(values: Iterable[int | None]) -> str:
    """A bigint[] with nulls."""
    return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"


def moments(values: Iterable[date | datetime | None]) -> str:
    """A date[] or timestamptz[]; instants must be aware."""
    return "{" + ",".join("NULL" if value is None else value.isoformat() for value in values) + "}"


def texts(values: Iterable[str | None]) -> str:
    """A text[] or jsonb[]: quoted, with quotes and backslashes escaped."""
    return "{" + ",".join(map(_quoted, values)) + "}"


def rows(values: Iterable[Iterable[int]]) -> str:
    """A text[] of which each element is itself an array literal, to be cast row by row."""
    return "{" + ",".join('"{' + ",".join(map(str, row)) + '}"' for row in values) + "}"


def _quoted(value: str | None) -> str:
    if value is None:
        return "NULL"
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
