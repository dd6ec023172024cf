"""Whoever shows a key or a token is known for what they are now, many in few statements."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User

from habitue.members import bin as recycle_bin
from habitue.members import businesses, callers, customers, erasure, keys, staff, survivors, tokens
from habitue.members.callers import Caller
from habitue.members.models import ApiKey, Business, Customer, Staff

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def key(shop: Business, scope: str = "till", partner: str = "") -> str:
    made = ApiKey.Scope(scope)
    return keys.make(shop, name=scope, scope=made, by=None, at=NOW, partner=partner)[1]


def called(text: str, at: datetime = NOW) -> Caller | None:
    return callers.callers([text], at=at).get(text)


def boss(cafe: Business, role: Staff.Role = Staff.Role.OWNER) -> Staff:
    user = User.objects.create_user(f"{role}@example.org", f"{role}@example.org")
    one = staff.add_owner(cafe, user)
    one.role = role
    one.save()
    return one


@pytest.mark.parametrize("scope", ["owner", "till", "read"])
def test_a_key_is_its_scope(cafe: Business, scope: str) -> None:
    found = called(key(cafe, scope))
    assert found is not None
    assert (found.business, found.scope, found.name, found.partner) == (cafe.pk, scope, scope, "")
    assert found.staff is found.customer is found.token is None


def test_a_partners_key_names_the_partner(cafe: Business) -> None:
    found = called(key(cafe, "partner", "bakery"))
    assert found is not None
    assert (found.scope, found.partner) == ("partner", "bakery")


def test_staff_may_what_their_role_may(cafe: Business, diego: Staff) -> None:
    there = staff.add_cashier(cafe, name="Chiara", pin="1234", partner="bakery")
    people = {
        boss(cafe): ("owner", ""),
        boss(cafe, Staff.Role.MANAGER): ("owner", ""),
        diego: ("till", ""),
        there: ("partner", "bakery"),
    }
    for one, may in people.items():
        found = called(tokens.issue_staff(one, at=NOW)[1])
        assert found is not None
        assert (found.staff, found.name, found.key) == (one.pk, one.name, None)
        assert (found.scope, found.partner) == may


def test_a_role_that_changes_changes_what_a_token_may(cafe: Business) -> None:
    zoe = boss(cafe)
    text = tokens.issue_staff(zoe, at=NOW)[1]
    Staff.objects.filter(pk=zoe.pk).update(role="cashier")
    found = called(text)
    assert found is not None
    assert found.scope == "till"


def test_a_member_is_that_customer_and_unnamed(alice: Customer) -> None:
    Customer.objects.filter(pk=alice.pk).update(name="Alice Martin")
    found = called(tokens.issue_member(alice, at=NOW)[1])
    assert found is not None
    assert (found.scope, found.customer, found.business) == (
        "member",
        alice.pk,
        alice.business_id,
    )
    assert "Alice" not in repr(found)


def test_who_went_over_is_who_they_went_over_into(cafe: Business, alice: Customer) -> None:
    ends = ["b@example.org", "c@example.org"]
    made = customers.find_or_create_many(cafe, "email", ends)
    bruno, chiara = (made[end] for end in ends)
    text = tokens.issue_member(alice, at=NOW)[1]
    survivors.merge(alice.pk, bruno)
    survivors.merge(bruno, chiara)
    found = called(text)
    assert found is not None
    assert found.customer == chiara
    lying = recycle_bin.put(cafe, [chiara], at=NOW)
    assert lying == 1
    assert called(text) is None
    recycle_bin.restore(cafe, [chiara], at=NOW)
    survivors.merge(alice.pk, None)
    found = called(text)
    assert found is not None
    assert found.customer == alice.pk


def in_the_bin(alice: Customer) -> None:
    recycle_bin.put(alice.business, [alice.pk], at=NOW)


def erased(alice: Customer) -> None:
    erasure.erase([alice.pk], at=NOW)


@pytest.mark.parametrize("happens", [in_the_bin, erased])
def test_whoever_is_gone_does_not_come_in(
    alice: Customer, happens: Callable[[Customer], None]
) -> None:
    text = tokens.issue_member(alice, at=NOW)[1]
    assert called(text)
    happens(alice)
    assert called(text) is None


def test_a_token_given_to_whoever_is_gone_already_opens_nothing(
    alice: Customer, diego: Staff
) -> None:
    erasure.erase([alice.pk], at=NOW)
    assert called(tokens.issue_member(alice, at=NOW)[1]) is None
    staff.dismiss(diego, by=diego, at=NOW)
    assert called(tokens.issue_staff(diego, at=NOW)[1]) is None


@pytest.mark.parametrize(
    "text",
    ["", "hk_till_", "hk_", "hm_", "hs_", "é", "hk_é", "\x00", "hk_\x00", "x" * 1000]
    + [f"{kind}_{'A' * 43}" for kind in ("hk_till", "hm", "hs")],
)
def test_what_nobody_was_given_opens_nothing(
    cafe: Business, alice: Customer, diego: Staff, text: str
) -> None:
    key(cafe)
    tokens.issue_member(alice, at=NOW)
    tokens.issue_staff(diego, at=NOW)
    assert callers.callers([text], at=NOW) == {}


def test_many_of_several_shops_are_known_by_two_statements(
    cafe: Business, alice: Customer, diego: Staff, counted: list[str]
) -> None:
    bar = businesses.create(name="Bar", kind="cafe", country="IT")
    shops = {key(shop): shop.pk for shop in (cafe, bar) for _ in range(3)}
    shops |= {tokens.issue_member(alice, at=NOW)[1]: cafe.pk for _ in range(3)}
    shops |= {tokens.issue_staff(diego, at=NOW)[1]: cafe.pk for _ in range(3)}
    asked = [*shops, "hk_till_" + "A" * 43, "é"]
    callers.callers(asked, at=NOW)  # notes the keys' use
    counted.clear()
    found = callers.callers(asked, at=NOW + timedelta(seconds=59))
    assert {text: one.business for text, one in found.items()} == shops
    assert len(counted) == 2
    callers.callers(asked, at=NOW + timedelta(minutes=1))
    assert len(counted) == 2 + 3
    noted = set(ApiKey.objects.values_list("used_at", flat=True))
    assert noted == {NOW + timedelta(minutes=1)}


def test_two_credentials_of_one_person_are_told_apart(diego: Staff) -> None:
    one, two = (called(tokens.issue_staff(diego, at=NOW)[1]) for _ in range(2))
    assert one is not None
    assert two is not None
    assert one.named != two.named
