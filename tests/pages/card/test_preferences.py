"""What a member decides: each answer a line of the log, each address proved before it counts."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from habitue.members import consents, customers
from habitue.members.models import Business, Card, Consent, Customer, Identity
from tests.pages.card.conftest import Letters, link

pytestmark = pytest.mark.django_db
ROWS = ("purpose", "channel", "granted", "pending", "source")


def lines() -> list[tuple[object, ...]]:
    return list(Consent.objects.order_by("pk").values_list(*ROWS))


def emails(who: Customer) -> list[str]:
    found = Identity.objects.filter(customer=who, kind="email").order_by("pk")
    return list(found.values_list("value", flat=True))


def test_opening_changes_nothing(client: Client, card: Card) -> None:
    page = client.get(f"/c/{card.token}/me").content.decode()
    assert page.count('type="checkbox"') == 7
    assert " checked" not in page
    assert not Consent.objects.exists()
    for path in ("messages", "pause", "person", "email", "phone"):
        assert client.get(f"/c/{card.token}/me/{path}").status_code == 405


def test_each_change_is_one_line_with_the_words_that_were_read(
    client: Client, card: Card, letters: Letters
) -> None:
    path = f"/c/{card.token}/me/messages"
    client.post(path, {"birthday-sms": "on", "marketing-email": "on", "less_often": "on"})
    client.post(path, {"birthday-sms": "on", "marketing-email": "on"})  # nothing new
    client.post(path, {"marketing-email": "on"})
    assert lines() == [
        ("marketing", "email", False, True, "preferences"),  # waits for the address
        ("birthday", "sms", True, False, "preferences"),
        ("birthday", "sms", False, False, "preferences"),
    ]
    page = client.get(f"/c/{card.token}/me").content.decode()
    for line in Consent.objects.all():
        assert line.wording in page
    assert not Customer.objects.get(pk=card.customer_id).less_often
    (letter,) = letters()
    where = link(letter)
    client.post(where, {"line": [line.pk for line in Consent.objects.all()]})
    assert lines()[3:] == [("marketing", "email", True, False, "confirmed by mail")]
    client.post(path, {"marketing-email": "on", "survey-email": "on"})  # the address is proved now
    assert lines()[4:] == [("survey", "email", True, False, "preferences")]
    client.post(path, {})
    assert not any(line.granted for line in consents.newest(card.customer).values())


def test_a_pause_ends_when_the_member_says_so(client: Client, card: Card) -> None:
    path = f"/c/{card.token}/me"
    client.post(f"{path}/pause", {"pause": "yes"})
    until = Customer.objects.get(pk=card.customer_id).paused_until
    assert until is not None
    assert 88 <= (until - timezone.localdate()).days <= 92
    assert "Reprendre" in client.get(path).content.decode()
    client.post(f"{path}/pause")
    assert Customer.objects.get(pk=card.customer_id).paused_until is None


def test_name_birthday_and_language(client: Client, card: Card) -> None:
    path = f"/c/{card.token}/me/person"
    fields = {"name": "Alicia", "birthday": "29/2", "language": "it"}
    answer = client.post(path, fields)
    assert answer.cookies["django_language"].value == "it"
    who = Customer.objects.get(pk=card.customer_id)
    assert (who.name, who.birth_day, who.birth_month, who.language) == ("Alicia", 29, 2, "it")
    for wrong in ({"name": ""}, {"birthday": "31/2"}, {"language": "xx"}, {"name": "a\x00"}):
        assert client.post(path, {**fields, **wrong}).status_code == 422
    client.post(path, {**fields, "birthday": ""})
    assert Customer.objects.get(pk=card.customer_id).birth_day is None


def test_a_new_address_counts_once_its_reader_confirms(
    client: Client, cafe: Business, card: Card, letters: Letters
) -> None:
    path, alice = f"/c/{card.token}/me/email", card.customer
    answer = client.post(path, {"contact": "New@Example.org"})
    assert answer.headers["Location"].endswith("?note=mailed")
    assert emails(alice) == ["alice@example.org"]
    (letter,) = letters()
    assert client.get(link(letter)).status_code == 200
    assert emails(alice) == ["alice@example.org"]
    assert client.post(link(letter)).status_code == 200
    assert emails(alice) == ["new@example.org"]
    assert alice.identities.get(kind="email").confirmed_at


def test_whose_address_it_is_nobody_else_is_told(
    client: Client, cafe: Business, card: Card, letters: Letters
) -> None:
    path = f"/c/{card.token}/me"
    bruno = customers.find_or_create_many(cafe, "email", ["bruno@example.org"])
    customers.find_or_create_many(cafe, "phone", ["+33612345678"])
    known = client.post(f"{path}/email", {"contact": "bruno@example.org"})
    new = client.post(f"{path}/email", {"contact": "nobody@example.org"})
    assert (known.status_code, known.headers["Location"]) == (302, new.headers["Location"])
    assert client.post(link(letters()[0])).status_code == 422  # said to who reads that mail
    assert customers.find(cafe, "email", "bruno@example.org") == bruno["bruno@example.org"]
    taken = client.post(f"{path}/phone", {"contact": "06 12 34 56 78"})
    free = client.post(f"{path}/phone", {"contact": "06 12 34 56 79"})
    assert (taken.status_code, taken.headers["Location"]) == (302, free.headers["Location"])
    assert card.customer.identities.get(kind="phone").value == "+33612345679"
    assert client.post(f"{path}/phone", {"contact": "a@example.org"}).status_code == 422
    assert client.post(f"{path}/email", {"contact": "0612345678"}).status_code == 422
    assert client.post(f"{path}/email", {"contact": "x\x00@e.org"}).status_code == 422


def test_addresses_change_a_few_times_an_hour(client: Client, card: Card) -> None:
    path = f"/c/{card.token}/me/phone"
    answers = [
        client.post(path, {"contact": f"06 12 34 56 {number}"}).status_code
        for number in range(70, 75)
    ]
    assert answers == [302] * 3 + [422] * 2
