"""Somebody is erased (`members.erasing`): what pages and frameworks keep of them goes, too.

Beside the rooms' tables a person may stand in sessions of browsers, arguments of jobs, codes that
were mailed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models.functions import Lower

from habitue.members.erasing import Person
from habitue.pages.models import SignInCode

_JOBS: Final = """
UPDATE procrastinate_jobs
SET args = '{}', status = CASE WHEN status = 'todo' THEN 'cancelled' ELSE status END
WHERE EXISTS (
    SELECT FROM unnest(%s::text[]) AS known (text)
    WHERE strpos(lower(args::text), text) > 0)"""


def forget(person: Person) -> None:
    """Leave nothing of somebody erased in what stands beside the rooms' tables."""
    telling = person.known.telling
    lowered = SignInCode.objects.annotate(plain=Lower("email"))
    lowered.filter(plain__in=[one.casefold() for one in telling]).delete()
    _forget_in_jobs(telling)
    _forget_in_sessions(telling)


def _forget_in_jobs(known: Sequence[str]) -> None:
    """A job that names the person is not done any more; what was done forgets them."""
    with connection.cursor() as cursor:
        cursor.execute(_JOBS, [[one.casefold() for one in known]])


def _forget_in_sessions(known: Sequence[str]) -> None:
    """What a browser's session remembers of the person goes; the rest of it stays."""
    for row in Session.objects.iterator():
        held = row.get_decoded()
        kept = {name: value for name, value in held.items() if not _tells(value, known)}
        if kept != held:
            row.session_data = SessionStore().encode(kept)
            row.save(update_fields=["session_data"])


def _tells(value: Any, known: Sequence[str]) -> bool:
    text = json.dumps(value, default=str, ensure_ascii=False).casefold()
    return any(one.casefold() in text for one in known)
