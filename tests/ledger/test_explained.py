"""Ledger lines with sentence, lot and reference: all pages of them, and the lines of events."""

from __future__ import annotations

from datetime import date

import pytest

from habitue import ledger
from habitue.core import facts
from habitue.ledger import explained
from habitue.members.models import Business
from tests.ledger.conftest import bought, does, guests, later, make_cafe, post, takes

pytestmark = pytest.mark.django_db


def test_lines_are_read_with_their_sentence_lot_and_reference(cafe: Business, alice: int) -> None:
    bought_it, taken, stamped = post(
        cafe,
        bought(alice, 12_000, reference="one"),
        takes(alice, at=later(minutes=1)),
        does(alice, facts.Visit(), at=later(minutes=2)),
    )
    page = explained.of_customers(cafe.pk, [alice])
    assert page.next is None
    stamp, coffee, spend, points = page.lines
    answers = [stamped.entries[0], taken.entries[0], *reversed(bought_it.entries)]
    assert [line.entry for line in page.lines] == answers
    assert (points.source, points.reference, points.customer) == ("till", "one", alice)
    assert (coffee.source, coffee.reference) == ("", "")
    assert (points.earned_on, points.expires_on) == (date(2026, 3, 2), date(2027, 3, 2))
    assert (spend.earned_on, spend.expires_on) == (None, None)
    assert (stamp.earned_on, stamp.expires_on) == (date(2026, 3, 2), None)
    said = [line.sentence for line in (points, spend)]
    assert said == ledger.explain(cafe.pk, alice, bought_it.event)
    assert [coffee.sentence] == ledger.explain(cafe.pk, alice, taken.event)


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_pages_lose_nothing_also_where_they_end_within_an_event(
    cafe: Business, alice: int, bruno: int, limit: int
) -> None:
    for place in range(4):
        post(
            cafe, bought(alice, 1_000, at=later(hours=place)), bought(bruno, 500), now=later(days=1)
        )
    whole = explained.of_customers(cafe.pk, [alice, bruno], limit=99).lines
    assert len(whole) == 16
    found: list[explained.Explained] = []
    before = explained.LATEST
    while True:
        page = explained.of_customers(cafe.pk, [alice, bruno], before=before, limit=limit)
        found += page.lines
        if page.next is None:
            break
        before = page.next
    assert found == whole
    spent = explained.of_customers(cafe.pk, [bruno], unit="spend").lines
    assert [line.entry.unit for line in spent] == ["spend"] * 4
    assert explained.of_customers(cafe.pk, [bruno], unit="miles").lines == []


def test_lines_of_events_stand_by_event(cafe: Business, alice: int, bruno: int) -> None:
    one, two, refused = post(cafe, bought(alice, 1_000), bought(bruno, 500), takes(bruno, "castle"))
    keys = [(answer.customer, answer.event) for answer in (one, two, refused)]
    found = explained.of_events(cafe.pk, keys)
    assert [[line.entry for line in found[key]] for key in keys] == [one.entries, two.entries, []]
    assert explained.of_events(cafe.pk, []) == {}


def test_nothing_of_another_business_is_found(cafe: Business, alice: int) -> None:
    (one,) = post(cafe, bought(alice, 1_000))
    opposite = make_cafe(name="Bakery").pk
    assert explained.of_customers(opposite, [alice]).lines == []
    assert explained.of_events(opposite, [(alice, one.event)]) == {(alice, one.event): []}


def test_a_page_costs_the_same_however_long_it_is(cafe: Business, counted: list[str]) -> None:
    people = guests(cafe, 40)
    made = post(cafe, *[bought(person, 1_500, reference=f"{person}") for person in people])
    keys = [(answer.customer, answer.event) for answer in made]

    def statements(limit: int) -> int:
        before = len(counted)
        assert len(explained.of_customers(cafe.pk, people, limit=limit).lines) == limit
        assert len(explained.of_events(cafe.pk, keys[:limit])) == min(limit, 40)
        return len(counted) - before

    statements(80)
    assert statements(1) == statements(80) <= 5
