"""The loop: about a second from commit to receiver, through kills and lost connections."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from pytest_django.fixtures import Settings

from habitue.connectors.models import Endpoint, Message, Pulse
from habitue.connectors.webhooks import kinds, loop
from habitue.members.models import Business
from tests.connectors.webhooks.conftest import (
    PATIENCE,
    Receiver,
    Request,
    answers,
    make,
    states,
)
from tests.ledger.conftest import bought, guests, post, rows

# The worker's loop alone, on the database of this test, in a process of its own.
WORKER = """
import os, threading
os.environ["DJANGO_SETTINGS_MODULE"] = "habitue.site.settings"
from django.conf import settings
settings.DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
import django
django.setup()
from datetime import timedelta
from habitue.connectors.webhooks import loop, queue
queue.LEASE = timedelta(seconds=1)
print("ready", flush=True)
loop.run(threading.Event())
"""


def until(true: Any, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


@contextmanager
def running() -> Iterator[threading.Event]:
    """The loop in a thread of this process."""
    stop = threading.Event()
    thread = threading.Thread(target=loop.run, args=(stop,))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()


@pytest.fixture
def posts(cafe: Business, alice: int, receiver: Receiver) -> Endpoint:
    return make(cafe, receiver.url, kinds.EVENT_POSTED)


def test_a_posting_is_told_within_about_a_second_and_the_pulse_beats(
    cafe: Business, posts: Endpoint, alice: int, receiver: Receiver
) -> None:
    took = []
    with running():
        until(Pulse.objects.filter(name=loop.NAME).exists, "no pulse")
        for cents in range(100, 106):
            before = time.monotonic()
            post(cafe, bought(alice, cents))
            until(
                lambda n=cents: any(said["data"]["amount"] == n for said in receiver.said), "late"
            )
            took.append(time.monotonic() - before)
        until(lambda: states(posts) == ["delivered"] * 6, "not written down")
    assert min(took) < 1.0, took  # noise comes and goes; a loop that waits does so every time


def test_a_lost_connection_to_the_database_is_made_anew(
    cafe: Business, posts: Endpoint, alice: int, receiver: Receiver
) -> None:
    with running():
        until(Pulse.objects.filter(name=loop.NAME).exists, "no pulse")
        ended = rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert (True,) in ended
        post(cafe, bought(alice, 100))
        until(lambda: states(posts) == ["delivered"], "it did not come back")
    assert len(receiver.got) == 1


def test_stopping_lets_what_is_under_way_end_and_writes_it_down(
    cafe: Business,
    posts: Endpoint,
    alice: int,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def slowly(handler: Request) -> None:
        time.sleep(0.5)
        answers(200)(handler)

    monkeypatch.setattr(loop, "GRACE", PATIENCE)
    receiver.answer = slowly
    with running():
        post(cafe, bought(alice, 100))
        until(lambda: receiver.got, "nothing was sent")
    assert states(posts) == ["delivered"]


def test_a_loop_that_ends_by_a_defect_takes_the_worker_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = threading.Event()
    monkeypatch.setattr(loop, "run", lambda _: None)  # it ends although nobody said so
    before = signal.signal(signal.SIGTERM, lambda *_: asked.set())
    try:
        loop.start(threading.Event()).join(PATIENCE)
        assert asked.wait(PATIENCE)
        asked.clear()
        stopped = threading.Event()
        stopped.set()
        loop.start(stopped).join(PATIENCE)
        assert not asked.is_set(), "who is told to stop ends alone"
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.fixture
def workers(settings: Settings, cafe: Business) -> Iterator[Any]:
    """Starts workers in processes of their own."""
    started: list[subprocess.Popen[bytes]] = []
    variables = {
        **os.environ,
        "TEST_DATABASE": str(connection.settings_dict["NAME"]),
        "WEBHOOKS_LOOPBACK": "yes",
        "PYTHONPATH": str(Path(django_settings.PACKAGE).parent),
    }

    def start() -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [sys.executable, "-c", WORKER], env=variables, stdout=subprocess.PIPE
        )
        started.append(child)
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        return child

    yield start
    for child in started:
        child.kill()
        child.wait()
        if child.stdout:
            child.stdout.close()


@pytest.mark.slow
def test_a_kill_in_the_middle_loses_nothing(
    cafe: Business, posts: Endpoint, receiver: Receiver, workers: Any
) -> None:
    """Each event arrives, again and again perhaps, under one id; in order for each customer."""
    crowd, killed = guests(cafe, 10), threading.Event()

    def haltingly(handler: Request) -> None:
        """Some are answered; the others hang until who sent them is killed."""
        if len(receiver.got) > 15:
            killed.wait(PATIENCE)
        answers(200)(handler)

    receiver.answer = haltingly
    for number in range(5):
        post(cafe, *(bought(one, 100 + number) for one in crowd))
    child = workers()
    until(lambda: "delivered" in states(posts) and len(receiver.got) > 15, "nothing arrives")
    child.send_signal(signal.SIGKILL)
    child.wait()
    killed.set()
    assert "waiting" in states(posts), "it was over too soon"
    workers()
    until(lambda: states(posts) == ["delivered"] * 50, "something is lost")
    ids = [headers["webhook-id"] for headers, _ in receiver.got]
    assert len(set(ids)) == 50
    assert Message.objects.count() == 50
    for one in crowd:
        mine = [said["data"]["amount"] for said in receiver.said
                if said["data"]["customer"] == str(one)]  # fmt: skip
        assert sorted(mine) == mine
        assert set(mine) == set(range(100, 105))
