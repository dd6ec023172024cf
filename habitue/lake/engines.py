"""The engines that figures can be computed in: DuckDB over the lake, PostgreSQL in place, Spark.

The same expressions run on all of them (`metrics.lowerings.anywhere`). Where a library is not
installed, or nothing was copied to the lake yet, an `Unavailable` carries a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, get_type_hints

from habitue.lake import layout
from habitue.metrics.tables import TABLES

MEMORY: Final = "4GB"
"""What DuckDB may hold in memory; the rest goes to a folder beside the lake."""

_VIEWS: Final = "canonical_"
_BEGIN: Final = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "SET LOCAL work_mem = '64MB'",
    "SET LOCAL jit = off",
)


class Unavailable(Exception):
    """Why an engine cannot be used, in a sentence."""


class DuckDB:
    """In this process, over Parquet files or tables of that connection."""

    dialect = "duckdb"
    prefix = ""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def rows(self, sql: str) -> Sequence[Sequence[Any]]:
        """All rows of a query."""
        found: Sequence[Sequence[Any]] = self._connection.execute(sql).fetchall()
        return found

    def arrow(self, sql: str) -> Any:
        """The same as an Arrow table."""
        return self._connection.sql(sql).to_arrow_table()

    def keep(self, name: str, sql: str) -> None:
        """As a temporary table."""
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")

    def forget(self, name: str) -> None:
        """Drop it."""
        self._connection.execute(f"DROP TABLE IF EXISTS {name}")


class PostgreSQL:
    """Where the ledger is, through ADBC; all that is asked is of one moment."""

    dialect = "postgres"

    def __init__(self, cursor: Any, prefix: str = _VIEWS) -> None:
        self._cursor, self.prefix = cursor, prefix

    def rows(self, sql: str) -> Sequence[Sequence[Any]]:
        """All rows of a query."""
        self._cursor.execute(sql)
        found: Sequence[Sequence[Any]] = self._cursor.fetchall()
        return found

    def arrow(self, sql: str) -> Any:
        """The same as an Arrow table."""
        self._cursor.execute(sql)
        return self._cursor.fetch_arrow_table()

    def keep(self, name: str, sql: str) -> None:
        """As a temporary table, which the planner knows the size of."""
        self.forget(name)
        self._cursor.execute(f"CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS {sql}")
        self._cursor.execute(f"ANALYZE {name}")

    def forget(self, name: str) -> None:
        """Drop it."""
        self._cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")


@contextmanager
def duckdb(
    folder: Path, business: int, *, memory: str = MEMORY, threads: int | None = None
) -> Iterator[DuckDB]:
    """DuckDB over what the lake holds of a business now, as its manifest says."""
    import duckdb as library

    files = found(folder, business)
    options: dict[str, Any] = {
        "memory_limit": memory,
        "temp_directory": str(folder / "spill"),
        "preserve_insertion_order": False,
    }
    if threads is not None:
        options["threads"] = threads
    with library.connect(config=options) as connection:
        connection.execute("LOAD parquet")
        connection.execute("SET parquet_metadata_cache = true")
        for table, paths in files.items():
            listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
            connection.execute(
                f"CREATE VIEW {table} AS SELECT {_columns(table)}"
                f" FROM read_parquet([{listed}], hive_partitioning = false)"
            )
        yield DuckDB(connection)


@contextmanager
def postgres(address: str, *, prefix: str = _VIEWS) -> Iterator[PostgreSQL]:
    """PostgreSQL by its libpq address, in one transaction that leaves nothing behind."""
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(address) as session, session.cursor() as cursor:
        for statement in _BEGIN:
            cursor.execute(statement)
        yield PostgreSQL(cursor, prefix)


def found(folder: Path, business: int) -> dict[str, list[str]]:
    """The lake's files of a business by table."""
    files = {table: layout.files(folder, table, business) for table in TABLES}
    if not all(files.values()):
        raise Unavailable(
            "The lake holds nothing of this business yet: run `habitue lake refresh`."
        )
    return files


def _columns(table: str) -> str:
    return ", ".join(f'"{name}"' for name in get_type_hints(TABLES[table]))
