"""What makes a repeat a repeat: the fact itself, or what the caller said of it."""

import hashlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs

from habitue.core import facts
from habitue.ledger import Answer, Fact, claims
from habitue.members.models import Business
from tests.ledger.conftest import NOW, bought, does, has, later, post, sound

pytestmark = pytest.mark.django_db


def told(customer: int, words: str, *, cents: int = 1_000, at: datetime = NOW) -> Fact:
    """A purchase as a door makes it of what somebody said, by the door's own clock."""
    return Fact(
        customer=customer,
        at=at,
        what=facts.Purchase((facts.Line(cents),), "EUR"),
        source="web",
        reference="order 7",
        said=hashlib.sha256(words.encode()).digest(),
    )


def code(answer: Answer) -> str | None:
    return answer.refused.code if answer.refused else None


def test_a_repeat_is_known_by_what_was_said_whatever_the_clock(cafe: Business, alice: int) -> None:
    (first,) = post(cafe, told(alice, "ten euros"))
    (again,) = post(cafe, told(alice, "ten euros", at=later(hours=3)), now=later(hours=3))
    assert (again.duplicate, again.event, again.entries) == (True, first.event, first.entries)
    assert has(cafe, alice) == 10
    sound(cafe)


@pytest.mark.parametrize("change", ["words", "customer", "nothing said"])
def test_whatever_else_was_said_is_a_conflict(
    cafe: Business, alice: int, bruno: int, change: str
) -> None:
    post(cafe, told(alice, "ten euros"))
    other = {
        "words": told(alice, "ten euros, please"),
        "customer": told(bruno, "ten euros"),
        "nothing said": structs.replace(told(alice, ""), said=b""),
    }[change]
    (answer,) = post(cafe, other)
    assert code(answer) == "conflict"
    assert (has(cafe, alice), has(cafe, bruno)) == (10, 0)


def test_what_was_said_in_one_batch_twice_counts_once(cafe: Business, alice: int) -> None:
    first, again = post(
        cafe, told(alice, "ten euros"), told(alice, "ten euros", at=later(seconds=1))
    )
    assert (first.event, first.duplicate, again.duplicate) == (again.event, False, True)
    assert has(cafe, alice) == 10


def test_a_repeat_for_somebody_who_went_over_since_is_a_repeat(
    cafe: Business, alice: int, bruno: int
) -> None:
    (first,) = post(cafe, told(alice, "ten euros"))
    post(cafe, bought(bruno, 100), does(alice, facts.Merge(bruno), at=later(minutes=1)))
    (again,) = post(cafe, told(bruno, "ten euros", at=later(hours=1)), now=later(hours=1))
    assert (again.duplicate, again.event) == (True, first.event)
    assert has(cafe, bruno) == 11
    sound(cafe)


@pytest.mark.parametrize("micros", [0, 1, 120_000, 999_999])
def test_instants_are_hashed_as_they_always_were(micros: int) -> None:
    """What was claimed years ago is known again: fingerprints are stored."""
    instant = datetime(1901, 5, 1, 23, 59, 7, micros, UTC)
    for zone in (UTC, ZoneInfo("UTC"), ZoneInfo("Europe/Paris"), ZoneInfo("Asia/Kathmandu")):
        at = instant.astimezone(zone)
        assert claims._written(at) == at.isoformat().encode()
