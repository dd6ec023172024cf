"""The card's end, its new address, a copy of everything; and cards that are not there."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime

import pytest
from django.test import Client

from habitue.core import facts
from habitue.ledger import joining
from habitue.members import bin as recycle_bin
from habitue.members import callers, cards, customers, survivors, tokens
from habitue.members.models import Business, Card, Customer, Identity, JournalLine
from habitue.pages import history
from tests.pages.card.conftest import Letters
from tests.pages.conftest import make_member
from tests.pages.program import town as made

pytestmark = pytest.mark.django_db
PAGES = ("", "/code", "/rewards", "/history", "/me", "/wish", "/renew", "/delete", "/kept")


def gone(client: Client, token: str) -> None:
    """Every page says the same friendly thing."""
    for page in PAGES:
        answer = client.get(f"/c/{token}{page}")
        assert answer.status_code == 404
        assert "n’existe plus" in answer.content.decode()
    for page in ("/ask", "/me/messages", "/me/person", "/data", "/delete", "/renew"):
        assert client.post(f"/c/{token}{page}", {"sure": "yes"}).status_code == 404


def test_everything_is_taken_away_in_one_file(client: Client, card: Card) -> None:
    path = f"/c/{card.token}/data"
    assert client.get(path).status_code == 405
    answer = client.post(path)
    assert answer.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        assert b"alice@example.org" in file.read("person.json")
    assert JournalLine.objects.get().kind == "download"
    assert [client.post(path).status_code for _ in range(10)][-1] == 429


def test_deleting_takes_two_steps_and_ends_with_a_goodbye(
    client: Client, cafe: Business, card: Card
) -> None:
    path = f"/c/{card.token}/delete"
    page = client.get(path, headers={"accept-language": "en"}).content.decode()
    assert "What you have collected" in page
    assert client.post(path).status_code == 422
    assert Customer.objects.get(pk=card.customer_id).erased_at is None
    answer = client.post(path, {"sure": "yes"}, follow=True)
    assert answer.redirect_chain == [(f"/j/{cafe.slug}/goodbye", 302)]
    assert answer.status_code == 200
    erased = Customer.objects.get(pk=card.customer_id)
    assert (erased.name, erased.erased_at is None) == ("", False)
    assert not Identity.objects.filter(customer=erased).exists()
    gone(client, card.token)


def test_a_new_address_ends_the_old_one_and_is_mailed(
    client: Client, cafe: Business, card: Card, letters: Letters, counter: Client
) -> None:
    old = cards.code(card, at=datetime.now(UTC))
    _, carried = tokens.issue_member(card.customer, at=datetime.now(UTC))
    path = f"/c/{card.token}/renew"
    client.get(path)
    assert Card.objects.get().revoked_at is None
    answer = client.post(path)
    new = Card.objects.exclude(pk=card.pk).get()
    assert answer.headers["Location"] == f"/c/{new.token}"
    gone(client, card.token)
    assert not callers.callers([carried], at=datetime.now(UTC))
    assert client.get(f"/c/{new.token}").status_code == 200
    (letter,) = letters()
    assert f"/c/{new.token}" in letter
    assert counter.post(f"/s/{cafe.counter_key}", {"code": old}).status_code == 422
    answers = [client.post(f"/c/{new.token}/renew")]
    for _ in range(3):
        answers.append(client.post(answers[-1].headers.get("Location", "/") + "/renew"))
    assert 429 in [one.status_code for one in answers]


def test_a_card_in_the_bin_is_not_there_until_it_is_restored(
    client: Client, cafe: Business, card: Card
) -> None:
    now = datetime.now(UTC)
    recycle_bin.put(cafe, [card.customer_id], at=now)
    gone(client, card.token)
    recycle_bin.restore(cafe, [card.customer_id], at=now)
    assert client.get(f"/c/{card.token}").status_code == 200


def test_the_card_of_who_went_over_shows_the_other(
    client: Client, cafe: Business, card: Card
) -> None:
    bruno = make_member(cafe, "Bruno", "bruno@example.org")
    made.post(cafe, card.customer, facts.Merge(bruno.pk), at=datetime.now(UTC))
    assert survivors.of([card.customer_id]) == {card.customer_id: bruno.pk}
    for page in ("", "/rewards", "/history", "/me"):
        answer = client.get(f"/c/{card.token}{page}")
        assert answer.status_code == 200
    assert "Bruno" in client.get(f"/c/{card.token}").content.decode()
    client.post(f"/c/{card.token}/me/pause", {"pause": "yes"})
    assert Customer.objects.get(pk=bruno.pk).paused_until


def test_a_shop_without_a_program_has_all_pages(client: Client, db: None) -> None:
    from habitue.members import businesses

    shop = businesses.create(name="Vide", kind="shop", country="IT")
    lone = Customer.objects.create(business=shop, name="N" * 80)
    customers.enroll(lone, at=lone.created_at)
    token = joining.welcome(lone, at=datetime.now(UTC)).card.token
    for page in ("", "/rewards", "/history", "/me", "/given", "/delete"):
        assert client.get(f"/c/{token}{page}").status_code == 200


@pytest.mark.parametrize("before", ["0", "x", "9" * 18, "9" * 400, "-1", "१"])
def test_history_is_paged_by_events(client: Client, card: Card, before: str) -> None:
    assert client.get(f"/c/{card.token}/history?before={before}").status_code == 200


def test_every_line_of_the_history_stands_on_one_page(
    client: Client, cafe: Business, card: Card
) -> None:
    now = datetime.now(UTC)
    for _ in range(40):
        made.post(cafe, card.customer, facts.Visit(), at=now)
    path, seen = f"/c/{card.token}/history", 0
    for _ in range(5):
        page = client.get(path, headers={"accept-language": "en"}).content.decode()
        seen += page.count("<details>")
        older = re.search(r'href="([^"]*\?before=\d+)"', page)
        if older is None:
            break
        path = older[1]
    assert seen == 41  # the welcome, and each visit once


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_no_event_of_the_history_is_cut_in_two(db: None, limit: int) -> None:
    dated = made.TOWN.replace("{worth: 0.05,", "{worth: 0.05, expiry: 1 year,")
    town, now = made.make_town(text=dated), datetime.now(UTC)
    alice = made.make_neighbor(town, "Alice")
    for _ in range(10):
        made.buys(town, alice, 100, at=now)  # a lot each
    made.post(town, alice, facts.Redemption("coffee", at_once=True), at=now)
    made.buys(town, alice, 100, at=now)
    amounts: list[str] = []
    before: int | None = None
    for _ in range(20):
        page = history.page(town, alice.pk, limit=limit, before=before)
        amounts += [moment.amount for moment in page.moments]
        if page.more is None:
            break
        before = page.more
    assert amounts == ["+1", "−10", *["+1"] * 10]
