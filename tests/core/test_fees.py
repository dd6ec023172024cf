"""Paid membership: its price, its time, what holds meanwhile, and what ending it gives back."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from habitue.core import engine, facts, fees
from habitue.core.facts import BenefitUse, Cancellation, FeeFailed, FeePaid, FeeRefunded, Undo
from habitue.core.program import (
    Always,
    Benefit,
    EarnRule,
    Fee,
    Fixed,
    Gift,
    Ladder,
    Level,
    Paid,
    PayWith,
    Period,
    Price,
    Reward,
    Unit,
)
from tests.core.cast import (
    ALICE,
    COFFEE,
    PER_EURO,
    POINTS,
    SPEND,
    YEARLY,
    Stage,
    as_of,
    at,
    buys,
    cafe,
    picture,
)
from tests.core.drawn import lawful

DELIVERY = Benefit("delivery", {"en": "Free delivery"}, saves=600)
STEPS = (
    Price(119_00),
    Price(139_00, since=date(2022, 2, 18), at_renewal_since=date(2022, 3, 25)),
)


def club(**fee: Any) -> Stage:
    """A club whose membership costs 49 a year, with free delivery."""
    given = {"prices": (Price(49_00),), **fee}
    return Stage(cafe(fee=Fee(**given), benefits=(DELIVERY,), enrolment="on request"))


def joined(day: str = "2022-01-01", **fee: Any) -> Stage:
    stage = club(**fee)
    stage.post(day, facts.Enrolment())
    return stage


def paid(amount: int = 49_00) -> FeePaid:
    return FeePaid(amount, "EUR")


def code(stage: Stage, when: str, what: facts.What) -> str:
    refused = stage.post(when, what).refused
    return refused.code if refused else ""


def until(stage: Stage) -> date:
    fee = stage.account().memory.fee
    assert fee is not None
    return fee.until


def asked(stage: Stage, day: str) -> int | None:
    on = date.fromisoformat(day)
    return fees.price_asked(stage.book.on(on).program, as_of(stage.book, stage.account(), on), on)


# --- how long -----------------------------------------------------------------------------------


def test_who_never_paid_earns_nothing_and_may_buy_all_the_same() -> None:
    stage = joined()
    assert stage.post("2022-01-02", buys(1_000)).entries == []
    assert code(stage, "2022-01-02", facts.Redemption("coffee")) == "unpaid"
    stage.post("2022-01-03", paid())
    stage.post("2022-01-03", buys(1_000))
    assert stage.has() == 10
    assert code(stage, "2022-01-04", facts.Redemption("coffee")) == ""


def test_a_year_is_paid_from_the_day_of_joining_through_the_day_before() -> None:
    stage = joined()
    stage.post("2022-03-20", paid())
    assert until(stage) == date(2023, 3, 19)
    stage.post(at("2023-03-19", 23, 59), buys(1_000))
    assert stage.has() == 10
    stage.post(at("2023-03-20", 0, 1), buys(1_000))
    assert stage.has() == 10


def test_months_are_counted_from_joining_and_clamp() -> None:
    stage = joined(every="month")
    for day, last in [
        ("2022-10-31", date(2022, 11, 29)),
        ("2022-11-30", date(2022, 12, 30)),
        ("2022-12-30", date(2023, 1, 30)),  # a day early
        ("2023-01-31", date(2023, 2, 27)),
        ("2023-02-28", date(2023, 3, 30)),
    ]:
        stage.post(day, paid())
        assert until(stage) == last


def test_paying_early_adds_to_what_is_paid_and_late_begins_anew() -> None:
    stage = joined()
    stage.post("2022-01-10", paid())
    stage.post("2022-06-01", paid())
    assert until(stage) == date(2024, 1, 9)
    stage.post("2024-02-01", paid())
    assert until(stage) == date(2025, 1, 31)
    fee = stage.account().memory.fee
    assert fee is not None
    assert fee.joined_on == date(2024, 2, 1)


def test_a_trial_comes_first_and_the_first_payment_after_it() -> None:
    stage = joined("2022-01-01", trial=Period(30, "day"))
    assert until(stage) == date(2022, 1, 30)
    stage.post("2022-01-10", buys(1_000))
    assert stage.has() == 10
    stage.post("2022-01-20", paid())
    assert until(stage) == date(2023, 1, 30)
    stage.post("2023-01-20", paid())
    assert until(stage) == date(2024, 1, 30)


def test_a_trial_ends_by_itself() -> None:
    stage = joined("2022-01-01", trial=Period(30, "day"))
    stage.post("2022-01-31", buys(1_000))
    assert stage.has() == 0


def test_what_is_paid_once_is_paid_for_ever() -> None:
    stage = joined(every="once", grace=Period(10, "day"))
    stage.post("2022-01-02", paid())
    stage.post("2090-01-02", buys(1_000))
    assert stage.has() == 10
    assert asked(stage, "2090-01-02") is None
    assert code(stage, "2090-01-03", paid()) == "paid_already"


def test_grace_holds_after_the_last_paid_day_and_counts_from_it() -> None:
    stage = joined(grace=Period(10, "day"))
    stage.post("2022-01-01", paid())
    assert code(stage, "2023-01-01", FeeFailed()) == ""
    stage.post("2023-01-10", buys(1_000))
    assert stage.has() == 10
    stage.post("2023-01-10", paid())
    assert until(stage) == date(2023, 12, 31)
    assert code(stage, "2024-01-11", BenefitUse("delivery")) == "unpaid"


def test_a_level_goes_at_midnight_and_comes_back_with_the_payment_units_stay() -> None:
    ladder = Ladder((Level("basic"), Level("gold", ((("spend", 5_000),),))), kept=Always())
    stage = Stage(cafe(units=(POINTS, SPEND), rules=(PER_EURO, YEARLY), tiers=ladder,
                       fee=Fee((Price(49_00),))))  # fmt: skip
    stage.post("2022-01-01", paid())
    assert stage.account().level == "basic"
    stage.post("2022-02-01", buys(5_000))
    assert stage.account().level == "gold"
    assert stage.on("2022-12-31").level == "gold"
    assert (stage.on("2023-01-01").level, stage.has_on("2023-01-01")) == ("basic", 50)
    stage.post("2023-01-01", buys(5_000))
    assert stage.account().level == "basic"
    stage.post("2023-01-01", paid())
    assert stage.account().level == "gold"


def test_a_lapsed_membership_gives_no_reward_at_midnight_nor_with_an_event() -> None:
    gifts = (Gift("product", "cake"),)
    rewards = (
        Reward("birthday", gifts, automatic="birthday"),
        Reward("card", gifts, cost=("points", 10), automatic="threshold"),
    )
    stage = Stage(cafe(rewards=rewards, fee=Fee((Price(49_00),))))
    stage.post("2022-01-01", facts.Birthday())
    stage.post("2022-01-01", facts.Adjustment("points", 10, "a start"))
    assert stage.vouchers() == []
    stage.post("2022-01-02", paid())
    assert stage.vouchers() == [("card", "issued")]
    stage.post("2022-01-03", facts.Birthday())
    assert stage.vouchers() == [("card", "issued"), ("birthday", "issued")]


def test_units_do_not_pay_while_the_fee_is_not_paid() -> None:
    unit = Unit("points", worth=Fraction(1, 10))
    stage = Stage(cafe(units=(unit,), pay_with=PayWith("points"), fee=Fee((Price(49_00),))))
    stage.post("2022-01-01", facts.Adjustment("points", 10, "a start"))
    assert code(stage, "2022-01-02", facts.Payment(10, 10)) == "unpaid"


def test_paying_may_earn_and_a_rule_may_ask_whether_it_is_paid() -> None:
    thanks = EarnRule("thanks", "fee_paid", (Fixed("points", Fraction(5)),), where=Paid())
    stage = Stage(cafe(rules=(thanks,), fee=Fee((Price(49_00),), grace=Period(5, "day"))))
    stage.post("2022-01-01", paid())
    assert stage.has() == 5


# --- price --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "renewed", "price"),
    [
        ("2021-03-20", "2022-03-20", 119_00),
        ("2021-03-30", "2022-03-30", 139_00),
        ("2021-03-25", "2022-03-25", 139_00),
        ("2021-03-24", "2022-03-24", 119_00),
    ],
)
def test_a_new_price_meets_old_members_at_their_renewal(
    since: str, renewed: str, price: int
) -> None:
    stage = joined(since, prices=STEPS)
    stage.post(since, paid(119_00))
    assert asked(stage, renewed) == price
    outcome = stage.post(renewed, paid(1))
    assert outcome.refused is not None
    assert outcome.refused.sentence == f"The fee is {price // 100}.00 EUR, not 0.01."
    assert code(stage, renewed, paid(price)) == ""
    assert until(stage) == date.fromisoformat(renewed).replace(year=2023) - fees._DAY


def test_a_new_price_meets_new_members_at_once_and_their_renewals_too() -> None:
    assert asked(joined("2022-02-17", prices=STEPS), "2022-02-17") == 119_00
    monthly = joined("2022-02-18", prices=STEPS, every="month")
    assert asked(monthly, "2022-02-18") == 139_00
    monthly.post("2022-02-18", paid(139_00))
    assert asked(monthly, "2022-03-18") == 139_00


def test_who_is_on_trial_pays_the_price_of_the_day_of_joining() -> None:
    stage = joined("2022-02-10", prices=STEPS, trial=Period(30, "day"))
    assert asked(stage, "2022-03-12") == 119_00


def test_who_lapsed_joins_anew_at_the_price_for_new_members() -> None:
    stage = joined("2021-02-20", prices=STEPS)
    stage.post("2021-02-20", paid(119_00))
    assert asked(stage, "2022-02-20") == 119_00
    assert asked(stage, "2022-02-21") == 139_00


@pytest.mark.parametrize(
    ("what", "refusal"),
    [
        (FeePaid(48_00, "EUR"), "price"),
        (FeePaid(49_00, "USD"), "currency"),
        (FeePaid(-1, "EUR"), "amount"),
        (FeeFailed(), "no_membership"),
        (FeeRefunded(), "nothing_paid"),
        (Cancellation(), "no_membership"),
    ],
)
def test_what_concerns_no_membership_is_refused(what: facts.What, refusal: str) -> None:
    stage = joined()
    before = deepcopy(stage.account())
    assert code(stage, "2022-01-02", what) == refusal
    assert stage.account() == before
    assert code(Stage(cafe()), "2022-01-02", paid()) == "no_fee"


# --- ending -------------------------------------------------------------------------------------


def test_leaving_gives_everything_back_if_nothing_was_used_and_ends_at_once() -> None:
    stage = joined("2022-03-20", prices=(Price(139_00),))
    stage.post("2022-03-20", paid(139_00))
    outcome = stage.post("2022-03-31", Cancellation())
    assert (outcome.money, outcome.event.what) == (139_00, Cancellation(139_00))
    assert code(stage, "2022-03-31", BenefitUse("delivery")) == "unpaid"


def test_or_nothing_if_anything_was_and_holds_as_long_as_it_is_paid() -> None:
    stage = joined("2022-03-20", prices=(Price(139_00),), grace=Period(5, "day"))
    stage.post("2022-03-20", paid(139_00))
    stage.post("2022-03-25", BenefitUse("delivery"))
    assert stage.post("2022-03-31", Cancellation()).money == 0
    assert code(stage, "2022-04-01", Cancellation()) == "ending_already"
    assert code(stage, "2023-03-19", BenefitUse("delivery")) == ""
    assert code(stage, "2023-03-20", BenefitUse("delivery")) == "unpaid"


def test_what_was_used_in_an_earlier_year_does_not_matter() -> None:
    stage = joined()
    stage.post("2022-01-01", paid())
    stage.post("2022-05-01", BenefitUse("delivery"))
    stage.post("2023-01-01", paid())
    assert stage.post("2023-01-12", Cancellation()).money == 49_00


@pytest.mark.parametrize(("refund", "money"), [("never", 0), ("always", 49_00)])
def test_or_as_the_program_says(refund: str, money: int) -> None:
    stage = joined(refund=refund)
    stage.post("2022-01-01", paid())
    stage.post("2022-01-02", BenefitUse("delivery"))
    assert stage.post("2022-01-03", Cancellation()).money == money


def test_leaving_on_trial_costs_nothing_and_ends_with_the_trial() -> None:
    stage = joined("2022-01-01", trial=Period(30, "day"))
    assert stage.post("2022-01-10", Cancellation()).money == 0
    assert code(stage, "2022-01-30", BenefitUse("delivery")) == ""
    assert code(stage, "2022-01-31", BenefitUse("delivery")) == "unpaid"
    assert asked(stage, "2022-01-31") == 49_00


def test_leaving_on_the_last_day_is_in_time() -> None:
    stage = joined(every="month")
    stage.post("2022-01-05", paid())
    assert stage.post("2022-02-04", Cancellation()).money == 49_00
    assert code(stage, "2022-02-05", Cancellation()) == "no_membership"


def test_who_left_and_pays_again_before_the_end_stays() -> None:
    stage = joined(refund="never")
    stage.post("2022-01-01", paid())
    stage.post("2022-06-01", Cancellation())
    stage.post("2022-07-01", paid())
    assert until(stage) == date(2023, 12, 31)
    assert code(stage, "2023-06-01", Cancellation()) == ""


def test_a_payment_that_went_back_ends_membership_now() -> None:
    stage = joined()
    stage.post("2022-01-02", paid())
    assert code(stage, "2022-01-31", BenefitUse("delivery")) == ""
    assert stage.post(at("2022-02-01", 9), FeeRefunded()).refused is None
    assert code(stage, "2022-02-01", BenefitUse("delivery")) == "unpaid"
    assert code(stage, "2022-02-01", FeeRefunded()) == "nothing_paid"


def test_break_even_compares_what_was_paid_with_what_was_saved_since() -> None:
    stage = joined()
    assert fees.break_even(stage.account()) == (0, 0)
    stage.post("2022-01-01", paid())
    stage.post("2022-02-01", BenefitUse("delivery", 14))
    assert fees.break_even(stage.account()) == (49_00, 84_00)
    stage.post("2023-01-01", paid())
    assert fees.break_even(stage.account()) == (49_00, 0)


# --- corrections --------------------------------------------------------------------------------


def test_undoing_a_cancellation_or_a_payment_is_as_if_it_had_not_been() -> None:
    stage = joined()
    stage.post(at("2022-01-02", 9), paid())
    before = deepcopy(picture(stage.account()))
    left = stage.post(at("2022-01-02", 10), Cancellation())
    stage.post(at("2022-01-02", 11), Undo(left.event.id))
    assert picture(stage.account()) == before
    again = stage.post(at("2022-01-02", 12), paid())
    stage.post(at("2022-01-02", 13), Undo(again.event.id))
    assert picture(stage.account()) == before


def test_a_late_cancellation_gives_back_what_it_would_have_in_time() -> None:
    stage = joined()
    stage.post("2022-01-02", paid())
    stage.post("2022-01-10", BenefitUse("delivery"))
    late = stage.post("2022-01-05", Cancellation())
    assert (late.money, late.event.what) == (49_00, Cancellation(49_00))


def test_a_late_payment_lets_what_was_bought_meanwhile_earn() -> None:
    stage = joined()
    stage.post("2022-01-05", buys(1_000))
    assert stage.has() == 0
    stage.post("2022-01-02", paid())
    assert stage.has() == 10


HAPPENINGS = some.lists(
    some.tuples(
        some.sampled_from([0, 1, 10, 27, 31, 90, 366]),
        some.sampled_from(["pay", "pay", "buy", "use", "fail", "leave", "back", "take", "undo"]),
    ),
    min_size=2,
    max_size=12,
)
FEES = some.builds(
    Fee,
    some.just((Price(49_00), Price(59_00, since=date(2022, 3, 1)))),
    every=some.sampled_from(["once", "month", "year"]),
    trial=some.none() | some.just(Period(30, "day")),
    refund=some.sampled_from(["never", "if nothing was used", "always"]),
    grace=some.none() | some.just(Period(10, "day")),
)


@lawful
@given(FEES, HAPPENINGS)
def test_folding_a_paid_membership_leads_to_the_living_one(
    fee: Fee, happenings: list[tuple[int, str]]
) -> None:
    ladder = Ladder((Level("basic"), Level("gold", ((("spend", 1_000),),))))
    stage = Stage(cafe(units=(POINTS, SPEND), rules=(PER_EURO, YEARLY), tiers=ladder, fee=fee,
                       benefits=(DELIVERY,), rewards=(COFFEE,)))  # fmt: skip
    stage.post("2022-01-01", facts.Enrolment())
    day = date(2022, 1, 31).toordinal()
    for place, (days, kind) in enumerate(happenings):
        day += days
        on = date.fromordinal(day)
        account = as_of(stage.book, stage.account(), on)
        source = stage.book.latest.program
        past = stage.histories[ALICE]
        meant: dict[str, facts.What] = {
            "pay": paid(fees.price_asked(source, account, on) or 0),
            "buy": buys(1_000),
            "use": BenefitUse("delivery"),
            "fail": FeeFailed(),
            "leave": Cancellation(),
            "back": FeeRefunded(),
            "take": facts.Redemption("coffee"),
            "undo": Undo(past[-1].id),
        }
        before = deepcopy(stage.account())
        outcome = stage.post(at(on, 12, place), meant[kind])
        if outcome.refused is not None:
            assert stage.account() == before
        assert outcome.money >= 0
        account = stage.account()
        if not fees.holds(source, account, on):
            assert as_of(stage.book, account, on).level == "basic"
        for later in (on, date.fromordinal(day + 45)):
            folded = engine.fold(stage.book, stage.histories[ALICE], later, customer=ALICE)
            assert picture(folded) == picture(as_of(stage.book, account, later))


def test_a_payment_is_remembered_with_the_days_it_pays() -> None:
    stage = joined()
    first = stage.post("2022-01-31", paid()).event.what
    again = stage.post("2022-12-01", paid()).event.what
    lapsed = stage.post("2025-06-15", paid()).event.what
    days = [(one.since, one.until) for one in (first, again, lapsed) if isinstance(one, FeePaid)]
    assert days == [
        (date(2022, 1, 31), date(2023, 1, 30)),
        (date(2023, 1, 31), date(2024, 1, 30)),
        (date(2025, 6, 15), date(2026, 6, 14)),
    ]
