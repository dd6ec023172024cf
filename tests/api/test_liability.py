"""What is owed in units, by the API."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.api import world
from tests.api.asking import ask

pytestmark = pytest.mark.django_db


def test_open_units_are_owed_at_their_worth(cafe: world.Place) -> None:
    told = ask("GET", "/liability?months=1", key=cafe.read).json
    points = told["items"][0]
    assert (points["unit"], points["open"], points["value"]) == ("points", "30", 150)
    assert (points["redemption"], points["redemption_known"]) == ("1", False)
    assert points["months"][-1]["redeemed"] == "10"
    assert points["money"][-1]["closing"] == 150
    assert [one["unit"] for one in told["items"]] == ["points", "stars"]


def test_a_stated_share_lowers_what_is_expected(cafe: world.Place) -> None:
    points = ask("GET", "/liability?redemption=80", key=cafe.read).json["items"][0]
    assert (points["redemption"], points["redemption_known"]) == ("0.8", True)
    assert (points["value"], points["expected"]) == (150, 120)


def test_a_day_that_has_not_come_is_refused(cafe: world.Place) -> None:
    coming = (datetime.now(UTC) + timedelta(days=2)).date()
    for day in (coming, "0001-01-01", "1969-12-31"):
        told = ask("GET", f"/liability?on={day}", key=cafe.owner)
        assert told.status == 422
        assert told.json["errors"][0]["pointer"] == "/query/on"
    assert ask("GET", "/liability?on=1970-01-01", key=cafe.owner).status == 200
    assert ask("GET", "/liability?months=121", key=cafe.owner).status == 422


def test_a_till_is_not_told_what_is_owed(cafe: world.Place) -> None:
    for key in (cafe.till, cafe.partner, cafe.member):
        assert ask("GET", "/liability", key=key).status == 403


def test_the_leaderboard_has_an_order_where_the_program_has_one(cafe: world.Place) -> None:
    assert ask("GET", "/leaderboard", key=cafe.read).status == 404
    busy = world.make("Busy", program=world.PROGRAM + "leaderboard: {unit: points, every: year}\n")
    told = ask("GET", "/leaderboard", key=busy.read).json
    assert told["items"] == [{"place": 1, "customer": str(busy.alice), "amount": "40"}]
