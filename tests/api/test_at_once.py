"""Many programs at one moment: transactions of their own, and each thing happens once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connections

from habitue.members import cards
from habitue.members.models import Card
from tests.api import world
from tests.api.asking import Told
from tests.api.test_events import bought, events_of, sent
from tests.api.test_redemptions import corrects, points, takes, uses
from tests.ledger.conftest import at_once, failures, sound


@pytest.fixture
def place(transactional_db: None) -> world.Place:
    return world.make()


def together(count: int, work: Callable[[], Told]) -> list[Told]:
    """Work begun by so many at one moment; who waits for the others needs no connection."""
    barrier = threading.Barrier(count)

    def one(_: int) -> Told:
        barrier.wait(timeout=120)
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


@pytest.mark.parametrize("by", ["key", "reference"])
def test_duplicates_at_once_happen_once_and_are_answered_alike(place: world.Place, by: str) -> None:
    body = bought(source="till", reference="T-9") if by == "reference" else bought()
    told = at_once(12, lambda _: sent(place, body, once="k-1" if by == "key" else ""))
    assert not failures(told)
    assert {one.status for one in told} == {201}
    assert len({one.raw for one in told}) == 1
    assert events_of(place.bruno) == 1
    sound(place.business)


def test_of_200_who_redeem_at_once_exactly_7_succeed(place: world.Place) -> None:
    assert corrects(place, "45").status == 201  # 30 and 45 are seven coffees
    told = together(200, lambda: takes(place, key=place.owner))
    assert sorted({one.status for one in told}) == [201, 409]
    assert [one.status for one in told].count(201) == 7
    assert points(place) == 5
    codes = {one.json["vouchers"][0]["code"] for one in told if one.status == 201}
    assert len(codes) == 7
    sound(place.business)


def test_a_voucher_handed_in_at_twelve_tills_is_used_once(place: world.Place) -> None:
    told = at_once(12, lambda _: uses(place, place.voucher))
    assert not failures(told)
    assert [one.status for one in told].count(201) == 1
    assert {one.status for one in told} <= {201, 404, 409}
    sound(place.business)


def test_a_code_copied_to_ten_tills_counts_once(place: world.Place) -> None:
    code = cards.code(Card.objects.get(customer=place.alice), at=datetime.now(UTC))
    told = at_once(10, lambda _: sent(place, bought(f"code:{code}")))
    assert sorted(one.status for one in told) == [201] + [409] * 9
