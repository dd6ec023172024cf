"""Find my card: the same answer whether somebody is known or not, and never a flood."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from habitue.members.models import Business, Card, Customer
from tests.pages.card.conftest import Letters

pytestmark = pytest.mark.django_db


def asks(client: Client, shop: Business, contact: str) -> tuple[int, str, int]:
    """Status, page and number of queries of one question."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(f"/j/{shop.slug}/find", {"contact": contact})
    page = re.sub(r'value="\w{64}"', "", answer.content.decode())
    return answer.status_code, page, len(queries)


def test_known_and_unknown_addresses_get_one_and_the_same_answer(
    client: Client, cafe: Business, card: Card, letters: Letters
) -> None:
    known = asks(client, cafe, "Alice@Example.org")
    assert known == asks(client, cafe, "nobody@example.org")
    assert known[0] == 200
    (letter,) = letters()
    assert f"/c/{card.token}" in letter
    assert mail.outbox[0].to == ["alice@example.org"]


def test_numbers_lead_to_the_counter_and_send_nothing(
    client: Client, cafe: Business, alice: Customer, letters: Letters
) -> None:
    answers = {asks(client, cafe, number) for number in ("0612345678", "0612345679")}
    assert len(answers) == 1
    assert letters() == []


def test_an_address_is_asked_for_a_few_times_an_hour(
    client: Client, cafe: Business, card: Card, letters: Letters
) -> None:
    answers = [asks(client, cafe, "alice@example.org")[0] for _ in range(7)]
    assert answers == [200] * 5 + [429] * 2
    assert len(letters()) == 3


@pytest.mark.parametrize("wrong", ["", "x", "a@b", "a\x00@example.org", "é" * 300, "<script>"])
def test_what_is_no_address_is_said(client: Client, cafe: Business, wrong: str) -> None:
    assert asks(client, cafe, wrong)[0] == 422


def test_the_bin_and_other_shops_get_no_letter(
    client: Client, cafe: Business, card: Card, letters: Letters
) -> None:
    Customer.objects.update(binned_at=card.customer.created_at)
    asks(client, cafe, "alice@example.org")
    assert letters() == []
    assert client.get("/j/nobody/find").status_code == 404
