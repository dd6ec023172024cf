"""What there is only so much of for all members together, also when many ask at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from habitue import ledger
from habitue.core import facts
from habitue.core.tallies import Capacities
from habitue.ledger import books, budgets, payments, posting
from habitue.members.models import Business
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
from tests.ledger.test_promises import rows_changed
from tests.ledger.town import TOWN, at_partner

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db: None) -> Business:
    return make_cafe(TOWN, name="The neighbourhood")


def used(business: Business) -> dict[str, tuple[int, int]]:
    found = rows("SELECT name, units, money FROM ledger_budget WHERE business_id = %s", business.pk)
    return {name: (units, money) for name, units, money in found if units or money}


def test_what_is_in_stock_goes_to_whoever_comes_first(town: Business) -> None:
    people = guests(town, 9)
    post(town, *[bought(person, 1_000) for person in people])
    answers = post(town, *[takes(person, "lamp") for person in people])
    codes = [answer.refused.code if answer.refused else "" for answer in answers]
    assert codes == [""] * 7 + ["sold_out"] * 2
    assert used(town) == {"stock lamp": (7, 0)}
    sound(town)


def test_a_piece_that_comes_back_can_be_had_by_someone_else(town: Business) -> None:
    people = guests(town, 8)
    post(town, *[bought(person, 1_000) for person in people])
    first, *_ = post(town, *[takes(person, "lamp") for person in people[:7]])
    (undone,) = post(town, does(people[0], facts.Undo(first.event)))
    assert undone.refused is None
    (answer,) = post(town, takes(people[7], "lamp"))
    assert answer.refused is None
    assert used(town) == {"stock lamp": (7, 0)}
    sound(town)


def test_a_limit_for_all_counts_by_the_calendar_month(town: Business) -> None:
    people = guests(town, 5)
    early = facts.Action("early-bird")
    post(town, *[bought(person, 100) for person in people])
    answers = post(town, *[does(person, early) for person in people])
    assert [sum(line.amount for line in answer.entries) for answer in answers] == [5, 5, 5, 0, 0]
    april = later(days=30)
    (answer,) = post(town, does(people[4], early, at=april), now=april)
    assert answer.entries[0].amount == 5
    assert used(town) == {
        "limit early times 2026-03-01": (3, 0),
        "limit early times 2026-04-01": (1, 0),
    }
    sound(town)


def test_nothing_is_earned_at_a_partner_beyond_what_it_paid_in(town: Business) -> None:
    (alice,) = guests(town, 1)
    (poor,) = post(town, at_partner(alice, 10_000, "kiosk"))
    assert poor.refused is not None
    paid: Any = {"money": 300, "day": NOW.date(), "reference": "wire 1", "now": NOW}
    assert payments.record(town.pk, "partner", "kiosk", **paid) is None
    good, poor = post(town, at_partner(alice, 10_000, "kiosk"), at_partner(alice, 10_000, "kiosk"))
    assert good.refused is None
    assert poor.refused is not None
    assert used(town)["prepaid kiosk"] == (0, 200)
    back: Any = {"day": NOW.date(), "reference": "wire 2", "now": NOW}
    refused = payments.record(town.pk, "partner", "kiosk", money=-101, **back)
    assert refused is not None
    assert refused.values == {"left": 100}
    assert payments.record(town.pk, "partner", "kiosk", money=-100, **back) is None
    sound(town)


def test_the_rest_of_a_program_asks_for_no_budget(town: Business, counted: list[str]) -> None:
    (alice,) = guests(town, 1)
    post(town, bought(alice, 1_000))
    counted.clear()
    post(town, bought(alice, 1_000))
    assert not any("ledger_budget" in statement for statement in counted)
    post(town, takes(alice, "lamp"))
    assert sum("ledger_budget" in statement for statement in counted) >= 1


def test_every_capacity_of_a_program_is_known_to_the_ledger(town: Business) -> None:
    """Whatever a program may limit for all is kept under a first word that has a budget."""
    text = TOWN + (
        "draws: [{id: w, title: W, when: purchase, prizes: [{product: p, pieces: 25}]}]\n"
    )
    assert ledger.publish(town.pk, text, since=date(2026, 4, 1)).problems == ()
    source = books.shelf(town.pk).book.latest.program
    shared = [each for of in Capacities(source)._by_use.values() for each in of]
    words = {each.name(NOW.date()).partition(" ")[0] for each in shared}
    assert words == budgets.LIMITED


@pytest.mark.django_db(transaction=True)
def test_of_seven_lamps_exactly_seven_are_taken_by_sixty_at_once() -> None:
    town = make_cafe(TOWN)
    people = guests(town, 60)
    post(town, *[bought(person, 1_000) for person in people])
    answers = at_once(12, lambda n: [post(town, takes(p, "lamp"))[0] for p in people[n::12]])
    assert failures(answers) == []
    taken = [one for batch in answers for one in batch if one.refused is None]
    assert len(taken) == 7
    assert used(town) == {"stock lamp": (7, 0)}
    sound(town)


@pytest.mark.django_db(transaction=True)
def test_the_gate_of_locked_budgets_sees_one_read_without_its_lock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        budgets,
        "_LOCK",
        "SELECT name, coalesce((SELECT units FROM ledger_budget b WHERE b.business_id = %s"
        " AND b.name = asked.name), 0), 0 FROM unnest(%s::text[]) AS asked (name)",
    )
    town = make_cafe(TOWN)
    people = guests(town, 60)
    post(town, *[bought(person, 1_000) for person in people])
    answers = at_once(12, lambda n: [post(town, takes(p, "lamp"))[0] for p in people[n::12]])
    taken = [one for batch in answers for one in batch if one.refused is None]
    assert len(taken) > 7


@pytest.mark.django_db(transaction=True)
def test_postings_that_ask_for_the_same_things_in_any_order_never_deadlock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(posting, "_TRIES", 1)
    town = make_cafe(TOWN.replace("stock: 7", "stock: 7000").replace("times: 3", "times: 300"))
    people = guests(town, 12)
    post(town, *[bought(person, 100_000) for person in people])
    paid: Any = {"money": 10**9, "day": NOW.date(), "reference": "ahead", "now": NOW}
    payments.record(town.pk, "partner", "kiosk", **paid)

    def till(place: int) -> Any:
        me = people[place]
        wishes = [
            takes(me, "lamp"),
            does(me, facts.Action("early-bird")),
            at_partner(me, 5_000, "kiosk"),
        ]
        for turn in range(6):
            made = post(town, *wishes[turn % 3 :], *wishes[: turn % 3])
            post(town, does(me, facts.Undo(made[0].event)))

    assert failures(at_once(12, till)) == []
    sound(town)
    assert has(town, people[0]) > 0


BREAKS = {
    "what is used of something limited differs from its tallies": (
        "UPDATE ledger_budget SET units = units + 1"
    ),
    "a tally belongs to no event": (
        "INSERT INTO ledger_tally SELECT customer_id, 7, business_id, 1, 0, recorded_at, day, 'x'"
        " FROM ledger_tally LIMIT 1"
    ),
    "what a member added to shared sums differs from its tallies": (
        "UPDATE ledger_account SET memory = '{}'"
    ),
    "units that went from one to another do not add up to nothing": (
        "INSERT INTO ledger_entry SELECT customer_id, id, 1, 1, 0, business_date, 99, 1,"
        " 'transfer' FROM ledger_event LIMIT 1"
    ),
    "a donation differs from what its cause was given": (
        "INSERT INTO ledger_entry SELECT customer_id, id, -1, 1, 0, business_date, 99, 1,"
        " 'donation' FROM ledger_event LIMIT 1"
    ),
    "a partner is billed for more than was given there": (
        "INSERT INTO ledger_tally SELECT customer_id, id, business_id, 5, 5, at, business_date,"
        " 'issued bakery stars' FROM ledger_event WHERE kind = 'purchase' LIMIT 1"
    ),
}


@pytest.mark.parametrize("name", sorted(BREAKS))
def test_verify_sees_each_promise_about_shared_sums_that_is_broken(
    town: Business, name: str
) -> None:
    (alice,) = guests(town, 1)
    post(town, at_partner(alice, 5_000), takes(alice, "lamp"), takes(alice, "tree"))
    sound(town)
    rows_changed(BREAKS[name])
    assert any(sentence.startswith(f"{name}: 1 ") for sentence in ledger.verify(town.pk))
    assert ledger.verify() == ledger.verify(town.pk)


@pytest.mark.parametrize("deed", ["UPDATE {} SET business_id = business_id", "DELETE FROM {}"])
def test_what_was_added_to_shared_sums_is_never_edited_or_deleted(
    town: Business, deed: str
) -> None:
    (alice,) = guests(town, 1)
    post(town, bought(alice, 5_000), takes(alice, "lamp"))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows(deed.format("ledger_tally"))


def test_replay_sees_shared_sums_that_the_history_does_not_lead_to(town: Business) -> None:
    (alice,) = guests(town, 1)
    post(town, bought(alice, 5_000), takes(alice, "lamp"))
    sound(town)
    rows_changed(
        "UPDATE ledger_account SET memory ="
        " jsonb_set(memory::jsonb, '{tallies,stock lamp}', '[2, 0]')"
    )
    assert ledger.replay(town.pk) == [f"customer {alice}: what all share differs from the history"]
