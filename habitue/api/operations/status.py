"""Who a credential stands for: what a program asks first, to see that it was set up rightly."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from django.conf import settings
from msgspec import Meta

from habitue.api import calls, once, paging, reading
from habitue.api.routing import operation
from habitue.api.values import Given, Id, Instant
from habitue.members.callers import Caller
from habitue.members.models import AccessToken, ApiKey


class Limits(Given, frozen=True, kw_only=True):
    """What one caller may ask for."""

    requests_per_second: Annotated[int, Meta(description="In the long run.")]
    burst: Annotated[int, Meta(description="So many at once, before that holds.")]
    body_bytes: Annotated[int, Meta(description="The longest body.")]
    page: Annotated[int, Meta(description="The most things on one page of a list.")]
    key_characters: Annotated[int, Meta(description="The longest Idempotency-Key.")]


class StatusShown(Given, frozen=True, kw_only=True):
    """The credential of this request; `customer`, `staff` and `partner` where it is theirs."""

    business: Id
    scope: Literal["owner", "till", "read", "partner", "member"]
    kind: Annotated[
        Literal["key", "token"],
        Meta(description="A key stays until it is revoked; a token is soon over."),
    ]
    name: Annotated[str, Meta(description="The key's, or who works with the token.")]
    customer: Id | None
    staff: Id | None
    partner: str | None
    expires_at: Annotated[Instant | None, Meta(description="It opens nothing from then on.")]
    now: Annotated[Instant, Meta(description="The server's clock.")]
    limits: Limits


@operation("GET", "/status", may=calls.EVERYBODY, summary="Who am I, until when, within what")
def show(call: calls.Call) -> StatusShown:
    """Answers any credential that is good; any other gets a 401."""
    caller = call.caller
    return StatusShown(
        business=str(caller.business),
        scope=caller.scope,
        kind="key" if caller.key is not None else "token",
        name=caller.name,
        customer=None if caller.customer is None else str(caller.customer),
        staff=None if caller.staff is None else str(caller.staff),
        partner=caller.partner or None,
        expires_at=_end(caller),
        now=call.now,
        limits=Limits(
            requests_per_second=settings.API_RATE,
            burst=settings.API_BURST,
            body_bytes=reading.MOST_BODY,
            page=paging.MOST,
            key_characters=once.MOST_KEY,
        ),
    )


def _end(caller: Caller) -> datetime | None:
    """When the credential opens nothing any more; None for a key without an end."""
    if caller.key is not None:
        return ApiKey.objects.get(pk=caller.key).expires_at
    assert caller.token is not None, "a caller has a key or a token"
    return AccessToken.objects.get(pk=caller.token).expires_at
