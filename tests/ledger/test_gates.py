"""Gates for traps that were measured: the code passes, and each fault planted is seen red.

Every gate is one assertion about a storm of postings, made twice: on the code as it is, and on
the code with one line of its care taken out.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable
from typing import Any

import msgspec
import pytest
from django.db import IntegrityError, OperationalError, connection

from habitue import ledger
from habitue.core import facts
from habitue.core.account import Account, Lot
from habitue.ledger import claims, loading, posting, writing
from habitue.ledger.loading import Loaded
from habitue.ledger.writing import StaleAccount
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

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 8
UNSORTED = "ORDER BY random()"


def storm(
    cafe: Business, people: list[int], *, references: bool = False, batches: int = 6, first: int = 0
) -> list[Exception]:
    """Eight tills post batches for the same hot members in orders of their own."""

    def till(place: int) -> None:
        chance = random.Random(place)
        for number in range(first, first + batches):
            batch = [
                bought(
                    person,
                    1_000,
                    reference=f"{number} {person}" if references else "",
                    at=NOW,
                )
                for person in chance.sample(people, len(people) * 2 // 3)
            ]
            post(cafe, *batch)

    return failures(at_once(THREADS, till))


def queue(cafe: Business, person: int) -> list[Exception]:
    """Eight tills take coffees of one member, who can afford some of them."""

    def till(_: int) -> None:
        for _ in range(4):
            post(cafe, takes(person), bought(person, 300))

    return failures(at_once(THREADS, till))


def deadlocks(found: list[Exception]) -> int:
    return sum(isinstance(error, OperationalError) and "deadlock" in str(error) for error in found)


# --- locks in sorted order -----------------------------------------------------------------------


def test_batches_for_the_same_members_never_deadlock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "_TRIES", 1)  # below the retry
    cafe = make_cafe()
    people = guests(cafe, 60)
    post(cafe, *[bought(person, 100) for person in people])
    assert storm(cafe, people) == []
    assert sum(has(cafe, person) for person in people) == 60 + THREADS * 6 * 40 * 10
    sound(cafe)


def test_the_gate_of_sorted_locks_sees_locks_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "_TRIES", 1)
    unsorted = loading._LOCKED.replace("ORDER BY customer_id", UNSORTED)
    assert unsorted != loading._LOCKED
    monkeypatch.setattr(loading, "_LOCKED", unsorted)
    cafe = make_cafe()
    people = guests(cafe, 60)
    post(cafe, *[bought(person, 100) for person in people])
    assert deadlocks(storm(cafe, people, batches=2)) > 0
    sound(cafe)  # what was killed left nothing behind


def test_batches_that_repeat_one_another_never_deadlock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "_TRIES", 1)
    cafe = make_cafe()
    people = guests(cafe, 60)
    post(cafe, *[bought(person, 100) for person in people])
    assert storm(cafe, people, references=True) == []
    sound(cafe)


def test_the_gate_of_sorted_claims_sees_claims_in_any_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(posting, "_TRIES", 1)
    unsorted = claims._CLAIM.replace("ORDER BY source, reference", UNSORTED)
    assert unsorted != claims._CLAIM
    monkeypatch.setattr(claims, "_CLAIM", unsorted)
    cafe = make_cafe()
    people = guests(cafe, 60)
    post(cafe, *[bought(person, 100) for person in people])
    storms = (storm(cafe, people, references=True, batches=2, first=2 * n) for n in range(20))
    assert any(map(deadlocks, storms))  # claims are made quickly: one storm in fifteen has none


def test_a_deadlock_made_by_others_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Claims in any order again, but with the retries that a posting has."""
    cafe = make_cafe()
    (alice,) = guests(cafe, 1)
    real, tries = posting._post, []

    def unlucky(*args: Any, **kwargs: Any) -> Any:
        tries.append(1)
        if len(tries) < 3:
            with connection.cursor() as cursor:
                cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$")
        return real(*args, **kwargs)

    monkeypatch.setattr(posting, "_post", unlucky)
    assert post(cafe, bought(alice, 100))[0].refused is None
    assert len(tries) == 3
    assert has(cafe, alice) == 1


# --- lots in the statement after the lock --------------------------------------------------------


def test_redemptions_that_wait_for_one_another_see_the_lots_as_they_are() -> None:
    cafe = make_cafe()
    (alice,) = guests(cafe, 1)
    post(cafe, bought(alice, 20_000))
    assert queue(cafe, alice) == []
    sound(cafe)


def test_the_gate_of_two_statements_sees_lots_read_while_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, stale = loading.accounts, dict[int, list[Lot]]()

    def accounts(cursor: Any, business: int, customers: Collection[int], *, lock: bool) -> Loaded:
        if lock:
            cursor.execute(
                "SELECT customer_id, (SELECT json_agg(json_build_array(id, unit, original,"
                " remaining, earned_on, active_on, expires_on) ORDER BY id)::text"
                "  FROM ledger_lot lot WHERE lot.customer_id = account.customer_id"
                "  AND remaining > 0)"
                " FROM ledger_account account WHERE customer_id = ANY (%s)"
                " ORDER BY customer_id FOR NO KEY UPDATE",
                [sorted(customers)],
            )
            for customer, lots in cursor.fetchall():
                fields = msgspec.json.decode(lots or "[]")
                stale[customer] = [
                    msgspec.convert(dict(zip(LOT, lot, strict=True)), Lot) for lot in fields
                ]
        return real(cursor, business, customers, lock=lock)

    def lots(_: Any, found: Iterable[Account], *, closed: bool = False) -> None:
        for account in found:
            account.lots, account.vouchers = stale[account.customer], []

    cafe = make_cafe()
    (alice,) = guests(cafe, 1)
    post(cafe, bought(alice, 20_000))
    with monkeypatch.context() as planted:
        planted.setattr(loading, "accounts", accounts)
        planted.setattr(loading, "lots", lots)
        found = queue(cafe, alice)
    assert any(isinstance(error, IntegrityError | StaleAccount) for error in found), found
    assert ledger.verify(cafe.pk) == []  # the database kept its promise all the same


LOT = ("id", "unit", "original", "remaining", "earned_on", "active_on", "expires_on")


# --- the lock itself, and the net below it -------------------------------------------------------


def test_the_gate_of_locks_sees_accounts_read_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    cafe = make_cafe()
    (alice,) = guests(cafe, 1)
    post(cafe, bought(alice, 20_000))
    with monkeypatch.context() as planted:
        planted.setattr(loading, "_LOCKED", loading._ACCOUNTS)
        found = queue(cafe, alice)
    assert any(isinstance(error, StaleAccount | IntegrityError) for error in found), found
    assert any(isinstance(error, StaleAccount) for error in found), found
    sound(cafe)


def test_without_locks_and_versions_the_checks_still_forbid_an_overspend(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cafe = make_cafe()
    (alice,) = guests(cafe, 1)
    post(cafe, bought(alice, 1_500))
    blind = writing._ACCOUNTS.replace("AND ledger_account.version = moved.version", "")
    assert blind != writing._ACCOUNTS
    with monkeypatch.context() as planted:
        planted.setattr(loading, "_LOCKED", loading._ACCOUNTS)
        planted.setattr(writing, "_ACCOUNTS", blind)
        results = at_once(THREADS, lambda _: post(cafe, takes(alice)))
    taken = [one for one in results if not isinstance(one, Exception) and not one[0].refused]
    assert len(taken) == 1
    assert rows("SELECT min(remaining) FROM ledger_lot") == [(5,)]


# --- exactly once --------------------------------------------------------------------------------


def doubled(cafe: Business, person: int) -> bool:
    """Whether posting a ticket twice counts twice."""
    before = has(cafe, person)
    for _ in range(2):
        post(cafe, bought(person, 1_000, reference="ticket"))
    return has(cafe, person) != before + 10


def test_a_ticket_posted_twice_counts_once() -> None:
    cafe = make_cafe()
    (alice,) = guests(cafe, 1)
    assert not doubled(cafe, alice)


@pytest.mark.django_db(transaction=False)
def test_the_gate_of_exactly_once_sees_a_missing_unique_key() -> None:
    cafe = make_cafe()
    (alice,) = guests(cafe, 1)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_reference DROP CONSTRAINT ledger_reference_pkey")
    assert doubled(cafe, alice)


def test_the_gate_of_exactly_once_sees_a_claim_that_is_not_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cafe = make_cafe()
    (alice,) = guests(cafe, 1)
    monkeypatch.setattr(claims, "claim", lambda *_: {})
    assert doubled(cafe, alice)


# --- no double spend -----------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(10))
def test_of_200_redemptions_at_once_of_a_balance_for_7_exactly_7_succeed(number: int) -> None:
    """In every other round the tills' clocks differ, so that most redemptions arrive late."""
    cafe = make_cafe()
    (alice,) = guests(cafe, 1)
    post(cafe, bought(alice, 7_900))
    seconds = list(range(200))
    random.Random(number).shuffle(seconds)

    def till(place: int) -> list[Any]:
        answers = []
        for turn in range(10):
            at = later(seconds=seconds[place * 10 + turn]) if number % 2 else later(seconds=1)
            answers += post(cafe, takes(alice, at=at), now=later(hours=1))
        return answers

    results = at_once(20, till)
    assert failures(results) == []
    answers = [answer for each in results for answer in each]
    refusals = [answer.refused.code for answer in answers if answer.refused]
    assert len(answers) == 200
    assert refusals == ["insufficient"] * 193
    assert has(cafe, alice, now=later(hours=1)) == 9
    assert rows("SELECT count(*) FROM ledger_voucher WHERE customer_id = %s", alice) == [(7,)]
    sound(cafe)


def test_an_undo_by_eight_threads_at_once_gives_back_once() -> None:
    cafe = make_cafe()
    (alice,) = guests(cafe, 1)
    _, taken = post(cafe, bought(alice, 1_500), takes(alice))
    undo = does(alice, facts.Undo(taken.event), at=later(minutes=1))
    results = at_once(THREADS, lambda _: post(cafe, undo, now=later(minutes=1)))
    assert failures(results) == []
    codes = sorted(answer.refused.code if answer.refused else "" for (answer,) in results)
    assert codes == ["", *["already_undone"] * 7]
    assert has(cafe, alice) == 15
    sound(cafe)
