"""Whose card it is: one code once, its minute, a number, the search."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from habitue.members import cards
from habitue.members.models import Business, Card, CodeRefusal, Customer, UsedCode
from habitue.pages import qr
from tests.pages.conftest import make_member

pytestmark = pytest.mark.django_db


def path(customer: Customer, action: str = "") -> str:
    return f"/s/{customer.business.counter_key}/m/{customer.pk}{action and '/' + action}"


def test_a_code_opens_the_sheet_once(counter: Client, card: Card) -> None:
    shop, code = card.customer.business, cards.code(card, at=timezone.now())
    answer = counter.post(f"/s/{shop.counter_key}", {"code": f"http://any.host/k/{code}"})
    assert answer.headers["Location"] == path(card.customer)
    again = counter.post(f"/s/{shop.counter_key}", {"code": code})
    assert again.status_code == 422
    assert "déjà servi" in again.content.decode()
    assert CodeRefusal.objects.get().reason == "used"


def test_a_code_older_than_a_minute_is_refused(counter: Client, card: Card) -> None:
    code = cards.code(card, at=timezone.now() - timedelta(seconds=61))
    answer = counter.post(f"/s/{card.customer.business.counter_key}", {"code": code})
    assert answer.status_code == 422
    assert "expiré" in answer.content.decode()


def test_a_number_typed_by_hand_opens_the_sheet(counter: Client, alice: Customer) -> None:
    number = alice.member.number.lower()
    typed = f"{number[:4]} {number[4:]}"
    answer = counter.post(f"/s/{alice.business.counter_key}", {"code": typed})
    assert answer.headers["Location"] == path(alice)


@pytest.mark.parametrize("text", ["", "nothing", "\x00", "é" * 500, "A" * 36])
def test_nonsense_is_refused_with_a_sentence(counter: Client, cafe: Business, text: str) -> None:
    answer = counter.post(f"/s/{cafe.counter_key}", {"code": text})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_search_finds_by_name_mail_and_number(counter: Client, alice: Customer) -> None:
    make_member(alice.business, "Bruno", "bruno@example.org")
    where = f"/s/{alice.business.counter_key}/search"
    for text in ("mart", "ALICE@example.org", alice.member.number):
        found = counter.get(where, {"q": text}).content.decode()
        assert "Alice" in found
        assert "Bruno" not in found
    assert "Personne" in counter.get(where, {"q": "zz"}).content.decode()
    assert "<h1>" in counter.get(where, {"q": "zz"}).content.decode()  # a page, without scripts
    part = counter.get(where, {"q": "zz"}, headers={"HX-Request": "true"})
    assert "<h1>" not in part.content.decode()


def test_a_phones_own_camera_leads_to_a_button_that_posts(
    counter: Client, client: Client, card: Card
) -> None:
    code = cards.code(card, at=timezone.now())
    assert "pour le comptoir" in client.get(f"/k/{code}").content.decode()
    text = counter.get(f"/k/{code}").content.decode()
    assert f'action="/s/{card.customer.business.counter_key}"' in text
    assert UsedCode.objects.count() == 0  # opening changed nothing


def test_the_cards_code_is_an_address_in_capitals(
    counter: Client, client: Client, card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    draw = qr.svg

    def noted(text: str, *, label: str) -> str:
        drawn.append(text)
        return draw(text, label=label)

    monkeypatch.setattr(qr, "svg", noted)
    client.get(f"/c/{card.token}")
    address = drawn[0]
    assert address == address.upper()
    assert address.startswith("HTTP://TESTSERVER/K/")
    path_in_capitals = address.removeprefix("HTTP://TESTSERVER")
    assert "pour le comptoir" in client.get(path_in_capitals).content.decode()
    where = f"/s/{card.customer.business.counter_key}"
    assert counter.post(where, {"code": address}).headers["Location"] == path(card.customer)


def test_the_cameras_script_is_told_where_the_sheet_is_or_why_not(
    counter: Client, card: Card
) -> None:
    where = f"/s/{card.customer.business.counter_key}"
    code = cards.code(card, at=timezone.now())
    told = [counter.post(where, {"code": code}, headers={"Accept": "application/json"})]
    told += [counter.post(where, {"code": code}, headers={"Accept": "application/json"})]
    assert [answer.status_code for answer in told] == [200, 422]
    assert told[0].json() == {"sheet": path(card.customer)}
    assert "déjà servi" in told[1].json()["problem"]
