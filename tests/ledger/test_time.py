"""Balances at a date without a sweep, the sweep itself, birthdays, and versions by date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from habitue import ledger
from habitue.core import facts
from habitue.ledger import Fact, sweeping
from habitue.members.models import Business, Customer
from tests.ledger.conftest import (
    NOW,
    PROGRAM,
    bought,
    does,
    guests,
    has,
    later,
    make_cafe,
    post,
    rows,
    sound,
    takes,
)

pytestmark = pytest.mark.django_db


def stand(business: Business, customer: int, now: datetime) -> Any:
    """A standing without the numbers of vouchers that a reading only foresees."""
    found = ledger.standing(business.pk, customer, now=now)
    assert found is not None
    vouchers = sorted((each.reward, each.state, each.issued_on) for each in found.vouchers)
    return found.balances, found.pending, found.tier, found.tier_until, found.lots, vouchers


@pytest.mark.parametrize("days", [0, 1, 2, 3, 31, 364, 365, 366, 700, 1100])
def test_a_standing_at_a_date_is_the_same_before_and_after_the_sweep(
    cafe: Business, alice: int, days: int
) -> None:
    post(cafe, bought(alice, 12_000), takes(alice), does(alice, facts.Visit(14)))
    now = later(days=days)
    before = stand(cafe, alice, now)
    ledger.sweep(cafe.pk, now=now)
    assert stand(cafe, alice, now) == before
    sound(cafe)


def test_points_are_usable_on_their_last_day_and_gone_at_midnight(
    cafe: Business, alice: int
) -> None:
    post(cafe, bought(alice, 1_000))
    last_evening = datetime(2027, 3, 2, 22, 59, tzinfo=UTC)  # 23:59 in Paris
    midnight = datetime(2027, 3, 2, 23, 0, tzinfo=UTC)
    assert has(cafe, alice, now=last_evening) == 10
    assert has(cafe, alice, now=midnight) == 0
    (late,) = post(cafe, takes(alice, at=midnight), now=midnight)
    assert late.refused is not None
    (in_time,) = post(cafe, takes(alice, at=last_evening), now=midnight)
    assert in_time.refused is None
    sound(cafe)


def test_a_sweep_reads_only_what_is_due_and_twice_does_nothing(cafe: Business) -> None:
    alice, bruno = guests(cafe, 2)
    post(cafe, bought(alice, 1_000), bought(bruno, 1_000, at=later(days=-200)))
    assert ledger.sweep(cafe.pk, now=later(days=170)) == 1
    assert ledger.sweep(cafe.pk, now=later(days=170)) == 0
    assert [line.kind for line in ledger.entries(cafe.pk, bruno)] == [
        "expiry",
        "accrual",
        "accrual",
    ]
    assert has(cafe, alice) == 10
    sound(cafe)


def test_a_sweep_that_stopped_halfway_goes_on_where_it_stopped(
    cafe: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = guests(cafe, 25)
    post(cafe, *[bought(person, 1_000) for person in people])
    monkeypatch.setattr(sweeping, "BATCH", 10)

    class Stopped(Exception):
        pass

    def stop(_: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        ledger.sweep(cafe.pk, now=later(days=400), progress=stop)
    done: list[int] = []
    assert ledger.sweep(cafe.pk, now=later(days=400), progress=done.append) == 15
    assert done == [10, 5]
    assert rows("SELECT count(*) FROM ledger_entry WHERE kind = 'expiry'") == [(25,)]
    sound(cafe)


def test_a_sweep_of_all_businesses_leaves_nobody_out(cafe: Business, alice: int) -> None:
    bakery = make_cafe(name="Bakery")
    (bella,) = guests(bakery, 1)
    post(cafe, bought(alice, 1_000))
    post(bakery, bought(bella, 1_000))
    assert ledger.sweep(None, now=later(days=400)) == 2


def candles(customer: int) -> list[date]:
    return [
        day
        for (day,) in rows(
            "SELECT issued_on FROM ledger_voucher WHERE customer_id = %s AND reward = 'candle'"
            " ORDER BY id",
            customer,
        )
    ]


def born(customer: int, month: int, day: int) -> None:
    Customer.objects.filter(pk=customer).update(birth_month=month, birth_day=day)


def test_a_birthday_is_brought_once_a_year(cafe: Business, alice: int) -> None:
    born(alice, 3, 10)
    post(cafe, bought(alice, 1_000))
    for days in (1, 7, 8, 8, 9, 10, 300, 372, 373, 374, 380):
        ledger.sweep(cafe.pk, now=later(days=days))
    assert candles(alice) == [date(2026, 3, 10), date(2027, 3, 10)]
    sound(cafe)


def test_a_birthday_missed_while_the_machine_was_off_is_brought_within_a_week(
    cafe: Business,
) -> None:
    alice, bruno = guests(cafe, 2)
    born(alice, 12, 29)
    born(bruno, 12, 20)
    post(cafe, bought(alice, 1_000), bought(bruno, 1_000))
    ledger.sweep(cafe.pk, now=datetime(2027, 1, 2, 12, tzinfo=UTC))
    assert candles(alice) == [date(2027, 1, 2)]
    assert candles(bruno) == []
    ledger.sweep(cafe.pk, now=datetime(2027, 12, 29, 12, tzinfo=UTC))
    assert len(candles(alice)) == 2


@pytest.mark.parametrize(
    ("year", "celebrated"), [(2027, date(2027, 2, 28)), (2028, date(2028, 2, 29))]
)
def test_who_was_born_on_a_leap_day_is_celebrated_every_year(
    cafe: Business, alice: int, year: int, celebrated: date
) -> None:
    born(alice, 2, 29)
    post(cafe, bought(alice, 1_000))
    for day in (27, 28, 29, 30):
        at = datetime(year, 2, 1, 12, tzinfo=UTC) + timedelta(days=day - 1)
        ledger.sweep(cafe.pk, now=at)
    assert candles(alice) == [celebrated]


def test_nobody_is_celebrated_before_joining_or_without_a_card(cafe: Business) -> None:
    alice, bruno = guests(cafe, 2)
    born(alice, 3, 2)
    born(bruno, 3, 3)
    post(cafe, bought(alice, 1_000))
    ledger.sweep(cafe.pk, now=later(days=1))
    assert candles(alice) == candles(bruno) == []


DOUBLE = PROGRAM.replace("award: {points: 1, per: 1.00}}", "award: {points: 2, per: 1.00}}", 1)


def test_each_purchase_is_judged_by_the_version_in_force_on_its_day(
    cafe: Business, alice: int
) -> None:
    assert ledger.publish(cafe.pk, DOUBLE, since=date(2026, 4, 1)).number == 2
    march, april = NOW, datetime(2026, 3, 31, 22, 30, tzinfo=UTC)  # half past midnight in Paris
    old, new = post(cafe, bought(alice, 1_000, at=march), bought(alice, 1_000, at=april), now=april)
    assert has(cafe, alice, now=april) == 10 + 20
    refund = Fact(customer=alice, at=april, what=facts.Refund(old.event, amount=500))
    post(cafe, refund, now=april)
    assert has(cafe, alice, now=april) == 5 + 20  # the rules at the purchase, not of today
    assert "at 2 per 1.00" in ledger.explain(cafe.pk, alice, new.event)[0]
    sound(cafe)


STAMPS, SPEND = "  stamps: {pending: 2 days}\n", "  spend: {qualifying: true, decimals: 2}\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (PROGRAM.replace(STAMPS + SPEND, SPEND + STAMPS), "The unit stamps must stay number 2"),
        (PROGRAM.replace("stamps", "stars"), "The unit stamps must stay number 2"),
        (PROGRAM.replace("{pending: 2", "{decimals: 1, pending: 2"), "with 0 decimals"),
        (PROGRAM.replace("EUR", "CHF"), "write `currency: EUR`"),
        (PROGRAM.replace("earn:", "earns:"), 'unknown word "earns"; did you mean "earn"?'),
    ],
)
def test_a_version_that_cannot_follow_is_refused_and_changes_nothing(
    cafe: Business, text: str, problem: str
) -> None:
    published = ledger.publish(cafe.pk, text, since=date(2026, 4, 1))
    assert published.number == 0
    assert any(problem in sentence for sentence in published.problems), published.problems
    assert rows("SELECT count(*) FROM ledger_version") == [(1,)]


def test_a_new_version_says_from_when(cafe: Business) -> None:
    (problem,) = ledger.publish(cafe.pk, PROGRAM).problems
    assert problem == "A new version needs the date from which it holds: write `since`."
    more = PROGRAM.replace("units:\n", "units:\n", 1).replace(
        "  spend: {qualifying: true, decimals: 2}\n",
        "  spend: {qualifying: true, decimals: 2}\n  hearts: {}\n",
    )
    assert ledger.publish(cafe.pk, more, since=date(2026, 4, 1)).problems == ()
    program = ledger.program(cafe.pk)
    assert program is not None
    assert [unit.id for unit in program.units] == ["points", "stamps", "spend", "hearts"]
    first = ledger.program(cafe.pk, on=date(2026, 3, 31))
    assert first is not None
    assert len(first.units) == 3


def test_a_unit_added_later_starts_at_zero(cafe: Business, alice: int) -> None:
    post(cafe, bought(alice, 1_000))
    more = DOUBLE.replace("decimals: 2}\n", "decimals: 2}\n  hearts: {}\n")
    assert ledger.publish(cafe.pk, more, since=date(2026, 4, 1)).problems == ()
    now = later(days=60)
    assert has(cafe, alice, "hearts", now=now) == 0
    post(cafe, bought(alice, 500, at=now), now=now)
    assert has(cafe, alice, now=now) == 20
    sound(cafe)


def test_no_business_no_program() -> None:
    with pytest.raises(LookupError):
        ledger.publish(12, PROGRAM)
    with pytest.raises(LookupError):
        ledger.post(12, [bought(1, 100)], now=NOW)
