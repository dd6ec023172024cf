"""Old postings leave the outbox once nobody needs them."""

from __future__ import annotations

import pytest

from habitue.ledger import outbox
from habitue.members.models import Business
from tests.ledger.conftest import bought, guests, later, make_cafe, post, rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest two stay; three go at a time."""
    monkeypatch.setattr(outbox, "NEWEST", 2)
    monkeypatch.setattr(outbox, "_SOME", 3)


def posted(business: Business, customer: int, days: int) -> list[int]:
    """A posting a day; the numbers of all in the outbox."""
    for day in range(days):
        post(business, bought(customer, 100, at=later(days=day)), now=later(days=day))
    return left(business)


def left(business: Business) -> list[int]:
    query = "SELECT id FROM ledger_outbox WHERE business_id = %s ORDER BY id"
    return [number for (number,) in rows(query, business.pk)]


def test_what_is_old_goes_and_the_newest_stay(cafe: Business, alice: int) -> None:
    opposite = make_cafe(name="Bakery")
    there = posted(opposite, guests(opposite, 1)[0], 3)
    all_of_it = posted(cafe, alice, 12)
    assert outbox.prune(cafe.pk, now=later(days=30 + 7)) == 7
    assert left(cafe) == all_of_it[7:]
    assert outbox.prune(cafe.pk, now=later(days=900)) == 3
    assert left(cafe) == all_of_it[10:]
    assert left(opposite) == there


def test_what_somebody_needs_stays(cafe: Business, alice: int) -> None:
    all_of_it = posted(cafe, alice, 9)
    for place, number in enumerate(all_of_it):
        rows("UPDATE ledger_outbox SET xid = %s::text::xid8 WHERE id = %s RETURNING id",
             str(1_000 + place), number)  # fmt: skip
    now = later(days=900)
    assert outbox.prune(cafe.pk, now=now, needed_from=1_004, stay=[all_of_it[1]]) == 3
    assert left(cafe) == [all_of_it[1], *all_of_it[4:]]
    assert outbox.prune(cafe.pk, now=now, needed_from=1_004, stay=[all_of_it[1]]) == 0
