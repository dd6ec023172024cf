"""Django's connection, used directly: statements are prepared once and bound on the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from psycopg import Cursor

Rows = Cursor[tuple[Any, ...]]


def cursor() -> Rows:
    """A cursor of psycopg's own on Django's connection, inside its transaction.

    Django forbids its connections to prepare statements; ours are few, long and always the same.
    """
    connection.ensure_connection()
    raw = connection.connection
    if raw.prepare_threshold is None:
        raw.prepare_threshold = 5
    return Cursor(raw)


def query(sql: str, values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
    """All rows of one statement with named parameters, as `metrics` asks for them."""
    with connection.cursor() as found:
        found.execute(sql, values)
        rows: list[tuple[Any, ...]] = found.fetchall()
    return rows
