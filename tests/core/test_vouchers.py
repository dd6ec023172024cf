"""Vouchers through corrections: which one it was that a member handed in."""

from __future__ import annotations

from datetime import date

import pytest

from habitue.core import engine, facts
from habitue.core.calendar import FOREVER
from habitue.core.facts import Refund, VoucherUse
from habitue.core.program import Gift, Period, Program, Reward
from tests.core.cast import ALICE, STEP, Stage, at, buys, cafe

Seen = list[tuple[int, str, date, date]]


def card(valid_for: Period | None = None, **given: date | Period) -> Program:
    gift = (Gift("product", "cake"),)
    cake = Reward("cake", gift, cost=("points", 10), automatic="threshold", valid_for=valid_for)
    return cafe(rewards=(cake,), **given)


def seen(stage: Stage) -> Seen:
    """All that are not cancelled, which are the same where the history is folded."""
    day = stage.histories[ALICE][-1].at.date()
    folded = engine.fold(stage.book, stage.histories[ALICE], day, customer=ALICE)
    pictures: list[Seen] = [
        [
            (each.id, each.state, each.issued_on, each.expires_on)
            for each in account.vouchers or ()
            if each.state != "cancelled"
        ]
        for account in (stage.account(), folded)
    ]
    assert pictures[0] == pictures[1]
    return sorted(pictures[0])


def test_the_one_that_was_handed_in_stays_used_where_what_brought_it_came_back() -> None:
    """Bought for 10 and 20; the first of three cakes was eaten, then the first purchase came
    back: two are earned, one of them is eaten.
    """
    stage = Stage(card())
    first = stage.post("2026-01-01", buys(1_000)).event.id
    stage.post("2026-01-02", buys(2_000))
    stage.post("2026-01-03", VoucherUse(first))
    stage.post("2026-01-04", Refund(first))
    (used, left) = seen(stage)
    assert used == (first, "redeemed", date(2026, 1, 1), FOREVER)
    assert left[1:] == ("issued", date(2026, 1, 2), FOREVER)
    cancelled = [each.id for each in stage.account().vouchers or () if each.state == "cancelled"]
    assert cancelled in ([2 * STEP], [2 * STEP + 1])


def test_one_handed_in_before_there_was_one_is_not_taken_for_another() -> None:
    """A till with a wrong clock: the voucher of the third is not the one of the first."""
    stage = Stage(card())
    first = stage.post("2026-01-01", buys(1_000)).event.id
    later = stage.post("2026-01-03", buys(1_000)).event.id
    early = stage.post("2026-01-02", VoucherUse(later))
    assert early.refused is not None
    assert early.refused.code == "unknown_voucher"
    assert {(number, state) for number, state, *_ in seen(stage)} == {
        (first, "issued"),
        (later, "issued"),
    }


@pytest.mark.parametrize("place", [0, 1])
def test_of_two_of_one_event_the_one_that_was_handed_in_stays(place: int) -> None:
    stage = Stage(card())
    bought = stage.post("2026-01-01", buys(1_000, quantity=1)).event.id
    stage.post("2026-01-02", buys(1_000))
    both = stage.post("2026-01-03", buys(2_000)).event.id
    stage.post("2026-01-04", VoucherUse(both + place))
    stage.post("2026-01-05", Refund(both, amount=1_000))
    stage.post("2026-01-06", Refund(bought))
    assert [one[:2] for one in seen(stage)] == [
        (2 * STEP, "issued"),
        (both + place, "redeemed"),
    ]


def test_its_last_day_is_that_of_the_version_that_had_issued_it() -> None:
    old = card(Period(1, "month"))
    new = card(Period(10, "day"), since=date(2026, 1, 3))
    stage = Stage(old, new)
    first = stage.post("2026-01-01", buys(1_000)).event.id
    stage.post("2026-01-05", buys(1_000))
    stage.post("2026-01-06", VoucherUse(first))
    stage.post("2026-01-07", Refund(first))
    assert seen(stage) == [(first, "redeemed", date(2026, 1, 1), date(2026, 2, 1))]


def test_undoing_the_use_opens_what_then_is_earned() -> None:
    stage = Stage(card(undo_within=Period(1, "year")))
    first = stage.post("2026-01-01", buys(1_000)).event.id
    second = stage.post("2026-01-02", buys(1_000)).event.id
    used = stage.post("2026-01-03", VoucherUse(first)).event.id
    stage.post("2026-01-04", Refund(first))
    stage.post("2026-01-05", facts.Undo(used))
    assert seen(stage) == [(second, "issued", date(2026, 1, 2), FOREVER)]


def test_an_outcome_keeps_its_vouchers_as_they_were_issued() -> None:
    """What the next event of the same batch does with them is another story."""
    stage = Stage(card(Period(1, "month")))
    bought, used, late = stage.run(
        [
            facts.Event(STEP, ALICE, at("2026-01-01"), buys(1_000)),
            facts.Event(2 * STEP, ALICE, at("2026-01-02"), VoucherUse(STEP)),
            facts.Event(3 * STEP, ALICE, at("2026-01-01", 11), buys(1_000)),
        ]
    )
    (voucher,) = bought.issued
    assert (voucher.id, voucher.state) == (STEP, "issued")
    assert used.issued == ()
    assert [(one.id, one.reward, one.state) for one in late.issued] == [
        (3 * STEP, "cake", "issued")
    ]


def test_what_is_new_is_told_also_where_what_was_there_is_not_loaded() -> None:
    candle = Reward("candle", (Gift("product", "candle"),), automatic="birthday")
    stage = Stage(cafe(rewards=(candle,)))
    first = stage.post("2026-01-01", facts.Birthday())
    assert [one.id for one in first.issued] == [STEP]
    account = stage.account()
    account.lots, account.vouchers = None, None
    second, third = (stage.post(day, facts.Birthday()) for day in ("2027-01-01", "2028-01-01"))
    assert [one.id for one in (*second.issued, *third.issued)] == [2 * STEP, 3 * STEP]


def test_a_refusal_issues_nothing() -> None:
    stage = Stage(card())
    assert len(stage.post("2026-01-01", buys(2_000)).issued) == 2
    assert stage.post("2026-01-03", VoucherUse(999)).issued == ()
