"""At the counter: benefits, units as money, gifts to choose from; and what the card says."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from habitue import ledger
from habitue.core import facts
from habitue.ledger import draws
from habitue.members import staff
from habitue.members.models import Business, Customer
from tests.pages.program import town as made

pytestmark = pytest.mark.django_db


def till(shop: Business) -> Client:
    """A phone at the counter, signed in as Diego."""
    client, diego = Client(), staff.add_cashier(shop, name="Diego", pin="4711")
    path = f"/s/{shop.counter_key}/in"
    assert client.post(path, {"staff": diego.pk, "pin": "4711"}).status_code == 302
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def path(who: Customer, action: str = "") -> str:
    return f"/s/{who.business.counter_key}/m/{who.pk}{action and '/' + action}"


def points(who: Customer) -> int:
    standing = ledger.standing(who.business_id, who.pk, now=timezone.now())
    assert standing is not None
    return standing.balances["points"]


@pytest.fixture
def alice(db: None) -> Customer:
    """A member of the neighbourhood with 40 points, worth 2.00."""
    shop = made.make_town()
    who = made.make_neighbor(shop, "Alice")
    made.buys(shop, who, 4_000)
    return who


@pytest.fixture
def bruno(db: None) -> Customer:
    """A member of the club who has paid."""
    shop = made.make_town("Le Club", made.CLUB)
    who = made.make_neighbor(shop, "Bruno")
    made.post(shop, who, facts.FeePaid(4_900, "EUR"), at=timezone.now())
    return who


def pays(counter: Client, who: Customer, order: str, part: str, reference: str = "p" * 20) -> str:
    fields = {"order": order, "part": part, "reference": reference}
    answer = counter.post(path(who, "pay"), fields)
    return answer.content.decode()


def test_an_order_is_paid_in_part_with_units_and_taken_back(alice: Customer) -> None:
    counter = till(alice.business)
    page = counter.get(path(alice)).content.decode()
    assert "40 points are worth €2.00" in page
    assert "at least 10 points at a time" in page
    assert "at most 50% of an order" in page
    assert "Paid and recorded." in pays(counter, alice, "5.00", "1.00")
    assert points(alice) == 24  # 20 spent, and the 4.00 that were paid with money earn 4
    pays(counter, alice, "5.00", "1.00")  # the button pressed twice
    assert points(alice) == 24
    assert "Undone." in counter.post(path(alice, "undo")).content.decode()
    assert points(alice) == 40


@pytest.mark.parametrize(
    ("order", "part", "said"),
    [
        ("3.00", "2.00", "So large a part of an order cannot be paid with units"),
        ("9.00", "3.00", "There are not enough units"),
        ("9.00", "0.25", "So few units cannot be used"),
        ("1.00", "2.00", "This amount is not possible"),
        ("x", "2.00", "Please check the number"),
    ],
)
def test_what_is_refused_changes_nothing(alice: Customer, order: str, part: str, said: str) -> None:
    assert said in pays(till(alice.business), alice, order, part)
    assert points(alice) == 40


def uses(counter: Client, who: Customer, benefit: str, order: str = "", at: str = "a") -> str:
    fields = {"benefit": benefit, "order": order, "reference": at * 20}
    return counter.post(path(who, "use"), fields).content.decode()


def test_a_benefit_is_used_counted_and_used_up(bruno: Customer) -> None:
    counter = till(bruno.business)
    assert "3 uses left · orders from €20.00" in counter.get(path(bruno)).content.decode()
    assert "The order is too small" in uses(counter, bruno, "delivery", "19.99")
    assert "Benefit used." in uses(counter, bruno, "delivery", "20.00", "b")
    assert "2 uses left" in uses(counter, bruno, "delivery", "20.00", "b")  # pressed twice
    uses(counter, bruno, "delivery", "30.00", "c")
    page = uses(counter, bruno, "delivery", "30.00", "d")
    assert "0 uses left" in page
    assert 'value="delivery"' not in page
    assert "limit" in uses(counter, bruno, "delivery", "30.00", "e")
    assert "You saved €18.00 of your €49.00." in card(bruno)


def test_who_has_not_paid_is_told_so_and_has_no_benefits(bruno: Customer) -> None:
    made.post(bruno.business, bruno, facts.FeeRefunded(), at=timezone.now())
    page = till(bruno.business).get(path(bruno)).content.decode()
    assert "Membership is not paid" in page
    assert "Free delivery" not in page


def card(who: Customer) -> str:
    answer = Client().get(f"/c/{who.cards.get().token}", headers={"accept-language": "en"})
    return answer.content.decode()


def test_the_card_says_what_is_missing_to_stay_and_what_waits(bruno: Customer) -> None:
    made.buys(bruno.business, bruno, 12_000)
    page = card(bruno)
    assert "Gold until" in page
    assert "120 points more, usable later" in page
    year = made.today().year + 1
    assert re.search(rf"100 spent more by \w+ \d+, {year} to stay Gold", page), page


def test_the_card_shows_entries_the_ticket_and_the_prize(db: None) -> None:
    day, noon = made.yesterday()
    shop = made.make_town("Le Jeu")
    who = made.make_neighbor(shop, "Chiara")
    draws.confirm(shop.pk, country="FR", by="zoe", now=noon)
    assert isinstance(draws.open_period(shop.pk, "daily", day, now=noon), draws.Period)
    made.buys(shop, who, 1_000, at=noon)
    made.buys(shop, who, 1_000)
    assert "1 entry; drawn after" in card(who)
    now = timezone.now()
    draws.close(shop.pk, "daily", day, now=now)
    draws.reveal(shop.pk, "daily", day, now=now)
    page = card(who)
    ticket = draws.ticket_of(shop.pk, "daily", day, who.pk)
    assert f"Ticket {ticket}" in page
    assert "Won: a trip" in page
    assert f"/draws/{shop.slug}/daily/{day}" in page
    assert "Reward ready: a trip" in till(shop).get(path(who)).content.decode()


def test_one_of_several_gifts_is_chosen(bruno: Customer) -> None:
    made.post(bruno.business, bruno, facts.Action("welcome-gift"), at=timezone.now())
    counter = till(bruno.business)
    page = counter.get(path(bruno)).content.decode()
    assert "a cake" in page
    assert "5 points" in page
    voucher = re.search(r'name="voucher" value="(\d+)"', page)
    assert voucher
    fields = {"voucher": voucher[1], "choice": 1, "reference": "v" * 20}
    assert "Reward given." in counter.post(path(bruno, "give"), fields).content.decode()
    standing = ledger.standing(bruno.business_id, bruno.pk, now=timezone.now())
    assert standing is not None
    assert standing.balances["points"] + standing.pending.get("points", 0) == 5
