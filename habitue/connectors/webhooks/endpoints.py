"""Endpoints: made, changed, given another secret, paused and resumed, deleted; each journaled.

A secret is shown when it is made, and then no more. Journals name the endpoint by its host: the
rest of an address may itself be a secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from msgspec import Struct

from habitue.connectors.models import Endpoint, Message
from habitue.connectors.webhooks import addresses, gathering, kinds, payloads, signing
from habitue.connectors.webhooks.addresses import Refused, Resolve
from habitue.members import journal
from habitue.members.models import Business, Staff

MOST: Final = 20
"""Endpoints of a business."""

OVERLAP: Final = timedelta(hours=24)
"""For how long a former secret signs beside the new one."""

_DEMO: Final = Refused("demo", "A demo tells no other system anything.")
_TYPES: Final = Refused("types", f"Name one or more of these types: {', '.join(kinds.ALL)}.")
_TOO_MANY: Final = Refused("too_many", f"A business has at most {MOST} endpoints.")
_TEXT: Final = Refused("description", "A description has at most 100 ordinary letters.")

_DELETE: Final = (
    "DELETE FROM connectors_attempt WHERE message_id IN ("
    "SELECT id FROM connectors_message WHERE endpoint_id = %s)",
    "DELETE FROM connectors_message WHERE endpoint_id = %s",
    "DELETE FROM connectors_endpoint WHERE id = %s",
)

_RESUME: Final = """
UPDATE connectors_message SET due_at = %s, first_at = NULL, attempts = 0
WHERE endpoint_id = %s AND state = 'waiting'"""


class Made(Struct, frozen=True):
    """A new endpoint with its secret: the only moment at which anybody sees it."""

    endpoint: Endpoint
    secret: str


def make(
    business: Business,
    *,
    url: str,
    types: Sequence[str],
    description: str = "",
    by: Staff | None,
    at: datetime,
    resolve: Resolve | None = None,
) -> Made | Refused:
    """A new endpoint, told from now on of what is of these `types` (`kinds.ALL`)."""
    if business.is_demo:
        return _DEMO  # whoever looks around in one has not even signed in
    refused = _wrong(url, types, description, resolve)
    if refused:
        return refused
    with transaction.atomic():
        Business.objects.select_for_update(no_key=True).get(pk=business.pk)
        there = Endpoint.objects.filter(business=business).count()
        if there >= MOST:
            return _TOO_MANY
        secret = signing.new_secret()
        endpoint = Endpoint.objects.create(
            business=business,
            url=url,
            description=description,
            types=_ordered(types),
            secret=secret,
            made_at=at,
        )
        if not there:
            gathering.begin(business.pk)
        _tell(endpoint, "made", by=by, at=at)
    return Made(endpoint, secret)


def listed(business: Business) -> list[Endpoint]:
    """The endpoints of a business, the newest first; whoever shows them leaves the secrets out."""
    return list(Endpoint.objects.filter(business=business).order_by("-pk"))


def find(business: Business, *, key: int) -> Endpoint | None:
    """An endpoint of this business; another's does not exist."""
    return Endpoint.objects.filter(business=business, pk=key).first()


def update(
    endpoint: Endpoint,
    *,
    url: str | None = None,
    types: Sequence[str] | None = None,
    description: str | None = None,
    by: Staff | None,
    at: datetime,
    resolve: Resolve | None = None,
) -> Endpoint | Refused:
    """Change what is given; what waits goes to the new address."""
    url = endpoint.url if url is None else url
    types = endpoint.types if types is None else types
    description = endpoint.description if description is None else description
    refused = _wrong(url if url != endpoint.url else None, types, description, resolve)
    if refused:
        return refused
    with transaction.atomic():
        endpoint.url, endpoint.types, endpoint.description = url, _ordered(types), description
        endpoint.save(update_fields=["url", "types", "description"])
        _tell(endpoint, "changed", by=by, at=at)
    return endpoint


def rotate(endpoint: Endpoint, *, by: Staff | None, at: datetime) -> str:
    """Another secret, told once; the one before signs beside it for `OVERLAP`."""
    with transaction.atomic():
        held = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        endpoint.old_secret, endpoint.old_until = held.secret, at + OVERLAP
        endpoint.secret = signing.new_secret()
        endpoint.save(update_fields=["secret", "old_secret", "old_until"])
        _tell(endpoint, "rotated", by=by, at=at)
    return endpoint.secret


def pause(endpoint: Endpoint, *, by: Staff | None, at: datetime) -> None:
    """Send nothing until it is resumed; messages are made and wait."""
    with transaction.atomic():
        changed = Endpoint.objects.filter(pk=endpoint.pk, paused="").update(
            paused=Endpoint.Paused.BY_HAND, paused_at=at
        )
        if changed:
            _tell(endpoint, "paused", by=by, at=at)


def resume(endpoint: Endpoint, *, by: Staff | None, at: datetime) -> None:
    """Send again, first what waited meanwhile: it has three days anew."""
    with transaction.atomic():
        changed = (
            Endpoint.objects.filter(pk=endpoint.pk)
            .exclude(paused="")
            .update(paused="", paused_at=None, failing_since=None, failures=0)
        )
        if changed:
            with connection.cursor() as cursor:
                cursor.execute(_RESUME, [at, endpoint.pk])
            _tell(endpoint, "resumed", by=by, at=at)


def delete(endpoint: Endpoint, *, by: Staff | None, at: datetime) -> None:
    """The endpoint with its messages and attempts is gone; nothing more is sent there."""
    with transaction.atomic():
        Business.objects.select_for_update(no_key=True).get(pk=endpoint.business_id)
        # Whoever gathers for this business is waited for: it writes messages of this endpoint.
        gathering.wait(endpoint.business_id)
        with connection.cursor() as cursor:
            for statement in _DELETE:
                cursor.execute(statement, [endpoint.pk])
        if not Endpoint.objects.filter(business=endpoint.business_id).exists():
            gathering.end(endpoint.business_id)
        _tell(endpoint, "deleted", by=by, at=at)


def test(endpoint: Endpoint, *, at: datetime) -> Message:
    """Have a message of type `webhook.test` sent, which says nothing but that it is one."""
    body = payloads.body(kinds.TEST, at, {"endpoint": str(endpoint.pk)})
    return Message.objects.create(
        endpoint=endpoint, type=kinds.TEST, body=body, made_at=at, due_at=at
    )


def host(endpoint: Endpoint) -> str:
    """What an endpoint is called: the host of its address."""
    return urlsplit(endpoint.url).netloc


def _wrong(
    url: str | None, types: Sequence[str], description: str, resolve: Resolve | None
) -> Refused | None:
    if url is not None:
        found = addresses.check(url, loopback=settings.WEBHOOKS_LOOPBACK, resolve=resolve)
        if isinstance(found, Refused):
            return found
    if not types or not set(types) <= set(kinds.ALL):
        return _TYPES
    return _TEXT if len(description) > 100 or not description.isprintable() else None


def _ordered(types: Sequence[str]) -> list[str]:
    return [one for one in kinds.ALL if one in types]


def _tell(endpoint: Endpoint, did: str, *, by: Staff | None, at: datetime) -> None:
    what: dict[str, str | int] = {"did": did, "host": host(endpoint), "endpoint": endpoint.pk}
    journal.write(endpoint.business, "webhook", at=at, staff=by, what=what)
