"""Django's connection, used directly: statements are prepared once and bound on the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import connection

from habitue.members.statements import Rows, cursor

__all__ = ["Rows", "count_anew", "cursor", "query"]

_COUNTED: Final = """
ANALYZE ledger_event, ledger_entry, ledger_lot, ledger_account, ledger_life, ledger_moved,
    ledger_voucher, ledger_outbox, members_customer, members_member"""


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
