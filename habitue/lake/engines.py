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
from habitue.lake.layout import DAMAGED, Unreadable
from habitue.metrics.aggregates import Uncountable
from habitue.metrics.tables import TABLES

MEMORY: Final = "4GB"
"""What DuckDB may hold in memory; the rest goes to a folder beside the lake."""

OUT_OF_RANGE: Final = "22003"
"""PostgreSQL's name for a number that does not fit."""

_VIEWS: Final = "canonical_"
# How many lines many files hold is guessed a hundred times too low, and the wrong side of a join
# would then be kept in memory: our expressions have the long table on the left (decision 0097).
_AS_WRITTEN: Final = "SET disabled_optimizers = 'build_side_probe_side'"
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
        with _said():
            found: Sequence[Sequence[Any]] = self._connection.execute(sql).fetchall()
        return found

    def arrow(self, sql: str) -> Any:
        """The same as an Arrow table."""
        with _said():
            return self._connection.sql(sql).to_arrow_table()

    def keep(self, name: str, sql: str) -> None:
        """As a temporary table."""
        with _said():
            self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")

    def forget(self, name: str) -> None:
        """Drop it."""
        self._connection.execute(f"DROP TABLE IF EXISTS {name}")


class PostgreSQL:
    """Where the ledger is, through ADBC; all that is asked is of one moment."""

    dialect = "postgres"

    def __init__(self, cursor: Any, prefix: str = _VIEWS) -> None:
        self._cursor, self.prefix, self._failed = cursor, prefix, False

    def rows(self, sql: str) -> Sequence[Sequence[Any]]:
        """All rows of a query."""
        with self._counting():
            self._cursor.execute(sql)
            found: Sequence[Sequence[Any]] = self._cursor.fetchall()
        return found

    def arrow(self, sql: str) -> Any:
        """The same as an Arrow table."""
        with self._counting():
            self._cursor.execute(sql)
            return self._cursor.fetch_arrow_table()

    def keep(self, name: str, sql: str) -> None:
        """As a temporary table, which the planner knows the size of."""
        self.forget(name)
        with self._counting():
            self._cursor.execute(f"CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS {sql}")
            self._cursor.execute(f"ANALYZE {name}")

    def forget(self, name: str) -> None:
        """Drop it; where its transaction failed, it is gone with that."""
        if not self._failed:
            self._cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")

    @contextmanager
    def _counting(self) -> Iterator[None]:
        """A number that does not fit ends the transaction, and is told in a sentence."""
        from adbc_driver_postgresql import dbapi

        try:
            yield
        except dbapi.Error as error:
            self._failed = True
            if error.sqlstate == OUT_OF_RANGE:
                raise Uncountable from None
            raise


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
        connection.execute("SET enable_progress_bar = false")  # commands print their answer
        connection.execute(_AS_WRITTEN)
        for table, paths in files.items():
            listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
            with _said():
                connection.execute(
                    f"CREATE VIEW {table} AS SELECT {_columns(table)}"
                    f" FROM read_parquet([{listed}], hive_partitioning = false)"
                )
        yield DuckDB(connection)


@contextmanager
def _said() -> Iterator[None]:
    """What DuckDB cannot read, hold or count, as a sentence: which file, where it is one."""
    import duckdb as library

    try:
        yield
    except library.DataError:
        raise Uncountable from None
    except (library.OperationalError, library.InvalidInputException) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise Unavailable(
            f"DuckDB cannot go on: {reason}. A damaged file is removed by hand;"
            " `habitue lake refresh` makes it anew."
        ) from None


@contextmanager
def postgres(address: str, *, prefix: str = _VIEWS) -> Iterator[PostgreSQL]:
    """PostgreSQL by its libpq address, in one transaction that leaves nothing behind."""
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(address) as session, session.cursor() as cursor:
        for statement in _BEGIN:
            cursor.execute(statement)
        yield PostgreSQL(cursor, prefix)


def found(folder: Path, business: int) -> dict[str, list[str]]:
    """The lake's files of a business by table, all of them whole."""
    try:
        manifest = layout.read(folder, business)
    except Unreadable as error:
        raise Unavailable(str(error)) from None
    if manifest is None:
        raise Unavailable(
            "The lake holds nothing of this business yet: run `habitue lake refresh`."
        )
    for file in (file for months in manifest.tables.values() for file in months.values()):
        if not layout.sound(folder, file):
            raise Unavailable(DAMAGED.format(path=folder / file.path))
    return {table: layout.files(folder, table, business) for table in TABLES}


def _columns(table: str) -> str:
    return ", ".join(f'"{name}"' for name in get_type_hints(TABLES[table]))
