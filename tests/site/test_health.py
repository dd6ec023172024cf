"""The health pages say which part does not live."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client

pytestmark = pytest.mark.django_db


def heartbeat(seconds_ago: float) -> None:
    with connection.cursor() as cursor:
        at = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=seconds_ago)
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [at])
        cursor.execute("INSERT INTO connectors_pulse (name, at) VALUES ('webhooks', %s)", [at])


def answer(client: Client, path: str) -> tuple[int, Any]:
    response = client.get(path)
    return response.status_code, response.json()


def test_all_is_well_while_the_worker_beats(client: Client) -> None:
    heartbeat(1)
    status, body = answer(client, "/health")
    assert (status, body) == (
        200,
        {"status": "ok", "web": "ok", "database": "ok", "worker": "ok", "webhooks": "ok"},
    )


def test_a_worker_that_never_started_is_named(client: Client) -> None:
    status, body = answer(client, "/health")
    assert (status, body["status"], body["worker"]) == (503, "failing", "not started")


def test_a_worker_that_fell_silent_is_named_but_tills_go_on(client: Client) -> None:
    heartbeat(60)
    status, body = answer(client, "/health")
    assert (status, body["worker"]) == (503, "silent")
    assert answer(client, "/ready")[0] == 200


def test_a_loop_that_stands_still_in_a_living_worker_is_named(client: Client) -> None:
    heartbeat(1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE connectors_pulse SET at = at - interval '1 minute'")
    status, body = answer(client, "/health")
    assert (status, body["worker"], body["webhooks"]) == (503, "ok", "silent")
    assert answer(client, "/ready")[0] == 200
