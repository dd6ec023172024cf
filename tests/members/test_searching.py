"""Customers are found by what somebody remembers of them; at every door alike."""

import pytest

from habitue.members import bin as recycle_bin
from habitue.members import businesses, customers, searching, survivors
from habitue.members.models import Business, Customer, Identity

Kind = Identity.Kind


@pytest.fixture
def people(cafe: Business) -> dict[str, Customer]:
    """Alice with every kind of identity, Bruno, and Chiara of whom only a phone is known."""
    known = customers.find_or_create_many(cafe, "external", ["K-4711", "web_99", "web%77"])
    cast = dict(zip(("alice", "bruno", "chiara"), known.values(), strict=True))
    Customer.objects.filter(pk=cast["alice"]).update(name="Alice Martin")
    Customer.objects.filter(pk=cast["bruno"]).update(name="Bruno Bianchi")
    rows = {name: Customer.objects.select_related("business").get(pk=cast[name]) for name in cast}
    assert customers.add_identity(rows["alice"], "email", "alice@example.org")
    assert customers.add_identity(rows["alice"], "phone", "06 12 34 56 78")
    assert customers.add_identity(rows["bruno"], "email", "b.bianchi@shop.example")
    assert customers.add_identity(rows["chiara"], "phone", "+39 06 698 12345")
    assert customers.add_identity(rows["bruno"], "number", "7QXJ52M9")
    return rows


def found(cafe: Business, text: str, parts: tuple[Kind, ...] = tuple(Kind)) -> list[str]:
    keys = searching.newest(cafe, text, parts=parts, limit=10)
    names = dict(Customer.objects.values_list("pk", "name"))
    return [names[key] or "Chiara" for key in keys]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("ALICE@example.ORG", ["Alice Martin"]),
        ("+33 6 12 34 56 78", ["Alice Martin"]),
        ("K-4711", ["Alice Martin"]),
        ("7qxj-52m9", ["Bruno Bianchi"]),
        ("mart", ["Alice Martin"]),
        ("an", ["Bruno Bianchi"]),
        ("example", ["Bruno Bianchi", "Alice Martin"]),
        ("06 12.34", ["Alice Martin"]),
        ("5678", ["Alice Martin"]),
        ("698-12", ["Chiara"]),
        ("qxj5", ["Bruno Bianchi"]),
        ("k-47", ["Alice Martin"]),
        ("web_", ["Bruno Bianchi"]),
        ("eb%7", ["Chiara"]),
        ("78", []),
        ("\\", []),
        ("000", []),
        ("' OR 1=1", []),
    ],
)
def test_somebody_is_found_by_the_whole_or_a_part(
    cafe: Business, people: dict[str, Customer], text: str, who: list[str]
) -> None:
    assert found(cafe, text) == who


@pytest.mark.parametrize("text", ["example", "lice@", "12 34", "5678", "bianchi@"])
def test_parts_that_are_not_to_be_asked_for_find_nobody(
    cafe: Business, people: dict[str, Customer], text: str
) -> None:
    assert found(cafe, text)
    assert found(cafe, text, searching.SHOWN) == []


def test_whoever_is_elsewhere_or_not_there_is_not_found(
    cafe: Business, people: dict[str, Customer]
) -> None:
    there = businesses.create(name="Chez Voisin", kind="cafe", country="FR")
    for text in ("alice", "alice@example.org", "K-47", "5678"):
        assert found(there, text) == []
    recycle_bin.put(cafe, [people["alice"].pk], at=people["alice"].created_at)
    assert found(cafe, "alice@example.org") == found(cafe, "lice@") == found(cafe, "mart") == []


def test_who_went_over_is_found_under_who_they_are_now(
    cafe: Business, people: dict[str, Customer]
) -> None:
    alice, bruno, chiara = (people[name].pk for name in ("alice", "bruno", "chiara"))
    survivors.merge(chiara, bruno)
    survivors.merge(bruno, alice)
    for text in ("+39 06 698 12345", "69812", "b.bian", "7QXJ"):
        assert found(cafe, text) == ["Alice Martin"]


def test_pages_and_bounds_narrow_it_down(cafe: Business, people: dict[str, Customer]) -> None:
    alice, bruno = people["alice"], people["bruno"]
    customers.enroll(alice, at=alice.created_at)
    both = [bruno.pk, alice.pk]
    assert searching.newest(cafe, "example", limit=2) == both
    assert searching.newest(cafe, "example", limit=1) == both[:1]
    assert searching.newest(cafe, "example", limit=2, before=bruno.pk) == both[1:]
    assert searching.newest(cafe, "example", limit=2, since=bruno.pk) == both[:1]
    assert searching.newest(cafe, "example", limit=2, member=True) == both[1:]
    assert searching.newest(cafe, "example", limit=2, member=False) == both[:1]
