"""What a customer holds, through the API: exact, explained, each their own."""

from datetime import UTC, datetime

import pytest

from habitue import ledger
from habitue.core import facts
from tests.api import world
from tests.api.asking import ask

pytestmark = pytest.mark.django_db
PARTS = ("balances", "lots", "entries", "vouchers", "tier", "perks", "draws")


def visit(place: world.Place, customer: int, quantity: int) -> None:
    now = datetime.now(UTC)
    fact = ledger.Fact(customer=customer, at=now, what=facts.Visit(quantity=quantity))
    (answer,) = ledger.post(place.business.pk, [fact], now=now)
    assert answer.refused is None


def test_balances_are_decimal_text_of_each_unit(cafe: world.Place) -> None:
    visit(cafe, cafe.alice, 3)
    told = ask("GET", f"/customers/{cafe.alice}/balances", key=cafe.till).json
    held = {one["unit"]: one for one in told["units"]}
    assert [one["unit"] for one in told["units"]] == ["points", "stars", "spend"]
    assert held["points"]["usable"] == "30"  # 40 earned, 10 for the coffee
    assert held["points"]["next_expiry"]["amount"] == "30"
    assert (held["stars"]["usable"], held["stars"]["next_expiry"]) == ("1.5", None)
    assert held["spend"]["pending"] == "0"


def test_who_never_bought_holds_nothing(cafe: world.Place) -> None:
    told = ask("GET", "/customers/external:chiara/balances", key=cafe.read).json
    assert {one["usable"] for one in told["units"]} == {"0"}
    assert ask("GET", "/customers/external:chiara/tier", key=cafe.read).json["tier"] is None
    for part in ("lots", "entries", "vouchers"):
        told = ask("GET", f"/customers/external:chiara/{part}", key=cafe.read).json
        assert told == {"items": [], "next": None}


def test_lots_say_what_is_left_of_what_was_earned(cafe: world.Place) -> None:
    visit(cafe, cafe.alice, 1)
    address = f"/customers/{cafe.alice}/lots"
    told = ask("GET", f"{address}?unit=points", key=cafe.till).json["items"]
    assert [(one["original"], one["remaining"]) for one in told] == [("40", "30")]
    first = ask("GET", f"{address}?limit=1", key=cafe.till).json
    rest = ask("GET", f"{address}?limit=200&cursor={first['next']}", key=cafe.till).json
    found = [one["id"] for one in first["items"] + rest["items"]]
    assert found == sorted(found, key=int, reverse=True)
    assert len(found) == 2
    wrong = ask("GET", f"{address}?unit=miles", key=cafe.till)
    assert (wrong.status, wrong.json["errors"][0]["pointer"]) == (422, "/query/unit")


def test_every_entry_says_why_and_under_what_it_was_sent(cafe: world.Place) -> None:
    address = f"/customers/{cafe.alice}/entries"
    pages, cursor = [], ""
    while True:
        told = ask("GET", f"{address}?limit=1&cursor={cursor}", key=cafe.read).json
        pages += told["items"]
        cursor = told["next"]
        if cursor is None:
            break
    assert pages == ask("GET", address, key=cafe.read).json["items"]
    took, *earned = pages
    assert (took["amount"], took["balance"], took["reference"]) == ("-10", "30", "R-1")
    assert {(one["unit"], one["amount"]) for one in earned} == {("points", "40"), ("spend", "40")}
    assert {one["reference"] for one in earned} == {"T-1001"}
    assert all(one["why"] for one in pages)


def test_vouchers_have_their_codes_for_whom_they_are_for(cafe: world.Place) -> None:
    address = f"/customers/{cafe.alice}/vouchers"
    for key in (cafe.till, cafe.owner, cafe.member):
        (one,) = ask("GET", address, key=key).json["items"]
        assert (one["code"], one["state"], one["reward"]) == (cafe.voucher, "issued", "coffee")
    told = ask("GET", address, key=cafe.read)
    assert told.json["items"][0]["code"] is None
    assert cafe.voucher.encode() not in told.raw
    assert ask("GET", f"{address}?state=redeemed", key=cafe.till).json["items"] == []
    assert ask("GET", f"{address}?state=lost", key=cafe.till).status == 422


def test_the_tier_says_how_far_the_next_one_is(cafe: world.Place) -> None:
    told = ask("GET", f"/customers/{cafe.alice}/tier", key=cafe.till).json
    assert (told["tier"], told["next"]) == ("basic", "gold")
    assert told["counted"] == [{"unit": "spend", "amount": "40"}]
    assert told["missing"] == [[{"unit": "spend", "amount": "60"}]]
    body = {
        "kind": "purchase",
        "customer": "external:alice",
        "currency": "EUR",
        "amount": 6000,
    }
    assert ask("POST", "/events", key=cafe.till, body=body).status < 300
    told = ask("GET", f"/customers/{cafe.alice}/tier", key=cafe.till).json
    assert (told["tier"], told["next"], told["missing"]) == ("gold", None, [])
    assert told["until"].endswith("-12-31")


def test_members_read_their_own_and_only_that(cafe: world.Place) -> None:
    for part in PARTS:
        mine = ask("GET", f"/customers/me/{part}", key=cafe.member)
        assert mine.status == 200
        for other in (cafe.bruno, "external:bruno", "external:nobody"):
            assert ask("GET", f"/customers/{other}/{part}", key=cafe.member).status == 404


def test_partners_and_strangers_read_nothing(cafe: world.Place, next_door: world.Place) -> None:
    for part in PARTS:
        address = f"/customers/{cafe.alice}/{part}"
        assert ask("GET", address, key=cafe.partner).status == 403
        for key in (next_door.owner, next_door.till, next_door.member):
            assert ask("GET", address, key=key).status == 404
