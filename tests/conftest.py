"""What every test shares; the database itself comes from habitue/site/testing.py."""

import os
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    postgres: None, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """Have PostgreSQL run before pytest-django makes the test database in it.

    After a test with real transactions every table is emptied: Django knows only those that have
    a managed model, and would stumble over references from the others.
    """
    DatabaseOperations.sql_flush = every_table  # type: ignore[method-assign]


def every_table(*_: Any, **__: Any) -> list[str]:
    """What empties the whole test database but its record of migrations.

    The append-only tables refuse it; their owner lifts that refusal for this one statement.
    """
    assert connection.settings_dict["NAME"].startswith("test_")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables"
            " WHERE schemaname = 'public' AND tablename <> 'django_migrations'"
        )
        (tables,) = cursor.fetchone() or ("",)
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only'"
        )
        guarded = [name for (name,) in cursor.fetchall()]
    return [
        *(f"ALTER TABLE {name} DISABLE TRIGGER append_only" for name in guarded),
        f"TRUNCATE {tables} RESTART IDENTITY CASCADE",
        *(f"ALTER TABLE {name} ENABLE TRIGGER append_only" for name in guarded),
    ]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The Chromium that `make test` found, without anything that calls out."""
    found = {"executable_path": path} if (path := os.environ.get("HABITUE_CHROMIUM")) else {}
    return {**browser_type_launch_args, **found, "args": CHROMIUM_FLAGS}
