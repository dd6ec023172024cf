"""What was spent already, and what was used: lowered refunds, vouchers opened again, undoing."""

from __future__ import annotations

from copy import deepcopy
from fractions import Fraction

from habitue.core import facts
from habitue.core.facts import Line, Purchase, Refund, Returned, Undo
from habitue.core.program import Gift, Reward, Unit
from tests.core.cast import COFFEE, STEP, Stage, at, buys, cafe, picture


def code(stage: Stage, when: str, what: facts.What) -> str:
    refused = stage.post(when, what).refused
    return refused.code if refused else ""


def lowering(worth: Fraction | None = Fraction(3, 100)) -> Stage:
    """Alice bought for 15.00, and took a coffee for ten of her fifteen points."""
    unit = Unit("points", worth=worth)
    stage = Stage(cafe(units=(unit,), refund_of_spent="lower the refund"))
    stage.post("2026-01-01", buys(1_500))
    stage.post(at("2026-01-02", 9), facts.Redemption("coffee"))
    return stage


def test_or_lower_the_refund_by_their_worth_rounded_down() -> None:
    stage = lowering(Fraction(33, 1_000))
    outcome = stage.post("2026-01-03", Refund(STEP))
    assert outcome.money == 1_500 - 33
    assert outcome.event.forgiven is not None
    assert outcome.event.forgiven.withheld == 33  # ten points at 3.3 cents
    assert (stage.account().balances, stage.account().memory.debts) == ([0], {})
    stage.post("2026-01-04", buys(700))
    assert stage.has() == 7


def test_never_by_more_than_the_refund_nor_where_units_have_no_price() -> None:
    stage = lowering(Fraction(10))
    assert stage.post("2026-01-03", Refund(STEP, amount=700)).money == 0
    assert stage.has() == 0
    assert lowering(None).post("2026-01-03", Refund(STEP)).money == 1_500


def test_a_lowered_refund_that_is_undone_restores_the_account() -> None:
    stage = lowering()
    before = deepcopy(picture(stage.account()))
    back = stage.post("2026-01-03", Refund(STEP))
    stage.post("2026-01-03", Undo(back.event.id))
    assert picture(stage.account()) == before
    again = stage.post("2026-01-04", Refund(STEP))
    assert again.money == 1_470


def test_a_redemption_whose_voucher_was_used_is_undone_after_its_use() -> None:
    stage = Stage(cafe())
    stage.post("2026-01-01", buys(1_000))
    taken = stage.post(at("2026-01-02", 9), facts.Redemption("coffee"))
    used = stage.post(at("2026-01-02", 10), facts.VoucherUse(taken.event.id))
    refused = stage.post(at("2026-01-02", 11), Undo(taken.event.id)).refused
    assert refused is not None
    assert (refused.code, refused.sentence) == (
        "voucher_used",
        "Its voucher was used; undo that first.",
    )
    stage.post(at("2026-01-02", 12), Undo(used.event.id))
    assert stage.vouchers() == [("coffee", "issued")]
    stage.post(at("2026-01-02", 13), Undo(taken.event.id))
    assert (stage.has(), stage.vouchers()) == (10, [("coffee", "cancelled")])


def test_a_full_return_opens_the_voucher_it_was_paid_with_and_a_partial_one_does_not() -> None:
    stage = Stage(cafe())
    stage.post("2026-01-01", buys(1_000))
    taken = stage.post("2026-01-02", facts.Redemption("coffee"))
    used = stage.post("2026-01-03", facts.VoucherUse(taken.event.id))
    paid = Purchase((Line(600, 2),), "EUR", covered=300, spent=(used.event.id,))
    bought = stage.post("2026-01-03", paid)
    assert stage.post("2026-01-04", Refund(bought.event.id, (Returned(0),))).money == 150
    assert stage.vouchers() == [("coffee", "redeemed")]
    last = stage.post("2026-01-05", Refund(bought.event.id, (Returned(0),)))
    assert (last.money, stage.vouchers()) == (150, [("coffee", "issued")])
    stage.post("2026-01-05", Undo(last.event.id))
    assert stage.vouchers() == [("coffee", "redeemed")]
    assert code(stage, "2026-01-06", facts.VoucherUse(taken.event.id)) == "voucher_redeemed"


def test_a_full_return_of_what_a_redemption_paid_takes_the_use_of_its_voucher_back_too() -> None:
    stage = Stage(cafe())
    stage.post("2026-01-01", buys(1_000))
    taken = stage.post("2026-01-02", facts.Redemption("coffee"))
    stage.post("2026-01-03", facts.VoucherUse(taken.event.id))
    paid = Purchase((Line(600),), "EUR", covered=300, spent=(taken.event.id,))
    bought = stage.post("2026-01-03", paid)
    stage.post("2026-01-04", Refund(bought.event.id))
    assert (stage.has(), stage.vouchers()) == (10, [("coffee", "cancelled")])


def test_a_voucher_used_stays_with_its_own_reward_when_history_is_folded_again() -> None:
    cake = Reward("cake", (Gift("product", "cake"),), cost=("points", 5))
    stage = Stage(cafe(rewards=(COFFEE, cake)))
    stage.post("2026-01-01", buys(2_000))
    stage.post("2026-01-02", facts.Redemption("coffee"))
    taken = stage.post("2026-01-03", facts.Redemption("cake"))
    stage.post("2026-01-04", facts.VoucherUse(taken.event.id))
    stage.post("2026-01-03", buys(100))
    assert stage.vouchers() == [("coffee", "issued"), ("cake", "redeemed")]


def test_of_two_alike_the_one_that_was_used_stays_used_when_history_is_folded_again() -> None:
    stage = Stage(cafe())
    stage.post("2026-01-01", buys(2_000))
    first = stage.post("2026-01-02", facts.Redemption("coffee")).event.id
    second = stage.post("2026-01-03", facts.Redemption("coffee")).event.id
    stage.post("2026-01-04", facts.VoucherUse(second))
    stage.post("2026-01-03", buys(100))
    states = {each.id: each.state for each in stage.account().vouchers or ()}
    assert states == {first: "issued", second: "redeemed"}


def test_a_used_gift_whose_purchase_came_back_takes_no_other_voucher_in_its_place() -> None:
    tart = Reward("tart", (Gift("product", "tart"),), automatic="purchase")
    stage = Stage(cafe(rewards=(COFFEE, tart)))
    stage.post("2026-01-01", facts.Adjustment("points", 10, "a start"))
    bought = stage.post(at("2026-01-02", 9), buys(100))
    taken = stage.post(at("2026-01-02", 10), facts.Redemption("coffee")).event.id
    stage.post("2026-01-03", facts.VoucherUse(bought.event.id))
    stage.post("2026-01-04", Refund(bought.event.id))
    states = {each.id: each.state for each in stage.account().vouchers or ()}
    assert states == {taken: "issued", bought.event.id: "redeemed"}


def test_what_a_standing_purchase_was_paid_with_is_not_undone_by_itself() -> None:
    stage = Stage(cafe())
    stage.post("2026-01-01", buys(1_000))
    taken = stage.post(at("2026-01-02", 9), facts.Redemption("coffee", at_once=True))
    paid = Purchase((Line(600),), "EUR", covered=300, spent=(taken.event.id,))
    stage.post(at("2026-01-02", 10), paid)
    assert code(stage, "2026-01-02", Undo(taken.event.id)) == "in_use"
