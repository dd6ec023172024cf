"""Exactly once: a key is one caller's, for one request, and stays so whatever changes meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from habitue.api import once, routing, together
from habitue.api.calls import Asked
from habitue.api.happened import NewVisit
from habitue.members.models import Card
from tests.api import world
from tests.api.asking import Told, ask
from tests.ledger.conftest import rows, sound

pytestmark = pytest.mark.django_db

VISIT = {"kind": "visit", "customer": "external:bruno"}


def sends(key: str, name: str = "k-1", **more: Any) -> Told:
    return ask("POST", "/events", key=key, body={**VISIT, **more}, once=name)


def visits(place: world.Place) -> int:
    ((count,),) = rows(
        "SELECT count(*) FROM ledger_event WHERE business_id = %s AND what->>'type' = 'visit'",
        place.business.pk,
    )
    return int(count)


def replayed(told: Told) -> bool:
    return told.headers.get("Idempotent-Replayed") == "true"


# --- whose a key is ------------------------------------------------------------------------------


def test_the_business_s_own_programs_share_their_keys(cafe: world.Place) -> None:
    first, again = sends(cafe.owner), sends(cafe.till)
    assert (first.status, again.raw, replayed(again)) == (201, first.raw, True)


def test_partners_members_and_other_businesses_have_keys_of_their_own(
    cafe: world.Place, next_door: world.Place
) -> None:
    first = sends(cafe.owner)
    number = Card.objects.get(customer=cafe.bruno).customer.member.number
    there = sends(next_door.owner)
    partner = sends(cafe.partner, customer=f"number:{number}")
    gift = {"kind": "transfer", "unit": "points", "amount": "1", "to": f"number:{number}"}
    member = ask("POST", "/events", key=cafe.member, body=gift, once="k-1")
    told = (first, there, partner, member)
    assert not any(replayed(one) for one in told)
    assert member.json["code"] != "key_reused"
    assert [one.status for one in told[:3]] == [201, 201, 201]


def test_a_key_is_for_one_operation_one_address_one_body(cafe: world.Place) -> None:
    sends(cafe.owner)
    for method, address, body in (
        ("POST", "/events", {**VISIT, "quantity": 2}),
        ("POST", "/events/batch", {"events": [VISIT]}),
        ("POST", "/redemptions", {"customer": "external:bruno", "reward": "coffee"}),
        ("POST", "/customers", {"name": "Bruno"}),
        ("PATCH", "/customers/external:bruno", {"name": "Bruno"}),
    ):
        told = ask(method, address, key=cafe.owner, body=body, once="k-1")
        assert (told.status, told.json["code"]) == (422, "key_reused"), address


def test_how_a_request_was_written_makes_no_other_request(cafe: world.Place) -> None:
    first = sends(cafe.owner, attributes={"hour": 9, "sunny": True})
    again = sends(cafe.owner, attributes={"sunny": True, "hour": 9})
    assert (again.raw, replayed(again)) == (first.raw, True)
    for wrong in ("", "a" * 201, "é", "a\tb"):
        headers = {"Idempotency-Key": wrong}
        told = ask("POST", "/events", key=cafe.owner, body=VISIT, headers=headers)
        assert (told.status, told.json["code"]) == (400, "key")


# --- what is kept --------------------------------------------------------------------------------


def test_a_problem_that_did_nothing_frees_its_key_and_a_refusal_keeps_it(cafe: world.Place) -> None:
    assert sends(cafe.owner, customer="external:nobody").status == 404
    assert sends(cafe.owner).status == 201
    body = {"name": "Eva", "identities": [{"kind": "external", "value": "alice"}]}
    assert ask("POST", "/customers", key=cafe.owner, body=body, once="k-2").status == 409
    assert ask("POST", "/customers", key=cafe.owner, body={}, once="k-2").status == 201
    much = {"customer": "external:alice", "reward": "five"}
    first, again = (
        ask("POST", "/redemptions", key=cafe.till, body=much, once="k-3") for _ in range(2)
    )
    assert (first.status, again.status, again.raw) == (409, 409, first.raw)
    assert (replayed(first), replayed(again)) == (False, True)


def test_an_answer_stays_when_the_program_changes_or_the_customer_goes_over(
    cafe: world.Place,
) -> None:
    first = sends(cafe.owner, source="door", reference="V-7")
    text = world.PROGRAM.replace("stars: 0.5", "stars: 2.5")
    published = ask("POST", "/programs", key=cafe.owner, body={"text": text})
    assert published.status == 201, published.raw
    into = {"into": "external:alice"}
    merged = ask("POST", "/customers/external:bruno/merge", key=cafe.owner, body=into)
    assert merged.status == 200, merged.raw
    again = sends(cafe.owner, source="door", reference="V-7")
    by_reference = sends(cafe.owner, "k-9", source="door", reference="V-7")
    assert again.raw == by_reference.raw == first.raw
    sound(cafe.business)


def test_a_reference_twice_in_one_request_happens_once(cafe: world.Place) -> None:
    one = {**VISIT, "source": "door", "reference": "V-8"}
    body = {
        "events": [one, {**one, "at": "2026-03-02T10:00:00+01:00"}, one, {**one, "quantity": 2}]
    }
    told = ask("POST", "/events/batch", key=cafe.till, body=body)
    first, other, again, much = told.json["results"]
    assert first["event"] == again["event"]
    assert much["problem"]["code"] == "conflict"
    assert other["problem"] is None or other["problem"]["code"] == "conflict"
    assert visits(cafe) == 1


def test_an_instant_with_an_offset_is_answered_again_word_for_word(cafe: world.Place) -> None:
    said = {"at": "2026-03-29T02:30:00+01:00", "source": "door", "reference": "V-9"}
    first, again = sends(cafe.till, "k-1", **said), sends(cafe.till, "k-2", **said)
    assert (first.json["at"], again.raw) == ("2026-03-29T01:30:00Z", first.raw)


# --- in a group ----------------------------------------------------------------------------------


@pytest.mark.parametrize("breaks", ["SELECT 1 / 0", "DO $$ BEGIN RAISE SQLSTATE '54000'; END $$"])
def test_what_breaks_the_database_fails_alone_in_its_group(
    cafe: world.Place, next_door: world.Place, breaks: str
) -> None:
    def poisoned(asked: list[Asked]) -> list[Any]:
        answers = whole.act(asked)
        if any(one.body.place == "poison" for one in asked):
            with connection.cursor() as cursor:
                cursor.execute(breaks)
        return list(answers)

    whole = next(one for one in routing.operations() if one.name == "events_record")
    operation = replace(whole, act=poisoned)
    group = [
        together.Wanted(
            operation,
            next_door.owner if place % 2 else cafe.owner,
            NewVisit(customer="external:bruno", place="poison" if place == 5 else ""),
            f"k-{place}" if place % 3 else "",
            bytes([place]),
        )
        for place in range(12)
    ]
    told = [one.status for one in together.work(group)]
    assert told[5] in (500, 503)
    assert told[:5] + told[6:] == [201] * 11
    assert (visits(cafe), visits(next_door)) == (6, 5)
    again = together.work([replaced(group[5], NewVisit(customer="external:bruno"))])
    assert again[0].status == 201, "its key is free again"


def replaced(wanted: together.Wanted, body: NewVisit) -> together.Wanted:
    return together.Wanted(wanted.operation, wanted.text, body, wanted.key, b"other")


def test_one_key_twice_in_a_group_is_done_once(cafe: world.Place) -> None:
    operation = next(one for one in routing.operations() if one.name == "events_record")
    body = NewVisit(customer="external:bruno")
    other = NewVisit(customer="external:bruno", quantity=2)
    wanted = [
        together.Wanted(operation, key, what, "k-1", once.said("POST", "/events", "", what))
        for key, what in ((cafe.owner, body), (cafe.till, body), (cafe.owner, other))
    ]
    first, again, different = together.work(wanted)
    assert [one.status for one in (first, again, different)] == [201, 201, 422]
    assert visits(cafe) == 1
