"""Endpoints at which nothing arrives are paused by themselves, and their owners are told by mail.

The mail goes out by a task of its own, so that a mail server that is slow holds up no message.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from habitue.connectors.models import Endpoint
from habitue.connectors.webhooks import endpoints
from habitue.members import journal
from habitue.members.models import Staff

AFTER: Final = timedelta(days=3)
"""For how long nothing but failures, and at least `FAILURES` of them, pause an endpoint."""

FAILURES: Final = 10


def look(key: int, *, now: datetime) -> None:
    """Pause an endpoint at which nothing has arrived for long enough."""
    failing = Endpoint.objects.filter(
        pk=key, paused="", failing_since__lte=now - AFTER, failures__gte=FAILURES
    )
    if failing.exists():
        pause(key, Endpoint.Paused.FAILING, at=now)


def pause(key: int, why: Endpoint.Paused, *, at: datetime) -> None:
    """Pause an endpoint by itself; journaled, and its owners will be told."""
    with transaction.atomic():
        changed = Endpoint.objects.filter(pk=key, paused="").update(
            paused=why, paused_at=at, owners_told=False
        )
        if changed:
            endpoint = Endpoint.objects.select_related("business").get(pk=key)
            what: dict[str, str | int] = {
                "did": "paused by itself",
                "host": endpoints.host(endpoint),
                "endpoint": key,
                "why": why.value,
            }
            journal.write(endpoint.business, "webhook", at=at, what=what)


def tell() -> int:
    """Mail the owners of endpoints that were paused by themselves; answers how many endpoints."""
    waiting = Endpoint.objects.filter(owners_told=False).select_related("business")
    for endpoint in waiting:
        if endpoint.paused in (Endpoint.Paused.FAILING, Endpoint.Paused.GONE):
            _mail(endpoint)
        Endpoint.objects.filter(pk=endpoint.pk).update(owners_told=True)
    return len(waiting)


def _mail(endpoint: Endpoint) -> None:
    business = endpoint.business
    owners = Staff.objects.filter(
        business=business, role=Staff.Role.OWNER, active=True, user__isnull=False
    ).select_related("user")
    to = [one.user.email for one in owners if one.user and one.user.email]
    context = {
        "business": business,
        "host": endpoints.host(endpoint),
        "gone": endpoint.paused == Endpoint.Paused.GONE,
        "address": settings.HABITUE_ADDRESS + reverse("settings-webhook", args=[endpoint.pk]),
    }
    with translation.override(business.language):
        subject = _("%(shop)s: %(host)s no longer takes messages") % {
            "shop": business.name,
            "host": context["host"],
        }
        text = render_to_string("connectors/mail/paused.txt", context)
    for address in to:
        EmailMessage(
            subject=" ".join(subject.split()),
            body=text,
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[address],
        ).send()
