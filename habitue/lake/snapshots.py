"""One consistent state of the database, read column by column through ADBC.

Everything that is read in a `snapshot` is of one moment, however long it takes and whoever writes
meanwhile. Rows arrive as Arrow batches: a query's result is never held in memory whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import psycopg
from django.db import connection
from psycopg.conninfo import make_conninfo

if TYPE_CHECKING:
    import pyarrow

BATCH_BYTES: Final = 32 * 2**20
"""About how large a batch of rows is."""

# Sorting a month needs more than a till's statement; nothing here waits for a lock.
_BEGIN: Final = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    "SET LOCAL work_mem = '64MB'",
    "SET LOCAL jit = off",
)


class Snapshot:
    """An open transaction that sees one state."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """All rows of a short result."""
        self._cursor.execute(query)
        found: list[tuple[Any, ...]] = self._cursor.fetchall()
        return found

    def batches(self, query: str) -> Iterator[pyarrow.RecordBatch]:
        """The rows of a long result, in their order, some at a time."""
        self._cursor.execute(query)
        yield from self._cursor.fetch_record_batch()


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """The state of Django's database as of now."""
    from adbc_driver_postgresql import StatementOptions, dbapi

    with dbapi.connect(address()) as session, session.cursor() as cursor:
        for statement in _BEGIN:
            cursor.execute(statement)
        size = {StatementOptions.BATCH_SIZE_HINT_BYTES.value: str(BATCH_BYTES)}
        cursor.adbc_statement.set_options(**size)
        yield Snapshot(cursor)


def address() -> str:
    """Where Django's connection goes, as libpq writes it; what is Django's own is left out."""
    known = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}
    given = connection.get_connection_params()
    return make_conninfo(**{name: value for name, value in given.items() if name in known})
