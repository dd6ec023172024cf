"""Audiences: live and frozen, of whom, under which names, and what a file says of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from habitue.members import consents, customers, survivors
from habitue.members.models import Business, Customer
from habitue.outreach import audiences
from habitue.outreach.audiences import OfSegment
from tests.ledger.conftest import bought, guests, make_cafe, post
from tests.outreach.conftest import NOW, came

pytestmark = pytest.mark.django_db

SLIPPING = OfSegment(segment="slipping")


def test_a_live_audience_is_whoever_is_meant_now(cafe: Business, people: dict[str, int]) -> None:
    live = audiences.make(cafe, " Slipping away ", SLIPPING, now=NOW)
    assert (live.name, live.kind) == ("Slipping away", "live")
    assert audiences.members(live, now=NOW) == [people["bruno"]]
    post(cafe, bought(people["bruno"], 500), now=NOW)
    tomorrow = NOW + timedelta(days=1)
    assert audiences.members(live, now=NOW) == [people["bruno"]]  # today counts tomorrow
    assert audiences.members(live, now=tomorrow) == []


def test_a_frozen_audience_stays_who_it_was(cafe: Business, people: dict[str, int]) -> None:
    frozen = audiences.make(cafe, "Slipping in March", SLIPPING, now=NOW, frozen=True)
    post(cafe, bought(people["bruno"], 500), now=NOW)
    tomorrow = NOW + timedelta(days=1)
    assert audiences.members(frozen, now=tomorrow) == [people["bruno"]]
    assert audiences.count(frozen, now=tomorrow) == 1
    assert audiences.definition(frozen) == SLIPPING


def test_who_went_over_is_there_as_the_other_and_who_was_erased_is_not(
    cafe: Business, people: dict[str, int]
) -> None:
    lost = OfSegment(segment="lost")
    (diego,) = guests(cafe, 1)
    came(cafe, {diego: [61]})
    frozen = audiences.make(cafe, "Lost", lost, now=NOW, frozen=True)
    live = audiences.make(cafe, "Lost now", lost, now=NOW)
    assert audiences.members(frozen, now=NOW) == [people["chiara"], diego]
    survivors.merge(people["chiara"], people["alice"])
    Customer.objects.filter(pk=diego).update(erased_at=NOW)
    assert audiences.members(frozen, now=NOW) == [people["alice"]]
    assert diego not in audiences.members(live, now=NOW)


def test_the_window_may_be_stated(cafe: Business, people: dict[str, int]) -> None:
    wide = OfSegment(segment="new", window=70)
    audience = audiences.make(cafe, "New this winter", wide, now=NOW)
    assert people["chiara"] in audiences.members(audience, now=NOW)


def test_a_name_is_used_once_in_a_business(cafe: Business) -> None:
    audiences.make(cafe, "Friends", SLIPPING, now=NOW)
    with pytest.raises(ValueError, match="There is an audience 'Friends' already"):
        audiences.make(cafe, "Friends", SLIPPING, now=NOW)
    other = make_cafe(name="Other")
    audiences.make(other, "Friends", SLIPPING, now=NOW)
    assert [each.name for each in audiences.every(cafe)] == ["Friends"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\nb"])
def test_a_name_that_is_none_is_refused(cafe: Business, name: str) -> None:
    with pytest.raises(ValueError, match="1 to 80 letters"):
        audiences.make(cafe, name, SLIPPING, now=NOW)
    assert not audiences.every(cafe).exists()


def test_what_cannot_be_meant_is_refused(cafe: Business) -> None:
    with pytest.raises(LookupError, match="no segment 'fans'"):
        audiences.make(cafe, "Fans", OfSegment(segment="fans"), now=NOW)
    with pytest.raises(ValueError, match="A window is between"):
        audiences.make(cafe, "New", OfSegment(segment="new", window=0), now=NOW)
    assert not audiences.every(cafe).exists()


def test_another_business_has_its_own_people(cafe: Business, people: dict[str, int]) -> None:
    other = make_cafe(name="Other")
    audience = audiences.make(other, "Slipping", SLIPPING, now=NOW)
    assert audiences.members(audience, now=NOW) == []
    assert audiences.rows(other, list(people.values()), now=NOW) == []


def test_rows_say_a_mail_address_only_of_who_agreed(cafe: Business, people: dict[str, int]) -> None:
    alice, bruno, chiara = people.values()
    for who, name in ((alice, "Alice"), (bruno, "Bruno")):
        customer = Customer.objects.get(pk=who)
        customer.name = name
        customer.save()
        customers.add_identity(customer, "email", f"{name.lower()}@example.org")
        for granted in (True,) if name == "Alice" else (True, False):
            consents.record(
                customer,
                purpose="marketing",
                channel="email",
                granted=granted,
                wording="News?",
                source="join",
                at=NOW,
            )
    customers.enroll(Customer.objects.get(pk=alice), at=NOW)
    first, second, third = audiences.rows(cafe, [chiara, alice, bruno], now=NOW)
    assert (first.customer, first.name, first.email) == (alice, "Alice", "alice@example.org")
    assert (first.last, first.orders, first.revenue) == (date(2026, 2, 27), 12, 12_000)
    assert len(first.number) == 8
    assert (second.name, second.email, second.number) == ("Bruno", "", "")
    assert (third.customer, third.email, third.orders) == (chiara, "", 1)
