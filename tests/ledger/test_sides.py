"""Gifts, households and merges: both sides or neither, and the whole ledger sums."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from habitue import ledger
from habitue.core import facts
from habitue.ledger import households, posting
from habitue.members import cards, customers
from habitue.members.models import Business, Card, Customer
from tests.ledger.conftest import (
    NOW,
    at_once,
    bought,
    does,
    failures,
    guests,
    has,
    later,
    make_cafe,
    post,
    rows,
    sound,
    takes,
)
from tests.ledger.town import TOWN, gives

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db: None) -> Business:
    return make_cafe(TOWN, name="The neighbourhood")


def refusal(answer: ledger.Answer) -> str:
    return answer.refused.code if answer.refused else ""


# --- gifts ---------------------------------------------------------------------------------------


def test_a_gift_moves_a_lot_with_its_dates_and_is_undone_on_both_sides(town: Business) -> None:
    alice, bruno = guests(town, 2)
    post(town, bought(alice, 5_000), bought(bruno, 1_000))
    day = later(days=20)
    (given,) = post(town, gives(alice, bruno, 30, at=day), now=day)
    assert given.refused is None
    assert (has(town, alice), has(town, bruno)) == (20, 40)
    lots = rows("SELECT earned_on, expires_on FROM ledger_lot WHERE customer_id = %s", bruno)
    assert len(set(lots)) == 1  # earned on the same day as Bruno's own, not on the day of the gift
    sound(town)
    (undone,) = post(town, does(alice, facts.Undo(given.event), at=day), now=day)
    assert undone.refused is None
    assert (has(town, alice), has(town, bruno)) == (50, 10)
    assert [kind for (kind,) in rows(
        "SELECT kind FROM ledger_event WHERE customer_id = %s ORDER BY id", bruno
    )] == ["purchase", "receipt", "undo"]  # fmt: skip
    sound(town)


def test_nothing_goes_to_who_is_no_member(town: Business) -> None:
    alice, chiara = guests(town, 2)
    post(town, bought(alice, 5_000))
    (given,) = post(town, gives(alice, chiara, 30))
    assert refusal(given) == "not_a_member"
    assert (has(town, alice), has(town, chiara)) == (50, 0)
    sound(town)


def test_nothing_goes_to_strangers_or_customers_of_others(town: Business) -> None:
    bakery = make_cafe(name="The bakery opposite")
    (alice,), (stranger,) = guests(town, 1), guests(bakery, 1)
    post(town, bought(alice, 5_000))
    answers = post(town, gives(alice, stranger, 10), gives(alice, 12, 10), gives(alice, alice, 10))
    assert [refusal(answer) for answer in answers[:2]] == ["unknown_customer"] * 2
    assert refusal(answers[2])
    answers = post(town, does(alice, facts.Merge(stranger)), does(alice, facts.Merge(12)))
    assert [refusal(answer) for answer in answers] == ["unknown_customer"] * 2
    assert has(town, alice) == 50
    sound(town)


def test_a_gift_that_is_refused_leaves_both_sides_alone(town: Business) -> None:
    alice, bruno = guests(town, 2)
    post(town, bought(alice, 1_000), bought(bruno, 1_000))
    (answer,) = post(town, gives(alice, bruno, 11))
    assert refusal(answer) == "insufficient"
    assert (has(town, alice), has(town, bruno)) == (10, 10)
    assert rows("SELECT count(*) FROM ledger_event WHERE kind = 'receipt'") == [(0,)]
    sound(town)


def test_a_gift_arrives_late_in_the_receivers_history(town: Business) -> None:
    alice, bruno = guests(town, 2)
    early = later(hours=-3)
    post(town, bought(alice, 5_000, at=early), bought(bruno, 500, at=early))
    post(town, bought(bruno, 500), takes(bruno))
    (given,) = post(town, gives(alice, bruno, 10, at=later(hours=-1)))
    assert given.refused is None
    assert has(town, bruno) == 10
    sound(town)


def test_what_comes_late_for_who_is_no_member_any_more_comes_late(town: Business) -> None:
    """The purchase that enrolled Chiara is undone, its points given away; then a late till."""
    alice, chiara = guests(town, 2)
    (purchase,) = post(town, bought(chiara, 5_900), bought(alice, 100))[:1]
    day = later(days=120)
    post(town, gives(chiara, alice, 22, at=day), now=day)
    undone = does(chiara, facts.Undo(purchase.event, consequence=True), at=day + timedelta(hours=9))
    post(town, undone, now=day + timedelta(hours=9))
    early = does(chiara, facts.Action("early-bird"), at=day + timedelta(hours=2))
    (answer,) = post(town, early, now=day + timedelta(hours=10))
    assert answer.refused is None
    assert has(town, chiara, now=day + timedelta(hours=10)) == 0  # it pays what is owed
    sound(town)


@pytest.mark.django_db(transaction=True)
def test_gifts_in_a_circle_at_once_never_deadlock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "_TRIES", 1)
    town = make_cafe(TOWN)
    people = guests(town, 6)
    post(town, *[bought(person, 10_000) for person in people])

    def till(place: int) -> None:
        for turn in range(5):
            (given,) = post(town, gives(people[place], people[(place + 1 + turn) % 6], 3))
            assert given.refused is None
            post(town, does(people[place], facts.Undo(given.event)))

    assert failures(at_once(6, till)) == []
    assert [has(town, person) for person in people] == [100] * 6
    sound(town)


# --- households ----------------------------------------------------------------------------------


def family(town: Business, count: int = 3) -> list[int]:
    people = guests(town, count)
    post(town, *[bought(person, 400) for person in people])
    for person in people[1:]:
        assert households.join(town.pk, people[0], person, now=NOW) is None
    return people


def test_what_one_lacks_comes_from_the_household_in_the_same_posting(town: Business) -> None:
    alice, bruno, chiara = family(town)
    (taken,) = post(town, takes(alice))
    assert taken.refused is None
    assert [has(town, person) for person in (alice, bruno, chiara)] == [0, 0, 2]
    kinds = rows("SELECT kind FROM ledger_event WHERE customer_id = %s ORDER BY id", alice)
    assert [kind for (kind,) in kinds] == ["purchase", "receipt", "receipt", "redemption"]
    sound(town)


def test_a_household_that_has_too_little_gives_nothing(town: Business) -> None:
    alice, bruno, chiara = family(town)
    post(town, takes(alice))
    (refused,) = post(town, takes(bruno))
    assert refusal(refused) == "insufficient"
    assert [has(town, person) for person in (alice, bruno, chiara)] == [0, 0, 2]
    sound(town)


def test_a_household_gives_nothing_for_what_is_refused_anyway(town: Business) -> None:
    alice, bruno, _ = family(town)
    people = guests(town, 7)
    post(town, *[bought(person, 1_000) for person in people])
    post(town, *[takes(person, "lamp") for person in people])
    (refused,) = post(town, takes(alice, "lamp"))
    assert refusal(refused) == "sold_out"
    assert has(town, bruno) == 4
    sound(town)


def test_a_household_pays_together_once_for_each_reference(town: Business) -> None:
    alice, bruno, chiara = family(town)
    order = facts.Payment(money=50, order=1_000)
    fact = ledger.Fact(customer=alice, at=NOW, what=order, source="till", reference="r")
    (paid,) = post(town, fact)
    (again,) = post(town, fact)
    assert paid.refused is None
    assert (again.event, again.entries) == (paid.event, paid.entries)
    assert [has(town, person) for person in (alice, bruno, chiara)] == [0, 0, 2]
    sound(town)


def test_undoing_what_a_household_helped_to_take_leaves_the_units_with_who_took_it(
    town: Business,
) -> None:
    alice, bruno, chiara = family(town)
    (taken,) = post(town, takes(alice))
    (undone,) = post(town, does(alice, facts.Undo(taken.event)))
    assert undone.refused is None
    assert sum(has(town, person) for person in (alice, bruno, chiara)) == 12
    sound(town)


def test_who_is_in_a_household_cannot_be_in_another(town: Business) -> None:
    alice, bruno, chiara = family(town)
    diego, elena = guests(town, 2)
    post(town, bought(diego, 100), bought(elena, 100))

    def join(head: int, member: int) -> str:
        refused = households.join(town.pk, head, member, now=NOW)
        return refused.code if refused else ""

    assert join(alice, diego) == "household_full"
    assert join(diego, bruno) == "in_a_household"
    assert households.of(town.pk, diego) is None  # nothing was begun
    assert join(bruno, diego) == "not_head"
    assert join(diego, diego) == join(diego, 12) == "not_a_member"
    assert households.leave(town.pk, bruno)
    assert join(diego, bruno) == ""
    assert households.leave(town.pk, alice)  # the head: the household ends
    assert households.of(town.pk, chiara) is None
    assert not households.leave(town.pk, chiara)
    other = make_cafe()
    assert households.of(other.pk, diego) is None
    refused = households.join(other.pk, diego, bruno, now=NOW)
    assert refused is not None
    assert refused.code == "no_households"


@pytest.mark.django_db(transaction=True)
def test_a_household_that_spends_at_once_never_spends_twice() -> None:
    town = make_cafe(TOWN)
    people = family(town)
    post(town, *[bought(person, 2_000) for person in people])  # 72 in all: seven coffees
    answers = at_once(3, lambda n: [post(town, takes(people[n]))[0] for _ in range(4)])
    assert failures(answers) == []
    taken = [one for batch in answers for one in batch if one.refused is None]
    assert len(taken) == 7
    assert sum(has(town, person) for person in people) == 2
    sound(town)


# --- merges --------------------------------------------------------------------------------------


def named(town: Business, mail: str) -> int:
    (key,) = customers.find_or_create_many(town, "email", [mail]).values()
    return key


def test_two_customers_become_one_with_cards_and_identities_and_back(town: Business) -> None:
    alice, ali = named(town, "alice@example.org"), named(town, "ali@example.org")
    card = cards.issue(Customer.objects.get(pk=ali))
    post(town, bought(alice, 1_000), bought(ali, 2_000))
    (merged,) = post(town, does(ali, facts.Merge(alice)))
    assert merged.refused is None
    assert (has(town, alice), has(town, ali)) == (30, 0)
    assert customers.find(town, "email", "ali@example.org") == alice
    assert named(town, "ali@example.org") == alice
    found = cards.find(card.token)
    assert found is not None
    assert found.customer_id == alice
    read = cards.read(cards.code(card, at=NOW), business=town.pk, staff=None, at=NOW)
    assert isinstance(read, cards.Read)
    assert read.card.customer_id == alice
    sound(town)
    (apart,) = post(town, does(ali, facts.Undo(merged.event)))
    assert apart.refused is None
    assert (has(town, alice), has(town, ali)) == (10, 20)
    assert named(town, "ali@example.org") == ali
    assert Card.objects.get(pk=card.pk).customer_id == ali
    sound(town)


def test_goods_of_who_went_over_come_back(town: Business) -> None:
    alice, ali = guests(town, 2)
    (purchase,) = post(town, bought(ali, 2_000))
    post(town, bought(alice, 1_000), does(ali, facts.Merge(alice)))
    (returned,) = post(town, does(ali, facts.Refund(purchase.event, amount=500)))
    assert returned.refused is None
    assert (has(town, alice), has(town, ali)) == (25, 0)
    (twice,) = post(town, does(ali, facts.Merge(alice)))
    assert refusal(twice) == "merged"
    (whole,) = post(town, does(ali, facts.Undo(purchase.event)))
    assert whole.refused is None
    assert has(town, alice) == 10
    sound(town)


def test_what_was_posted_before_a_merge_is_not_posted_again_after_it(town: Business) -> None:
    alice, ali = guests(town, 2)
    (first,) = post(town, bought(ali, 2_000, reference="ticket"))
    post(town, bought(alice, 1_000))
    (stranger,) = post(town, bought(alice, 2_000, reference="ticket"))
    assert refusal(stranger) == "conflict"
    post(town, does(ali, facts.Merge(alice)))
    (again,) = post(town, bought(alice, 2_000, reference="ticket"))
    assert (again.event, again.duplicate, again.refused) == (first.event, True, None)
    (other,) = post(town, bought(alice, 2_001, reference="ticket"))
    assert refusal(other) == "conflict"
    assert has(town, alice) == 30
    sound(town)


def test_what_a_door_posts_for_who_has_just_gone_over_goes_on_with_the_person(
    town: Business,
) -> None:
    """Doors look a customer up before the account is locked; a merge may come between."""
    alice, ali, al = guests(town, 3)
    post(town, bought(alice, 1_000), bought(ali, 1_000), bought(al, 1_000))
    post(town, does(al, facts.Merge(ali)), does(ali, facts.Merge(alice), at=later(minutes=1)))
    sale = bought(al, 2_000, reference="late")
    (late,), (again,) = post(town, sale), post(town, sale)
    assert (late.refused, late.customer, late.entries[0].balance) == (None, alice, 50)
    assert (again.event, again.duplicate, again.refused) == (late.event, True, None)
    (other,) = post(town, bought(al, 2_001, reference="late"))
    assert refusal(other) == "conflict"
    spent, beside = post(town, takes(ali), bought(alice, 500))
    assert (spent.refused, spent.customer, beside.refused) == (None, alice, None)
    (given,) = post(town, gives(ali, alice, 1))
    assert given.refused is not None
    assert (has(town, alice), has(town, ali), has(town, al)) == (45, 0, 0)
    sound(town)


def test_a_repeat_is_known_also_when_the_two_are_apart_again(town: Business) -> None:
    alice, ali, al = guests(town, 3)
    *_, merged = post(
        town, *(bought(who, 100) for who in (alice, ali)), does(ali, facts.Merge(alice))
    )
    sale = bought(ali, 2_000, reference="ticket")
    (first,) = post(town, sale)
    (apart,) = post(town, does(ali, facts.Undo(merged.event)))
    assert (first.customer, apart.refused) == (alice, None)
    (again,) = post(town, sale)
    assert (again.event, again.duplicate, again.refused) == (first.event, True, None)
    (stranger,) = post(town, bought(al, 2_000, reference="ticket"))
    assert refusal(stranger) == "conflict"
    assert (has(town, alice), has(town, ali), has(town, al)) == (21, 1, 0)


def test_three_who_are_one_are_led_to_the_last(town: Business) -> None:
    alice, ali, al = (named(town, f"{name}@example.org") for name in ("alice", "ali", "al"))
    (purchase,) = post(town, bought(al, 3_000))
    post(town, bought(ali, 2_000), bought(alice, 1_000))
    post(town, does(al, facts.Merge(ali)))
    (second,) = post(town, does(ali, facts.Merge(alice), at=later(minutes=1)))
    assert second.refused is None
    assert has(town, alice) == 60
    assert named(town, "al@example.org") == alice
    later_on = later(minutes=2)
    refund = does(al, facts.Refund(purchase.event, amount=1_000), at=later_on)
    (returned,) = post(town, refund, now=later_on)
    assert returned.refused is None
    assert has(town, alice) == 50
    sound(town)


def test_a_merge_and_its_refund_in_one_batch(town: Business) -> None:
    alice, ali = guests(town, 2)
    (purchase,) = post(town, bought(ali, 2_000))
    answers: list[Any] = post(
        town,
        bought(alice, 1_000),
        does(ali, facts.Merge(alice)),
        does(ali, facts.Refund(purchase.event), at=later(minutes=1)),
    )
    assert [refusal(answer) for answer in answers] == [""] * 3
    assert has(town, alice) == 10
    sound(town)
