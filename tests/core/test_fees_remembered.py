"""What is remembered of a paid membership: its days, its payment, what was used and saved."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec import structs

from habitue.core import calendar, facts, fees
from habitue.core.account import FeeState
from habitue.core.facts import BenefitUse, FeeRefunded, Undo
from habitue.core.program import After, Fee, Period, Price, Unit
from tests.core.cast import Stage, buys, cafe
from tests.core.test_fees import STEPS, asked, code, joined, paid, until


def test_a_payment_is_remembered_with_its_day_and_what_ends_it_ends_it_whole() -> None:
    stage = joined("2022-01-01", trial=Period(30, "day"), grace=Period(5, "day"))
    stage.post("2022-01-20", paid())
    first = FeeState(date(2022, 1, 1), date(2023, 1, 30), paid=49_00, paid_on=date(2022, 1, 20),
                     since=date(2022, 1, 31), grace=date(2023, 2, 4))  # fmt: skip
    assert stage.account().memory.fee == first
    assert fees.ends_on(stage.account()) == date(2023, 2, 5)
    stage.post("2022-02-01", BenefitUse("delivery", 2))
    used = structs.replace(first, used=2, saved=12_00)
    assert stage.account().memory.fee == used
    assert fees.break_even(stage.account()) == (49_00, 12_00)
    stage.post("2022-03-01", FeeRefunded())
    over = structs.replace(used, until=date(2022, 2, 28), ending=True, paid=0, grace=None)
    assert stage.account().memory.fee == over
    assert code(stage, "2022-03-01", FeeRefunded()) == "nothing_paid"


def test_months_go_on_from_the_day_of_joining_for_years() -> None:
    stage = joined("2022-01-31", every="month")
    day = date(2022, 1, 31)
    for month in range(1, 40):
        stage.post(day.isoformat(), paid())
        day = calendar.months_later(date(2022, 1, 31), month)
        assert until(stage) == day - fees._DAY


def test_the_oldest_price_is_asked_of_who_joins_before_any_price_begins() -> None:
    prices = (Price(10_00, since=date(2022, 3, 1)), Price(20_00, since=date(2022, 4, 1)))
    stage = joined("2022-01-01", prices=prices)
    days = ("2022-02-28", "2022-03-31", "2022-04-01")
    assert [asked(stage, day) for day in days] == [10_00, 10_00, 20_00]


def test_what_was_paid_stays_paid_where_undoing_another_payment_changes_the_price() -> None:
    stage = Stage(cafe(fee=Fee(STEPS), undo_within=Period(2, "year")))
    first = stage.post("2021-03-20", paid(119_00)).event.id
    assert code(stage, "2022-03-20", paid(119_00)) == ""
    assert code(stage, "2022-03-21", Undo(first)) == ""
    assert until(stage) == date(2023, 3, 19)
    assert fees.break_even(stage.account()) == (119_00, 0)


def test_what_concerns_no_fee_is_a_defect() -> None:
    stage = joined()
    with pytest.raises(TypeError, match=r"^no meaning for Visit"):
        fees.decide(stage.book.latest.program, stage.account(), facts.Visit(),
                    date(2022, 1, 2), forced=False)  # fmt: skip


def test_the_end_of_membership_is_looked_for_after_what_falls_due_before() -> None:
    unit = Unit("points", expiry=After(Period(1, "month")))
    stage = Stage(cafe(units=(unit,), fee=Fee((Price(49_00),))))
    stage.post("2022-01-01", paid())
    stage.post("2022-01-02", buys(1_000))
    assert stage.account().due_on == date(2022, 2, 3)
    assert stage.on("2022-02-03").due_on == date(2023, 1, 1)
