"""Customers who may be one person are shown side by side until somebody decides."""

import pytest
from django.test import Client
from django.utils.translation import override

from habitue.members import bin as recycle_bin
from habitue.members import customers
from habitue.members.models import Business, Customer
from habitue.pages.person import duplicates
from tests.pages.conftest import make_member, make_shop

pytestmark = pytest.mark.django_db


def twin(shop: Business, name: str, mail: str, **given: int) -> Customer:
    made = make_member(shop, name, mail)
    for field, value in given.items():
        setattr(made, field, value)
    made.save()
    return made


def why(shop: Business) -> list[set[str]]:
    with override("en"):
        return [set(pair.why) for pair in duplicates.pairs(shop)]


def test_nobody_is_a_duplicate_of_whom_they_share_nothing_with(
    cafe: Business, alice: Customer
) -> None:
    make_member(cafe, "Bruno Bianchi", "bruno@example.org")
    assert duplicates.pairs(cafe) == []


@pytest.mark.parametrize(
    ("name", "mail", "reason"),
    [
        ("Alice Martín", "x@example.org", "the same name"),
        ("MARTIN Alice", "x@example.org", "the same name"),
        ("Alice Martins", "x@example.org", "names written nearly alike"),
        ("Alise Martin", "x@example.org", "names written nearly alike"),
        ("Anna Rossi", "alice.martin+cafe@example.com", "e-mail addresses that begin alike"),
    ],
)
def test_two_who_look_alike_are_a_pair(
    cafe: Business, alice: Customer, name: str, mail: str, reason: str
) -> None:
    customers.add_identity(alice, "email", "alicemartin@example.org")
    twin(cafe, name, mail)
    (found,) = why(cafe)
    assert reason in found


def test_a_phone_and_a_birthday_tell_too(cafe: Business, alice: Customer) -> None:
    alice.birth_day, alice.birth_month = 3, 4
    alice.save()
    customers.add_identity(alice, "phone", "+33642345678")
    other = twin(cafe, "Alice D.", "x@example.org", birth_day=3, birth_month=4)
    customers.add_identity(other, "phone", "+33742345678")
    assert why(cafe) == [{"phone numbers that end alike", "the same first name and birthday"}]


def test_two_birthdays_are_two_people(cafe: Business, alice: Customer) -> None:
    alice.birth_day, alice.birth_month = 3, 4
    alice.save()
    twin(cafe, "Alice Martin", "x@example.org", birth_day=4, birth_month=4)
    assert duplicates.pairs(cafe) == []


def test_of_two_people_it_is_asked_once(cafe: Business, alice: Customer, owner: Client) -> None:
    other = twin(cafe, "Alice Martin", "x@example.org")
    assert "Alice Martin" in owner.get("/customers/duplicates").content.decode()
    path = f"/customers/{alice.pk}/distinct/{other.pk}"
    assert owner.post(path).status_code == 302
    assert duplicates.pairs(cafe) == []
    stranger = make_member(make_shop("Boulangerie"), "Chiara", "chiara@example.org")
    assert owner.post(f"/customers/{alice.pk}/distinct/{stranger.pk}").status_code == 404


def test_who_lies_in_the_bin_or_in_another_shop_is_nobody_s_double(
    cafe: Business, alice: Customer
) -> None:
    binned = twin(cafe, "Alice Martin", "x@example.org")
    recycle_bin.put(cafe, [binned.pk], at=binned.created_at)
    twin(make_shop("Boulangerie"), "Alice Martin", "alice@example.org")
    assert duplicates.pairs(cafe) == []
