"""The business and the credential: what is said of them, and what may be changed."""

import pytest

from habitue.members.models import Business, JournalLine
from tests.api import world
from tests.api.asking import ask

pytestmark = pytest.mark.django_db


def test_settings_are_changed_and_the_journal_says_which_and_by_whom(cafe: world.Place) -> None:
    body = {"language": "it", "quiet_from": "20:30", "window_days": 60}
    told = ask("PATCH", "/business", key=cafe.owner, body=body)
    assert told.status == 200
    assert {name: told.json[name] for name in body} == body
    kept = Business.objects.get(pk=cafe.business.pk)
    assert (kept.language, f"{kept.quiet_from}", kept.window_days) == ("it", "20:30:00", 60)
    line = JournalLine.objects.get(business=cafe.business, kind="settings")
    assert line.what == {"changed": "language quiet_from window_days", "through": "owner"}
    assert ask("GET", "/business", key=cafe.read).json == told.json


def test_what_is_left_out_stays_and_null_goes_back_to_the_own_rhythm(cafe: world.Place) -> None:
    ask("PATCH", "/business", key=cafe.owner, body={"window_days": 60})
    told = ask("PATCH", "/business", key=cafe.owner, body={"name": "Chez Alice"})
    assert (told.json["name"], told.json["window_days"]) == ("Chez Alice", 60)
    told = ask("PATCH", "/business", key=cafe.owner, body={"window_days": None})
    assert told.json["window_days"] is None


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"currency": "USD"}, "/body"),
        ({"quiet_from": "8:00"}, "/body/quiet_from"),
        ({"quiet_from": "08:00", "quiet_until": "08:00"}, "/body/quiet_until"),
        ({"name": "\u0007"}, "/body/name"),
        ({"name": "   "}, "/body/name"),
        ({"window_days": 0}, "/body/window_days"),
        ({"printed_cards": 1}, "/body/printed_cards"),
        ({"language": "de"}, "/body/language"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_changed(
    cafe: world.Place, body: dict[str, object], pointer: str
) -> None:
    before = ask("GET", "/business", key=cafe.owner).raw
    told = ask("PATCH", "/business", key=cafe.owner, body=body)
    assert told.status == 422
    assert told.json["errors"][0]["pointer"] == pointer
    assert ask("GET", "/business", key=cafe.owner).raw == before


def test_who_read_another_state_changes_nothing(cafe: world.Place) -> None:
    tag = ask("GET", "/business", key=cafe.owner).headers["ETag"]
    for name, status in (("First", 200), ("Second", 412)):
        told = ask(
            "PATCH",
            "/business",
            key=cafe.owner,
            body={"name": name},
            headers={"If-Match": tag},
        )
        assert told.status == status
    assert ask("GET", "/business", key=cafe.owner).json["name"] == "First"


def test_only_an_owner_changes_settings(cafe: world.Place) -> None:
    for key in (cafe.till, cafe.read, cafe.partner, cafe.member, cafe.cashier):
        assert ask("PATCH", "/business", key=key, body={"name": "Mine"}).status == 403


def test_every_credential_is_told_whom_it_stands_for(cafe: world.Place) -> None:
    scopes = {
        cafe.owner: ("owner", "key"),
        cafe.till: ("till", "key"),
        cafe.read: ("read", "key"),
        cafe.partner: ("partner", "key"),
        cafe.member: ("member", "token"),
        cafe.cashier: ("till", "token"),
    }
    for key, (scope, kind) in scopes.items():
        told = ask("GET", "/status", key=key).json
        assert (told["business"], told["scope"], told["kind"]) == (
            str(cafe.business.pk),
            scope,
            kind,
        )
        assert (told["expires_at"] is None) == (kind == "key")
    assert ask("GET", "/status", key=cafe.member).json["customer"] == str(cafe.alice)
    assert ask("GET", "/status", key=cafe.partner).json["partner"] == "airline"
    assert ask("GET", "/status", key=cafe.cashier).json["staff"] == str(cafe.diego.pk)
