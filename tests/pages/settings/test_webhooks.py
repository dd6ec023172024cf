"""The owner's pages of webhooks: added with a secret shown once, tested, paused, told once more."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from habitue.connectors.models import Attempt, Endpoint, Message
from habitue.connectors.webhooks import endpoints, kinds, pausing
from habitue.members import staff
from habitue.members.models import Business, JournalLine, Staff
from tests.pages.conftest import make_shop

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
URL = "http://127.0.0.1:9/hook"
PATH = "/settings/webhooks"


@pytest.fixture(autouse=True)
def on_this_machine(settings: Settings) -> None:
    settings.WEBHOOKS_LOOPBACK = True


@pytest.fixture
def endpoint(cafe: Business) -> Endpoint:
    made = endpoints.make(cafe, url=URL, types=kinds.ALL, by=None, at=AT)
    assert isinstance(made, endpoints.Made)
    return made.endpoint


def message(endpoint: Endpoint, state: str = "delivered", kind: str = kinds.TEST) -> Message:
    made = endpoints.test(endpoint, at=timezone.now())
    Message.objects.filter(pk=made.pk).update(state=state, type=kind)
    return made


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_webhook_is_added_and_its_secret_shown_once(owner: Client, cafe: Business) -> None:
    sent = {"url": URL, "description": "Boutique", "types": ["event.posted", "tier.changed"]}
    answer = owner.post(PATH, sent)
    made = Endpoint.objects.get()
    assert answer["Location"] == f"{PATH}/{made.pk}"
    assert (made.business, made.description, made.types) == (cafe, "Boutique", sent["types"])
    page = read(owner, f"{PATH}/{made.pk}")
    found = re.search(r"<code>(whsec_[^<]+)</code>", page)
    assert found
    assert found[1] == made.secret
    assert "whsec_" not in read(owner, f"{PATH}/{made.pk}")
    assert "whsec_" not in read(owner, PATH)
    assert "Boutique" in read(owner, PATH)
    assert "127.0.0.1:9" in read(owner, "/journal")
    assert "1 autre système" in read(owner, "/settings")


@pytest.mark.parametrize(
    ("sent", "field", "words"),
    [
        ({"url": ""}, "url", ""),
        ({"url": "nowhere"}, "url", "https://shop.example/hook"),
        ({"url": "ftp://shop.example"}, "url", "https://"),
        ({"url": "https://10.0.0.1/"}, "url", "Internet"),
        ({"url": "https://u:p@10.0.0.1/"}, "url", "mot de passe"),
        ({"url": "http://127.0.0.1:0/"}, "url", "1024"),
        ({"url": "a\x00"}, "url", ""),
        ({"types": []}, "types", ""),
        ({"types": ["event.guessed"]}, "types", ""),
        ({"description": "x" * 101}, "description", ""),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    owner: Client, sent: dict[str, object], field: str, words: str
) -> None:
    answer = owner.post(PATH, {"url": URL, "types": ["event.posted"], **sent})
    assert answer.status_code == 422
    page = answer.content.decode()
    found = re.search(rf'id="id_{field}_error">([^<]+)<', page)
    assert found
    assert words in found[1]
    assert not Endpoint.objects.exists()


def test_a_test_is_sent_and_appears_in_the_log(owner: Client, endpoint: Endpoint) -> None:
    assert owner.post(f"{PATH}/{endpoint.pk}/test").status_code == 302
    sent = Message.objects.get()
    assert sent.type == kinds.TEST
    page = read(owner, f"{PATH}/{endpoint.pk}")
    assert str(sent) in page
    assert "En attente" in page


def test_another_secret_is_shown_once_and_the_former_goes_on(
    owner: Client, endpoint: Endpoint
) -> None:
    before = endpoint.secret
    page = owner.post(f"{PATH}/{endpoint.pk}/rotate", follow=True).content.decode()
    endpoint.refresh_from_db()
    assert endpoint.secret in page
    assert endpoint.old_secret == before
    assert before not in page
    assert "24 heures" in page


def test_pause_and_resume(owner: Client, endpoint: Endpoint) -> None:
    owner.post(f"{PATH}/{endpoint.pk}/pause")
    endpoint.refresh_from_db()
    assert endpoint.paused == "hand"
    assert f"{PATH}/{endpoint.pk}/resume" in read(owner, f"{PATH}/{endpoint.pk}")
    owner.post(f"{PATH}/{endpoint.pk}/resume")
    endpoint.refresh_from_db()
    assert endpoint.paused == ""
    for why, words in (("failing", "trois jours"), ("gone", "ne veut plus")):
        Endpoint.objects.update(paused="")
        pausing.pause(endpoint.pk, Endpoint.Paused(why), at=AT)
        assert words in read(owner, f"{PATH}/{endpoint.pk}")


def test_the_log_is_filtered_and_paged(
    owner: Client, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("habitue.pages.settings.deliveries.PAGE", 3)
    taken = [message(endpoint) for _ in range(4)]
    lost = message(endpoint, "failed", kinds.TIER_CHANGED)
    path = f"{PATH}/{endpoint.pk}"
    page = read(owner, path)
    assert str(lost) in page
    assert str(taken[0]) not in page
    (older,) = re.findall(r'href="\?([^"]*before=\d+)"', page)
    assert str(taken[0]) in read(owner, f"{path}?{older.replace('&amp;', '&')}")
    for query in ("state=failed", "type=tier.changed"):
        some = read(owner, f"{path}?{query}")
        assert str(lost) in some
        assert str(taken[-1]) not in some
    assert str(lost) in read(owner, f"{path}?state=nonsense&type=x&before=x")


def test_a_message_shows_what_was_sent_and_how_it_was_tried(
    owner: Client, endpoint: Endpoint
) -> None:
    one = message(endpoint)
    Attempt.objects.create(
        message=one, at=AT, status=500, milliseconds=12, answer="<script>alert(1)</script>"
    )
    Attempt.objects.create(message=one, at=AT, milliseconds=15_000, error="timeout")
    page = read(owner, f"{PATH}/{endpoint.pk}/{one.pk}")
    assert "&quot;type&quot;: &quot;webhook.test&quot;" in page
    assert "500" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "Pas de réponse à temps" in page


def test_every_reason_for_no_answer_has_words(owner: Client, endpoint: Endpoint) -> None:
    from habitue.pages.settings import deliveries

    known = {"timeout", "tls", "no_connection", "no_http"}
    known |= {"url", "url_scheme", "url_user", "url_port", "url_host_unknown", "url_not_public"}
    assert known <= set(deliveries.ERRORS)
    assert set(kinds.ALL) | {kinds.TEST} == set(deliveries.TYPES)


def test_one_message_or_all_since_a_moment_go_out_again(
    owner: Client, endpoint: Endpoint, cafe: Business
) -> None:
    first, second = message(endpoint), message(endpoint, "failed")
    owner.post(f"{PATH}/{endpoint.pk}/{first.pk}/replay")
    assert set(Message.objects.values_list("state", flat=True)) == {"waiting", "failed"}
    sent = {"since": "2026-01-01T00:00"}
    page = owner.post(f"{PATH}/{endpoint.pk}/since", sent, follow=True).content.decode()
    assert "1 message" in page
    second.refresh_from_db()
    assert second.state == "waiting"
    for wrong in ("", "yesterday", "1999-01-01T00:00", "0001-01-01T00:00"):
        answer = owner.post(f"{PATH}/{endpoint.pk}/since", {"since": wrong})
        assert answer.status_code == 422
        assert 'id="id_since_error"' in answer.content.decode()
    said = [line.what["did"] for line in JournalLine.objects.filter(kind="webhook")]
    assert said == ["made", "replayed", "replayed"]


def test_the_address_and_what_it_is_told_can_be_changed(owner: Client, endpoint: Endpoint) -> None:
    path = f"{PATH}/{endpoint.pk}/change"
    assert URL in read(owner, path)
    sent = {"url": f"{URL}/2", "description": "Caisse", "types": ["balance.changed"]}
    assert owner.post(path, sent).status_code == 302
    endpoint.refresh_from_db()
    assert (endpoint.url, endpoint.description, endpoint.types) == tuple(sent.values())
    assert owner.post(path, {**sent, "url": "https://10.0.0.1"}).status_code == 422


def test_deleting_asks_first(owner: Client, endpoint: Endpoint) -> None:
    message(endpoint)
    path = f"{PATH}/{endpoint.pk}/delete"
    assert "127.0.0.1:9" in read(owner, path)
    assert Endpoint.objects.exists()
    owner.post(path)
    assert not Endpoint.objects.exists()
    assert not Message.objects.exists()


def test_managers_and_other_shops_are_kept_out(endpoint: Endpoint, cafe: Business) -> None:
    user = User.objects.create_user("mara@example.org", "mara@example.org")
    own = Staff.objects.get(business=cafe, role="owner")
    staff.admit(cafe, user, Staff.Role.MANAGER, by=own, at=AT)
    manager, other = Client(), Client()
    manager.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    bar = make_shop("Bar")
    boss = User.objects.create_user("bob@example.org", "bob@example.org")
    staff.add_owner(bar, boss)
    other.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    one = message(endpoint)
    for path in (f"/{endpoint.pk}", f"/{endpoint.pk}/{one.pk}", f"/{endpoint.pk}/change"):
        assert manager.get(PATH + path).status_code == 403
        assert other.get(PATH + path).status_code == 404
    for doing in ("test", "rotate", "pause", "resume", "since", "delete", f"{one.pk}/replay"):
        assert manager.post(f"{PATH}/{endpoint.pk}/{doing}").status_code == 403
        assert other.post(f"{PATH}/{endpoint.pk}/{doing}").status_code == 404
    endpoint.refresh_from_db()
    assert (endpoint.paused, endpoint.old_secret) == ("", "")
    assert f'href="{PATH}"' not in manager.get("/settings").content.decode()
