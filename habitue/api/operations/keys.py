"""Keys of the business: made, shown once, renewed, ended. What staff hold beside them: `tokens`."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Annotated, Final, Literal

from django.db import transaction
from msgspec import Meta

from habitue.api import calls, paging, problems, values
from habitue.api.problems import Problem
from habitue.api.routing import operation
from habitue.api.values import Given, Id, Instant, Name, Said
from habitue.members import keys
from habitue.members.models import ApiKey, Staff

LAST_YEAR: Final = 9000
"""In which a key may end, in every time zone."""

KeyScope = Annotated[
    Literal["owner", "till", "read", "partner"],
    Meta(
        description="`owner`: everything an owner may do; `till`: a till's work; `read`: reading"
        " only; `partner`: the part of one partner of the program."
    ),
]
_ONCE = "The key itself; shown this once, and null when the same Idempotency-Key is sent again."


class KeyShown(Given, frozen=True, kw_only=True):
    """A key, without its text: that is kept nowhere."""

    id: Id
    name: str
    scope: KeyScope
    partner: Annotated[str, Meta(description="Whose part it opens; empty for other scopes.")]
    ending: Annotated[str, Meta(description="Its last four characters, to tell keys apart.")]
    made_at: Instant
    used_at: Annotated[Instant | None, Meta(description="Its last use, to the minute.")]
    expires_at: Annotated[Instant | None, Meta(description="It opens nothing from then on.")]
    revoked_at: Instant | None


class KeyMade(Given, frozen=True, kw_only=True):
    """A new key, with its text."""

    text: Annotated[str | None, Meta(description=_ONCE)]
    key: KeyShown


class NewKey(Said, frozen=True, kw_only=True):
    """A key to be made."""

    name: Annotated[Name, Meta(description="Which program gets it; you see it in the journal.")]
    scope: KeyScope
    partner: Annotated[
        str, Meta(max_length=60, description="A partner of the program, for that scope alone.")
    ] = ""
    expires_at: Annotated[
        Instant | None, Meta(description="Left out: it is good until it is revoked.")
    ] = None


class KeyRotation(Said, frozen=True, kw_only=True):
    """How a key is renewed."""

    overlap_minutes: (
        Annotated[
            int,
            Meta(
                ge=0,
                le=527_040,
                description="How long the old key goes on; left out: as the server is set.",
            ),
        ]
        | None
    ) = None


class OfKey(Said, frozen=True, kw_only=True):
    """Which key."""

    key: Id


class AskedKeys(paging.Paged, frozen=True, kw_only=True):
    """Which keys."""

    over: Annotated[bool, Meta(description="Also those that open nothing any more.")] = False


@operation("GET", "/keys", may=calls.OWNERS, summary="The business's keys")
def find(call: calls.Call, asked: AskedKeys) -> paging.Page[KeyShown]:
    """The newest first."""
    _only_owners(call)
    rows = ApiKey.objects.filter(business=call.caller.business).order_by("-pk")
    if not asked.over:
        rows = rows.filter(revoked_at=None).exclude(expires_at__lte=call.now)
    if position := paging.position(asked.cursor):
        rows = rows.filter(pk__lt=position[0])
    return paging.page(list(rows[: asked.limit + 1]), asked.limit, _shown, lambda one: [one.pk])


@operation(
    "POST",
    "/keys",
    may=calls.OWNERS,
    status=201,
    secret="text",
    summary="Make a key",
    example={"name": "Web shop", "scope": "till"},
)
def make(call: calls.Call, body: NewKey) -> KeyMade:
    """Its text is in this answer and nowhere else: keep it."""
    _only_owners(call)
    if bool(body.partner) != (body.scope == "partner"):
        raise problems.wrong("/body/partner", "A key of scope 'partner' names the partner.")
    partners = [one.id for one in call.shelf.book.latest.program.partners]
    if body.partner and body.partner not in partners:
        raise problems.wrong("/body/partner", "The program has no such partner.")
    ends = body.expires_at
    if ends is not None and ends <= call.now:
        raise problems.wrong("/body/expires_at", "This instant is over already.")
    if ends is not None and ends.year > LAST_YEAR:
        raise problems.wrong("/body/expires_at", "No key is good for so long.")
    with transaction.atomic():
        key, text = keys.make(
            call.business,
            name=body.name,
            scope=ApiKey.Scope(body.scope),
            by=call.staff,
            at=call.now,
            partner=body.partner,
            expires_at=ends and ends.astimezone(UTC),
        )
    return KeyMade(text=text, key=_shown(key))


@operation(
    "POST",
    "/keys/{key}/rotate",
    may=calls.OWNERS,
    status=201,
    secret="text",
    summary="Renew a key",
)
def rotate(call: calls.Call, where: OfKey, body: KeyRotation) -> KeyMade:
    """Another key that may do the same; the old one goes on for a while, so no program stops."""
    _only_owners(call)
    minutes = body.overlap_minutes
    overlap = None if minutes is None else timedelta(minutes=minutes)
    made = keys.rotate(_key(call, where), by=call.staff, at=call.now, overlap=overlap)
    if made is None:
        raise Problem(409, "over", "This key was renewed before, or is over. Make another one.")
    key, text = made
    return KeyMade(text=text, key=_shown(key))


@operation("DELETE", "/keys/{key}", may=calls.OWNERS, summary="Revoke a key")
def revoke(call: calls.Call, where: OfKey) -> None:
    """It opens nothing from now on, not even this business to whoever revokes it by itself."""
    _only_owners(call)
    with transaction.atomic():
        if not keys.revoke(_key(call, where), by=call.staff, at=call.now):
            raise problems.unknown("key")


def _only_owners(call: calls.Call) -> None:
    """Keys are an owner's own: a manager who signed in is refused, as on the pages."""
    if call.staff is not None and call.staff.role != Staff.Role.OWNER:
        raise Problem(403, "scope", "Only an owner may look after keys.")


def _key(call: calls.Call, where: OfKey) -> ApiKey:
    found = ApiKey.objects.filter(
        pk=values.number(where.key) or 0, business=call.caller.business
    ).first()
    if found is None:
        raise problems.unknown("key")
    return found


def _shown(one: ApiKey) -> KeyShown:
    return KeyShown(
        id=str(one.pk),
        name=one.name,
        scope=_scope(one),
        partner=one.partner,
        ending=one.ending,
        made_at=one.made_at,
        used_at=one.used_at,
        expires_at=one.expires_at,
        revoked_at=one.revoked_at,
    )


def _scope(one: ApiKey) -> Literal["owner", "till", "read", "partner"]:
    match one.scope:
        case "owner" | "till" | "read" as scope:
            return scope
        case _:
            return "partner"
