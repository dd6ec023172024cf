"""Returns, undoing, late arrivals, new versions: what was is told again, exactly."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from msgspec import structs

from habitue.core import facts
from habitue.core.facts import Event, Line, Purchase, Refund, Returned, Undo
from habitue.core.program import (
    After,
    EarnRule,
    Fixed,
    Gift,
    Ladder,
    Level,
    Limit,
    Pending,
    Period,
    PerItem,
    PerMoney,
    Reward,
    Unit,
)
from tests.core.cast import (
    ALICE,
    BRUNO,
    PER_EURO,
    POINTS,
    SPEND,
    YEARLY,
    Stage,
    at,
    buys,
    cafe,
)

TWO_LINES = Purchase((Line(1_000, 4, category="coffee"), Line(500, 1, category="cake")), "EUR")


def code(stage: Stage, when: str, what: facts.What) -> str:
    refused = stage.post(when, what).refused
    return refused.code if refused else ""


def test_a_return_takes_back_what_the_kept_goods_would_not_have_earned() -> None:
    stage = Stage(cafe())
    bought = stage.post("2026-01-01", TWO_LINES)
    outcome = stage.post("2026-01-05", Refund(bought.event.id, (Returned(0, 2),)))
    assert (outcome.money, stage.has()) == (500, 10)
    assert [(entry.kind, entry.amount) for entry in outcome.entries] == [("reversal", -5)]
    assert stage.post("2026-01-06", Refund(bought.event.id)).money == 1_000
    assert stage.has() == 0


def test_a_return_by_amount_counts_to_the_cent() -> None:
    stage = Stage(cafe())
    bought = stage.post("2026-01-01", buys(1_000))
    assert stage.post("2026-01-02", Refund(bought.event.id, amount=1)).money == 1
    assert stage.has() == 9
    assert stage.post("2026-01-02", Refund(bought.event.id, amount=999)).money == 999
    assert stage.has() == 0


@pytest.mark.parametrize(
    ("refund", "refusal"),
    [
        (Refund(256, (Returned(0, 5),)), "too_much"),
        (Refund(256, (Returned(2, 1),)), "too_much"),
        (Refund(256, (Returned(0, 3), Returned(0, 2))), "too_much"),
        (Refund(256, amount=1_501), "too_much"),
        (Refund(256, amount=-1), "refund"),
        (Refund(256, (Returned(0, 0),)), "quantity"),
        (Refund(256, (Returned(0, 1),), 100), "refund"),
        (Refund(512), "unknown_purchase"),
    ],
)
def test_a_return_of_more_than_was_bought_is_refused(refund: Refund, refusal: str) -> None:
    stage = Stage(cafe())
    stage.post("2026-01-01", TWO_LINES)
    assert code(stage, "2026-01-02", refund) == refusal
    assert stage.has() == 15


def test_nothing_can_be_returned_twice() -> None:
    stage = Stage(cafe())
    bought = stage.post("2026-01-01", TWO_LINES)
    assert code(stage, "2026-01-02", Refund(bought.event.id)) == ""
    assert code(stage, "2026-01-02", Refund(bought.event.id)) == "too_much"
    assert code(stage, "2026-01-02", Refund(bought.event.id, (Returned(0),))) == "too_much"


def test_a_tier_and_a_limit_follow_a_return() -> None:
    ladder = Ladder((Level("basic"), Level("gold", ((("spend", 10_000),),))))
    capped = EarnRule("cap", "purchase", (Fixed("points", Fraction(5)),), limits=(Limit(times=1),))
    stage = Stage(cafe(units=(POINTS, SPEND), rules=(capped, YEARLY), tiers=ladder))
    first = stage.post("2026-01-01", buys(10_000))
    stage.post("2026-01-02", buys(100))
    assert (stage.account().level, stage.has()) == ("gold", 5)
    stage.post("2026-01-03", Refund(first.event.id))
    assert (stage.account().level, stage.has()) == ("basic", 5)
    assert stage.lots()[0][0] == 5


def test_units_already_spent_are_forgiven_and_not_collected_later() -> None:
    stage = Stage(cafe())
    bought = stage.post("2026-01-01", buys(1_500))
    stage.post("2026-01-02", facts.Redemption("coffee"))
    stage.post("2026-01-03", Refund(bought.event.id))
    assert stage.account().balances == [0]
    stage.post("2026-01-04", buys(700))
    assert stage.has() == 7


def test_or_stay_owed_and_are_paid_by_the_first_that_come_in() -> None:
    stage = Stage(cafe(refund_of_spent="negative"))
    bought = stage.post("2026-01-01", buys(1_500))
    stage.post("2026-01-02", facts.Redemption("coffee"))
    stage.post("2026-01-03", Refund(bought.event.id))
    assert stage.account().balances == [-10]
    outcome = stage.post("2026-01-04", buys(1_700))
    assert [entry.kind for entry in outcome.entries] == ["accrual", "settlement", "settlement"]
    assert (stage.has(), stage.lots()[0][0]) == (7, 7)


def test_an_undone_return_forgives_nothing() -> None:
    stage = Stage(cafe())
    bought = stage.post("2026-01-01", buys(1_500))
    stage.post("2026-01-02", facts.Redemption("coffee"))
    back = stage.post("2026-01-03", Refund(bought.event.id))
    stage.post("2026-01-03", Undo(back.event.id))
    assert (stage.account().balances, stage.account().memory.debts) == ([5], {})


def test_what_an_undone_return_forgave_is_not_forgiven_to_another() -> None:
    stage = Stage(cafe())
    first, second = (stage.post("2026-01-01", buys(1_000)) for _ in range(2))
    for _ in range(2):
        stage.post("2026-01-02", facts.Redemption("coffee"))
    back = stage.post("2026-01-03", Refund(first.event.id))
    stage.post("2026-01-03", Undo(back.event.id))
    stage.post("2026-01-04", buys(700))
    stage.post("2026-01-05", Refund(second.event.id))
    assert stage.has() == 0


def test_a_full_return_gives_back_the_redemptions_it_was_paid_with_and_nothing_else() -> None:
    stage = Stage(cafe())
    first = stage.post("2026-01-01", buys(2_000))
    taken = stage.post("2026-01-02", facts.Redemption("coffee"))
    paid = Purchase((Line(1_000),), "EUR", covered=300, spent=(taken.event.id, first.event.id))
    bought = stage.post("2026-01-02", paid)
    assert stage.has() == 17
    stage.post("2026-01-03", Refund(bought.event.id))
    assert (stage.has(), stage.vouchers()) == (20, [("coffee", "cancelled")])


def test_lots_keep_their_numbers_when_a_neighbour_vanishes() -> None:
    rules = (
        EarnRule("ten", "purchase", (PerMoney("points", Fraction(1), 1_000),)),
        EarnRule("piece", "purchase", (PerItem("stamps", Fraction(1)),)),
    )
    stage = Stage(cafe(units=(POINTS, Unit("stamps")), rules=rules))
    bought = stage.post("2026-01-01", buys(1_000, quantity=2))
    outcome = stage.post("2026-01-02", Refund(bought.event.id, (Returned(0, 1),)))
    assert [(entry.unit, entry.amount) for entry in outcome.entries] == [(0, -1), (1, -1)]
    assert stage.account().balances == [0, 1]


# --- undo ----------------------------------------------------------------------------------------


def test_an_undo_gives_back_the_same_lots_with_the_same_dates() -> None:
    stage = Stage(cafe(units=(Unit("points", expiry=After(Period(1, "year"))),)))
    stage.post("2026-01-01", buys(800))
    stage.post("2026-02-01", buys(800))
    before = stage.lots()
    taken = stage.post(at("2026-02-02", 10), facts.Redemption("coffee"))
    assert stage.lots() == [(6, date(2027, 2, 1))]
    stage.post(at("2026-02-02", 11), Undo(taken.event.id))
    assert stage.lots() == before
    assert stage.vouchers() == [("coffee", "cancelled")]


def test_an_undo_has_its_window_and_its_objects() -> None:
    stage = Stage(cafe(undo_within=Period(10, "minute")))
    bought = stage.post(at("2026-01-01", 10, 0), buys(1_000))
    given = stage.post(at("2026-01-01", 10, 1), facts.Adjustment("points", 5, "kindness"))

    def undo(minute: int, of: int) -> str:
        refused = stage.post(at("2026-01-01", 10, minute), Undo(of)).refused
        return refused.code if refused else ""

    assert undo(11, bought.event.id) == "too_late"
    assert undo(10, given.event.id) == "unknown_event"
    assert undo(10, 99) == "unknown_event"
    assert undo(10, bought.event.id) == ""
    assert undo(10, bought.event.id) == "already_undone"
    assert stage.has() == 5


# --- late arrivals -------------------------------------------------------------------------------


def test_what_arrives_late_counts_in_its_own_time() -> None:
    capped = EarnRule("day", "visit", (PerItem("points", Fraction(1)),),
                      limits=(Limit(amount=3, per="day"),))  # fmt: skip
    stage = Stage(cafe(rules=(capped,)))
    stage.post(at("2026-01-02", 12), facts.Visit(2))
    stage.post(at("2026-01-01", 12), facts.Visit(3))
    stage.post(at("2026-01-02", 9), facts.Visit(2))
    assert stage.has() == 6


def test_a_late_redemption_cannot_spend_what_has_been_used_since() -> None:
    stage = Stage(cafe())
    stage.post("2026-01-01", buys(1_000))
    assert stage.post(at("2026-01-02", 12), facts.Redemption("coffee")).refused is None
    late = stage.post(at("2026-01-02", 11), facts.Redemption("coffee"))
    assert late.refused is not None
    assert late.refused.code == "insufficient"
    assert len(stage.vouchers()) == 1


def test_a_late_redemption_counts_among_those_allowed_since() -> None:
    cake = Reward("cake", (Gift("product", "cake"),), cost=("points", 5), limit=Limit(times=1))
    stage = Stage(cafe(rewards=(cake,)))
    stage.post("2026-01-01", buys(2_000))
    stage.post("2026-01-04", facts.Redemption("cake"))
    assert code(stage, "2026-01-03", facts.Redemption("cake")) == "limit"


def test_a_correction_by_hand_takes_what_there_is_and_says_by_whom() -> None:
    stage = Stage(cafe())
    stage.post("2026-01-01", buys(1_000))
    assert code(stage, "2026-01-02", facts.Adjustment("points", -11, "given twice")) == (
        "insufficient"
    )
    outcome = stage.post("2026-01-02", facts.Adjustment("points", -10, "given twice"))
    assert [(one.amount, one.why) for one in outcome.entries] == [(-10, (("by hand", 0, -10),))]
    assert code(stage, "2026-01-03", facts.Adjustment("points", 1, "kindness")) == ""
    assert stage.lots() == [(1, date.max)]


def test_a_late_use_is_taken_while_the_voucher_is_open_and_not_once_it_was_cancelled() -> None:
    stage = Stage(cafe())
    stage.post("2026-01-01", buys(2_000))
    opened = stage.post("2026-01-02", facts.Redemption("coffee")).event.id
    gone = stage.post("2026-01-02", facts.Redemption("coffee")).event.id
    stage.post("2026-01-02", Undo(gone))
    stage.post("2026-01-05", buys(100))
    assert code(stage, "2026-01-03", facts.VoucherUse(gone)) == "voucher_cancelled"
    assert code(stage, "2026-01-03", facts.VoucherUse(99)) == "unknown_voucher"
    assert code(stage, "2026-01-03", facts.VoucherUse(opened)) == ""


def test_a_late_use_of_a_voucher_used_since_is_refused() -> None:
    stage = Stage(cafe())
    stage.post("2026-01-01", buys(1_000))
    taken = stage.post("2026-01-02", facts.Redemption("coffee"))
    stage.post("2026-01-04", facts.VoucherUse(taken.event.id))
    assert code(stage, "2026-01-03", facts.VoucherUse(taken.event.id)) == "voucher_redeemed"


def test_a_late_redemption_of_what_lapsed_since_is_accepted() -> None:
    stage = Stage(cafe(units=(Unit("points", expiry=After(Period(1, "day"))),)))
    stage.post("2026-01-01", buys(1_000))
    stage.post("2026-01-05", facts.Passage())
    assert code(stage, "2026-01-02", facts.Redemption("coffee")) == ""
    assert stage.account().balances == [0]


def test_a_voucher_keeps_its_number_through_corrections_used_or_not() -> None:
    """Its number is the midnight's, whichever event finds it due, and a sweep or none."""
    card = Reward("cake", (Gift("product", "cake"),), cost=("points", 10), automatic="threshold")
    scan = EarnRule("scan", "visit", (PerItem("points", Fraction(1)),))
    waiting = Unit("points", pending=Pending(Period(2, "day")))
    stage = Stage(cafe(units=(waiting,), rules=(scan,), rewards=(card,)))
    stage.post("2026-01-01", facts.Visit(10))
    (shown,) = stage.on("2026-01-03").vouchers or []
    stage.post("2026-01-09", facts.Passage())
    issued = shown.id
    numbers = [(each.id, each.state) for each in stage.account().vouchers or ()]
    assert numbers == [(issued, "issued")]
    stage.post("2026-01-05", facts.Visit(3))
    assert [(each.id, each.state) for each in stage.account().vouchers or ()] == numbers
    stage.post("2026-01-10", facts.VoucherUse(issued))
    stage.post("2026-01-04", facts.Visit(1))
    held = [(each.id, each.state) for each in stage.account().vouchers or ()]
    assert held == [(issued, "redeemed")]
    assert stage.has() == 4


def test_a_voucher_that_a_standing_shows_can_be_handed_in_before_any_sweep() -> None:
    card = Reward("cake", (Gift("product", "cake"),), cost=("points", 10), automatic="threshold")
    waiting = Unit("points", pending=Pending(Period(2, "day")))
    stage = Stage(cafe(units=(waiting,), rewards=(card,)))
    stage.post("2026-01-01", buys(1_000))
    (shown,) = stage.on("2026-01-05").vouchers or []
    assert code(stage, "2026-01-05", facts.VoucherUse(shown.id)) == ""
    assert stage.vouchers() == [("cake", "redeemed")]
    assert code(stage, "2026-01-06", facts.VoucherUse(shown.id)) == "voucher_redeemed"


def test_of_two_events_of_one_instant_the_smaller_number_comes_first() -> None:
    capped = EarnRule("first", "visit", (PerItem("points", Fraction(1)),),
                      limits=(Limit(times=1),))  # fmt: skip
    stage = Stage(cafe(rules=(capped,)))
    noon = at("2026-01-01")
    stage.run([Event(1_024, ALICE, noon, facts.Visit(5))])
    stage.run([Event(512, ALICE, noon, facts.Visit(2))])
    assert stage.has() == 2


def test_joining_late_counts_what_was_bought_meanwhile() -> None:
    stage = Stage(cafe(enrolment="on request"))
    stage.post("2026-01-05", buys(1_000))
    stage.post("2026-01-01", facts.Enrolment())
    assert (stage.has(), stage.account().enrolled_on) == (10, date(2026, 1, 1))


# --- versions, neighbours, bad events ------------------------------------------------------------


def test_a_version_holds_from_local_midnight_and_a_return_goes_by_the_old_one() -> None:
    old = cafe()
    double = EarnRule("base", "purchase", (PerMoney("points", Fraction(2), 100),))
    stage = Stage(old, structs.replace(old, rules=(double,), since=date(2026, 4, 1)))
    before = stage.post(at("2026-03-31", 23, 59), buys(1_000))
    stage.post(at("2026-04-01", 0, 0), buys(1_000))
    assert stage.has() == 30
    stage.post("2026-04-05", Refund(before.event.id, amount=500))
    assert stage.has() == 25


def test_one_batch_serves_many_and_a_bad_event_spares_its_neighbours() -> None:
    stage = Stage(cafe())
    noon = at("2026-01-01")
    events = [
        Event(256, ALICE, noon, buys(1_000)),
        Event(512, BRUNO, noon, buys(-5)),
        Event(768, BRUNO, noon + timedelta(hours=1), buys(700)),
    ]
    refusals = [outcome.refused.code if outcome.refused else "" for outcome in stage.run(events)]
    assert refusals == ["", "amount", ""]
    assert (stage.has(), stage.has(who=BRUNO)) == (10, 7)


@pytest.mark.parametrize(
    ("what", "refusal"),
    [
        (buys(100, quantity=0), "quantity"),
        (buys(100, quantity=10**7), "quantity"),
        (buys(10**14), "amount"),
        (buys(100, discount=-1), "amount"),
        (buys(100, tax=10**14), "amount"),
        (buys(100, covered=101), "covered"),
        (buys(100, covered=-1), "covered"),
        (Purchase((), "EUR"), "lines"),
        (Purchase((Line(1),) * 1_001, "EUR"), "lines"),
        (Purchase((Line(1),), "USD"), "currency"),
        (Purchase((Line(1),), "EUR", attributes={"n": -(10**20)}), "attribute"),
        (facts.Visit(-1), "quantity"),
        (facts.Action("share", 0), "quantity"),
        (facts.Adjustment("points", 0, "nothing"), "amount"),
        (facts.Adjustment("points", 10**14, "all"), "amount"),
        (facts.Adjustment("points", 1, ""), "reason"),
        (facts.Adjustment("hearts", 1, "love"), "unknown_unit"),
    ],
)
def test_a_bad_event_is_refused_by_itself(what: facts.What, refusal: str) -> None:
    assert code(Stage(cafe()), "2026-01-01", what) == refusal


def test_a_gift_of_units_taken_at_once_is_a_lot_of_its_own() -> None:
    swap = Reward("swap", (Gift("units", unit="stamps", value=3),), cost=("points", 10))
    stage = Stage(cafe(units=(POINTS, Unit("stamps")), rules=(PER_EURO,), rewards=(swap,)))
    stage.post("2026-01-01", buys(1_000))
    outcome = stage.post("2026-01-02", facts.Redemption("swap", at_once=True))
    assert outcome.entries[1].why == (("swap", 0, 3),)
    assert stage.account().balances == [0, 3]
