"""What a request did to the database: how many rows of which tables it wrote."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client

SESSIONS = frozenset({"django_session"})
DERIVED = frozenset({"ledger_sums", "ledger_late"})  # kept so that a page is quick, and worked out
COUNTS = frozenset({"members_attempt", "axes_accessattempt", "axes_accessfailurelog"})


def written() -> dict[str, int]:
    """Rows written by this transaction so far, by table; those taken back among them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return dict(cursor.fetchall())


def since(before: dict[str, int], *, but: frozenset[str] = SESSIONS | DERIVED) -> set[str]:
    """The tables that were written to since then."""
    now = written()
    return {name for name in now if now[name] != before.get(name, 0)} - but


def fingerprint(*, but: frozenset[str] = frozenset()) -> str:
    """Of every row of every table, but sessions, counted tries, kept sums and those named."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        )
        names = [
            name for (name,) in cursor.fetchall() if name not in SESSIONS | COUNTS | DERIVED | but
        ]
        parts = " UNION ALL ".join(
            f"SELECT '{name}' AS name, md5(string_agg(t::text, '|' ORDER BY t::text)) AS sum"
            f" FROM {name} t"
            for name in names
        )
        cursor.execute(
            f"SELECT string_agg(name || coalesce(sum, ''), '|' ORDER BY name) FROM ({parts}) x"
        )
        (text,) = cursor.fetchone()
    return hashlib.sha256(text.encode()).hexdigest()


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens in here has not happened after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def body(answer: HttpResponseBase) -> str:
    """What came back, headers that carry data among it."""
    content: bytes = cast(Any, answer).getvalue()
    headers = f"{answer.get('Location', '')} {answer.get('Set-Cookie', '')}"
    return f"{headers} {content.decode('utf-8', 'replace')}"


def ask(client: Client, method: str, path: str) -> HttpResponseBase:
    """One request of a browser that reads English."""
    return client.generic(method, path, headers={"accept-language": "en"})
