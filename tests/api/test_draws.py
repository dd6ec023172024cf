"""Draws by the API: opened before anybody enters, closed when over, revealed, and proved."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec import convert

from habitue import ledger
from habitue.core import drawing, facts
from habitue.ledger import Fact
from tests.api import world
from tests.api.asking import ask

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")
DRAW = """\
draws:
  - id: daily
    title: Draw of the day
    when: visit
    every: day
    prizes: [{experience: a trip, worth: 100.00}, {money_off: 5.00, pieces: as many as needed}]
"""


@pytest.fixture
def game(db: None) -> world.Place:
    """A business with a draw that nobody has entered."""
    return world.make(program=world.PROGRAM + DRAW)


def yesterday() -> date:
    """The day before today in Paris."""
    return datetime.now(UTC).astimezone(PARIS).date() - timedelta(days=1)


def _opened(game: world.Place) -> str:
    """Yesterday's period, opened; its address."""
    ask("POST", "/draws/permission", key=game.owner, body={"looked_up": True})
    body = {"day": yesterday().isoformat()}
    assert ask("POST", "/draws/daily/periods", key=game.owner, body=body).status == 201
    return f"/draws/daily/periods/{yesterday()}"


def _entered(game: world.Place) -> None:
    at = datetime.combine(yesterday(), time(12), PARIS)
    fact = Fact(customer=game.alice, at=at, what=facts.Visit(), source="t", reference="v")
    (answer,) = ledger.post(game.business.pk, [fact], now=datetime.now(UTC))
    assert answer.refused is None


def test_draws_are_off_until_the_owner_confirms_the_rules(game: world.Place) -> None:
    told = ask("GET", "/draws", key=game.member).json
    assert told["allowed"] is False
    assert (told["items"][0]["odds"], told["items"][0]["seats"]) == ("1/4", None)
    day = {"day": yesterday().isoformat()}
    refused = ask("POST", "/draws/daily/periods", key=game.owner, body=day)
    assert (refused.status, refused.json["code"]) == (409, "draws_off")
    told = ask("POST", "/draws/permission", key=game.owner, body={"looked_up": False})
    assert told.status == 422
    told = ask("POST", "/draws/permission", key=game.owner, body={"looked_up": True}).json
    assert told == {"country": "FR", "opened": 2}
    assert ask("GET", "/draws", key=game.member).json["allowed"] is True


def test_a_draw_runs_from_commitment_to_proof(game: world.Place) -> None:
    address = _opened(game)
    _entered(game)
    opened = ask("GET", address, key=game.member).json
    assert (opened["state"], opened["tickets"]) == ("over", 0)
    early = ask("POST", f"{address}/reveal", key=game.owner)
    assert (early.status, early.json["code"]) == (409, "not_closed")
    closed = ask("POST", f"{address}/close", key=game.owner).json
    assert (closed["state"], closed["tickets"]) == ("closed", 1)
    assert ask("GET", f"{address}/proof", key=game.member).json["secret"] == ""
    assert ask("GET", f"{address}/claims", key=game.read).json == {"items": []}
    for _ in range(2):
        assert ask("POST", f"{address}/reveal", key=game.owner).json["state"] == "revealed"
    told = ask("GET", f"{address}/proof", key=game.member).json
    assert told["commitment"] == opened["commitment"]
    record = convert(told, drawing.Record)
    assert drawing.verify(record) == []
    (claim,) = ask("GET", f"{address}/claims", key=game.read).json["items"]
    assert (claim["customer"], claim["state"]) == (str(game.alice), "waiting")


def test_whoever_is_not_the_owner_only_looks(game: world.Place) -> None:
    address = _opened(game)
    for key in (game.till, game.read, game.partner, game.member, game.cashier):
        assert ask("POST", f"{address}/close", key=key).status == 403
        assert ask("POST", f"{address}/reveal", key=key).status == 403
    assert ask("GET", f"{address}/claims", key=game.till).status == 403


def test_the_periods_are_listed_newest_first(game: world.Place) -> None:
    _opened(game)
    told = ask("GET", "/draws/daily/periods?limit=2", key=game.read).json
    assert [one["state"] for one in told["items"]] == ["coming", "running"]
    rest = ask("GET", f"/draws/daily/periods?limit=2&cursor={told['next']}", key=game.read).json
    assert [one["state"] for one in rest["items"]] == ["over"]
    assert rest["next"] is None


def test_what_was_never_opened_is_not_there(game: world.Place, next_door: world.Place) -> None:
    address = _opened(game)
    for path in ("/draws/daily/periods/2020-01-01", "/draws/weekly/periods", f"{address}x"):
        assert ask("GET", path, key=game.read).status == 404
    assert ask("GET", address, key=next_door.owner).status == 404
    assert ask("POST", f"{address}/close", key=next_door.owner).status == 404
    for day in ("0001-01-01", "9999-12-31"):
        told = ask("POST", "/draws/daily/periods", key=game.owner, body={"day": day})
        assert told.status == 422
