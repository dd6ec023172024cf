"""Whoever looks up a customer who went over into another is led there, and back again."""

from habitue.members import cards, customers, survivors
from habitue.members.models import Business, Customer


def test_identities_and_cards_lead_to_the_last_of_a_chain(cafe: Business) -> None:
    mails = ["a@x.org", "b@x.org", "c@x.org"]
    a, b, c = customers.find_or_create_many(cafe, "email", mails).values()
    card = cards.issue(Customer.objects.get(pk=a))
    survivors.merge(a, b)
    survivors.merge(b, c)
    assert survivors.of([a, b, c, 7]) == {a: c, b: c, c: c}
    assert set(customers.find_or_create_many(cafe, "email", mails).values()) == {c}
    assert customers.find(cafe, "email", "a@x.org") == c
    found = cards.find(card.token)
    assert found is not None
    assert found.customer == Customer.objects.get(pk=c)
    survivors.merge(b, None)
    assert customers.find(cafe, "email", "a@x.org") == b
    survivors.merge(a, None)
    assert survivors.of([a, b]) == {a: a, b: b}
    assert cards.find("nonsense") is None


def test_an_address_of_who_went_over_belongs_to_who_they_are_now(cafe: Business) -> None:
    a, b = customers.find_or_create_many(cafe, "email", ["a@x.org", "b@x.org"]).values()
    survivors.merge(a, b)
    assert customers.add_identity(Customer.objects.get(pk=b), "email", "a@x.org")
    assert customers.find(cafe, "email", "a@x.org") == b


def test_a_person_is_everybody_who_went_over_there(cafe: Business) -> None:
    mails = ["a@x.org", "b@x.org", "c@x.org", "d@x.org"]
    a, b, c, d = customers.find_or_create_many(cafe, "email", mails).values()
    survivors.merge(a, b)
    survivors.merge(b, c)
    assert survivors.went_over([c, d, b]) == {c: [a, b, c], d: [d], b: [a, b]}
