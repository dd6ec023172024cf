"""The customer's side: letters as the worker sends them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.db import connection

from habitue.site import tasks

Letters = Callable[[], list[str]]


@pytest.fixture
def letters(db: None) -> Letters:
    """Send what was asked for, as the worker does; answers the bodies of all letters so far."""

    def send() -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH done AS (DELETE FROM procrastinate_jobs WHERE task_name LIKE '%%letter'"
                " RETURNING id, args->>'kind', (args->>'key')::bigint, args->>'root')"
                " SELECT * FROM done ORDER BY id"
            )
            for _number, kind, key, root in cursor.fetchall():
                tasks.letter(kind, key, root)
        return [str(one.body) for one in mail.outbox]

    return send


def link(body: str) -> str:
    """The path of the address in a letter."""
    (found,) = re.findall(r"https?://[^/\s]+(/\S+)", body)
    return str(found)
