"""Units as money at the till: what they are worth, how much of an order, and the way back."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from msgspec import structs

from habitue.core import engine, facts
from habitue.core.facts import Event, Line, Payment, Purchase, Refund, Returned, Undo
from habitue.core.program import After, Partner, PayWith, Period, Unit
from tests.core.cast import ALICE, STEP, Stage, at, buys, cafe, picture
from tests.core.drawn import lawful

CENTS = Unit("points", worth=Fraction(3, 100), expiry=After(Period(1, "year")))


def till(*, unit: Unit = CENTS, points: int = 100, **paying: Any) -> Stage:
    """Alice has 100 points, worth 3 cents each."""
    stage = Stage(cafe(units=(unit,), pay_with=PayWith("points", **paying)))
    stage.post("2026-01-01", buys(points * 100))
    return stage


def code(stage: Stage, day: str, what: facts.What) -> str:
    refused = stage.post(day, what).refused
    return refused.code if refused else ""


def test_money_is_paid_with_units_rounded_up() -> None:
    stage = till()
    outcome = stage.post("2026-01-02", Payment(100, 1_000))
    assert outcome.event.what == Payment(100, 1_000, units=34)
    assert [(entry.kind, entry.amount) for entry in outcome.entries] == [("redemption", -34)]
    assert outcome.entries[0].why == (("payment", 100, -34),)
    assert stage.has() == 66


def test_a_payment_explains_itself() -> None:
    stage = till()
    (entry,) = stage.post("2026-01-02", Payment(100, 1_000)).entries
    told = stage.book.latest.explainer.sentence("points", entry.kind, entry.amount, entry.why)
    assert told == "-34 points: taken as money by a payment of 1.00 EUR: -34."


def test_units_with_decimals_pay_to_their_last_place_and_yen_have_none() -> None:
    tenths = Unit("points", decimals=1, worth=Fraction(3))
    stage = Stage(cafe(currency="JPY", units=(tenths,), pay_with=PayWith("points")))
    stage.post("2026-01-01", Purchase((Line(10_000),), "JPY"))
    outcome = stage.post("2026-01-02", Payment(10, 50))
    assert outcome.event.what == Payment(10, 50, units=34)  # 3.4 points at 3 yen


@pytest.mark.parametrize(
    ("paying", "what", "refusal"),
    [
        ({}, Payment(301, 1_000), "insufficient"),
        ({}, Payment(300, 1_000), ""),
        ({"least": 50}, Payment(147, 1_000), "too_little"),
        ({"least": 50}, Payment(148, 1_000), ""),
        ({"most": Fraction(1, 4)}, Payment(251, 1_003), "share"),
        ({"most": Fraction(1, 4)}, Payment(250, 1_003), ""),
        ({"when_short": "clamp", "least": 101}, Payment(500, 1_000), "too_little"),
        ({}, Payment(0, 1_000), "amount"),
        ({}, Payment(-1, 1_000), "amount"),
        ({}, Payment(2, 1), "amount"),
        ({}, Payment(1, 10**14), "amount"),
    ],
)
def test_a_payment_has_its_bounds(paying: dict[str, Any], what: Payment, refusal: str) -> None:
    stage = till(**paying)
    assert code(stage, "2026-01-02", what) == refusal
    if refusal:
        assert stage.has() == 100


def test_a_refusal_says_what_would_do() -> None:
    refused = till(most=Fraction(1, 2)).post("2026-01-02", Payment(900, 1_000)).refused
    assert refused is not None
    assert refused.sentence == "At most 5.00 EUR of this order can be paid with points."
    short = till().post("2026-01-02", Payment(900, 1_000)).refused
    assert short is not None
    assert short.sentence == "This takes 300 points; 100 can be used."


def test_who_is_short_pays_what_there_is_where_the_program_clamps() -> None:
    stage = till(points=33, when_short="clamp")
    outcome = stage.post("2026-01-02", Payment(500, 1_000))
    assert outcome.event.what == Payment(99, 1_000, units=33)
    assert stage.has() == 0
    refused = stage.post("2026-01-03", Payment(500, 1_000)).refused
    assert refused is not None
    assert refused.sentence == "This takes 1 points; 0 can be used."


def test_clamping_leaves_the_units_that_are_worth_less_than_a_cent() -> None:
    fine = structs.replace(CENTS, worth=Fraction(2, 500))  # 0.4 cents
    stage = till(unit=fine, points=99, when_short="clamp")
    outcome = stage.post("2026-01-02", Payment(500, 1_000))
    assert outcome.event.what == Payment(39, 1_000, units=98)
    assert stage.has() == 1
    assert code(stage, "2026-01-03", Payment(1, 1_000)) == "insufficient"


def test_nothing_is_paid_where_units_are_no_money() -> None:
    assert code(Stage(cafe()), "2026-01-02", Payment(1, 1)) == "no_payment"
    unpriced = Stage(cafe(units=(Unit("points"),), pay_with=PayWith("points")))
    unpriced.post("2026-01-01", buys(1_000))
    assert code(unpriced, "2026-01-02", Payment(1, 1, units=1)) == "no_payment"


def test_what_a_door_writes_into_units_does_not_count() -> None:
    stage = till()
    assert stage.post("2026-01-02", Payment(300, 300, units=1)).event.what == Payment(
        300, 300, units=100
    )


def test_a_payment_undone_gives_the_same_lots_back() -> None:
    stage = till()
    before = deepcopy(picture(stage.account()))
    paid = stage.post(at("2026-01-02", 10), Payment(100, 1_000))
    stage.post(at("2026-01-02", 11), Undo(paid.event.id))
    assert picture(stage.account()) == before


def test_what_paid_for_a_purchase_that_stands_is_not_undone_by_itself() -> None:
    stage = till()
    paid = stage.post(at("2026-01-02", 10), Payment(100, 1_000))
    order = Purchase((Line(1_000),), "EUR", covered=100, spent=(paid.event.id,))
    bought = stage.post(at("2026-01-02", 11), order)
    assert code(stage, "2026-01-02", Undo(paid.event.id)) == "in_use"
    assert code(stage, "2026-01-02", Undo(bought.event.id)) == ""
    assert code(stage, "2026-01-02", Undo(paid.event.id)) == ""
    assert stage.has() == 100


def test_a_full_return_gives_back_units_to_their_lots_and_only_the_rest_in_money() -> None:
    stage = till()
    paid = stage.post("2026-01-02", Payment(300, 1_000))
    order = Purchase((Line(1_000, 2),), "EUR", covered=300, spent=(paid.event.id,))
    bought = stage.post("2026-01-02", order)
    assert stage.has() == 7
    half = stage.post("2026-01-03", Refund(bought.event.id, (Returned(0),)))
    assert (half.money, stage.has()) == (350, 3)
    rest = stage.post("2026-01-04", Refund(bought.event.id, (Returned(0),)))
    assert (rest.money, stage.has()) == (350, 100)
    assert stage.lots() == [(100, date(2027, 1, 1))]


def test_units_that_would_have_lapsed_meanwhile_come_back_lapsed() -> None:
    stage = till()
    stage.post("2026-06-01", buys(500))
    paid = stage.post("2026-12-01", Payment(300, 1_000))
    order = Purchase((Line(1_000),), "EUR", covered=1_000, spent=(paid.event.id,))
    bought = stage.post("2026-12-01", order)
    stage.post("2027-01-05", Refund(bought.event.id))
    assert stage.has() == 5


def test_a_payment_folds_again_to_the_same_units_whatever_the_worth_says_later() -> None:
    stage = till()
    stage.post("2026-01-02", Payment(100, 1_000))
    dearer = structs.replace(CENTS, worth=Fraction(10))
    other = Stage(cafe(units=(dearer,), pay_with=PayWith("points")))
    folded = engine.fold(other.book, stage.histories[ALICE], date(2026, 1, 2), customer=ALICE)
    assert folded.balances == [66]


def test_a_late_payment_is_decided_in_its_own_time_or_not_at_all() -> None:
    stage = till(when_short="clamp")
    stage.post("2026-01-05", buys(10_000))
    late = stage.post("2026-01-02", Payment(500, 1_000))
    assert late.event.what == Payment(300, 1_000, units=100)
    assert stage.has() == 100
    again = stage.post("2026-01-03", Payment(500, 1_000))
    assert again.refused is not None
    assert again.refused.code == "insufficient"
    assert stage.has() == 100


def test_units_spent_at_a_partner_are_counted_for_it() -> None:
    bakery = Partner("bakery", {"en": "Bakery"})
    stage = Stage(cafe(units=(CENTS,), pay_with=PayWith("points"), partners=(bakery,)))
    stage.post("2026-01-01", buys(10_000))
    paid = stage.post("2026-01-02", Payment(100, 1_000, partner="bakery"))
    assert stage.account().memory.tallies["redeemed bakery points"][0] == 34
    stage.post("2026-01-02", Undo(paid.event.id))
    assert "redeemed bakery points" not in stage.account().memory.tallies


def test_a_reward_is_counted_for_the_partner_that_hands_it_over() -> None:
    bakery = Partner("bakery", {"en": "Bakery"})
    stage = Stage(cafe(partners=(bakery,)))
    stage.post("2026-01-01", buys(10_000))
    stage.post("2026-01-02", facts.Redemption("coffee", at_once=True, partner="bakery"))
    taken = stage.post("2026-01-02", facts.Redemption("coffee", partner="bakery"))
    assert stage.totals["redeemed bakery points"] == (10, 0)
    stage.post("2026-01-03", facts.VoucherUse(taken.event.id, partner="bakery"))
    assert stage.totals["redeemed bakery points"] == (20, 0)


ORDERS = some.lists(
    some.tuples(some.integers(1, 3), some.sampled_from([99, 450, 1_000]), some.booleans()),
    min_size=1,
    max_size=4,
)


@lawful
@given(ORDERS, some.randoms(use_true_random=False), some.booleans())
def test_returning_everything_in_any_order_leaves_as_if_nothing_had_been_bought_or_paid(
    orders: list[tuple[int, int, bool]], chance: Any, lower: bool
) -> None:
    policy = "lower the refund" if lower else "never below zero"
    source = cafe(
        units=(CENTS,),
        pay_with=PayWith("points", most=Fraction(1, 2), when_short="clamp"),
        refund_of_spent=policy,
    )
    stage, pieces, cash = Stage(source), [], 0
    stage.post("2026-01-01", facts.Adjustment("points", 50, "a start"))
    blank = deepcopy(picture(stage.account()))
    for place, (quantity, price, pays) in enumerate(orders):
        moment = at("2026-01-02") + timedelta(hours=place)
        total, covered = quantity * price, 0
        spent: tuple[int, ...] = ()
        if pays:
            done = stage.post(moment, Payment(total // 2, total))
            if done.refused is None:
                assert isinstance(done.event.what, Payment)
                spent, covered = (done.event.id,), done.event.what.money
        moment += timedelta(minutes=1)
        lines = (Line(total, quantity),)
        bought = stage.post(moment, Purchase(lines, "EUR", covered=covered, spent=spent))
        pieces += [Refund(bought.event.id, (Returned(0),))] * quantity
        cash += total - covered
    chance.shuffle(pieces)
    last, back, withheld = at("2026-02-01"), 0, 0
    for number, piece in enumerate(pieces):
        (outcome,) = stage.run([Event((1_000 + number) * STEP, ALICE, last, piece)])
        assert outcome.refused is None
        assert outcome.money >= 0
        back += outcome.money
        forgiven = outcome.event.forgiven
        withheld += forgiven.withheld if forgiven else 0
    assert back + withheld == cash
    assert picture(stage.account()) == blank
