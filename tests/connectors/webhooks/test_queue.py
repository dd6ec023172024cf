"""Messages go out at least once, in order for each customer, whatever their receivers do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings
from standardwebhooks.webhooks import Webhook

from habitue.connectors.models import Attempt, Endpoint, Message
from habitue.connectors.webhooks import deliveries, endpoints, gathering, kinds, queue
from habitue.connectors.webhooks.delivering import Outcome
from habitue.members.models import Business, JournalLine
from tests.connectors.webhooks.conftest import (
    PATIENCE,
    Answer,
    Clock,
    Receiver,
    Request,
    World,
    answers,
    hang,
    make,
    states,
)
from tests.ledger.conftest import at_once, bought, failures, guests, post


@pytest.fixture
def posts(cafe: Business, alice: int, receiver: Receiver, clock: Clock) -> Endpoint:
    """An endpoint that is told of events alone."""
    return make(cafe, receiver.url, kinds.EVENT_POSTED, at=clock.now)


def by(status: Callable[[Any], int]) -> Answer:
    """An answer that depends on what is said."""

    def answer(handler: Request) -> None:
        answers(status(handler.said))(handler)

    return answer


def amounts(receiver: Receiver) -> list[int]:
    return [one["data"]["amount"] for one in receiver.said]


def test_a_posting_arrives_signed(
    cafe: Business, posts: Endpoint, alice: int, receiver: Receiver, world: World
) -> None:
    post(cafe, bought(alice, 1250))
    world.deliver()
    ((headers, body),) = receiver.got
    assert Webhook(posts.secret).verify(body, headers)["data"]["amount"] == 1250
    message = Message.objects.get()
    assert headers["webhook-id"] == str(message) == f"msg_{message.pk}"
    assert (message.state, message.attempts) == ("delivered", 1)
    (attempt,) = deliveries.attempts(message)
    assert (attempt.status, attempt.error, attempt.at) == (204, "", world.clock.now)
    world.deliver()
    assert len(receiver.got) == 1


def test_what_fails_is_tried_again_later_with_the_same_id(
    cafe: Business, posts: Endpoint, alice: int, receiver: Receiver, world: World, clock: Clock
) -> None:
    receiver.answer = answers(500, b"out of order")
    post(cafe, bought(alice, 100))
    world.deliver()
    (waiting,) = Message.objects.all()
    assert timedelta(seconds=4) <= waiting.due_at - clock.now <= timedelta(seconds=6)
    clock.tick(seconds=3)
    world.deliver()
    assert len(receiver.got) == 1
    clock.tick(seconds=4)
    receiver.answer = answers(200)
    world.deliver()
    first, second = (headers for headers, _ in receiver.got)
    assert first["webhook-id"] == second["webhook-id"]
    assert first["webhook-signature"] != second["webhook-signature"]
    assert receiver.got[0][1] == receiver.got[1][1]
    assert [one.status for one in deliveries.attempts(waiting)] == [200, 500]
    assert deliveries.attempts(waiting)[1].answer == "out of order"
    assert states(posts) == ["delivered"]


def test_a_message_is_given_up_after_three_days_and_the_next_goes_on(
    cafe: Business, posts: Endpoint, alice: int, receiver: Receiver, world: World, clock: Clock
) -> None:
    receiver.answer = by(lambda said: 422 if said["data"]["amount"] == 100 else 200)
    post(cafe, bought(alice, 100), bought(alice, 200))
    bruno = guests(cafe, 1)[0]
    tries = 0
    while "failed" not in states(posts):
        post(cafe, bought(bruno, 300))  # so that it is no endpoint at which nothing arrives
        world.deliver()
        clock.tick(hours=2)
        tries += 1
        assert tries < 60
    world.deliver()
    first = Message.objects.order_by("pk")[0]
    assert timedelta(days=2.4) < clock.now - first.made_at < timedelta(days=3.2)
    assert amounts(receiver).count(200) == 1
    assert states(posts)[:2] == ["failed", "delivered"]


def test_a_customers_later_message_waits_for_the_earlier_one_and_others_do_not(
    cafe: Business, posts: Endpoint, alice: int, receiver: Receiver, world: World, clock: Clock
) -> None:
    bruno = guests(cafe, 1)[0]
    receiver.answer = by(lambda said: 500 if said["data"]["customer"] == str(alice) else 200)
    post(cafe, bought(alice, 100), bought(alice, 200), bought(alice, 300), bought(bruno, 400))
    world.deliver()
    assert sorted(amounts(receiver)) == [100, 400]
    clock.tick(seconds=10)
    receiver.got.clear()
    receiver.answer = answers(200)
    world.deliver()
    assert amounts(receiver) == [100, 200, 300]


def test_messages_of_one_customer_come_one_after_the_other_in_their_order(
    cafe: Business, posts: Endpoint, receiver: Receiver, world: World
) -> None:
    crowd = guests(cafe, 6)
    under_way: dict[str, int] = {}
    overlaps: list[str] = []
    lock = threading.Lock()

    def slowly(handler: Request) -> None:
        customer = handler.said["data"]["customer"]
        with lock:
            if under_way.get(customer):
                overlaps.append(customer)
            under_way[customer] = under_way.get(customer, 0) + 1
        time.sleep(0.002)
        with lock:
            under_way[customer] -= 1
        answers(200)(handler)

    receiver.answer = slowly
    for number in range(8):
        post(cafe, *(bought(one, 100 + number) for one in crowd))
    world.deliver()
    for one in crowd:
        mine = [said["data"]["amount"] for said in receiver.said
                if said["data"]["customer"] == str(one)]  # fmt: skip
        assert mine == list(range(100, 108))
    assert overlaps == []


def test_a_dead_endpoint_does_not_slow_another(
    cafe: Business, posts: Endpoint, receiver: Receiver, other: Receiver, clock: Clock
) -> None:
    make(cafe, other.url, kinds.EVENT_POSTED, at=clock.now)
    receiver.answer = hang
    crowd = guests(cafe, 40)
    post(cafe, *(bought(one, 100) for one in crowd))
    world = World(clock, timeout=PATIENCE)
    began = time.monotonic()
    while len(other.got) < 40:
        assert time.monotonic() - began < PATIENCE / 2, "the one that hangs holds up the other"
        if not world.crew.round():
            world.crew.wait(0.01)
    assert len(receiver.got) <= queue.AT_ONCE


def test_an_endpoint_that_fails_is_tried_by_one_message_at_a_time(
    cafe: Business, posts: Endpoint, receiver: Receiver, world: World, clock: Clock
) -> None:
    receiver.answer = answers(500)
    post(cafe, *(bought(one, 100) for one in guests(cafe, 30)))
    world.deliver()
    assert Message.objects.filter(attempts=1).count() == 30
    clock.tick(seconds=60)
    assert len(queue.claim(now=clock.now, busy={}, most=64, struggling=32)) == 1
    assert queue.claim(now=clock.now, busy={posts.pk: 1}, most=64, struggling=32) == []
    assert queue.claim(now=clock.now, busy={}, most=64, struggling=0) == []


def test_of_many_due_messages_so_many_are_claimed_and_each_by_one_worker(
    cafe: Business, posts: Endpoint, clock: Clock
) -> None:
    post(cafe, *(bought(one, 100) for one in guests(cafe, 40)))
    gathering.gather(now=clock.now)

    def take(_: int = 0) -> list[int]:
        found = queue.claim(now=clock.now, busy={}, most=64, struggling=32)
        assert len(found) <= queue.AT_ONCE
        return [one.number for one in found]

    results = at_once(6, take)
    assert failures(results) == []
    results += iter(take, [])
    taken = [number for numbers in results for number in numbers]
    assert sorted(taken) == sorted(Message.objects.values_list("pk", flat=True))


def test_what_a_killed_worker_had_claimed_is_due_again(
    cafe: Business, posts: Endpoint, alice: int, receiver: Receiver, world: World, clock: Clock
) -> None:
    post(cafe, bought(alice, 100))
    gathering.gather(now=clock.now)
    assert len(queue.claim(now=clock.now, busy={}, most=64, struggling=32)) == 1
    world.deliver()
    assert receiver.got == []
    clock.tick(seconds=91)
    world.deliver()
    assert amounts(receiver) == [100]


def test_a_tick_in_which_nothing_happens_is_a_few_short_questions(
    cafe: Business, posts: Endpoint, world: World
) -> None:
    world.deliver()
    with CaptureQueriesContext(connection) as asked:
        assert world.crew.round() == 0
    assert len([one for one in asked if one["sql"].split()[0] in ("SELECT", "WITH")]) <= 5


# ---- pausing -------------------------------------------------------------------------------------


def test_what_is_gone_is_paused_at_once_and_resumed_with_what_waited(
    cafe: Business, posts: Endpoint, alice: int, receiver: Receiver, world: World, clock: Clock
) -> None:
    receiver.answer = answers(410)
    post(cafe, bought(alice, 100))
    world.deliver()
    posts.refresh_from_db()
    assert (posts.paused, posts.owners_told) == ("gone", False)
    post(cafe, bought(alice, 200))
    clock.tick(days=5)
    receiver.answer = answers(200)
    world.deliver()
    assert len(receiver.got) == 1, "nothing is sent while it is paused"
    receiver.got.clear()
    Message.objects.update(due_at=clock.now + timedelta(hours=8))  # as after many failures
    endpoints.resume(posts, by=None, at=clock.now)
    assert set(Message.objects.values_list("first_at", "attempts")) == {(None, 0)}
    world.deliver()
    assert amounts(receiver) == [100, 200]
    assert states(posts) == ["delivered", "delivered"]


def test_nothing_but_failures_for_three_days_pauses(
    cafe: Business, posts: Endpoint, alice: int, receiver: Receiver, world: World, clock: Clock
) -> None:
    receiver.answer = answers(503)
    post(cafe, bought(alice, 100), bought(alice, 200))
    hours = 0
    while not Endpoint.objects.get().paused:
        world.deliver()
        clock.tick(hours=1)
        hours += 1
        assert hours < 100
    assert 72 <= hours <= 90
    assert Endpoint.objects.get().paused == "failing"
    line = JournalLine.objects.filter(kind="webhook").last()
    assert line is not None
    assert (line.what["did"], line.what["why"]) == ("paused by itself", "failing")


def test_one_that_arrives_now_and_then_is_not_paused(
    cafe: Business, posts: Endpoint, alice: int, receiver: Receiver, world: World, clock: Clock
) -> None:
    for day in range(8):
        receiver.answer = answers(500)
        post(cafe, bought(alice, 100 + day))
        for _ in range(12):
            world.deliver()
            clock.tick(hours=1)
        receiver.answer = answers(200)
        clock.tick(hours=9)
        world.deliver()
    assert Endpoint.objects.get().paused == ""
    assert states(posts) == ["delivered"] * 8


# ---- replaying and pruning -----------------------------------------------------------------------


def test_one_message_is_replayed_as_it_was(
    cafe: Business, posts: Endpoint, alice: int, receiver: Receiver, world: World, clock: Clock
) -> None:
    post(cafe, bought(alice, 100))
    world.deliver()
    message = Message.objects.get()
    assert deliveries.replay(message, by=None, at=clock.now)
    assert not deliveries.replay(message, by=None, at=clock.now), "it waits already"
    world.deliver()
    first, second = receiver.got
    assert first[0]["webhook-id"] == second[0]["webhook-id"]
    assert first[1] == second[1]
    assert Attempt.objects.count() == 2


def test_everything_since_a_moment_is_replayed_in_its_order(
    cafe: Business, posts: Endpoint, alice: int, receiver: Receiver, world: World, clock: Clock
) -> None:
    post(cafe, bought(alice, 100))
    world.deliver()
    time.sleep(0.02)
    clock.now = since = clock.now.now(clock.now.tzinfo)
    for cents in (200, 300, 400):
        post(cafe, bought(alice, cents))
    world.deliver()
    receiver.got.clear()
    assert deliveries.replay_since(posts, since=since, by=None, at=clock.now) == 3
    world.deliver()
    assert amounts(receiver) == [200, 300, 400]
    line = JournalLine.objects.filter(kind="webhook").last()
    assert line is not None
    assert (line.what["did"], line.what["messages"]) == ("replayed", 3)


def test_a_month_later_messages_are_pruned_with_their_attempts(
    cafe: Business, posts: Endpoint, alice: int, world: World, clock: Clock
) -> None:
    post(cafe, bought(alice, 100))
    world.deliver()
    assert deliveries.prune(now=clock.now + timedelta(days=29)) == 0
    assert deliveries.prune(now=clock.now + timedelta(days=31)) == 1
    assert not Message.objects.exists()
    assert not Attempt.objects.exists()


def test_what_comes_back_for_an_endpoint_that_is_gone_is_dropped(
    cafe: Business, posts: Endpoint, alice: int, clock: Clock
) -> None:
    post(cafe, bought(alice, 100))
    gathering.gather(now=clock.now)
    (one,) = queue.claim(now=clock.now, busy={}, most=64, struggling=32)
    endpoints.delete(posts, by=None, at=clock.now)
    queue.record([(one, Outcome(clock.now, 5, 200))], now=clock.now)
    assert not Attempt.objects.exists()


def test_the_log_is_filtered_and_paged(
    cafe: Business, endpoint: Endpoint, alice: int, world: World, settings: Settings
) -> None:
    post(cafe, bought(alice, 100), bought(alice, 200))
    endpoints.test(endpoint, at=world.clock.now)
    world.deliver()
    whole = deliveries.listed(endpoint)
    assert [one.pk for one in whole] == sorted((one.pk for one in whole), reverse=True)
    assert len(deliveries.listed(endpoint, type=kinds.EVENT_POSTED)) == 2
    assert len(deliveries.listed(endpoint, state="waiting")) == 0
    page = deliveries.listed(endpoint, limit=2)
    rest = deliveries.listed(endpoint, before=page[-1].pk)
    assert [*page, *rest] == whole
    assert deliveries.find(endpoint, key=whole[0].pk) == whole[0]
    assert deliveries.find(endpoint, key=1) is None
