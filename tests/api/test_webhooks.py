"""Webhooks by the API: endpoints made, changed, paused, and what they were told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from habitue.members.models import JournalLine
from tests.api import world
from tests.api.asking import ask

pytestmark = pytest.mark.django_db

# An address by number: nobody is asked for it, and nothing is sent in these tests.
HOOK = {"url": "https://1.1.1.1/hook", "types": ["event.posted"], "description": "The shop"}


@pytest.fixture
def hook(cafe: world.Place) -> str:
    """The address of an endpoint of the café."""
    told = ask("POST", "/webhooks", key=cafe.owner, body=HOOK)
    assert told.status == 201
    assert told.json["secret"].startswith("whsec_")
    return f"/webhooks/{told.json['endpoint']['id']}"


def test_a_secret_is_shown_once(cafe: world.Place, hook: str) -> None:
    shown = ask("GET", hook, key=cafe.owner)
    assert b"whsec_" not in shown.raw
    assert b"whsec_" not in ask("GET", "/webhooks", key=cafe.owner).raw
    first = ask("POST", f"{hook}/rotate", key=cafe.owner, once="r1")
    assert first.json["secret"].startswith("whsec_")
    assert first.json["endpoint"]["rotating_until"] is not None
    again = ask("POST", f"{hook}/rotate", key=cafe.owner, once="r1")
    assert again.json == {**first.json, "secret": None}


def test_an_endpoint_is_changed_paused_and_deleted(cafe: world.Place, hook: str) -> None:
    body: dict[str, Any] = {"types": ["voucher.used", "tier.changed"], "paused": True}
    told = ask("PATCH", hook, key=cafe.owner, body=body).json
    assert (told["types"], told["paused"]) == (["tier.changed", "voucher.used"], "hand")
    assert told["description"] == "The shop"
    assert ask("PATCH", hook, key=cafe.owner, body={"paused": False}).json["paused"] is None
    assert ask("DELETE", hook, key=cafe.owner).status == 204
    assert ask("GET", hook, key=cafe.owner).status == 404
    did = [line.what["did"] for line in JournalLine.objects.filter(kind="webhook").order_by("pk")]
    assert did == ["made", "changed", "paused", "resumed", "deleted"]


def test_a_message_is_looked_at_and_sent_again(cafe: world.Place, hook: str) -> None:
    made = ask("POST", f"{hook}/test", key=cafe.owner).json
    assert (made["type"], made["state"]) == ("webhook.test", "waiting")
    (listed,) = ask("GET", f"{hook}/messages", key=cafe.owner).json["items"]
    assert listed == made
    address = f"{hook}/messages/{made['id']}"
    opened = ask("GET", address, key=cafe.owner).json
    assert '"webhook.test"' in opened["body"]
    assert opened["tried"] == []
    assert ask("POST", f"{address}/replay", key=cafe.owner).json == {"messages": 0}
    assert ask("GET", f"{hook}/messages?state=failed", key=cafe.owner).json["items"] == []
    since = {"since": (datetime.now(UTC) - timedelta(days=1)).isoformat()}
    assert ask("POST", f"{hook}/replay", key=cafe.owner, body=since).json == {"messages": 0}
    long_ago = {"since": "0001-01-01T00:00:00+00:00"}
    assert ask("POST", f"{hook}/replay", key=cafe.owner, body=long_ago).status == 422


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "http://1.1.1.1/hook"),
        ("url", "https://127.0.0.1/hook"),
        ("url", "https://169.254.169.254/latest"),
        ("url", "https://[::1]/"),
        ("types", ["everything"]),
        ("description", "\u0007"),
    ],
)
def test_what_must_not_be_told_is_refused(cafe: world.Place, field: str, value: object) -> None:
    told = ask("POST", "/webhooks", key=cafe.owner, body={**HOOK, field: value})
    assert told.status == 422
    assert told.json["errors"][0]["pointer"] == f"/body/{field}"


def test_another_business_and_other_scopes_see_nothing(
    cafe: world.Place, next_door: world.Place, hook: str
) -> None:
    message = ask("POST", f"{hook}/test", key=cafe.owner).json["id"]
    for path in (hook, f"{hook}/messages", f"{hook}/messages/{message}"):
        assert ask("GET", path, key=next_door.owner).status == 404
        assert ask("GET", path, key=cafe.read).status == 403
    for path in ("rotate", "test", f"messages/{message}/replay"):
        assert ask("POST", f"{hook}/{path}", key=next_door.owner).status == 404
    assert ask("DELETE", hook, key=next_door.owner).status == 404
    own = ask("POST", "/webhooks", key=next_door.owner, body=HOOK).json["endpoint"]["id"]
    theirs = f"/webhooks/{own}/messages/{message}"
    assert ask("GET", theirs, key=next_door.owner).status == 404
