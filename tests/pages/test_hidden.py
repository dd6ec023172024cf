"""Whoever lies in the recycle bin, or was erased, is named nowhere; figures go on counting them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from habitue import ledger
from habitue.core import facts
from habitue.members import bin as recycle_bin
from habitue.members import cards, erasing
from habitue.members.models import Business, CodeRefusal, Customer, Staff
from habitue.outreach import audiences
from habitue.pages import events, naming
from tests.pages.conftest import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["bin", "erase"])
def bruno(request: pytest.FixtureRequest, cafe: Business) -> Customer:
    """Bruno, who was here once, and then was binned or erased."""
    bruno = make_member(cafe, "Bruno Bianchi", "bruno@example.org")
    now = datetime.now(UTC)
    fact = ledger.Fact(customer=bruno.pk, at=now, what=facts.Visit())
    ledger.post(cafe.pk, [fact], now=now)
    if request.param == "bin":
        recycle_bin.put(cafe, [bruno.pk], at=now)
    else:
        erasing.erase(bruno, at=now)
    return bruno


def test_nobody_finds_them_at_the_counter(cafe: Business, bruno: Customer, counter: Client) -> None:
    for text in ("Bruno", "bruno@example.org"):
        answer = counter.get(f"/s/{cafe.counter_key}/search", {"q": text})
        assert "Bruno Bianchi" not in answer.content.decode()
    assert counter.get(f"/s/{cafe.counter_key}/m/{bruno.pk}").status_code == 404


def test_no_page_of_figures_names_them_but_figures_count_them(
    cafe: Business, bruno: Customer
) -> None:
    assert naming.names(cafe, [bruno.pk]) == {}
    assert events.newest(cafe, limit=10) == []
    day = datetime.now(UTC).date()
    assert events.came(cafe, since=day, until=day.replace(year=day.year + 1)) == (1, 1)


def test_what_was_refused_is_not_among_what_happened(cafe: Business, alice: Customer) -> None:
    now = datetime.now(UTC)
    tried = [ledger.Fact(customer=alice.pk, at=now, what=facts.Redemption("castle"))] * 3
    ledger.post(cafe.pk, [ledger.Fact(customer=alice.pk, at=now, what=facts.Visit())], now=now)
    assert all(one.refused for one in ledger.post(cafe.pk, tried, now=now))
    assert events.newest(cafe, limit=1)[0].kind == "visit"
    assert "redemption" not in {one.kind for one in events.newest(cafe, limit=10)}


def test_no_audience_has_them(cafe: Business, bruno: Customer, alice: Customer) -> None:
    now = datetime.now(UTC)
    rows = audiences.rows(cafe, [bruno.pk, alice.pk], now=now)
    assert [row.customer for row in rows] == [alice.pk]
    every = audiences.OfSegment(segment="new")
    made = audiences.make(cafe, "Newcomers", every, now=now + timedelta(days=1), frozen=True)
    for one in (alice, bruno):
        made.frozen.get_or_create(customer=one)
    assert audiences.members(made, now=now) == [alice.pk]


def test_the_counter_says_that_a_card_s_holder_lies_in_the_bin(
    cafe: Business, alice: Customer, diego: Staff, counter: Client
) -> None:
    now = datetime.now(UTC)
    recycle_bin.put(cafe, [alice.pk], at=now)
    code = cards.code(alice.cards.get(), at=now)
    for text in (code, alice.member.number):
        answer = counter.post(f"/s/{cafe.counter_key}", {"code": text}, HTTP_ACCEPT_LANGUAGE="en")
        assert answer.status_code == 422
        assert "recycle bin" in answer.content.decode()
    assert CodeRefusal.objects.get().reason == "binned"
