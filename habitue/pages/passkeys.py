"""Passkeys: a device's own key instead of a mailed code (WebAuthn, by the `fido2` library).

A challenge is kept in the session and is good once. The key belongs to the host that the page was
opened under, so a page elsewhere that looks like ours gets nothing from it.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User
from django.http import HttpRequest
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from habitue.members.devices import named
from habitue.pages.models import Passkey

MOST: Final = 20
_STATE: Final = "passkey"


def offer(request: HttpRequest, user: User) -> dict[str, Any]:
    """What the browser needs to make a key for a user: JSON."""
    own = PublicKeyCredentialUserEntity(
        id=str(user.pk).encode(), name=user.email, display_name=user.email
    )
    options, state = _server(request).register_begin(
        own,
        [_known(one) for one in user.passkeys.all()],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    request.session[_STATE] = state
    return dict(options)


def add(request: HttpRequest, user: User, answer: Mapping[str, Any], *, at: datetime) -> bool:
    """Keep what the browser made; whether it answers the challenge, and was not kept before."""
    state = request.session.pop(_STATE, None)
    if state is None or user.passkeys.count() >= MOST:
        return False
    try:
        made = _server(request).register_complete(state, answer)
    except (ValueError, KeyError, TypeError, AttributeError):
        return False  # not an answer to this challenge, whatever is wrong with it
    data = made.credential_data
    if data is None:
        return False
    _, created = Passkey.objects.get_or_create(
        credential=websafe_encode(data.credential_id),
        defaults={
            "user": user,
            "public": bytes(data),
            "name": named(request.headers.get("User-Agent", "")),
            "made_at": at,
        },
    )
    return created


def ask(request: HttpRequest) -> dict[str, Any]:
    """What the browser needs to sign in with a key it has, whoever that is: JSON."""
    options, state = _server(request).authenticate_begin(
        user_verification=UserVerificationRequirement.REQUIRED
    )
    request.session[_STATE] = state
    return dict(options)


def open_with(request: HttpRequest, answer: Mapping[str, Any], *, at: datetime) -> User | None:
    """Whose key answered the challenge; None when nobody's did."""
    state = request.session.pop(_STATE, None)
    named_key = answer.get("id")
    if state is None or not isinstance(named_key, str) or "\x00" in named_key:
        return None
    key = Passkey.objects.select_related("user").filter(credential=named_key[:1400]).first()
    if key is None or not key.user.is_active:
        return None
    try:
        _server(request).authenticate_complete(state, [_known(key)], answer)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None  # not an answer to this challenge, whatever is wrong with it
    Passkey.objects.filter(pk=key.pk).update(used_at=at)
    return key.user


def read(request: HttpRequest) -> dict[str, Any] | None:
    """What a browser sent as JSON; None where it is none."""
    try:
        answer = json.loads(request.body[:20_000])
    except (ValueError, RecursionError):  # thousands of brackets in one another
        return None
    return answer if isinstance(answer, dict) else None


def _server(request: HttpRequest) -> Fido2Server:
    host = request.get_host().rpartition(":")[0] or request.get_host()
    return Fido2Server(PublicKeyCredentialRpEntity(id=host, name="Habitué"))


def _known(key: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(key.public))
