"""Every refusal says in a whole sentence why, with what a door needs to say it another way."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from habitue.core import facts, program
from habitue.core.facts import (
    Adjustment,
    Approval,
    BenefitUse,
    Cancellation,
    FeeFailed,
    FeePaid,
    FeeRefunded,
    Merge,
    Payment,
    Receipt,
    Redemption,
    Refund,
    Refused,
    Transfer,
    Undo,
    VoucherUse,
    Won,
)
from habitue.core.program import (
    Benefit,
    Dates,
    Draw,
    EarnRule,
    Fee,
    Gift,
    Ladder,
    Level,
    Limit,
    PayWith,
    Period,
    PerItem,
    Price,
    Prize,
    Reward,
    Transfers,
    Unit,
)
from tests.core.cast import ALICE, BRUNO, PER_EURO, SPEND, STEP, YEARLY, Stage, at, buys, cafe

ONE = Fraction(1)
CAKE = (Gift("product", "cake"),)
TWO_GIFTS = (Gift("product", "cake"), Gift("product", "tea"))
TENTHS = Unit("points", decimals=1, worth=Fraction(1, 10))
LADDER = Ladder((Level("basic"), Level("gold", ((("spend", 10**9),),)), Level("top")))
BOUGHT = STEP
"""The number of Alice's first purchase."""

NO_MEMBER = Refused("not_a_member", "This customer is not a member of the program.")
UNPAID = Refused("unpaid", "Membership is not paid.")
NO_FEE = Refused("no_membership", "There is no paid membership.")
OFTEN = Refused("limit", "This reward has been taken as often as allowed.")
NO_PAYMENT = Refused("no_payment", "Nothing can be paid with units here.")


def cost(points: int = 10, **given: Any) -> Reward:
    return Reward("cake", given.pop("gifts", CAKE), cost=("points", points), **given)


def rich(*before: facts.What, **given: Any) -> Stage:
    """Alice has 100 points of her first purchase; then comes what came `before`."""
    stage = Stage(cafe(**given))
    stage.post("2026-01-01", buys(10_000))
    for what in before:
        assert stage.post("2026-01-02", what).refused is None
    return stage


def refused(stage: Stage, what: facts.What, who: int = ALICE) -> Refused | None:
    return stage.post("2026-01-03", what, who).refused


def test_a_reward_says_why_it_cannot_be_taken() -> None:
    take = Redemption("cake")
    tiers = {"units": (Unit("points"), SPEND), "rules": (PER_EURO, YEARLY), "tiers": LADDER}
    later = Dates(since=date(2026, 1, 4))
    for stage, reason in [
        (rich(), Refused("unknown_reward", "There is no reward 'cake' to take.")),
        (
            rich(rewards=(cost(dates=later),)),
            Refused("not_available", "This reward is not available at this date."),
        ),
        (
            rich(rewards=(cost(tiers=("gold", "top")),), **tiers),
            Refused("tier", "This reward is for another tier.", {"tiers": "gold, top"}),
        ),
        (
            rich(rewards=(cost(stock=0),)),
            Refused("sold_out", "This reward is sold out.", {"reward": "cake"}),
        ),
        (rich(take, rewards=(cost(limit=Limit(times=1)),)), OFTEN),
        (rich(rewards=(cost(),), fee=Fee((Price(100),))), UNPAID),
    ]:
        assert refused(stage, take) == reason


def test_who_has_too_few_is_told_how_many_are_missing() -> None:
    short = Refused(
        "insufficient",
        "This takes 120.5 points; 100.0 can be used.",
        {"needed": 1_205, "available": 1_000, "missing": 205, "unit": "points"},
    )
    stage = rich(units=(TENTHS,), rewards=(cost(1_205),))
    assert refused(stage, Redemption("cake")) == short
    assert refused(stage, Adjustment("points", -1_205, "a slip")) == short
    debt = rich(refund_of_spent="negative", rewards=(cost(),))
    debt.post("2026-01-02", Adjustment("points", -95, "a slip"))
    debt.post("2026-01-02", Refund(BOUGHT))
    assert refused(debt, Redemption("cake")) == Refused(
        "insufficient",
        "This takes 10 points; 0 can be used.",
        {"needed": 10, "available": 0, "missing": 10, "unit": "points"},
    )


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (VoucherUse(99), Refused("unknown_voucher", "This voucher does not exist.")),
        (VoucherUse(2 * STEP, choice=2), Refused("choice", "Choose between 1 and 2.")),
        (VoucherUse(2 * STEP, choice=-1), Refused("choice", "Choose between 1 and 2.")),
        (
            Adjustment("miles", 5, "a gift"),
            Refused("unknown_unit", "There is no unit 'miles' to correct."),
        ),
        (
            Adjustment("spend", 5, "a gift"),
            Refused("unknown_unit", "There is no unit 'spend' to correct."),
        ),
        (
            Adjustment("points", 10**13, "a gift"),
            Refused("full", "This account holds as much as can be counted."),
        ),
        (
            facts.Enrolment(),
            Refused("already_a_member", "This customer is a member already."),
        ),
        (
            Approval(BOUGHT),
            Refused(
                "nothing_pending", "Nothing of this event waits for approval.", {"event": BOUGHT}
            ),
        ),
        (
            Receipt(BRUNO, ()),
            Refused(
                "other_side",
                "This follows from what the other member does, and is not for a door to say.",
            ),
        ),
        (BenefitUse("lounge"), Refused("unknown_benefit", "There is no benefit 'lounge'.")),
        (Payment(1, 100), NO_PAYMENT),
        (FeePaid(100, "EUR"), Refused("no_fee", "Membership costs nothing.")),
        (
            Transfer("points", 5, BRUNO, pooled=True),
            Refused("not_pooled", "Households do not pool 'points'.", {"unit": "points"}),
        ),
        (
            Transfer("points", 5, BRUNO),
            Refused("not_given", "Members do not give each other 'points'.", {"unit": "points"}),
        ),
        (
            Undo(99),
            Refused("unknown_event", "There is no such event to undo.", {"event": 99}),
        ),
        (
            Refund(99),
            Refused("unknown_purchase", "There is no such purchase.", {"event": 99}),
        ),
        (
            Refund(BOUGHT, amount=10_001),
            Refused("too_much", "More is returned than was bought.", {"event": BOUGHT}),
        ),
    ],
)
def test_what_has_no_object_here_says_so(what: facts.What, reason: Refused) -> None:
    stage = rich(
        Redemption("cake"),
        units=(Unit("points"), SPEND),
        rewards=(cost(gifts=TWO_GIFTS),),
    )
    stage.post("2026-01-02", buys(100), BRUNO)
    stage.account().balances[0] += 10**17 if isinstance(what, Adjustment) else 0
    assert refused(stage, what) == reason


def test_a_voucher_says_what_became_of_it() -> None:
    cake = cost(valid_for=Period(1, "month"))
    stage = rich(Redemption("cake"), VoucherUse(2 * STEP), Redemption("cake"), rewards=(cake,))
    assert refused(stage, VoucherUse(2 * STEP)) == Refused(
        "voucher_redeemed", "This voucher was used already.", {"voucher": 2 * STEP}
    )
    assert stage.post("2026-03-01", VoucherUse(4 * STEP)).refused == Refused(
        "voucher_expired", "This voucher has expired.", {"voucher": 4 * STEP}
    )


def test_an_undo_says_why_it_is_no_more_possible() -> None:
    stage = rich(rewards=(cost(),), undo_within=Period(3, "day"))
    taken = stage.post("2026-01-02", Redemption("cake")).event.id
    paid = stage.post("2026-01-02", Redemption("cake")).event.id
    stage.post("2026-01-02", VoucherUse(taken))
    bought = stage.post("2026-01-02", facts.Purchase(buys(500).lines, "EUR", spent=(paid,)))
    assert refused(stage, Undo(taken)) == Refused(
        "voucher_used", "Its voucher was used; undo that first.", {"event": taken}
    )
    assert refused(stage, Undo(paid)) == Refused(
        "in_use", "A purchase was paid with it; undo that first.", {"event": paid}
    )
    assert stage.post(at("2026-01-05", 12, 1), Undo(bought.event.id)).refused == Refused(
        "too_late", "It is too late to undo this; correct it with a reason."
    )
    assert stage.post(at("2026-01-05", 12), Undo(bought.event.id)).refused is None
    assert stage.post(at("2026-01-05", 12), Undo(bought.event.id)).refused == Refused(
        "already_undone", "This was undone already.", {"event": bought.event.id}
    )


def test_who_went_over_is_sent_to_the_other_account() -> None:
    stage = rich(transfers=Transfers(("points",)), undo_within=Period(3, "day"))
    stage.post("2026-01-02", buys(100), BRUNO)
    given = stage.post("2026-01-02", Transfer("points", 5, BRUNO)).event.id
    stage.post("2026-01-02", Merge(BRUNO))
    use_that = Refused("merged", "This account went over into another one; use that one.")
    for what in (Redemption("coffee"), VoucherUse(1), Adjustment("points", 1, "a gift")):
        assert refused(stage, what) == use_that
    assert refused(stage, Merge(BRUNO)) == use_that
    assert refused(stage, Undo(given)) == Refused(
        "merged", "This account went over into another one; undo that first."
    )


def test_what_is_late_says_that_it_was_used_since() -> None:
    stage = rich()
    stage.post("2026-01-05", Adjustment("points", -100, "a slip"))
    assert refused(stage, Redemption("coffee")) == Refused(
        "insufficient", "These units have been used since."
    )


def test_units_at_the_till_say_what_would_do() -> None:
    pay = PayWith("points", least=100, most=Fraction(1, 4))
    stage = rich(units=(TENTHS,), pay_with=pay)
    assert refused(stage, Payment(251, 1_000)) == Refused(
        "share",
        "At most 2.50 EUR of this order can be paid with points.",
        {"most": 250, "given": 251},
    )
    assert refused(stage, Payment(99, 1_000)) == Refused(
        "too_little",
        "At least 10.0 points are paid at a time.",
        {"least": 100, "units": 99, "unit": "points"},
    )
    assert refused(rich(pay_with=PayWith("points")), Payment(1, 100)) == NO_PAYMENT
    unpaid = rich(units=(TENTHS,), pay_with=pay, fee=Fee((Price(100),)))
    assert refused(unpaid, Payment(100, 1_000)) == UNPAID


def test_a_benefit_says_for_whom_and_from_which_order_on_it_is() -> None:
    lounge = {"en": "Lounge"}
    benefits = (
        Benefit("lounge", lounge, tiers=("gold", "top")),
        Benefit("delivery", lounge, minimum_order=4_900),
        Benefit("coffee", lounge, uses=Limit(times=2, per="year")),
    )
    stage = rich(
        benefits=benefits,
        units=(Unit("points"), SPEND),
        rules=(PER_EURO, YEARLY),
        tiers=LADDER,
    )
    assert refused(stage, BenefitUse("lounge")) == Refused(
        "tier", "This benefit is for another tier.", {"tiers": "gold, top"}
    )
    assert refused(stage, BenefitUse("delivery", order=4_899)) == Refused(
        "minimum_order",
        "This benefit holds for orders of at least 49.00 EUR.",
        {"least": 4_900, "given": 4_899},
    )
    assert refused(stage, BenefitUse("delivery", order=4_900)) is None
    assert refused(stage, BenefitUse("coffee", quantity=3)) == Refused(
        "limit", "This benefit has been used as often as allowed."
    )
    assert refused(stage, BenefitUse("coffee", quantity=2)) is None


def test_amounts_are_written_as_the_currency_is() -> None:
    stage = Stage(
        cafe(
            currency="JPY",
            units=(Unit("points", worth=ONE),),
            pay_with=PayWith("points", most=Fraction(1, 2)),
            benefits=(Benefit("delivery", {"en": "Delivery"}, minimum_order=4_900),),
            fee=Fee((Price(4_900),)),
        )
    )
    wrong = refused(stage, FeePaid(4_800, "JPY"))
    assert wrong is not None
    assert wrong.sentence == "The fee is 4900 JPY, not 4800."
    assert refused(stage, FeePaid(4_900, "JPY")) is None
    small = refused(stage, BenefitUse("delivery", order=1))
    assert small is not None
    assert small.sentence == "This benefit holds for orders of at least 4900 JPY."
    much = refused(stage, Payment(600, 1_000))
    assert much is not None
    assert much.sentence == "At most 500 JPY of this order can be paid with points."


def test_a_membership_says_what_it_costs_and_how_it_stands() -> None:
    stage = rich(fee=Fee((Price(4_900),)))
    assert refused(stage, FeePaid(4_800, "EUR")) == Refused(
        "price",
        "The fee is 49.00 EUR, not 48.00.",
        {"price": 4_900, "given": 4_800, "currency": "EUR"},
    )
    assert refused(stage, FeeFailed()) == NO_FEE
    assert refused(stage, Cancellation()) == NO_FEE
    assert refused(stage, FeeRefunded()) == Refused(
        "nothing_paid", "There is no payment to give back."
    )
    assert refused(stage, BenefitUse("x")) == Refused("unknown_benefit", "There is no benefit 'x'.")
    assert refused(stage, FeePaid(4_900, "EUR")) is None
    stage.post("2026-01-03", buys(100))
    trial = rich(fee=Fee((Price(4_900),), refund="never", trial=Period(30, "day")))
    assert refused(trial, Cancellation()) is None
    assert refused(trial, Cancellation()) == Refused(
        "ending_already", "This membership ends already."
    )
    once = rich(FeePaid(4_900, "EUR"), fee=Fee((Price(4_900),), every="once"))
    assert refused(once, FeePaid(4_900, "EUR")) == Refused(
        "paid_already", "Membership is paid for ever."
    )


def test_a_limit_says_that_it_is_reached_and_a_cool_down_until_when() -> None:
    scan = EarnRule("scan", "visit", (PerItem("points", ONE),), limits=(Limit(amount=1),),
                    on_limit="refuse")  # fmt: skip
    stage = Stage(cafe(rules=(scan,)))
    assert refused(stage, facts.Visit(2)) == Refused(
        "limit", "The limit for this period is reached.", {"rule": "scan"}
    )
    soon = EarnRule("scan", "visit", (PerItem("points", ONE),), cool_down=Period(90, "minute"),
                    on_limit="refuse")  # fmt: skip
    stage = Stage(cafe(rules=(soon,)))
    assert refused(stage, facts.Visit()) is None
    assert refused(stage, facts.Visit()) == Refused(
        "too_soon",
        "Too soon after the last one; possible again at 13:30.",
        {"rule": "scan", "again_at": "2026-01-03T13:30:00+01:00"},
    )


def test_a_gift_says_what_can_be_given() -> None:
    giving = Transfers(("points",), hold=Period(2, "day"), limit=Limit(times=1))
    stage = rich(Adjustment("points", 50, "too young"), units=(TENTHS,), transfers=giving)
    stage.post("2026-01-02", buys(100), BRUNO)
    assert refused(stage, Transfer("points", 1_005, BRUNO)) == Refused(
        "insufficient",
        "This takes 100.5 points; 100.0 can be given.",
        {"needed": 1_005, "available": 1_000, "missing": 5, "unit": "points"},
    )
    assert refused(stage, Transfer("points", 1, BRUNO)) is None
    assert refused(stage, Transfer("points", 1, BRUNO)) == Refused(
        "limit", "The limit for this period is reached.", {"rule": "transfer"}
    )


def test_units_of_too_many_purchases_say_how_many_go_at_once() -> None:
    stage = Stage(cafe(units=(TENTHS,), transfers=Transfers(("points",))))
    stage.post("2026-01-02", buys(100), BRUNO)
    for _ in range(201):
        stage.post("2026-01-02", buys(110))
    assert refused(stage, Transfer("points", 201 * 10, BRUNO)) == Refused(
        "many_lots",
        "These were earned on too many occasions to go at once; give points in parts of 200.0.",
        {"most": 2_000, "unit": "points"},
    )
    assert refused(stage, Transfer("points", 2_000, BRUNO)) is None


def test_a_draw_says_who_may_win_and_when_it_is_full() -> None:
    seat = Prize(Gift("product", "cake"), 1)
    lottery = Draw("lottery", {"en": "Lottery"}, (seat,), when="visit", odds=ONE)
    ticket = Reward("ticket", (Gift("draw entry", value=1, to="lottery"),), cost=("points", 10))
    stage = rich(draws=(lottery,), rewards=(ticket,))
    week = date(2025, 12, 29)
    assert refused(stage, Won("lottery", week, 1)) == Refused(
        "unknown_prize", "There is no such prize."
    )
    assert refused(stage, Won("lottery", week, 0)) == Refused(
        "no_entry", "This member had no entry in this draw."
    )
    assert refused(stage, Won("lottery", week, 0), BRUNO) == NO_MEMBER
    stage.post("2026-01-03", facts.Visit(), BRUNO)
    assert refused(stage, Redemption("ticket")) == Refused(
        "draw_full", "This draw takes no more entries.", {"draw": "lottery"}
    )
    assert refused(stage, Won("lottery", week, 0), BRUNO) is None
    assert refused(stage, Won("lottery", week, 0), BRUNO) == Refused(
        "already_won", "This member has won in this draw already."
    )


def test_a_partner_that_paid_ahead_says_that_nothing_is_left() -> None:
    bakery = program.Partner("bakery", {"en": "The Bakery"}, issuing=Fraction(1, 100),
                             account="prepaid")  # fmt: skip
    for partner, name in ((bakery, "The Bakery"), (program.Partner("bakery", {"fr": "x"}, ONE,
                          account="prepaid"), "bakery")):  # fmt: skip
        stage = Stage(cafe(partners=(partner,)))
        stage.post("2026-01-02", facts.Enrolment())
        there = facts.Purchase(buys(500).lines, "EUR", partner="bakery")
        needed = 5 if name != "bakery" else 500
        assert refused(stage, there) == Refused(
            "partner_funds",
            f"{name} has paid for no more units; nothing can be earned there now.",
            {"partner": "bakery", "needed": needed, "left": 0},
        )


def test_nothing_earns_more_than_can_be_counted() -> None:
    much = EarnRule("much", "visit", (PerItem("points", Fraction(10**12)),))
    assert refused(Stage(cafe(rules=(much,))), facts.Visit(1_001)) == Refused(
        "too_much_earned", "This would earn more than can be counted."
    )
    assert refused(Stage(cafe(rules=(much,))), facts.Visit(1_000)) is None
