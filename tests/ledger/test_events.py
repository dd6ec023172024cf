"""Events as doors read them: newest first, page by page, of one business only."""

from __future__ import annotations

from typing import Any

import pytest

from habitue import ledger
from habitue.core import facts
from habitue.ledger import Answer, Fact, events
from habitue.members import ids
from habitue.members.models import Business
from tests.ledger.conftest import NOW, PROGRAM, bought, does, guests, later, make_cafe, post, takes

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(cafe: Business, alice: int, bruno: int) -> list[Answer]:
    """Two people's afternoon, told in the order in which it was posted."""
    batch = [
        bought(alice, 12_000, reference="one"),
        takes(alice, at=later(minutes=1)),
        takes(alice, "castle", at=later(minutes=2)),
        bought(bruno, 500, reference="two", at=later(minutes=3)),
        does(bruno, facts.Visit(), at=later(minutes=4)),
        bought(alice, 300, reference="late", at=later(minutes=-5)),
    ]
    return [post(cafe, fact, now=later(hours=1))[0] for fact in batch]


def walked(business: Business, limit: int, **asked: Any) -> list[int]:
    """All pages, one after another; no event stands on two of them."""
    found: list[int] = []
    before = events.LATEST
    for _ in range(50):
        page = (
            events.of_customers(business.pk, before=before, limit=limit, **asked)
            if "customers" in asked
            else events.of_business(business.pk, before=before, limit=limit, **asked)
        )
        assert len(page.events) <= limit
        found += [event.id for event in page.events]
        if page.next is None:
            return found
        before = page.next
    raise AssertionError("the pages never end")


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 50])
def test_a_business_reads_all_its_events_page_by_page(
    cafe: Business, story: list[Answer], limit: int
) -> None:
    opposite = make_cafe(name="Bakery")
    post(opposite, bought(guests(opposite, 1)[0], 100, reference="one"))
    assert walked(cafe, limit) == [answer.event for answer in reversed(story)]


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_so_does_a_customer_and_whoever_is_one_person_with_them(
    cafe: Business, story: list[Answer], alice: int, bruno: int, limit: int
) -> None:
    of_alice = [story[place].event for place in (5, 2, 1, 0)]
    assert walked(cafe, limit, customers=[alice]) == of_alice
    both = walked(cafe, limit, customers=[bruno, alice])
    assert both == [answer.event for answer in reversed(story)]


def test_an_event_is_read_with_all_that_is_known_of_it(
    cafe: Business, story: list[Answer], alice: int
) -> None:
    late, _, _, castle, coffee, first = events.of_business(cafe.pk, limit=6).events[:6]
    assert (late.at, late.amount, late.reference) == (later(minutes=-5), 300, "late")
    assert (first.customer, first.kind, first.amount) == (alice, "purchase", 12_000)
    assert first.what == facts.Purchase((facts.Line(12_000),), "EUR")
    assert (first.source, first.reference, first.day) == ("till", "one", NOW.date())
    assert (first.level_before, first.level) == ("", "gold")
    assert list(coffee.issued) == story[1].issued
    assert (coffee.source, coffee.reference, coffee.refused) == ("", "", None)
    assert castle.refused == story[2].refused
    assert castle.recorded_at == later(hours=1)


@pytest.mark.parametrize(
    ("asked", "places"),
    [
        ({"kinds": ["purchase"]}, [5, 3, 0]),
        ({"kinds": ["redemption", "visit"]}, [4, 2, 1]),
        ({"kinds": ["redemption"], "refused": False}, [1]),
        ({"refused": True}, [2]),
        ({"kinds": ["birthday"]}, []),
    ],
)
@pytest.mark.parametrize("window", [1, 2, 20_000])
def test_pages_of_some_kinds_go_on_through_everything_else(
    cafe: Business,
    story: list[Answer],
    alice: int,
    bruno: int,
    asked: dict[str, Any],
    places: list[int],
    window: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where a page looks at one event only and must say that there are more."""
    monkeypatch.setattr(events, "WINDOW", window)
    expected = [story[place].event for place in places]
    assert walked(cafe, 2, **asked) == expected
    assert walked(cafe, 2, customers=[alice, bruno], **asked) == expected


def test_since_an_instant_and_up_to_now_nothing_is_missed(
    cafe: Business, story: list[Answer], alice: int
) -> None:
    since = story[3].event
    assert walked(cafe, 2, since=since) == [story[place].event for place in (5, 4, 3)]
    assert walked(cafe, 2, customers=[alice], since=since) == [story[5].event]
    page = events.of_business(cafe.pk, since=ids.make())
    assert page == events.Page([], None)


def test_an_event_is_found_by_number_and_by_reference(
    cafe: Business, story: list[Answer], alice: int, bruno: int
) -> None:
    first, *_, late = story
    assert events.one(cafe.pk, first.event) == events.of_business(cafe.pk, limit=9).events[-1]
    names = {("till", "one"): (alice, first.event), ("till", "late"): (alice, late.event)}
    assert events.by_reference(cafe.pk, [*names, ("web", "one"), ("till", "nothing")]) == names
    assert events.customers_of(cafe.pk, [story[4].event, 256]) == {story[4].event: bruno}


def test_nothing_of_another_business_is_found(cafe: Business, story: list[Answer]) -> None:
    alice, numbers = story[0].customer, [answer.event for answer in story]
    opposite = make_cafe(name="Bakery").pk
    assert events.of_customers(opposite, [alice]) == events.Page([], None)
    assert events.of_business(opposite) == events.Page([], None)
    assert events.one(opposite, numbers[0]) is None
    assert events.by_number(opposite, numbers) == {}
    assert events.customers_of(opposite, numbers) == {}
    assert events.by_reference(opposite, [("till", "one")]) == {}
    assert events.names_of(opposite, numbers) == {}


def test_of_a_gift_the_giving_is_what_was_handed_in(db: None) -> None:
    cafe = make_cafe(PROGRAM + "transfers: {units: points}\n")
    alice, bruno = guests(cafe, 2)
    post(cafe, bought(alice, 2_000), bought(bruno, 100))
    gift = Fact(customer=bruno, at=later(hours=1), what=facts.Transfer("points", 1, alice))
    (given,) = post(cafe, gift, now=later(hours=1))
    found = events.one(cafe.pk, given.event)
    assert found is not None
    assert (found.customer, found.kind) == (bruno, "transfer")
    assert events.customers_of(cafe.pk, [given.event]) == {given.event: bruno}
    assert [line.kind for line in events.of_business(cafe.pk, limit=2).events] == (
        ["transfer", "receipt"] if bruno > alice else ["receipt", "transfer"]
    )
    assert len(walked(cafe, 1)) == 4


def test_a_page_costs_the_same_however_long_it_is(cafe: Business, counted: list[str]) -> None:
    people = guests(cafe, 60)
    post(cafe, *[bought(person, 1_500, reference=f"{person}") for person in people])
    post(cafe, *[takes(person, at=later(minutes=1)) for person in people])

    def statements(limit: int) -> int:
        before = len(counted)
        assert len(events.of_business(cafe.pk, limit=limit).events) == limit
        assert len(events.of_customers(cafe.pk, people, limit=limit).events) == limit
        return len(counted) - before

    statements(100)
    assert statements(1) == statements(100) == 6


def test_standings_of_many_are_one_question(cafe: Business, counted: list[str]) -> None:
    people = guests(cafe, 60)
    post(cafe, *[bought(person, 1_500) for person in people])

    def statements(count: int) -> int:
        before = len(counted)
        assert len(ledger.standings(cafe.pk, people[:count], now=later(hours=1))) == count
        return len(counted) - before

    statements(60)
    assert statements(1) == statements(60) <= 8
