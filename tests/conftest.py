"""What every test shares; the database itself comes from habitue/site/testing.py."""

import os
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import override_settings
from psycopg import Cursor
from pytest_django import DjangoDbBlocker

QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# What is drawn is the same in every run, and how long an example takes is no fault of it: whether
# the suite is green depends on the code alone. `make nightly` draws anew (docs/decisions/0270).
hypothesis.settings.register_profile(
    "suite",
    deadline=None,
    derandomize=int(os.environ.get("HABITUE_EXAMPLES", "60")) <= 200,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("suite")

_UNCOUNTED = """
DO $$
DECLARE place regclass;
BEGIN
    FOR place IN
        SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    LOOP
        EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', place);
    END LOOP;
END $$"""


@pytest.fixture(scope="session", autouse=True)
def quick_pins() -> Iterator[None]:
    """The real hash takes a third of a second a PIN; tests/members/test_staff.py sees to it."""
    with override_settings(PASSWORD_HASHERS=QUICK):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    postgres: None, django_db_modify_db_settings_parallel_suffix: None
) -> Iterator[None]:
    """Have PostgreSQL run before pytest-django makes the test database in it.

    After a test with real transactions every table is emptied: Django knows only those that have
    a managed model, and would stumble over references from the others.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", every_table)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Nobody counts the rows of a test that is still under way, and at the end nobody is left.

    Autovacuum may come at any moment, sees none of the rows that a test has not committed, and has
    PostgreSQL plan from then on for empty tables: a second's work takes minutes.

    At the very end nobody else may hold the test database, or it cannot be dropped. A thread of the
    live server ends when a browser lets go of its connection, and a killed process leaves its
    session to PostgreSQL for a moment: both may come later than the last test.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(_UNCOUNTED)
    yield
    connection.close()  # the last test's may be broken
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that go out from now on: Django's and those of psycopg's own cursors."""
    sent: list[str] = []
    execute = Cursor.execute

    def noting(self: Cursor[Any], query: Any, *args: Any, **kwargs: Any) -> Any:
        sent.append(str(query)[:40])
        return execute(self, query, *args, **kwargs)

    monkeypatch.setattr(Cursor, "execute", noting)
    return sent


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
