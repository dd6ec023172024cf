"""Many programs at one moment: transactions of their own, and each thing happens once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime

import pytest
from django.db import connections, transaction

from habitue.api import together as posted_together
from habitue.members import cards
from habitue.members.models import Card
from tests.api import world
from tests.api.asking import Told
from tests.api.test_events import batch, bought, events_of, sent
from tests.api.test_redemptions import corrects, points, takes, uses
from tests.ledger.conftest import at_once, failures, rows, sound


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


def apart(work: Callable[[], Told]) -> Told:
    """Work of a thread that has a connection of its own."""
    try:
        return work()
    finally:
        connections.close_all()


def test_nobody_waits_for_the_great_batch_of_somebody_else(place: world.Place) -> None:
    """It waits for an account that is held; a visit that comes meanwhile does not wait with it."""
    visits = [
        {
            "kind": "visit",
            "customer": "external:alice",
            "source": "till",
            "reference": f"V-{number}",
        }
        for number in range(posted_together.ALONE)
    ]
    waits = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    with ThreadPoolExecutor(2) as threads:
        with transaction.atomic():
            rows("SELECT 1 FROM ledger_account WHERE customer_id = %s FOR UPDATE", place.alice)
            great = threads.submit(apart, lambda: batch(place, *visits))
            deadline = time.monotonic() + 60
            while rows(waits) == [(0,)]:
                assert time.monotonic() < deadline, "the batch never came to the account"
                time.sleep(0.01)
            visit = {"kind": "visit", "customer": "external:bruno"}
            other = threads.submit(apart, lambda: sent(place, visit))
            answered, _ = wait([other], timeout=60)
        assert answered
        assert (other.result().status, great.result().status) == (201, 200)
    sound(place.business)


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
