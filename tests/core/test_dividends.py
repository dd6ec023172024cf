"""The cooperative dividend: a share of what was counted last year, net of returns."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from habitue.core import due, engine, facts
from habitue.core.program import (
    After,
    Dividend,
    EarnRule,
    Gift,
    Lines,
    Period,
    PerMoney,
    Program,
    Reward,
    Unit,
)
from tests.core.cast import ALICE, SPEND, Stage, at, buys, cafe, picture

CREDIT = Unit("credit", decimals=2, worth=Fraction(1))
ELIGIBLE = EarnRule(
    "eligible",
    "purchase",
    (PerMoney("spend", Fraction(1), 100, "proportional"),),
    lines=Lines(excluding=Lines(label=("sale",))),
)
TENTH = Dividend(pays="credit", of="spend", share=Fraction(1, 10), least=1_000)


def shop(dividend: Dividend | None = TENTH, **given: Any) -> Program:
    chosen = {"units": (CREDIT, SPEND), "rules": (ELIGIBLE,), "rewards": (), **given}
    return cafe(dividend=dividend, **chosen)


def cooperative(dividend: Dividend = TENTH, **given: Any) -> Stage:
    return Stage(shop(dividend, **given))


def a_year(stage: Stage) -> int:
    """850.00 that count, of which 150.00 come back, and 100.00 at a sale; the first purchase."""
    first = stage.post("2026-04-01", buys(15_000)).event.id
    stage.post("2026-06-01", buys(70_000))
    stage.post("2026-11-01", buys(10_000, labels=("sale",)))
    return first


def test_a_tenth_of_what_was_bought_and_kept_is_paid_in_march() -> None:
    stage = cooperative()
    first = a_year(stage)
    stage.post("2026-06-10", facts.Refund(first))
    assert stage.has_on("2027-02-28", "credit") == 0
    assert stage.has_on("2027-03-01", "credit") == 7_000
    assert stage.on("2027-03-01").memory.years == {}


@pytest.mark.parametrize("paid_by", ["a sweep", "the next purchase", "the return itself"])
def test_a_return_after_the_payment_ends_where_one_before_it_would_have(paid_by: str) -> None:
    early, late = cooperative(), cooperative()
    first = a_year(early)
    early.post("2026-06-10", facts.Refund(first))
    early.post("2027-05-01", buys(1_000))
    first = a_year(late)
    if paid_by == "a sweep":
        late.post("2027-03-01", facts.Passage())
    if paid_by != "the return itself":
        late.post("2027-05-01", buys(1_000))
        assert late.has("credit") == 8_500
    late.post("2027-06-10", facts.Refund(first))
    if paid_by == "the return itself":
        late.post("2027-05-01", buys(1_000))
    early.post("2027-06-10", facts.Passage())
    assert late.has("credit") == 7_000
    assert picture(late.account()) == picture(early.account())
    assert late.account().memory.years == {1: {2027: 1_000}}


def test_the_difference_of_a_late_return_is_booked_on_the_lot_that_was_paid() -> None:
    stage = cooperative()
    first = a_year(stage)
    paid = stage.post("2027-03-01", facts.Passage())
    (accrual,) = paid.entries
    outcome = stage.post("2027-03-02", facts.Refund(first))
    changes = [(one.unit, one.lot, one.amount, one.kind) for one in outcome.entries]
    assert (accrual.amount, accrual.kind, accrual.why) == (
        8_500,
        "accrual",
        (("dividend", 85_000, 8_500),),
    )
    assert changes == [(0, accrual.lot, -1_500, "reversal"), (1, 0, -15_000, "reversal")]


def test_a_purchase_that_arrives_late_is_paid_for_too() -> None:
    stage = cooperative()
    a_year(stage)
    stage.post("2027-03-01", facts.Passage())
    stage.post(at("2026-12-31", 23, 59), buys(1_000))
    assert stage.has("credit") == 8_600


def test_a_return_that_leaves_too_little_takes_all_of_it_back() -> None:
    stage = cooperative()
    bought = stage.post("2026-06-01", buys(1_000)).event
    stage.post("2027-03-01", facts.Passage())
    assert stage.has("credit") == 100
    stage.post("2027-03-02", facts.Refund(bought.id, amount=1))
    assert stage.has("credit") == 0


@pytest.mark.parametrize(("bought", "paid"), [(1_000, 100), (999, 0)])
def test_less_than_the_least_pays_nothing(bought: int, paid: int) -> None:
    stage = cooperative()
    stage.post("2026-06-01", buys(bought))
    assert stage.has_on("2027-03-01", "credit") == paid
    assert stage.on("2027-03-01").memory.years == {}


def test_each_year_is_counted_to_its_last_minute_and_paid_by_itself() -> None:
    stage = cooperative()
    stage.post(at("2026-12-31", 23, 59), buys(10_000))
    stage.post(at("2027-01-01", 0, 0), buys(20_000))
    assert stage.account().memory.years == {1: {2026: 10_000, 2027: 20_000}}
    assert stage.has_on("2027-03-01", "credit") == 1_000
    assert stage.has_on("2028-02-29", "credit") == 1_000
    assert stage.has_on("2028-03-01", "credit") == 3_000


def test_a_dividend_of_january_is_paid_on_new_years_day() -> None:
    stage = cooperative(Dividend("credit", "spend", Fraction(1, 10), month="January"))
    stage.post(at("2026-12-31", 23, 59), buys(10_000))
    stage.post(at("2027-01-01", 0, 1), buys(100))
    assert stage.has("credit") == 1_000


@pytest.mark.parametrize(
    ("currency", "places", "bought", "paid"),
    [("JPY", 0, 1_005, 100), ("EUR", 2, 1_005, 100), ("KWD", 3, 1_005, 100)],
)
def test_a_share_is_rounded_down_to_the_decimals_of_the_currency(
    currency: str, places: int, bought: int, paid: int
) -> None:
    units = (Unit("credit", decimals=places), Unit("spend", redeemable=False, decimals=places))
    exact = PerMoney("spend", Fraction(1), 10**places, "proportional")
    tenth = Dividend("credit", "spend", Fraction(1, 10))
    rules = (EarnRule("all", "purchase", (exact,)),)
    stage = cooperative(tenth, currency=currency, units=units, rules=rules)
    stage.post("2026-06-01", facts.Purchase((facts.Line(bought),), currency))
    assert stage.has_on("2027-03-01", "credit") == paid


def test_units_of_other_decimals_are_paid_in_their_own() -> None:
    points = Unit("credit", decimals=0)
    stage = cooperative(Dividend("credit", "spend", Fraction(1, 10)), units=(points, SPEND))
    stage.post("2026-06-01", buys(999))
    assert stage.on("2027-03-01").lots == []
    stage.post("2026-06-01", buys(1_000))
    assert stage.has_on("2027-03-01", "credit") == 1


def test_only_the_unit_that_is_named_counts() -> None:
    each = EarnRule("credit", "purchase", (PerMoney("credit", Fraction(1), 100),))
    stage = cooperative(rules=(ELIGIBLE, each))
    stage.post("2026-06-01", buys(10_000))
    assert stage.account().memory.years == {1: {2026: 10_000}}
    assert stage.has_on("2027-03-01", "credit") == 10_000 + 1_000


def test_only_members_count() -> None:
    stage = cooperative(enrolment="on request")
    stage.post("2026-06-01", buys(10_000))
    stage.post("2026-07-01", facts.Enrolment())
    stage.post("2026-08-01", buys(5_000))
    assert stage.has_on("2027-03-01", "credit") == 500


def test_without_a_dividend_no_years_are_remembered() -> None:
    stage = Stage(shop(None))
    stage.post("2026-06-01", buys(10_000))
    assert stage.account().memory.years == {}
    assert stage.account().due_on == date.max


def test_a_dividend_is_paid_as_the_version_of_its_day_says() -> None:
    """Counting begins with the version that brings it; a month moved ahead loses nothing."""
    later = Dividend("credit", "spend", Fraction(1, 5), month="February")
    stage = Stage(
        shop(None),
        shop(TENTH, since=date(2026, 7, 1)),
        shop(later, since=date(2027, 2, 10)),
    )
    stage.post("2026-06-01", buys(10_000))
    stage.post("2026-08-01", buys(5_000))
    assert stage.has_on("2027-02-28", "credit") == 0
    assert stage.has_on("2027-03-01", "credit") == 1_000


def test_a_dividend_lapses_and_is_spent_as_its_unit_says() -> None:
    lapsing = Unit("credit", decimals=2, expiry=After(Period(1, "month")))
    mug = Reward("mug", (Gift("product", "mug"),), cost=("credit", 500))
    stage = cooperative(units=(lapsing, SPEND), rewards=(mug,))
    stage.post("2026-06-01", buys(10_000))
    assert stage.post("2027-03-15", facts.Redemption("mug")).refused is None
    assert stage.lots() == [(500, date(2027, 4, 1))]
    assert stage.has_on("2027-04-02", "credit") == 0


def test_a_dividend_that_is_spent_already_is_not_collected_after_a_return() -> None:
    mug = Reward("mug", (Gift("product", "mug"),), cost=("credit", 1_000))
    stage = cooperative(rewards=(mug,))
    bought = stage.post("2026-06-01", buys(10_000)).event
    stage.post("2027-03-15", facts.Redemption("mug"))
    stage.post("2027-03-16", facts.Refund(bought.id))
    assert stage.has("credit") == 0
    assert stage.account().memory.debts == {}


def test_a_dividend_may_reach_an_automatic_reward_at_its_midnight() -> None:
    mug = Reward("mug", (Gift("product", "mug"),), cost=("credit", 1_000), automatic="threshold")
    stage = cooperative(rewards=(mug,))
    stage.post("2026-06-01", buys(10_000))
    paid = stage.on("2027-03-01")
    assert [each.reward for each in paid.vouchers or ()] == ["mug"]
    assert paid.usable(0) == 0


def test_the_history_leads_to_the_same_lot_as_the_living_account() -> None:
    stage = cooperative()
    a_year(stage)
    stage.post("2027-05-01", buys(1_000))
    day = date(2027, 5, 1)
    folded = engine.fold(stage.book, stage.histories[ALICE], day, customer=ALICE)
    assert picture(folded) == picture(stage.account())
    (lot,) = [lot for lot in folded.lots or () if lot.remaining]
    assert lot.id > due.number(date(2027, 3, 1))
