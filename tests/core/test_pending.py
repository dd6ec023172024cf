"""Units that wait: for an event, or until a person approves; usable then, or cancelled."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from msgspec import structs

from habitue.core import engine, facts
from habitue.core.calendar import FOREVER
from habitue.core.facts import Event
from habitue.core.program import (
    After,
    EarnRule,
    Fixed,
    Gift,
    Pending,
    Period,
    PerItem,
    Redated,
    Reward,
    Unit,
)
from habitue.core.rulebook import Book
from tests.core.cast import ALICE, BRUNO, PER_EURO, Stage, at, buys, cafe, picture

MONTH = Period(1, "month")
DELIVERY = Pending(event="delivery", within=Period(30, "day"))
BY_HAND = Pending(approval=True, within=Period(30, "day"))


def held_in(pending: Pending, **given: Any) -> Stage:
    """A stage whose points wait."""
    return Stage(cafe(units=(Unit("points", pending=pending, **given),)))


def code(stage: Stage, when: str, what: facts.What) -> str:
    refused = stage.post(when, what).refused
    return refused.code if refused else ""


def test_units_wait_for_their_event_and_are_usable_from_its_day() -> None:
    stage = held_in(DELIVERY)
    stage.post("2026-03-01", buys(1_000))
    (lot,) = stage.account().lots or []
    assert (lot.awaits, lot.active_on, lot.expires_on) == ("delivery", FOREVER, date(2026, 3, 31))
    assert (stage.account().balances[0], stage.has()) == (10, 0)
    assert code(stage, "2026-03-02", facts.Redemption("coffee")) == "insufficient"
    assert stage.post("2026-03-05", facts.Action("delivery")).entries == []
    assert (lot.awaits, lot.active_on, lot.expires_on) == ("", date(2026, 3, 5), FOREVER)
    assert stage.account().memory.pending == {}
    assert code(stage, "2026-03-05", facts.Redemption("coffee")) == ""


def test_what_did_not_come_in_time_is_cancelled_at_the_next_midnight() -> None:
    stage = held_in(DELIVERY)
    stage.post("2026-03-01", buys(1_000))
    assert stage.on("2026-03-31").balances == [10]
    assert stage.on("2026-04-01").balances == [0]
    assert stage.on("2026-04-01").memory.pending == {}
    (gone,) = stage.post("2026-04-02", facts.Action("delivery")).entries
    assert (gone.kind, gone.amount, gone.on) == ("expiry", -10, date(2026, 4, 1))
    assert stage.has() == 0


def test_without_a_time_units_wait_for_ever() -> None:
    stage = held_in(Pending(event="delivery"), expiry=After(MONTH))
    stage.post("2026-03-01", buys(1_000))
    assert stage.on("2036-03-01").balances == [10]
    stage.post("2036-03-01", facts.Action("delivery"))
    assert stage.has_on("2036-04-01") == 10
    assert stage.has_on("2036-04-02") == 0


def test_an_event_of_a_purchase_frees_what_that_purchase_earned_and_nothing_else() -> None:
    stage = held_in(DELIVERY)
    stage.post("2026-03-01", buys(1_000))
    second = stage.post("2026-03-02", buys(700)).event.id
    stage.post("2026-03-03", facts.Action("delivery", of=second))
    assert stage.has() == 7
    stage.post("2026-03-04", facts.Action("delivery", of=99 * 256))
    assert stage.has() == 7
    stage.post("2026-03-05", facts.Action("another"))
    assert stage.has() == 7
    stage.post("2026-03-06", facts.Action("delivery"))
    assert stage.has() == 17


def test_an_event_does_not_free_what_it_earns_itself() -> None:
    stage = held_in(Pending(event="purchase"))
    stage.post("2026-03-01", buys(1_000))
    assert stage.has() == 0
    stage.post("2026-03-02", buys(300))
    assert stage.has() == 10


@pytest.mark.parametrize(
    ("counted_from", "last"), [("activation", date(2026, 4, 20)), ("event", date(2026, 4, 1))]
)
def test_expiry_counts_from_the_day_it_came_or_from_the_day_of_earning(
    counted_from: Any, last: date
) -> None:
    stage = held_in(DELIVERY, expiry=After(MONTH), expiry_from=counted_from)
    stage.post("2026-03-01", buys(1_000))
    stage.post("2026-03-20", facts.Action("delivery"))
    assert stage.lots() == [(10, last)]
    assert stage.account().due_on <= date(2026, 4, 21)


def test_expiry_from_the_event_also_ends_the_waiting() -> None:
    stage = held_in(Pending(event="delivery"), expiry=After(MONTH), expiry_from="event")
    stage.post("2026-03-01", buys(1_000))
    assert stage.lots() == [(10, date(2026, 4, 1))]
    assert stage.on("2026-04-02").balances == [0]


def test_the_version_that_made_a_lot_says_how_long_it_lasts() -> None:
    old = cafe(units=(Unit("points", pending=DELIVERY, expiry=After(MONTH)),))
    new = structs.replace(old, units=(Unit("points", expiry=After(Period(2, "year"))),),
                          since=date(2026, 3, 10))  # fmt: skip
    stage = Stage(old, new)
    stage.post("2026-03-01", buys(1_000))
    stage.post("2026-03-12", buys(500))
    assert stage.has() == 5
    stage.post("2026-03-20", facts.Action("delivery"))
    assert stage.lots() == [(10, date(2026, 4, 20)), (5, date(2028, 3, 12))]


def test_a_rule_may_wait_with_its_own_expiry_beside_units_that_do_not() -> None:
    invited = EarnRule("invited", "referral", (Fixed("points", Fraction(50)),), pending=DELIVERY,
                       expiry=After(Period(1, "week")))  # fmt: skip
    stage = Stage(cafe(rules=(PER_EURO, invited)))
    stage.post("2026-03-01", facts.Action("referral"))
    stage.post("2026-03-01", buys(1_000))
    assert stage.has() == 10
    stage.post("2026-03-02", facts.Action("delivery"))
    assert stage.has() == 60
    assert stage.lots() == [(50, date(2026, 3, 9)), (10, FOREVER)]


def test_units_owed_are_paid_by_what_becomes_usable() -> None:
    scan = EarnRule("scan", "visit", (PerItem("points", Fraction(1)),), pending=DELIVERY)
    stage = Stage(cafe(rules=(PER_EURO, scan), refund_of_spent="negative"))
    bought = stage.post("2026-03-01", buys(1_000)).event.id
    stage.post("2026-03-01", facts.Visit(12))
    stage.post("2026-03-01", facts.Redemption("coffee"))
    stage.post("2026-03-02", facts.Refund(bought))
    assert (stage.account().balances, stage.account().memory.debts) == ([2], {0: 10})
    came = stage.post("2026-03-03", facts.Action("delivery"))
    assert [entry.kind for entry in came.entries] == ["settlement", "settlement"]
    assert (stage.account().balances, stage.account().memory.debts) == ([2], {})
    assert stage.has() == 2


def test_a_reward_at_a_threshold_follows_at_once() -> None:
    card = Reward("cake", (Gift("product", "cake"),), cost=("points", 10), automatic="threshold")
    stage = Stage(cafe(units=(Unit("points", pending=DELIVERY),), rewards=(card,)))
    stage.post("2026-03-01", buys(1_200))
    assert stage.vouchers() == []
    stage.post("2026-03-02", facts.Action("delivery"))
    assert stage.vouchers() == [("cake", "issued")]
    assert stage.has() == 2


def test_activity_does_not_move_the_day_until_which_units_wait() -> None:
    stage = held_in(DELIVERY, expiry=Redated(Period(1, "year"), ("purchase",)))
    stage.post("2026-03-01", buys(1_000))
    stage.post("2026-03-10", buys(200))
    assert [last for _, last in stage.lots()] == [date(2026, 3, 31), date(2026, 4, 9)]
    stage.post("2026-03-20", facts.Action("delivery"))
    stage.post("2026-03-21", buys(100))
    assert [last for _, last in stage.lots()][:2] == [date(2027, 3, 21), date(2027, 3, 21)]


def test_a_person_lets_units_become_usable() -> None:
    stage = held_in(BY_HAND, expiry=After(MONTH))
    first = stage.post("2026-03-01", buys(1_000)).event.id
    stage.post("2026-03-01", buys(500))
    assert stage.post("2026-03-04", facts.Approval(first)).entries == []
    assert stage.has() == 10
    assert stage.lots() == [(10, date(2026, 4, 4)), (5, date(2026, 3, 31))]


def test_or_cancels_them() -> None:
    stage = held_in(BY_HAND)
    first = stage.post("2026-03-01", buys(1_000)).event.id
    (taken,) = stage.post("2026-03-04", facts.Approval(first, given=False)).entries
    assert (taken.kind, taken.amount, taken.balance) == ("reversal", -10, 0)
    assert stage.account().memory.pending == {}
    assert code(stage, "2026-03-05", facts.Approval(first)) == "nothing_pending"


def test_where_nothing_waits_there_is_nothing_to_approve() -> None:
    stage = held_in(BY_HAND)
    first = stage.post("2026-03-01", buys(1_000)).event.id
    before = picture(stage.account())
    assert code(stage, "2026-03-02", facts.Approval(77 * 256)) == "nothing_pending"
    assert code(stage, "2026-03-02", facts.Approval(0)) == "nothing_pending"
    assert code(stage, "2026-03-02", facts.Action("approval")) == ""
    assert picture(stage.account()) == before
    assert code(stage, "2026-03-03", facts.Approval(first)) == ""
    assert code(stage, "2026-03-03", facts.Approval(first)) == "nothing_pending"


def test_what_is_sent_to_members_makes_nobody_a_member() -> None:
    stage = held_in(BY_HAND)
    sent: list[facts.What] = [
        facts.Approval(256),
        facts.CalendarDay(),
        facts.Anniversary(),
        facts.Segments(("students",)),
    ]
    for what in sent:
        refused = stage.post("2026-03-01", what, BRUNO).refused
        assert refused is not None
        assert refused.code == "not_a_member"
    assert stage.account(BRUNO).enrolled_on is None


@pytest.mark.parametrize("returned", [400, 1_000])
def test_a_return_leaves_what_the_kept_goods_would_have_left_before_or_after_the_event(
    returned: int,
) -> None:
    bought = facts.Purchase((facts.Line(1_000 - returned), facts.Line(returned)), "EUR")
    kept = facts.Purchase(bought.lines[:1], "EUR")
    back = facts.Refund(256, (facts.Returned(1),))
    both: list[facts.What] = [facts.Action("delivery", of=256), back]
    for days in (("02", "03"), ("03", "02")):
        stage, alike = (held_in(DELIVERY, expiry=After(MONTH)) for _ in range(2))
        stage.post("2026-03-01", bought, event=256)
        for day, what in sorted(zip(days, both, strict=True), key=lambda pair: pair[0]):
            stage.post(f"2026-03-{day}", what)
        alike.post("2026-03-01", kept, event=256)
        alike.post(f"2026-03-{days[0]}", facts.Action("delivery", of=256))
        assert picture(stage.account()) == picture(alike.account())


def test_an_event_that_comes_late_frees_from_its_own_day() -> None:
    stage = held_in(DELIVERY, expiry=After(MONTH))
    stage.post("2026-03-01", buys(1_000))
    stage.post("2026-04-05", facts.Visit())
    assert stage.account().balances == [0]
    stage.post("2026-03-20", facts.Action("delivery"))
    assert stage.lots() == [(10, date(2026, 4, 20))]
    assert stage.has() == 10


def test_undoing_the_event_makes_units_wait_again() -> None:
    stage = held_in(DELIVERY)
    stage.post("2026-03-01", buys(1_000))
    came = stage.post(at("2026-03-02", 9), facts.Action("delivery")).event.id
    stage.post(at("2026-03-02", 10), facts.Undo(came))
    (lot,) = stage.account().lots or []
    assert (stage.has(), lot.awaits, lot.expires_on) == (0, "delivery", date(2026, 3, 31))


def test_only_events_that_something_waits_for_need_to_see_lots() -> None:
    waits = held_in(DELIVERY)
    waits.post("2026-03-01", buys(1_000))
    plain = Book([cafe()])

    def needed(book: Book, what: facts.What) -> int:
        return engine.need(book, waits.account(), Event(9_999, ALICE, at("2026-03-02"), what))

    assert needed(waits.book, facts.Action("delivery")) == 1
    assert needed(waits.book, facts.Approval(256)) == 1
    assert needed(waits.book, buys(100)) == 0
    assert needed(plain, facts.Action("delivery")) == 0
