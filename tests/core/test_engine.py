"""What an outcome says, and what the engine must be shown before it decides."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any

import pytest

from habitue.core import bounds, engine, facts
from habitue.core.account import Account
from habitue.core.engine import Need, Outcome
from habitue.core.facts import Event, Merge, Purchase, Redemption, Refund, Transfer, Undo
from habitue.core.program import (
    After,
    Gift,
    Ladder,
    Level,
    Pending,
    Period,
    Redated,
    Reward,
    Transfers,
    Unit,
)
from habitue.core.rulebook import Book
from tests.core.cast import (
    ALICE,
    BRUNO,
    COFFEE,
    PER_EURO,
    POINTS,
    SPEND,
    STEP,
    YEARLY,
    Stage,
    at,
    buys,
    cafe,
)

LADDER = Ladder((Level("basic"), Level("gold", ((("spend", 5_000),),))))
DAY = date(2026, 3, 2)


def golden(**given: Any) -> Stage:
    """Alice has gold by her first purchase."""
    stage = Stage(cafe(units=(POINTS, SPEND), rules=(PER_EURO, YEARLY), tiers=LADDER, **given))
    stage.post("2026-03-01", buys(6_000))
    return stage


# --- what an outcome says ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "what",
    [
        facts.Visit(0),
        Purchase((), "EUR"),
        Redemption("tea"),
        Refund(99),
        Undo(99),
        Refund(STEP, amount=7_000),
        Merge(ALICE),
        Transfer("points", 1, BRUNO),
        facts.Receipt(BRUNO, ()),
    ],
)
def test_a_refusal_names_event_day_and_the_level_that_stays(what: facts.What) -> None:
    stage = golden()
    before = deepcopy(stage.account())
    event = Event(2 * STEP, ALICE, at("2026-03-02"), what)
    (outcome,) = stage.run([event])
    assert outcome == Outcome(event, DAY, [], outcome.refused, "gold", "gold")
    assert outcome.refused is not None
    assert stage.account() == before
    assert len(stage.histories[ALICE]) == 1


def test_an_outcome_names_the_level_before_and_after() -> None:
    stage = golden()
    back = stage.post("2026-03-02", Refund(STEP, amount=2_000))
    assert (back.on, back.level_before, back.level, back.money) == (DAY, "gold", "basic", 2_000)
    again = stage.post("2026-03-03", buys(1_000))
    assert (again.level_before, again.level, again.money) == ("basic", "gold", 0)
    assert stage.account().customer == ALICE


def test_the_day_is_local_of_the_event_and_of_what_it_corrects() -> None:
    stage = golden()
    late = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)  # half past midnight in Paris
    back = stage.post(late, Refund(STEP))
    assert (back.on, {entry.on for entry in back.entries}) == (date(2026, 3, 3), {date(2026, 3, 3)})


def test_what_arrives_late_is_booked_on_the_day_of_the_newest_event() -> None:
    stage = golden()
    stage.post("2026-03-05", buys(100))
    late = stage.post("2026-03-02", buys(300))
    assert late.on == DAY
    assert [(entry.amount, entry.on, entry.kind) for entry in late.entries] == [
        (3, date(2026, 3, 5), "accrual"),
        (300, date(2026, 3, 5), "reversal"),
    ]
    memory = stage.account().memory
    assert (memory.last_at, memory.last_id) == (at("2026-03-05"), 2 * STEP)


def test_the_newest_event_is_the_latest_and_of_one_instant_the_highest() -> None:
    stage = Stage(cafe())
    for number, day, newest in ((2, "01", 2), (5, "01", 5), (4, "01", 5), (3, "02", 3)):
        stage.post(f"2026-03-{day}", buys(100), event=number * STEP)
        assert stage.account().memory.last_id == newest * STEP
    back = stage.post("2026-03-01", Refund(2 * STEP), event=9 * STEP)
    assert back.refused is None
    memory = stage.account().memory
    assert (memory.last_at, memory.last_id) == (at("2026-03-02"), 9 * STEP)


def test_what_was_forgiven_stays_forgiven_through_the_next_correction() -> None:
    stage = Stage(cafe())
    first = stage.post("2026-03-01", buys(1_000)).event.id
    second = stage.post("2026-03-01", buys(300)).event.id
    stage.post("2026-03-02", Redemption("coffee"))
    back = stage.post("2026-03-03", Refund(first))
    assert back.event.forgiven == facts.Forgiven(at("2026-03-03"), {0: 7})
    stage.post("2026-03-04", buys(500))
    assert stage.has() == 5
    assert stage.post("2026-03-05", Refund(second)).refused is None
    assert stage.account().balances == [2]  # three more are missing, and were not forgiven


# --- both sides, or neither ----------------------------------------------------------------------


def test_a_gift_to_who_can_hold_no_more_is_refused_on_both_sides() -> None:
    stage = Stage(cafe(transfers=Transfers(("points",))))
    for who in (ALICE, BRUNO):
        stage.post("2026-03-01", buys(1_000), who)
    stage.account(BRUNO).balances[0] = 10**17 - 4
    before = deepcopy(stage.accounts)
    event = Event(9 * STEP, ALICE, at("2026-03-02"), Transfer("points", 5, BRUNO))
    (outcome,) = stage.run([event])
    assert outcome == Outcome(event, DAY, [], bounds.FULL)
    assert stage.accounts == before
    assert [len(stage.histories[who]) for who in (ALICE, BRUNO)] == [1, 1]
    assert stage.post("2026-03-02", Transfer("points", 4, BRUNO)).refused is None


def test_what_goes_to_another_does_not_end_a_batch() -> None:
    stage = golden(transfers=Transfers(("points",)))
    stage.post("2026-03-01", buys(100), BRUNO)
    noon = at("2026-03-02")
    events = [
        Event(8 * STEP, ALICE, noon, Transfer("points", 10**6, BRUNO)),
        Event(9 * STEP, ALICE, noon, Transfer("points", 5, BRUNO)),
        Event(10 * STEP, ALICE, noon, buys(100)),
    ]
    outcomes = stage.run(events)
    assert [one.event.id // STEP for one in outcomes] == [8, 9, 10]
    assert [(one.level_before, one.level) for one in outcomes] == [("gold", "gold")] * 3
    assert [one.refused is None for one in outcomes] == [False, True, True]
    assert (stage.has(who=ALICE), stage.has(who=BRUNO)) == (60 - 5 + 1, 1 + 5)


def test_a_refused_side_keeps_its_level_and_so_does_what_is_late() -> None:
    stage = golden(transfers=Transfers(("points",)))
    stage.post("2026-03-01", buys(100), BRUNO)
    stage.account(BRUNO).balances[0] = 10**17
    full = stage.post("2026-03-02", Transfer("points", 5, BRUNO))
    assert (full.refused, full.on, full.level_before, full.level) == (
        bounds.FULL,
        DAY,
        "gold",
        "gold",
    )
    stage.post("2026-03-05", facts.Adjustment("points", -60, "a slip"))
    event = Event(9 * STEP, ALICE, at("2026-03-03"), Redemption("coffee"))
    (late,) = stage.run([event])
    assert late == Outcome(event, date(2026, 3, 3), [], late.refused, "gold", "gold")
    assert late.refused is not None


def test_what_all_share_is_what_the_version_of_the_day_says() -> None:
    cake = (Gift("product", "cake"),)
    stocks = [Reward("cake", cake, cost=("points", 1), stock=stock) for stock in (0, 2)]
    stage = Stage(cafe(rewards=stocks[:1]), cafe(rewards=stocks[1:], since=DAY))
    stage.post("2026-02-01", buys(1_000))
    codes = [stage.post(f"2026-03-0{day}", Redemption("cake")).refused for day in (1, 2, 3, 4)]
    assert [refused and refused.code for refused in codes] == ["sold_out", None, None, "sold_out"]


def test_sums_of_all_may_begin_with_nothing() -> None:
    book = Book([cafe(rewards=(Reward("cake", (Gift("product"),), cost=("points", 1), stock=1),))])
    accounts: dict[int, Account] = {}
    events = [
        Event(STEP, ALICE, at("2026-03-01"), buys(1_000)),
        Event(2 * STEP, ALICE, at("2026-03-02"), Redemption("cake")),
        Event(3 * STEP, ALICE, at("2026-03-02"), Redemption("cake")),
    ]
    outcomes = engine.run(book, accounts, events)
    assert [one.refused is None for one in outcomes] == [True, True, False]
    assert outcomes[1].tallies == {"stock cake": (1, 0)}


def test_a_merge_takes_what_the_version_of_its_day_leaves_open() -> None:
    stage = Stage(cafe(), cafe(since=DAY))
    stage.post("2026-03-01", buys(1_000))
    stage.post("2026-03-01", buys(100), BRUNO)
    assert stage.post("2026-03-03", Merge(BRUNO)).refused is None
    assert (stage.has(who=ALICE), stage.has(who=BRUNO)) == (0, 11)


# --- what must be shown --------------------------------------------------------------------------

CARD = Reward("card", (Gift("product", "cake"),), cost=("points", 5), automatic="threshold")


@pytest.mark.parametrize(
    ("what", "need"),
    [
        (buys(100), 0),
        (facts.Visit(), 0),
        (facts.Birthday(), 0),
        (facts.Enrolment(), 0),
        (facts.Passage(), 0),
        (facts.Won("lottery", DAY, 0), 0),
        (Redemption("coffee"), 1),
        (facts.VoucherUse(1), 1),
        (facts.Payment(1, 1), 1),
        (facts.Adjustment("points", 1, "a gift"), 1),
        (Transfer("points", 1, BRUNO), 1),
        (facts.Receipt(BRUNO, ()), 1),
        (facts.Approval(STEP), 1),
        (Refund(STEP), 2),
        (Undo(STEP), 2),
        (Merge(BRUNO), 2),
        (facts.Merged(BRUNO, facts.Estate()), 2),
    ],
)
def test_an_event_of_a_member_needs_no_more_than_it_must_see(what: facts.What, need: Need) -> None:
    stage = Stage(cafe())
    stage.post("2026-03-01", buys(100))
    event = Event(9 * STEP, ALICE, at("2026-03-02"), what)
    assert engine.need(stage.book, stage.account(), event) == need
    merged = deepcopy(stage.account())
    merged.memory.merged_into = BRUNO
    assert engine.need(stage.book, merged, event) == 2


def test_who_joins_needs_the_history_and_so_does_what_comes_late() -> None:
    book, stranger = Book([cafe()]), Account(ALICE, [0])
    event = Event(STEP, ALICE, at("2026-03-02"), facts.Enrolment())
    assert engine.need(book, stranger, event) == 2
    stage = Stage(cafe())
    stage.post("2026-03-02", buys(100), event=5 * STEP)
    for number, day, need in ((6, "02", 0), (4, "02", 2), (6, "01", 2), (4, "03", 0)):
        event = Event(number * STEP, ALICE, at(f"2026-03-{day}"), buys(100))
        assert engine.need(stage.book, stage.account(), event) == need


@pytest.mark.parametrize(
    "given",
    [
        {"rewards": (COFFEE, CARD)},
        {"units": (Unit("points", expiry=Redated(Period(1, "year"))),)},
        {"units": (Unit("points", pending=Pending(event="purchase")),)},
    ],
    ids=["threshold", "redated", "awaited"],
)
def test_where_earning_moves_lots_they_are_loaded(given: dict[str, Any]) -> None:
    stage = Stage(cafe(**given))
    stage.post("2026-03-01", buys(100))
    event = Event(9 * STEP, ALICE, at("2026-03-02"), buys(100))
    assert engine.need(stage.book, stage.account(), event) == 1


@pytest.mark.parametrize(
    ("moment", "need"),
    [
        (datetime(2026, 3, 9, 12, tzinfo=UTC), 0),
        (datetime(2026, 3, 10, 22, 59, tzinfo=UTC), 0),
        (datetime(2026, 3, 10, 23, 0, tzinfo=UTC), 1),
        (datetime(2026, 3, 12, 12, tzinfo=UTC), 1),
    ],
)
def test_lots_are_loaded_from_the_local_day_on_which_something_falls_due(
    moment: datetime, need: Need
) -> None:
    stage = Stage(cafe(units=(Unit("points", expiry=After(Period(9, "day"))),)))
    stage.post("2026-03-01", buys(100))
    assert stage.account().due_on == date(2026, 3, 11)
    event = Event(9 * STEP, ALICE, moment, buys(100))
    assert engine.need(stage.book, stage.account(), event) == need


def test_a_correction_without_the_history_is_a_defect() -> None:
    accounts: dict[int, Account] = {}
    book = Book([cafe()])
    engine.run(book, accounts, [Event(STEP, ALICE, at("2026-03-01"), buys(100))])
    with pytest.raises(LookupError, match=r"^event 512 needs the history of customer 1$"):
        engine.run(book, accounts, [Event(512, ALICE, at("2026-03-02"), Refund(STEP))])
