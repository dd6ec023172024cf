"""A phone at the counter: its own signature, actions that follow from each other, an end."""

import hashlib
import hmac
from datetime import datetime, timedelta

import pytest
from msgspec import structs

from habitue.members import devices
from habitue.members.models import Device, JournalLine, OfflineScan, Staff

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)
ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Mobile Safari/537.36"
)


@pytest.fixture
def phone(diego: Staff, now: datetime) -> Device:
    return devices.admit(diego, user_agent=IPHONE, at=now)


def signed(phone: Device, number: int, before: str = "", **given: object) -> devices.Signed:
    made = devices.Signed(
        device=phone.pk,
        number=number,
        reference=f"reference-{number:08d}",
        code="K7Q2M4XR",
        kind="visit",
        size=1,
        at=1_790_000_000_000,
        skew=0,
        before=before,
        signature="",
    )
    made = structs.replace(made, **given)
    mac = hmac.new(bytes.fromhex(phone.secret), made.text().encode(), hashlib.sha256)
    return structs.replace(made, signature=mac.hexdigest())


def arrived(phone: Device, action: devices.Signed, now: datetime) -> None:
    OfflineScan.objects.create(
        device=phone,
        number=action.number,
        scanned_at=now,
        received_at=now,
        answer={"signature": action.signature, "before": action.before},
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (IPHONE, "Safari · iPhone"),
        (ANDROID, "Chrome · Android"),
        ("curl/8.1", "curl/8.1"),
        ("\x00é", "?"),
        ("", "?"),
        ("A" * 500, "A" * 40),
    ],
)
def test_a_phone_is_called_as_people_call_it(text: str, name: str) -> None:
    assert devices.named(text) == name


@pytest.mark.parametrize(
    "changed",
    [
        {"size": 2},
        {"code": "K7Q2M4XS"},
        {"at": 1_790_000_000_001},
        {"skew": 1},
        {"number": 2},
        {"before": "0" * 64},
        {"reference": "reference-00000009"},
        {"kind": "purchase"},
        {"device": 1},
    ],
)
def test_whatever_is_changed_is_not_signed(phone: Device, changed: dict[str, object]) -> None:
    action = signed(phone, 1)
    assert devices.honest(phone, action)
    assert not devices.honest(phone, structs.replace(action, **changed))


def test_another_phones_signature_is_none(phone: Device, diego: Staff, now: datetime) -> None:
    other = devices.admit(diego, user_agent=ANDROID, at=now)
    assert not devices.honest(other, signed(phone, 1))


def test_an_action_agrees_with_its_neighbors(phone: Device, now: datetime) -> None:
    first = signed(phone, 1)
    second = signed(phone, 2, first.signature)
    third = signed(phone, 3, second.signature)
    assert devices.fits(phone, third)  # what has not arrived says nothing
    arrived(phone, third, now)
    assert devices.fits(phone, second)
    assert not devices.fits(phone, signed(phone, 2, first.signature, size=9))
    arrived(phone, first, now)
    assert devices.fits(phone, second)
    assert not devices.fits(phone, signed(phone, 2, "0" * 64))
    assert not devices.fits(phone, signed(phone, 1, "0" * 64))


def test_a_revoked_phone_is_listed_no_more_and_the_journal_says_who(
    phone: Device, diego: Staff, now: datetime
) -> None:
    arrived(phone, signed(phone, 3), now)
    (one,) = devices.listed(diego.business)
    assert (one.device, one.scans, one.missing) == (phone, 1, 2)
    for _ in range(2):
        devices.revoke(phone, by=diego, at=now + timedelta(minutes=1))
    assert devices.listed(diego.business) == []
    lines = JournalLine.objects.filter(kind="device").order_by("pk")
    assert [line.what["done"] for line in lines] == ["admitted", "revoked"]


def test_the_phone_of_somebody_let_go_works_no_more(phone: Device, diego: Staff) -> None:
    diego.active = False
    diego.save()
    assert not devices.working(diego.business).exists()
