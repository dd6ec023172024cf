"""Somebody is erased everywhere: the one door for owners, for members themselves, for the bin.

Each room forgets what it holds. Beside the rooms' tables a person may stand in what frameworks
keep: sessions of browsers, arguments of jobs, codes that were mailed. No sum of the ledger moves.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models.functions import Lower

from habitue.connectors import uploads
from habitue.ledger import forgetting, households
from habitue.members import bin as recycle_bin
from habitue.members import erasure, journal
from habitue.members.models import Business, Customer, Staff
from habitue.pages.models import SignInCode

_JOBS: Final = """
UPDATE procrastinate_jobs
SET args = '{}', status = CASE WHEN status = 'todo' THEN 'cancelled' ELSE status END
WHERE EXISTS (
    SELECT FROM unnest(%s::text[]) AS known (text)
    WHERE strpos(lower(args::text), text) > 0)"""


def erase(customer: Customer, *, at: datetime, staff: Staff | None = None) -> None:
    """Leave no byte of the person anywhere, all or nothing; the ledger's sums stay as they are.

    The row of the customer stays, marked as erased, and those who went over into them with it.
    `staff`: who does it; None: the person, or the bin whose days are over.
    """
    with transaction.atomic():
        customers = erasure.person(customer.pk)
        business = Business.objects.get(pk=customer.business_id)
        rows = Customer.objects.filter(pk__in=customers).order_by("pk").select_for_update()
        if all(one.erased_at for one in rows):
            return  # by somebody else, a moment ago
        known = erasure.known(customers)
        for key in customers:
            households.leave(business.pk, key)
        erasure.erase(customers, at=at)
        forgetting.forget(business.pk, customers, [*known.names, *known.telling])
        uploads.forget(business.pk, customers)
        lowered = SignInCode.objects.annotate(plain=Lower("email"))
        lowered.filter(plain__in=[one.casefold() for one in known.telling]).delete()
        _forget_in_jobs(known.telling)
        _forget_in_sessions(known.telling)
        for one in Customer.objects.filter(pk__in=customers).order_by("pk"):
            journal.write(business, "erase", at=at, staff=staff, customer=one)


def empty_bin(*, now: datetime) -> int:
    """Erase whoever has lain in the recycle bin for its days; answers how many."""
    due = recycle_bin.due(now=now)
    for customer in due:
        erase(customer, at=now)
    return len(due)


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
