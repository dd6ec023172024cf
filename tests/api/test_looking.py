"""Codes of cards at the API: a scan serves one request, and a repeat of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pytest

from habitue.api import routing, together
from habitue.api.replies import Reply
from habitue.members import cards
from habitue.members.models import Card, CodeRefusal
from tests.api import world
from tests.api.test_events import batch, bought, pointers, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(cafe: world.Place) -> Callable[[], str]:
    """What Alice's card shows now."""
    card = Card.objects.get(customer=cafe.alice)
    return lambda: f"code:{cards.code(card, at=datetime.now(UTC))}"


def test_a_card_code_is_good_for_one_request(cafe: world.Place, shown: Callable[[], str]) -> None:
    code = shown()
    first = sent(cafe, bought(code))
    assert first.json["customer"] == str(cafe.alice)
    told = sent(cafe, bought(code))
    assert (told.status, told.json["code"], pointers(told)) == (
        409,
        "code_used",
        ["/body/customer"],
    )
    assert [one.reason for one in CodeRefusal.objects.all()] == ["used"]
    forged = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert sent(cafe, bought(forged)).status == 404


def test_a_repeat_with_a_used_code_is_answered_again(
    cafe: world.Place, shown: Callable[[], str]
) -> None:
    body = bought(shown(), source="till", reference="T-5")
    first, again = sent(cafe, body), sent(cafe, body)
    assert (again.status, again.raw) == (201, first.raw)
    assert not CodeRefusal.objects.exists()
    other = sent(cafe, {**body, "amount": 1})
    assert (other.status, other.json["code"]) == (409, "conflict")


def test_one_scan_serves_the_events_of_one_request(
    cafe: world.Place, shown: Callable[[], str]
) -> None:
    code = shown()
    told = batch(cafe, bought(code), {"kind": "visit", "customer": code})
    assert [one["problem"] for one in told.json["results"]] == [None, None]
    assert batch(cafe, bought(code)).json["results"][0]["problem"]["code"] == "code_used"


def test_a_code_copied_to_two_tills_counts_once_though_both_are_posted_together(
    cafe: world.Place, shown: Callable[[], str]
) -> None:
    methods, _ = routing.find("/events")
    operation = methods["POST"]
    assert operation.decode is not None
    body = operation.decode(msgspec.json.encode(bought(shown())))
    wanted = together.Wanted(operation, cafe.till, body, "", b"")
    first, second = together.work([wanted, wanted])
    assert isinstance(first, Reply)
    assert getattr(second, "code", "") == "code_used"
