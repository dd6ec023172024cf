"""Passkeys and sessions: what is no answer opens nothing; a session elsewhere can be ended.

A passkey that works is made and used in a real browser: tests/browser/test_passkey.py.
"""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone
from fido2.cose import ES256
from fido2.webauthn import Aaguid, AttestedCredentialData

from habitue.members.models import Business
from habitue.pages.models import Passkey
from tests.pages.conftest import ZOE

pytestmark = pytest.mark.django_db
WRONG = [
    b"",
    b"[" * 10_000,
    b"[]",
    b"{}",
    b"\xff",
    b'{"id": 3}',
    b'{"id": "a\\u0000b"}',
    b'{"id": "known"}',
    b'{"id": "known", "rawId": "known", "type": "public-key", "response": {}}',
    b'{"id": "known", "rawId": "AAAA", "type": "public-key",'
    b' "response": {"clientDataJSON": "AAAA", "authenticatorData": "AAAA", "signature": "AAAA"}}',
]


@pytest.fixture
def zoe(cafe: Business) -> User:
    user = User.objects.get(username=ZOE)
    Passkey.objects.create(
        user=user, credential="known", public=public_half(), name="x", made_at=timezone.now()
    )
    return user


def public_half() -> bytes:
    """A device's public key, as it is kept."""
    point = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    x, y = (number.to_bytes(32, "big") for number in (point.x, point.y))
    key = ES256({1: 2, 3: ES256.ALGORITHM, -1: 1, -2: x, -3: y})  # RFC 9053, 7.1.1
    return bytes(AttestedCredentialData.create(Aaguid.NONE, b"known", key))


@pytest.mark.parametrize("body", WRONG)
def test_what_answers_no_challenge_signs_nobody_in(zoe: User, body: bytes) -> None:
    client = Client()
    challenge = client.post("/sign-in/passkey/ask").json()
    assert challenge["publicKey"]["userVerification"] == "required"
    for _ in range(2):  # the second time there is no challenge any more
        answer = client.post("/sign-in/passkey", body, content_type="application/json")
        assert answer.status_code == 422
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("body", WRONG)
def test_what_answers_no_challenge_is_not_kept(owner: Client, zoe: User, body: bytes) -> None:
    offered = owner.post("/settings/account/passkeys/offer").json()["publicKey"]
    assert offered["user"]["name"] == ZOE
    assert offered["authenticatorSelection"]["residentKey"] == "required"
    answer = owner.post("/settings/account/passkeys/add", body, content_type="application/json")
    assert answer.status_code == 422
    assert zoe.passkeys.count() == 1


def test_a_passkey_of_ones_own_is_removed_and_nobody_elses(owner: Client, zoe: User) -> None:
    other = User.objects.create_user("bruno", "bruno@example.org")
    theirs = Passkey.objects.create(
        user=other, credential="other", public=b"x", name="x", made_at=timezone.now()
    )
    assert owner.post(f"/settings/account/passkeys/{theirs.pk}/remove").status_code == 404
    own = zoe.passkeys.get()
    owner.post(f"/settings/account/passkeys/{own.pk}/remove")
    assert list(Passkey.objects.all()) == [theirs]


def test_a_session_in_another_browser_is_listed_and_ended(cafe: Business) -> None:
    here, there = Client(), Client(headers={"User-Agent": "Mozilla/5.0 (iPhone) Safari/605"})
    for client in (here, there):
        client.post("/sign-in", {"email": ZOE})
        code = str(mail.outbox[-1].subject)[:6]
        assert client.post("/sign-in/code", {"code": code}).status_code == 302
    page = here.get("/settings/account").content.decode()
    assert "Safari · iPhone" in page
    away = UserSession.objects.get(session_key=there.session.session_key)
    here.post(f"/settings/account/sessions/{away.pk}")
    assert there.get("/settings").status_code == 302
    assert here.get("/settings").status_code == 200


def test_nobody_ends_a_strangers_session(owner: Client, cafe: Business) -> None:
    other = User.objects.create_user("bruno", "bruno@example.org")
    theirs = UserSession.objects.create(user=other, ip="127.0.0.1", session_key="theirs")
    assert owner.post(f"/settings/account/sessions/{theirs.pk}").status_code == 404
    assert UserSession.objects.filter(pk=theirs.pk).exists()
