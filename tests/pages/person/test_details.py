"""Name, addresses, birthday and note are changed; nobody gets the address of somebody else."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from habitue.members import callers, cards, tokens
from habitue.members.models import Business, Customer, JournalLine
from tests.pages.conftest import make_member, make_shop

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}
KEPT = {
    "name": "Alice Martin",
    "email": "alice@example.org",
    "phone": "",
    "birthday": "",
    "note": "",
}


def test_what_is_known_of_somebody_is_changed_and_the_journal_names_nobody(
    cafe: Business, alice: Customer, owner: Client
) -> None:
    sent = {
        "name": "Alice Durand",
        "email": "Alice.Durand@Example.org",
        "phone": "06 12 34 56 78",
        "birthday": "29/2",
        "note": "No sugar\nsits outside",
    }
    path = f"/customers/{alice.pk}/edit"
    assert owner.post(path, sent).status_code == 302
    alice.refresh_from_db()
    assert (alice.name, alice.note) == ("Alice Durand", "No sugar\nsits outside")
    assert (alice.birth_day, alice.birth_month) == (29, 2)
    held = dict(alice.identities.exclude(kind="number").values_list("kind", "value"))
    assert held == {"email": "alice.durand@example.org", "phone": "+33612345678"}
    lines = {line.kind: line.what for line in JournalLine.objects.filter(customer=alice)}
    assert lines == {"note": {}, "contact": {"changed": "email, phone, name, birthday"}}
    assert owner.post(path, sent).status_code == 302  # nothing changes, nothing is written
    assert JournalLine.objects.filter(customer=alice).count() == 2


def test_an_address_of_somebody_else_is_said_with_whose_it_is_and_a_way_to_merge(
    cafe: Business, alice: Customer, owner: Client
) -> None:
    bruno = make_member(cafe, "Bruno Bianchi", "bruno@example.org")
    sent = {**KEPT, "email": "BRUNO@example.org"}
    answer = owner.post(f"/customers/{alice.pk}/edit", sent, headers=ENGLISH)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This belongs to Bruno Bianchi already." in page
    assert f'value="#{bruno.pk}"' in page
    both = owner.post(f"/customers/{alice.pk}/merge", {"other": f"#{bruno.pk}"}).content.decode()
    assert "Alice Martin" in both
    assert "Bruno Bianchi" in both


def test_somebody_of_another_shop_cannot_be_chosen_to_merge_with(
    cafe: Business, alice: Customer, owner: Client
) -> None:
    stranger = make_member(make_shop("Boulangerie"), "Chiara", "chiara@example.org")
    answer = owner.post(f"/customers/{alice.pk}/merge", {"other": f"#{stranger.pk}"})
    assert answer.status_code == 422
    assert "Chiara" not in answer.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "alice@"), ("phone", "12"), ("birthday", "31/02"), ("note", "a\x00b")],
)
def test_what_cannot_be_is_told_beside_its_field(
    alice: Customer, owner: Client, field: str, value: str
) -> None:
    answer = owner.post(f"/customers/{alice.pk}/edit", {**KEPT, field: value})
    assert answer.status_code == 422
    alice.refresh_from_db()
    assert alice.note == ""


def test_a_new_card_ends_the_old_one_and_is_shown_once(
    cafe: Business, alice: Customer, owner: Client
) -> None:
    old = alice.cards.get()
    _, carried = tokens.issue_member(alice, at=datetime.now(UTC))
    page = owner.post(f"/customers/{alice.pk}/card").content.decode()
    new = alice.cards.get(revoked_at=None)
    assert new != old
    assert f"/c/{new.token}" in page
    assert cards.find(old.token) is None
    assert not callers.callers([carried], at=datetime.now(UTC))
    assert new.token not in owner.get(f"/customers/{alice.pk}").content.decode()
    assert JournalLine.objects.filter(kind="card").count() == 1
