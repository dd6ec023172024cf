"""Django's connection, used directly: statements are prepared once and bound on the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import connection
from psycopg import Cursor

Rows = Cursor[tuple[Any, ...]]

_COUNTED: Final = """
ANALYZE ledger_event, ledger_entry, ledger_lot, ledger_account, ledger_life, ledger_moved,
    ledger_voucher, ledger_outbox, members_customer, members_member"""


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


def count_anew() -> None:
    """Let PostgreSQL look at a sample of the large tables, before long questions are asked.

    It does so by itself, but minutes after an import: until then it takes a table of a million
    rows for an empty one, and compares each row with each.
    """
    with connection.cursor() as counting:
        counting.execute(_COUNTED)
