"""Rewards on the card: held ready for five minutes, confirmed at the counter, given to causes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from habitue import ledger
from habitue.core import facts
from habitue.ledger import giving
from habitue.members import wishes
from habitue.members.models import Business, Card, Customer, Wish
from tests.pages.program import town as made

pytestmark = pytest.mark.django_db
REFERENCE = "0123456789abcdef-{}"


def body(client: Client, path: str) -> str:
    return client.get(path, headers={"accept-language": "en"}).content.decode()


def stamps(shop: Business, who: Customer, quantity: int) -> None:
    made.post(shop, who, facts.Visit(quantity=quantity), at=timezone.now())


def ask(client: Client, card: Card, key: str = "free:0:0") -> int:
    return client.post(f"/c/{card.token}/ask", {"of": key}).status_code


@pytest.fixture
def reward(cafe: Business) -> str:
    program = ledger.program(cafe.pk)
    assert program is not None
    return program.rewards[-1].id


def have(who: Customer) -> dict[str, int]:
    standing = ledger.standing(who.business_id, who.pk, now=timezone.now())
    assert standing is not None
    return standing.balances


def test_it_says_how_far_a_reward_is(client: Client, cafe: Business, card: Card) -> None:
    page = body(client, f"/c/{card.token}/rewards")
    assert "10 more" in page
    assert '<progress value="2" max="12"' in page
    assert "Use now</button>" not in page


def test_a_wish_spends_nothing_and_the_counter_gives_it_first(
    client: Client, cafe: Business, card: Card, reward: str, counter: Client
) -> None:
    alice = card.customer
    stamps(cafe, alice, 10)
    before = have(alice)
    assert "Use now</button>" in body(client, f"/c/{card.token}/rewards")
    assert ask(client, card, f"{reward}:0:0") == 302
    assert have(alice) == before
    screen = body(client, f"/c/{card.token}/wish")
    assert "Show this screen at the counter" in screen
    assert 'class="qr"' in screen
    path = f"/s/{cafe.counter_key}/m/{alice.pk}"
    sheet = counter.get(path, headers={"accept-language": "en"}).content.decode()
    first = sheet.index("<h1>")
    assert "Alice Martin asks for:" in sheet[first : first + 120]
    assert sheet.count("<h1>") == 1
    given = {"reward": reward, "reference": REFERENCE.format(1)}
    assert counter.post(f"{path}/give", given).status_code == 200
    assert "Enjoy!" in body(client, f"/c/{card.token}/wish")
    assert "asks for" not in counter.get(path, headers={"accept-language": "en"}).content.decode()
    assert ledger.verify(cafe.pk) == []


def test_a_wish_ends_by_itself_or_by_the_member(
    client: Client, cafe: Business, card: Card, reward: str
) -> None:
    alice = card.customer
    stamps(cafe, alice, 10)
    ask(client, card, f"{reward}:0:0")
    late = datetime.now(UTC) + wishes.LIFETIME
    assert wishes.of(alice, now=late) is None
    assert not wishes.given(alice, at=late, reward=reward)
    Wish.objects.update(until=datetime.now(UTC) - timedelta(seconds=1))
    assert "The five minutes are over" in body(client, f"/c/{card.token}/wish")
    ask(client, card, f"{reward}:0:0")
    assert client.get(f"/c/{card.token}/wish/cancel").status_code == 405
    client.post(f"/c/{card.token}/wish/cancel")
    assert wishes.of(alice, now=datetime.now(UTC)) is None
    assert client.get(f"/c/{card.token}/wish").status_code == 302
    assert have(alice)  # nothing happened to the ledger


@pytest.mark.parametrize("key", ["", "free", "x:0:0", ":1:0", "é:9:9", "free:0:0" * 99])
def test_what_is_not_ready_cannot_be_asked_for(
    client: Client, cafe: Business, card: Card, key: str
) -> None:
    program = ledger.program(cafe.pk)
    assert program is not None
    for one in program.rewards:  # nobody has that many stamps yet
        assert ask(client, card, f"{one.id}:0:0") == 422
    assert ask(client, card, key) == 422
    assert client.get(f"/c/{card.token}/donate", {"of": key}).status_code == 422
    assert not Wish.objects.exists()


def test_only_the_thing_asked_for_is_marked_as_given(
    cafe: Business, card: Card, reward: str
) -> None:
    now = datetime.now(UTC)
    wishes.make(card, at=now, reward=reward, voucher=77)
    assert not wishes.given(card.customer, at=now, reward=reward)
    assert not wishes.given(card.customer, at=now, voucher=78)
    assert wishes.given(card.customer, at=now, voucher=77)
    assert not wishes.given(card.customer, at=now, voucher=77)


def test_units_go_to_a_cause_once_with_a_certificate(client: Client, db: None) -> None:
    town = made.make_town()
    alice = made.make_neighbor(town, "Alice")
    poor = f"/c/{alice.cards.get().token}/donate?of=tree:0:0"
    assert client.get(poor).status_code == 422
    made.buys(town, alice, 5_000)
    path = f"/c/{alice.cards.get().token}"
    assert "A tree" in body(client, f"{path}/rewards")
    page = body(client, f"{path}/donate?of=tree:0:0")
    assert "given by all of us so far" in page
    assert have(alice)["points"] == 50
    assert ask(client, alice.cards.get(), "tree:0:0") == 422  # no counter is needed for it
    fields = {"of": "tree:0:0", "reference": REFERENCE.format(1)}
    for _ in range(2):  # pressed twice
        assert client.post(f"{path}/donate", fields).status_code == 302
    assert have(alice)["points"] == 30
    assert [one.given for one in giving.running(town.pk)] == [100]
    given = body(client, f"{path}/given")
    assert "/certificate/trees/" in given
    assert "€1.00" in given
    assert ledger.verify(town.pk) == []


def test_units_are_handed_to_a_friend_by_card_number(client: Client, db: None) -> None:
    town = made.make_town()
    alice, bruno = (made.make_neighbor(town, name) for name in ("Alice", "Bruno"))
    made.buys(town, alice, 2_000)
    path = f"/c/{alice.cards.get().token}/hand"
    fields = {"number": bruno.member.number, "unit": "points", "amount": "5"}
    for _ in range(2):
        answer = client.post(path, {**fields, "reference": REFERENCE.format(1)})
        assert answer.status_code == 302
    assert (have(alice)["points"], have(bruno)["points"]) == (15, 5)
    wrong = [{"number": "00000000"}, {"amount": "0.5"}, {"unit": "x"}, {"amount": "1e9"}]
    for number, change in enumerate(wrong):
        more = {**fields, **change, "reference": REFERENCE.format(number + 2)}
        assert client.post(path, more).status_code == 422
    tries = [
        client.post(path, {**fields, "reference": REFERENCE.format(90 + number)})
        for number in range(5)
    ]
    assert [one.status_code for one in tries][-1] == 422  # numbers are not for fishing
    assert ledger.verify(town.pk) == []


def test_the_cafe_has_nothing_to_hand_over(client: Client, card: Card) -> None:
    assert client.get(f"/c/{card.token}/hand").status_code == 404
