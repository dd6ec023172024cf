"""Endpoints: made with a secret that is shown once, changed, rotated, paused; journaled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from pytest_django.fixtures import Settings
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from habitue.connectors.models import Endpoint, Message, Watermark
from habitue.connectors.webhooks import endpoints, kinds, pausing
from habitue.connectors.webhooks.addresses import Refused
from habitue.connectors.webhooks.endpoints import Made
from habitue.members import staff
from habitue.members.models import Business, JournalLine
from tests.connectors.webhooks.conftest import Clock, Receiver, World, make
from tests.ledger.conftest import bought, post

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


def journaled() -> list[str]:
    found = JournalLine.objects.filter(kind="webhook").order_by("pk")
    return [str(line.what["did"]) for line in found]


def test_a_secret_is_told_once_and_stands_in_no_journal(cafe: Business) -> None:
    url = "http://127.0.0.1:9/hook?key=abc"
    made = endpoints.make(cafe, url=url, types=[kinds.EVENT_POSTED], by=None, at=AT)
    assert isinstance(made, Made)
    assert made.secret.startswith("whsec_")
    assert len(made.secret) >= 40
    (line,) = JournalLine.objects.filter(kind="webhook")
    assert line.what == {"did": "made", "host": "127.0.0.1:9", "endpoint": made.endpoint.pk}
    assert url not in str(made.endpoint)
    other = endpoints.make(cafe, url=url, types=[kinds.EVENT_POSTED], by=None, at=AT)
    assert isinstance(other, Made)
    assert other.secret != made.secret


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"url": "https://10.0.0.1/"}, "url_not_public"),
        ({"url": "nowhere"}, "url"),
        ({"types": []}, "types"),
        ({"types": ["event.posted", "event.guessed"]}, "types"),
        ({"types": ["webhook.test"]}, "types"),
        ({"description": "x" * 101}, "description"),
        ({"description": "a\x00b"}, "description"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_stays(
    cafe: Business, given: dict[str, Any], code: str
) -> None:
    values: dict[str, Any] = {"url": "http://127.0.0.1:9/", "types": [kinds.EVENT_POSTED], **given}
    made = endpoints.make(cafe, by=None, at=AT, **values)
    assert isinstance(made, Refused)
    assert made.code == code
    assert not Endpoint.objects.exists()
    assert not Watermark.objects.exists()
    assert journaled() == []


def test_a_business_has_so_many_endpoints_at_most(
    cafe: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "MOST", 2)
    for _ in range(2):
        make(cafe, "http://127.0.0.1:9/")
    third = endpoints.make(cafe, url="http://127.0.0.1:9/", types=kinds.ALL, by=None, at=AT)
    assert isinstance(third, Refused)
    assert third.code == "too_many"


def test_a_demo_tells_nobody_anything(cafe: Business) -> None:
    cafe.is_demo = True
    made = endpoints.make(cafe, url="http://127.0.0.1:9/", types=kinds.ALL, by=None, at=AT)
    assert isinstance(made, Refused)
    assert made.code == "demo"
    assert not Endpoint.objects.exists()


def test_an_address_is_looked_at_again_only_when_it_changes(
    cafe: Business, settings: Settings
) -> None:
    one = make(cafe, "http://127.0.0.1:9/", kinds.EVENT_POSTED)
    settings.WEBHOOKS_LOOPBACK = False
    changed = endpoints.update(one, description="till", types=["tier.changed"], by=None, at=AT)
    assert isinstance(changed, Endpoint)
    one.refresh_from_db()
    assert (one.description, one.types, one.url) == (
        "till",
        ["tier.changed"],
        "http://127.0.0.1:9/",
    )
    refused = endpoints.update(one, url="http://127.0.0.1:10/", by=None, at=AT)
    assert isinstance(refused, Refused)
    one.refresh_from_db()
    assert one.url == "http://127.0.0.1:9/"
    assert journaled() == ["made", "changed"]


def test_after_a_rotation_both_secrets_sign_for_a_day(
    cafe: Business, endpoint: Endpoint, alice: int, receiver: Receiver, world: World, clock: Clock
) -> None:
    old = endpoint.secret
    new = endpoints.rotate(endpoint, by=None, at=clock.now)
    assert old != new
    post(cafe, bought(alice, 100))
    world.deliver()
    headers, body = receiver.got[0]
    for secret in (old, new):
        assert Webhook(secret).verify(body, headers)
    # The library's own clock is the machine's: the day has passed because it ended before.
    Endpoint.objects.update(old_until=clock.now - timedelta(seconds=1))
    post(cafe, bought(alice, 200))
    world.deliver()
    headers, body = receiver.got[-1]
    assert Webhook(new).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(body, headers)
    assert "rotated" in journaled()


def test_pausing_and_resuming_are_journaled_once(cafe: Business, endpoint: Endpoint) -> None:
    for _ in range(2):
        endpoints.pause(endpoint, by=None, at=AT)
    for _ in range(2):
        endpoints.resume(endpoint, by=None, at=AT)
    endpoints.delete(endpoint, by=None, at=AT)
    assert journaled() == ["made", "paused", "resumed", "deleted"]


def test_a_test_message_arrives_whatever_was_asked_for(
    cafe: Business, receiver: Receiver, world: World, clock: Clock
) -> None:
    one = make(cafe, receiver.url, kinds.TIER_CHANGED)
    endpoints.test(one, at=clock.now)
    world.deliver()
    (said,) = receiver.said
    assert said["type"] == "webhook.test"
    assert said["data"] == {"endpoint": str(one.pk)}
    assert Message.objects.get().state == "delivered"


def test_another_business_has_no_such_endpoint(cafe: Business, endpoint: Endpoint) -> None:
    assert endpoints.find(cafe, key=endpoint.pk) == endpoint
    assert endpoints.listed(cafe) == [endpoint]
    bar = Business.objects.create(
        slug="bar", name="Bar", kind="bar", country="FR", currency="EUR",
        timezone="Europe/Paris", language="fr", counter_key="bar",
    )  # fmt: skip
    assert endpoints.find(bar, key=endpoint.pk) is None
    assert endpoints.listed(bar) == []


@pytest.mark.parametrize(
    ("language", "why", "words"),
    [
        ("fr", "failing", "trois jours"),
        ("it", "failing", "tre giorni"),
        ("en", "gone", "wants no more messages"),
    ],
)
def test_owners_are_told_once_in_the_shops_language(
    cafe: Business, endpoint: Endpoint, language: str, why: str, words: str
) -> None:
    Business.objects.filter(pk=cafe.pk).update(language=language)
    staff.add_owner(cafe, User.objects.create_user("zoe", "zoe@example.org"))
    pausing.pause(endpoint.pk, Endpoint.Paused(why), at=AT)
    assert pausing.tell() == 1
    assert pausing.tell() == 0
    (letter,) = mail.outbox
    assert letter.to == ["zoe@example.org"]
    body, subject = str(letter.body), str(letter.subject)
    assert words in body
    assert f"/settings/webhooks/{endpoint.pk}" in body
    assert "127.0.0.1" in subject
    assert "/hook" not in body + subject


def test_whoever_paused_by_hand_gets_no_mail(cafe: Business, endpoint: Endpoint) -> None:
    staff.add_owner(cafe, User.objects.create_user("zoe", "zoe@example.org"))
    endpoints.pause(endpoint, by=None, at=AT)
    assert pausing.tell() == 0
    assert mail.outbox == []
