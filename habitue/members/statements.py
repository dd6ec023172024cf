"""Statements that are asked all the time: prepared once, and bound by the server.

Django forbids its connections to prepare statements; ours are few, long and always the same.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from psycopg import Cursor

Rows = Cursor[tuple[Any, ...]]


def cursor() -> Rows:
    """A cursor of psycopg's own on Django's connection, inside its transaction."""
    connection.ensure_connection()
    raw = connection.connection
    if raw.prepare_threshold is None:
        raw.prepare_threshold = 5
    return Cursor(raw)


def rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """All rows of one statement; what goes wrong is raised as by Django."""
    with connection.wrap_database_errors:
        return cursor().execute(sql, values, prepare=True).fetchall()
