"""Signing in by a six-digit code sent by mail; no password anywhere.

A code lives ten minutes, allows five tries and works once. An address gets at most five codes an
hour. Both limits are counted in the database, so they hold for every process together.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final, Literal

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from msgspec import Struct

from habitue.pages.models import SignInCode

LIFETIME: Final = timedelta(minutes=10)
TRIES: Final = 5
CODES_PER_HOUR: Final = 5
KEPT: Final = timedelta(days=1)


class Sent(Struct, frozen=True):
    """A code is on its way; `key` stays in the browser's session."""

    key: int


Verdict = Literal["right", "wrong", "stale", "spent"]


def send(email: str, *, at: datetime) -> Sent | None:
    """Mail a new code, or None when this address had too many within the hour."""
    code = f"{secrets.randbelow(10**6):06d}"
    with transaction.atomic(), connection.cursor() as cursor:
        # Requests for one address take turns, so that the limit holds for those in parallel too.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [email])
        recent = SignInCode.objects.filter(email=email, made_at__gt=at - timedelta(hours=1))
        if recent.count() >= CODES_PER_HOUR:
            return None
        row = SignInCode(email=email, made_at=at)
        row.code_hash = _hash(row.pk, code)
        row.save(force_insert=True)
    context = {"code": code, "minutes": int(LIFETIME.total_seconds() // 60)}
    EmailMessage(
        subject=_("%(code)s is your code for Habitué") % {"code": code},
        body=render_to_string("pages/mail/code.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[email],
    ).send()
    return Sent(row.pk)


def forget(*, before: datetime) -> None:
    """Delete what was mailed long ago."""
    SignInCode.objects.filter(made_at__lt=before - KEPT).delete()


def check(key: int, code: str, *, at: datetime) -> tuple[Verdict, str]:
    """Judge a code that someone typed; answers with the address it proves when it is right."""
    with transaction.atomic():
        row = SignInCode.objects.select_for_update().filter(pk=key, used_at=None).first()
        if row is None or at >= row.made_at + LIFETIME:
            return "stale", ""
        if row.tries >= TRIES:
            return "spent", ""
        row.tries += 1
        right = secrets.compare_digest(row.code_hash, _hash(row.pk, "".join(code.split())))
        if right:
            row.used_at = at
        row.save(update_fields=["tries", "used_at"])
    if right:
        return "right", row.email
    return ("spent" if row.tries >= TRIES else "wrong"), ""


def _hash(key: int, code: str) -> str:
    return salted_hmac("habitue.pages.codes", f"{key}|{code}", algorithm="sha256").hexdigest()
