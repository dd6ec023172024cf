"""Events as programs read them, and who is told to have handed them in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.api import world
from tests.api.asking import ask
from tests.api.test_events import bought, sent
from tests.ledger.conftest import rows, sound

pytestmark = pytest.mark.django_db


def test_events_are_listed_newest_first_and_page_by_page(cafe: world.Place) -> None:
    for cents in (100, 200, 300):
        sent(cafe, bought(cents=cents))
    found: list[int] = []
    asked = "/events?kind=purchase&limit=2"
    while asked:
        told = ask("GET", asked, key=cafe.read)
        found += [one["amount"] for one in told.json["items"]]
        following = told.json["next"]
        asked = f"/events?kind=purchase&limit=2&cursor={following}" if following else ""
    assert found == [300, 200, 100, 4000]
    of_one = ask("GET", "/events?customer=external:alice", key=cafe.till)
    assert {one["customer"] for one in of_one.json["items"]} == {str(cafe.alice)}
    assert ask("GET", "/events?kind=wedding", key=cafe.read).status == 422
    assert ask("GET", "/events", key=cafe.member).status == 403


def test_events_are_found_by_when_they_came_in(cafe: world.Place) -> None:
    moment = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    sent(cafe, bought(cents=500))
    later = ask("GET", f"/events?since={moment}", key=cafe.read).json["items"]
    assert [one["amount"] for one in later] == [500]
    earlier = ask("GET", f"/events?until={moment}&kind=purchase", key=cafe.read).json["items"]
    assert [one["amount"] for one in earlier] == [4000]


def test_one_event_is_shown_with_its_goods_and_lines(
    cafe: world.Place, next_door: world.Place
) -> None:
    told = ask("GET", "/events/reference:till:T-1001", key=cafe.till)
    assert (told.status, told.json["id"]) == (200, str(cafe.purchase))
    assert [one["sku"] for one in told.json["lines"]] == ["cake"]
    assert {one["unit"] for one in told.json["entries"]} == {"points", "spend"}
    assert (told.json["source"], told.json["reference"]) == ("till", "T-1001")
    assert ask("GET", f"/events/{cafe.purchase}", key=cafe.partner).status == 404
    assert ask("GET", f"/events/{cafe.purchase}", key=next_door.owner).status == 404
    sent(cafe, bought(source="desk", reference="X"), key=cafe.partner)
    own = ask("GET", "/events/reference:desk:X", key=cafe.partner)
    assert (own.json["partner"], own.json["source"]) == ("airline", "desk")


def test_a_refused_event_is_listed_with_its_reason(cafe: world.Place) -> None:
    body = {"customer": "external:alice", "reward": "five"}
    ask("POST", "/redemptions", key=cafe.till, body=body)
    (one,) = ask("GET", "/events?refused=true", key=cafe.read).json["items"]
    assert (one["name"], one["refused"]["code"]) == ("five", "insufficient")


@pytest.mark.parametrize("named", [{}, {"source": "till", "reference": "T-8"}])
def test_what_a_cashiers_token_does_stands_under_their_name(
    cafe: world.Place, named: dict[str, str]
) -> None:
    told = sent(cafe, {**bought(), **named}, key=cafe.cashier)
    again = sent(cafe, {**bought(), **named}, key=cafe.cashier)
    assert (again.raw == told.raw) is bool(named)
    posted = rows(
        "SELECT count(*) FROM ledger_reference WHERE source = %s AND event_id = %s",
        f"counter:{cafe.diego.pk}",
        int(told.json["id"]),
    )
    assert posted == [(1,)]
    shown = ask("GET", f"/events/{told.json['id']}", key=cafe.read)
    assert len(shown.json["entries"]) == 2
    if named:
        assert (shown.json["source"], shown.json["reference"]) == ("till", "T-8")
        assert ask("GET", "/events/reference:till:T-8", key=cafe.owner).json == shown.json
    sound(cafe.business)
