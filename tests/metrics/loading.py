"""Engines with tables in memory that random histories are written into."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import duckdb
import pyarrow
from adbc_driver_postgresql import dbapi
from msgspec import structs
from psycopg.conninfo import make_conninfo

from habitue.lake import columns
from habitue.lake.engines import DuckDB, PostgreSQL
from habitue.metrics.lowerings.anywhere import Engine
from habitue.metrics.lowerings.plain import History
from habitue.metrics.tables import TABLES
from habitue.site import environment, postgres

SQL = {"int64": "bigint", "string": "varchar", "date32[day]": "date", "bool": "boolean"}


class Loading(Protocol):
    """An engine, and how a history gets into its tables."""

    engine: Engine

    def load(self, history: History) -> None: ...


class InDuckDB:
    def __init__(self) -> None:
        self._connection = duckdb.connect(config={"threads": 1})
        for table in TABLES:
            self._connection.execute(created(table))
        self.engine: Engine = DuckDB(self._connection)

    def load(self, history: History) -> None:
        for table in TABLES:
            self._connection.execute(f"TRUNCATE {table}")
            self._connection.register("loaded", arrow(history, table))
            self._connection.execute(f"INSERT INTO {table} FROM loaded")


class InPostgreSQL:
    """In temporary tables that hide the views, in a transaction that is never over."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        for table in TABLES:
            cursor.execute(created(table, "TEMPORARY", "canonical_"))
        self.engine: Engine = PostgreSQL(cursor)

    def load(self, history: History) -> None:
        names = ", ".join(f"canonical_{table}" for table in TABLES)
        self._cursor.execute(f"TRUNCATE {names}")
        for table in TABLES:
            rows = arrow(history, table)
            if rows.num_rows:
                name = f"canonical_{table}"
                self._cursor.adbc_ingest(name, rows, mode="append", temporary=True)


@contextmanager
def in_postgres() -> Iterator[InPostgreSQL]:
    """Tables in the embedded PostgreSQL."""
    address = make_conninfo(**postgres.client(environment.read()))
    with dbapi.connect(address) as session, session.cursor() as cursor:
        yield InPostgreSQL(cursor)


def arrow(history: History, table: str) -> Any:
    """The rows of a history's table."""
    rows = [structs.asdict(row) for row in getattr(history, table)]
    return pyarrow.Table.from_pylist(rows, schema=columns.schema(table))


def created(table: str, kind: str = "", prefix: str = "") -> str:
    """The statement that makes a table."""
    fields = (f'"{field.name}" {SQL[str(field.type)]}' for field in columns.schema(table))
    return f"CREATE {kind} TABLE {prefix}{table} ({', '.join(fields)})"
