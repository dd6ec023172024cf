"""What is owed ties to the entries, as of any past day, swept or not."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from habitue import ledger
from habitue.core import facts
from habitue.core.statement import Holding, Statement
from habitue.ledger import liabilities
from habitue.members.models import Business
from tests.ledger.conftest import NOW, bought, does, guests, make_cafe, post, rows, takes
from tests.ledger.test_replaying import END, START, lived

TODAY = END.date()


def points(of: Statement) -> Holding:
    return next(holding for holding in of.holdings if holding.unit == "points")


def read(cafe: Business, on: date = TODAY, *, redemption: Fraction | None = None) -> Statement:
    return liabilities.read(cafe.pk, on=on, months=100, redemption=redemption)


def entries(cafe: Business, unit: int, on: date) -> int:
    """What the ledger itself says through a day."""
    query = (
        "SELECT coalesce(sum(amount), 0)::bigint FROM ledger_entry"
        " JOIN ledger_account USING (customer_id)"
        " WHERE business_id = %s AND unit = %s AND day <= %s"
    )
    ((total,),) = rows(query, cafe.pk, unit, on.isoformat())
    return int(total)


def adds_up(holding: Holding) -> bool:
    return all(
        roll.opening + roll.issued - roll.redeemed - roll.expired + roll.corrected + roll.revalued
        == roll.closing
        for roll in (*holding.rolls, *holding.values)
    )


def test_every_month_of_every_unit_ties_to_the_entries(cafe: Business) -> None:
    lived(cafe, guests(cafe, 4))
    found = read(cafe)
    assert [holding.unit for holding in found.holdings] == ["points", "stamps"]
    for holding in found.holdings:
        assert adds_up(holding)
        assert len(holding.rolls) == 18
        for roll, following in zip(holding.rolls, holding.rolls[1:], strict=False):
            assert following.opening == roll.closing
            end = following.month - timedelta(days=1)
            assert roll.closing == entries(cafe, holding.number, end)
        assert holding.rolls[-1].closing == entries(cafe, holding.number, TODAY)
        assert sum(group.units for group in holding.groups) == holding.rolls[-1].closing
        assert sum(roll.redeemed + roll.expired for roll in holding.rolls) > 0


def test_a_past_day_is_what_was_owed_then_whatever_came_after(cafe: Business) -> None:
    people = guests(cafe, 4)
    lived(cafe, people)
    day = date(2025, 9, 14)
    then = read(cafe, day)
    for who in people:
        post(cafe, bought(who, 9_900, at=END), now=END)
    assert read(cafe, day) == then
    assert points(then).rolls[-1].closing == entries(cafe, 0, day)
    lots = liabilities.lots(cafe.pk, on=day)
    assert sum(lot.remaining for lot in lots if lot.unit == 0) == points(then).rolls[-1].closing


def test_what_is_due_counts_before_the_sweep_as_after(cafe: Business, alice: int) -> None:
    post(cafe, bought(alice, 3_000))
    post(cafe, does(alice, facts.Visit(quantity=20)))
    on = (NOW + timedelta(days=400)).date()
    before, lots = read(cafe, on), list(liabilities.lots(cafe.pk, on=on))
    assert points(before).rolls[-1].closing == 0
    assert points(before).unswept == -30
    assert sum(roll.expired for roll in points(before).rolls) == 30
    assert points(before).groups == ()
    stamps = before.holdings[1]
    assert stamps.rolls[-1].closing == 0  # pending for two days, then two cakes by themselves
    assert lots == []
    ledger.sweep(cafe.pk, now=NOW + timedelta(days=400))
    after = read(cafe, on)
    assert points(after).unswept == 0
    assert [holding.rolls for holding in after.holdings] == [one.rolls for one in before.holdings]
    assert [holding.groups for holding in after.holdings] == [one.groups for one in before.holdings]
    assert [holding.curve for holding in after.holdings] == [one.curve for one in before.holdings]


def test_a_lot_lapses_on_its_day_not_on_that_of_the_sweep(cafe: Business, alice: int) -> None:
    post(cafe, bought(alice, 3_000))  # 2 March 2026: good through 2 March 2027
    assert points(read(cafe, date(2027, 3, 2))).rolls[-1].closing == 30
    assert points(read(cafe, date(2027, 3, 3))).rolls[-1].closing == 0
    assert points(read(cafe, date(2027, 3, 3))).rolls[-1].expired == 30


def test_open_lots_are_listed_with_their_dates(cafe: Business, alice: int, bruno: int) -> None:
    post(cafe, bought(alice, 3_000), bought(bruno, 1_500))
    post(cafe, takes(alice))
    found = list(liabilities.lots(cafe.pk, on=TODAY))
    assert [(lot.customer, lot.unit, lot.remaining) for lot in found] == [
        (alice, 0, 20),
        (bruno, 0, 15),
    ]
    assert {(lot.earned_on, lot.expires_on) for lot in found} == {(NOW.date(), date(2027, 3, 2))}
    (group,) = points(read(cafe)).groups
    assert (group.version, group.lapses, group.lots, group.units) == (1, date(2027, 3, 1), 2, 35)
    assert (group.value, points(read(cafe)).values[-1].closing) == (175, 175)


def test_sales_to_members_are_deferred_and_undone_ones_are_none(cafe: Business, alice: int) -> None:
    kept, back, wrong = post(cafe, *(bought(alice, 10_000) for _ in range(3)))
    post(cafe, does(alice, facts.Refund(of=back.event)))
    post(cafe, does(alice, facts.Undo(of=wrong.event)))
    assert kept.refused is None
    (month, *_) = points(read(cafe, redemption=Fraction(85, 100))).deferrals
    assert month.sales == 10_000
    assert month.standalone == 425  # 100 points at 0.05, of which 85 % are redeemed
    assert month.deferred == 408  # 10,000 x 425 / 10,425


def test_refused_events_and_other_businesses_count_for_nothing(cafe: Business, alice: int) -> None:
    other = make_cafe(name="Bar")
    (stranger,) = guests(other, 1)
    post(other, bought(stranger, 5_000))
    (answer,) = post(cafe, takes(alice))
    assert answer.refused is not None
    assert points(read(cafe)).rolls[-1].closing == 0
    assert points(read(cafe)).deferrals[-1].sales == 0
    assert points(read(other)).rolls[-1].closing == 50
    assert list(liabilities.lots(cafe.pk, on=TODAY)) == []


def test_own_history_gives_a_curve_once_a_hundred_lots_have_ended(cafe: Business) -> None:
    people = guests(cafe, 60)
    for who in people:
        post(cafe, bought(who, 1_000, at=START), bought(who, 2_000, at=START), now=END)
        post(cafe, takes(who, at=START + timedelta(days=10)), now=END)
    for who in people:  # these are five days old when the first are twenty, and say no more
        post(cafe, bought(who, 3_000, at=START + timedelta(days=15)), now=END)
    young = points(read(cafe, START.date() + timedelta(days=20)))
    assert not young.known
    assert abs(young.curve.last.redeemed * 3 - 10**12) < 10
    old = points(read(cafe, START.date() + timedelta(days=400)))
    assert old.known
    assert old.redemption == Fraction(1667, 10_000)  # 10 of 60, upwards
    assert old.curve.last.age == 366
    assert points(read(cafe)).unswept == -3_000


@pytest.mark.django_db(transaction=True)
def test_in_a_transaction_of_its_own_all_is_seen_at_one_moment() -> None:
    cafe = make_cafe()
    (alice,) = guests(cafe, 1)
    post(cafe, bought(alice, 3_000))
    assert points(read(cafe)).rolls[-1].closing == 30
    assert [lot.remaining for lot in liabilities.lots(cafe.pk, on=TODAY)] == [30]
