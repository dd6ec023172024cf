"""Customers are found or made set-based; two processes never make one twice, nor an orphan."""

import threading
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from habitue.members import businesses, customers
from habitue.members.models import Business, Customer, Identity, Member


def test_the_same_person_typed_differently_is_one_customer(cafe: Business) -> None:
    made = customers.find_or_create_many(cafe, "email", ["a@x.org", "A@X.org ", "nonsense"])
    assert made.keys() == {"a@x.org", "A@X.org "}
    assert made["a@x.org"] == made["A@X.org "] == customers.find(cafe, "email", "a@X.ORG")
    assert Customer.objects.count() == 1


def test_a_thousand_cost_as_many_statements_as_one(cafe: Business) -> None:
    def statements(values: list[str]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            customers.find_or_create_many(cafe, "external", values)
        return len(captured)

    assert statements(["one"]) == statements([f"n{i}" for i in range(1_000)])
    assert statements(["one", "n1"]) == 1


def test_another_business_has_its_own_customers(cafe: Business) -> None:
    other = businesses.create(name="Bar", kind="cafe", country="IT")
    mine = customers.find_or_create_many(cafe, "email", ["a@x.org"])
    theirs = customers.find_or_create_many(other, "email", ["a@x.org"])
    assert mine != theirs
    assert customers.find(other, "email", "nobody@x.org") is None
    assert customers.find(other, "email", "nonsense") is None


@pytest.mark.django_db(transaction=True)
def test_processes_that_race_make_each_customer_once() -> None:
    cafe = businesses.create(name="Café", kind="cafe", country="FR")
    values = [f"{i}" for i in range(200)]
    answers: list[dict[str, int]] = []
    start = threading.Barrier(4)

    def run(turn: int) -> None:
        start.wait()
        order = values if turn % 2 else values[::-1]
        answers.append(customers.find_or_create_many(cafe, "external", order))
        connection.close()

    threads = [threading.Thread(target=run, args=(turn,)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert all(answer == answers[0] for answer in answers)
    assert Customer.objects.count() == Identity.objects.count() == 200


def test_an_identity_belongs_to_one_customer(cafe: Business, alice: Customer) -> None:
    other = customers.find_or_create_many(cafe, "email", ["b@x.org"])["b@x.org"]
    bruno = Customer.objects.get(pk=other)
    assert customers.add_identity(alice, "phone", "0612345678")
    assert customers.add_identity(alice, "phone", "+33612345678")  # already hers
    assert not customers.add_identity(bruno, "phone", "06 12 34 56 78")
    assert not customers.add_identity(bruno, "phone", "not a phone")


def test_enrolling_twice_keeps_the_first_date_and_number(alice: Customer, now: datetime) -> None:
    member = customers.enroll(alice, at=now)
    assert customers.enroll(alice, at=now.replace(year=2027)) == member
    assert Member.objects.get().enrolled_at == now
    assert customers.find(alice.business, "number", member.number.lower()) == alice.pk


def test_many_are_enrolled_at_once_with_different_numbers(cafe: Business, now: datetime) -> None:
    made = customers.find_or_create_many(cafe, "external", [str(i) for i in range(500)])
    assert customers.enroll_many(cafe, list(made.values()), at=now) == 500
    assert customers.enroll_many(cafe, list(made.values()), at=now) == 0
    assert Member.objects.values("number").distinct().count() == 500


def test_a_taken_number_is_drawn_again(
    cafe: Business, alice: Customer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    bruno = Customer.objects.create(business=cafe)
    drawn = iter(["AAAAAAAA", "AAAAAAAA", "BBBBBBBB"])
    monkeypatch.setattr(customers, "_new_number", lambda: next(drawn))
    assert customers.enroll(alice, at=now).number == "AAAAAAAA"
    assert customers.enroll(bruno, at=now).number == "BBBBBBBB"
