"""The check as a page: what to think over, for whom, and from which figures."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from habitue import ledger
from habitue.core import facts
from habitue.ledger import Fact
from habitue.members.models import Business
from tests.pages.conftest import make_member
from tests.pages.program.test_overview import POINTS, body, publish

pytestmark = pytest.mark.django_db


def buy(shop: Business, people: int, visits: int, amount: int) -> None:
    """So many people who came so many times lately and spent as much each time."""
    now = datetime.now(UTC)
    for person in range(people):
        key = make_member(shop, f"Guest {person}", f"guest{person}@example.org").pk
        for visit in range(visits):
            what = facts.Purchase((facts.Line(amount),), "EUR")
            at = now - timedelta(days=7 * visit, minutes=1)
            posted = Fact(customer=key, at=at, what=what, reference=f"{person} {visit}")
            (answer,) = ledger.post(shop.pk, [posted], now=now)
            assert not answer.refused, answer


def test_an_odd_price_is_named_with_the_lines_that_mend_it(keeper: Client, cafe: Business) -> None:
    publish(cafe, POINTS, 1)
    text = body(keeper, "/program/check", version="2")
    assert "275 points, ce n’est pas un prix rond ; 270 en est un" in text
    assert "1,85 % de plus" in text
    assert "cost: {points: 270}" in text
    assert "Un thé" in text
    assert "Rien n’est offert à l’inscription" in text


def test_without_visits_the_customer_is_assumed_and_said_to_be(keeper: Client) -> None:
    text = body(keeper, "/program/check")
    assert "12,50" in text
    assert "C’est une hypothèse" in text


def test_the_customer_is_the_shops_own_when_enough_came(keeper: Client, cafe: Business) -> None:
    buy(cafe, people=3, visits=5, amount=840)
    text = body(keeper, "/program/check")
    assert "8,40" in text
    assert "1,7 visites par mois" in text
    assert "achat médian" in text


def test_the_owner_may_state_another_customer(keeper: Client, cafe: Business) -> None:
    stated = {"basket": "7,30", "visits": "9"}
    text = body(keeper, "/program/check", **stated)
    assert "7,30" in text
    assert "9 visites par mois" in text
    assert "C’est ce que vous dites" in text
    assert keeper.get("/program/check", {"basket": "x", "visits": "-1"}).status_code == 200


def test_the_first_reward_comes_at_its_visit(keeper: Client) -> None:
    text = body(keeper, "/program/check", basket="5", visits="4")
    assert "à la visite 10" in text  # two of twelve stamps are a welcome
