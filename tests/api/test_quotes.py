"""Quotes: what a basket would bring, and nothing written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from habitue.members import cards
from habitue.members.models import Card, UsedCode
from tests.api import world
from tests.api.asking import Told, ask
from tests.ledger.conftest import rows

pytestmark = pytest.mark.django_db

BASKET = {"kind": "purchase", "customer": "external:alice", "currency": "EUR", "amount": 8050}


def quoted(place: world.Place, *, key: str = "", **more: Any) -> Told:
    return ask("POST", "/quotes", key=key or place.till, body={**BASKET, **more})


def test_a_quote_says_what_the_event_will_do(cafe: world.Place) -> None:
    before = rows("SELECT count(*) FROM ledger_event")
    told = quoted(cafe)
    assert told.status == 200
    said = told.json
    assert (said["balances"]["points"], said["after"]["points"]) == ("30", "110")
    assert (said["tier_before"], said["tier"]) == ("basic", "gold")
    assert said["pay"] == {"money": 150, "currency": "EUR", "unit": "points", "units": "30"}
    offers = {one["reward"]: one for one in said["rewards"]}
    assert (offers["coffee"]["missing"], offers["coffee"]["refused"]) == ("0", None)
    assert (offers["five"]["missing"], offers["five"]["missing_after"]) == ("70", "0")
    assert offers["five"]["refused"]["code"] == "insufficient"
    assert [one["code"] for one in said["vouchers"]] == [cafe.voucher]
    assert rows("SELECT count(*) FROM ledger_event") == before
    done = ask("POST", "/events", key=cafe.till, body=BASKET)
    assert done.json["entries"] == said["entries"]
    assert done.json["balances"]["points"] == said["after"]["points"]


def test_somebody_unknown_is_told_what_joining_brings(cafe: world.Place) -> None:
    told = quoted(cafe, customer=None)
    assert (told.status, told.json["customer"]) == (200, None)
    assert told.json["after"]["points"] == "80"
    assert quoted(cafe, customer="external:nobody").status == 404


def test_a_member_asks_for_themselves_only(cafe: world.Place) -> None:
    for customer in (None, "me", "external:alice"):
        told = quoted(cafe, customer=customer, key=cafe.member)
        assert told.json["customer"] == str(cafe.alice)
    assert quoted(cafe, customer="external:bruno", key=cafe.member).status == 404
    assert quoted(cafe, key=cafe.read).status == 200
    assert quoted(cafe, key=cafe.partner).status == 403


def test_a_quote_uses_no_code_up(cafe: world.Place) -> None:
    code = cards.code(Card.objects.get(customer=cafe.alice), at=datetime.now(UTC))
    assert quoted(cafe, customer=f"code:{code}").status == 200
    assert not UsedCode.objects.exists()


def test_what_a_quote_cannot_mean_says_where(cafe: world.Place) -> None:
    for wrong, pointer in (
        ({"reference": "T-1"}, "/body/reference"),
        ({"at": "2026-03-02T12:00:00Z"}, "/body/at"),
        ({"currency": "USD"}, "/body/currency"),
        ({"kind": "refund"}, "/body/kind"),
    ):
        told = quoted(cafe, **wrong)
        assert (told.status, told.json["errors"][0]["pointer"]) == (422, pointer)


def test_other_kinds_are_quoted_too(cafe: world.Place) -> None:
    told = ask(
        "POST",
        "/quotes",
        key=cafe.till,
        body={"kind": "visit", "customer": "external:alice", "quantity": 3},
    )
    assert (told.json["after"]["stars"], told.json["pay"]) == ("1.5", None)
