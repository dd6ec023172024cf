"""What can be guessed or asked for is asked for a few times; who is known here is told nobody."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from habitue.members.models import Business, Staff
from habitue.pages import account
from tests.pages.conftest import ZOE

pytestmark = pytest.mark.django_db


def asked(path: str, given: dict[str, str]) -> tuple[int, str, str, int]:
    """Status, way on, page and number of queries of one question by a new browser."""
    client = Client()
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(path, given)
    page = re.sub(r'value="\w{64}"', "", answer.content.decode())
    return answer.status_code, answer.get("Location", ""), page, len(queries)


def test_who_may_sign_in_is_told_nobody(cafe: Business) -> None:
    assert asked("/sign-in", {"email": ZOE}) == asked("/sign-in", {"email": "nobody@example.org"})
    assert [one.to for one in mail.outbox] == [[ZOE], ["nobody@example.org"]]


def test_one_network_asks_for_so_many_codes_an_hour_to_whatever_addresses(cafe: Business) -> None:
    answers = [
        asked("/sign-in", {"email": f"a{place}@example.org"})[0]
        for place in range(account.PER_NETWORK + 2)
    ]
    assert answers == [302] * account.PER_NETWORK + [422] * 2
    assert len(mail.outbox) == account.PER_NETWORK


def test_a_wrong_pin_of_somebody_and_of_nobody_look_the_same(cafe: Business, diego: Staff) -> None:
    path = f"/s/{cafe.counter_key}/in"
    for _ in range(5):
        assert asked(path, {"staff": str(diego.pk), "pin": "0000"})[0] == 422
    locked = asked(path, {"staff": str(diego.pk), "pin": "4711"})
    assert locked[0] == 422  # even the right one
