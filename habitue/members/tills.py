"""Codes that the counter shows for a minute, good once: who scans one stamps their own card.

The code is 96 bits by chance and only its hash is kept. Who claims it first has it: the claim is
one conditional update, in the transaction of what is posted for it.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from habitue.members.models import Business, Customer, Staff, TillCode

LIFETIME: Final = timedelta(seconds=60)
KEPT: Final = timedelta(days=1)


def show(business: Business, staff: Staff, *, quantity: int, at: datetime) -> tuple[TillCode, str]:
    """A new code and its text, which nobody can read from the database."""
    text = secrets.token_urlsafe(12)
    code = TillCode.objects.create(
        business=business,
        staff=staff,
        code_hash=_hash(text),
        quantity=quantity,
        until=at + LIFETIME,
    )
    return code, text


def find(text: str) -> TillCode | None:
    """The code of this text, whatever became of it."""
    known = TillCode.objects.select_related("business", "staff", "used_by")
    return known.filter(code_hash=_hash(text)).first()


def refusal(code: TillCode, *, at: datetime) -> str:
    """Why a code is not good now: `used`, `stale`; empty where it is."""
    if code.used_at is not None:
        return "used"
    return "stale" if at >= code.until or not code.staff.active else ""


def claim(code: TillCode, customer: Customer, *, at: datetime) -> bool:
    """Take the code for a customer; whether it was still to be had."""
    there = TillCode.objects.filter(pk=code.pk, used_at=None, until__gt=at)
    return there.update(used_by=customer, used_at=at) > 0


def forget(*, before: datetime) -> int:
    """Delete codes that are long over."""
    old = Q(until__lt=before - KEPT)
    return TillCode.objects.filter(old).delete()[0]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
