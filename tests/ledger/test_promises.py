"""Promises that the database itself keeps, and proofs that see when one is broken."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from habitue import ledger
from habitue.core import facts
from habitue.ledger import loading
from habitue.ledger.writing import StaleAccount
from habitue.members.models import Business
from tests.ledger.conftest import bought, does, has, later, post, rows, sound, takes

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("table", ["event", "entry", "reference", "version"])
@pytest.mark.parametrize("deed", ["UPDATE ledger_{} SET {} = {}", "DELETE FROM ledger_{}"])
def test_what_happened_is_never_edited_or_deleted(
    cafe: Business, alice: int, table: str, deed: str
) -> None:
    post(cafe, bought(alice, 1_000, reference="t"))
    column = "business_id" if table != "entry" else "customer_id"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows(deed.format(f"{table}", column, column))


def test_a_lot_cannot_hold_less_than_nothing_or_more_than_it_began_with(
    cafe: Business, alice: int
) -> None:
    post(cafe, bought(alice, 1_000))
    for change in ("remaining - 11", "remaining + 1"):
        with (
            pytest.raises(IntegrityError, match="lot_never_overspent"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE ledger_lot SET remaining = {change}")


def test_a_balance_cannot_fall_below_zero(cafe: Business, alice: int) -> None:
    post(cafe, bought(alice, 1_000))
    with (
        pytest.raises(IntegrityError, match="account_never_overspent"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE ledger_account SET balances[1] = balances[1] - 11")


def test_an_account_that_somebody_changed_meanwhile_is_not_written(
    cafe: Business, alice: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(cafe, bought(alice, 1_000))
    real = loading.histories

    def meddling(*args: Any, **kwargs: Any) -> Any:
        rows_changed("UPDATE ledger_account SET version = version + 1")
        return real(*args, **kwargs)  # the last thing that is read before the engine decides

    monkeypatch.setattr(loading, "histories", meddling)
    with pytest.raises(StaleAccount):
        post(cafe, takes(alice))
    assert has(cafe, alice) == 10
    assert rows("SELECT count(*) FROM ledger_event") == [(1,)]


def rows_changed(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


BREAKS = {
    "a balance differs from the sum of its entries": (
        "UPDATE ledger_account SET balances[1] = balances[1] + 1"
    ),
    "a lot differs from the sum of its entries": "UPDATE ledger_lot SET remaining = remaining - 1",
    "a balance without lots to back it": "UPDATE ledger_lot SET remaining = 0",
    "an entry names a lot that does not exist": "DELETE FROM ledger_lot",
    "an entry belongs to no event": (
        "INSERT INTO ledger_entry SELECT customer_id, event_id + 1, 1, 1, 0, day, 0, 1, 'accrual'"
        " FROM ledger_entry LIMIT 1"
    ),
    "units were used after their last day": (
        "UPDATE ledger_lot SET expires_on = earned_on - 1 WHERE remaining < original"
    ),
    "a reference leads to no event": (
        "INSERT INTO ledger_reference SELECT business_id, source, 'other', customer_id, 7, 7"
        " FROM ledger_reference"
    ),
    "a refused event has entries": (
        "INSERT INTO ledger_entry SELECT customer_id, id, 1, 1, 0, business_date, 0, 1, 'accrual'"
        " FROM ledger_event WHERE refusal IS NOT NULL"
    ),
}


@pytest.mark.parametrize("name", sorted(BREAKS))
def test_verify_sees_each_promise_that_is_broken(cafe: Business, alice: int, name: str) -> None:
    post(cafe, bought(alice, 1_500, reference="t"), takes(alice), takes(alice, "castle"))
    sound(cafe)
    rows_changed(BREAKS[name])
    found = ledger.verify(cafe.pk)
    assert f"{name}: 1 customers ({alice})" in found
    assert ledger.verify() == found


REWRITES = {
    "has 6 points; the history gives 5": "UPDATE ledger_account SET balances[1] = 6",
    "open lots differ from the history": "UPDATE ledger_lot SET expires_on = expires_on + 1",
    "is 'gold'; the history gives 'basic'": "UPDATE ledger_account SET level = 'gold'",
    "vouchers differ from the history": "UPDATE ledger_voucher SET state = 'redeemed'",
}


@pytest.mark.parametrize("sentence", sorted(REWRITES))
def test_replay_sees_what_the_history_does_not_lead_to(
    cafe: Business, alice: int, sentence: str
) -> None:
    post(cafe, bought(alice, 1_500), takes(alice))
    sound(cafe)
    rows_changed(REWRITES[sentence])
    assert any(sentence in difference for difference in ledger.replay(cafe.pk))


def test_every_entry_explains_itself(cafe: Business, alice: int) -> None:
    (earned,) = post(cafe, bought(alice, 1_550))
    (taken,) = post(cafe, takes(alice, at=later(minutes=1)), now=later(minutes=1))
    refund = does(alice, facts.Refund(earned.event), at=later(minutes=2))
    (returned,) = post(cafe, refund, now=later(minutes=2))
    assert ledger.explain(cafe.pk, alice, earned.event) == [
        "+15 points: earned by rule base: 15.50 EUR at 1 per 1.00 gives 15;"
        " lot of 2026-03-02, usable through 2027-03-02.",
        "+15.50 spend: earned by rule year: 15.50 EUR at 1 per 1.00 gives 15.50.",
    ]
    assert ledger.explain(cafe.pk, alice, taken.event)[0].startswith("-10 points: taken for")
    assert ledger.explain(cafe.pk, alice, returned.event) == [
        "-5 points: corrected after a return or a mistake;"
        " lot of 2026-03-02, usable through 2027-03-02.",
        "-15.50 spend: corrected after a return or a mistake.",
    ]
    assert ledger.explain(cafe.pk, alice, 12345) == []
    sound(cafe)


def test_lines_are_read_newest_first_and_in_pages(cafe: Business, alice: int) -> None:
    answers = post(cafe, *[bought(alice, 100 * n, at=later(minutes=n)) for n in range(1, 6)],
                   now=later(hours=1))  # fmt: skip
    first = ledger.entries(cafe.pk, alice, limit=4)
    assert [line.event for line in first] == [answers[4].event] * 2 + [answers[3].event] * 2
    second = ledger.entries(cafe.pk, alice, limit=50, before=first[-1].event)
    assert {line.event for line in second} == {answer.event for answer in answers[:3]}
