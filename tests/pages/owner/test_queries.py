"""How many questions a page asks the database: as many for a thousand customers as for ten."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from habitue.members.models import Business, Card, Customer
from habitue.pages.owner import listing
from tests.ledger.conftest import guests

pytestmark = pytest.mark.django_db

BOUNDS = {"/": 9, "/customers": 6, "card": 3, "sheet": 10, "customer": 21, "/program": 8}


@pytest.fixture
def asked(
    owner: Client, counter: Client, cafe: Business, alice: Customer, card: Card
) -> Callable[[str], int]:
    """How many statements a page needs, the second time it is opened."""

    def count(page: str) -> int:
        client = counter if page == "sheet" else owner
        path = {
            "card": f"/c/{card.token}",
            "sheet": f"/s/{cafe.counter_key}/m/{alice.pk}",
            "customer": f"/customers/{alice.pk}",
        }.get(page, page)
        assert client.get(path).status_code == 200
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(path)
        told = [one["sql"] for one in queries.captured_queries]
        return sum(not sql.startswith(("SAVEPOINT", "RELEASE")) for sql in told)

    return count


@pytest.mark.parametrize("page", BOUNDS)
def test_a_page_asks_few_questions(asked: Callable[[str], int], page: str) -> None:
    assert asked(page) <= BOUNDS[page]


def test_a_longer_list_asks_no_more(asked: Callable[[str], int], cafe: Business) -> None:
    few = asked("/customers")
    guests(cafe, listing.PAGE, name="Guest")
    assert asked("/customers") <= few


def test_a_question_a_row_would_be_seen(
    asked: Callable[[str], int], cafe: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    def each(*given: Any, **more: Any) -> list[listing.Person]:
        Customer.objects.filter(business=cafe).count()
        return people(*given, **more)

    people, few = listing._people, asked("/customers")
    monkeypatch.setattr(listing, "_people", each)
    assert asked("/customers") == few + 1
