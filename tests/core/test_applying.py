"""One event on an account: what it changes beside what it earns, and in which order."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from habitue.core import facts
from habitue.core.account import Entry
from habitue.core.facts import Adjustment, Approval, FeePaid, Refund
from habitue.core.program import (
    Always,
    Dates,
    EarnRule,
    Fee,
    Fixed,
    Inactivity,
    Ladder,
    Level,
    Limit,
    Multiply,
    Pending,
    Period,
    PerMoney,
    Price,
    TierIs,
    Unit,
)
from tests.core.cast import BRUNO, EXACT, PER_EURO, POINTS, SPEND, STEP, YEARLY, Stage, buys, cafe

ONE = Fraction(1)
WELCOME = EarnRule("welcome", "enrolment", (Fixed("points", Fraction(5)),))
GOLD = Level("gold", ((("spend", 10_000),),))
DOUBLE = EarnRule("double", "purchase", (Multiply(Fraction(2), "points"),), where=TierIs(("gold",)))
MARCH = date(2026, 3, 2)


def numbers(stage: Stage) -> list[int]:
    """The lots' numbers; what is kept as changed is what there is."""
    found = [lot.id for lot in stage.account().lots or ()]
    assert sorted(stage.account().touched_lots) == sorted(found)
    return found


def test_what_joining_by_the_way_brings_is_numbered_beside_what_the_event_earns() -> None:
    stage = Stage(cafe(rules=(PER_EURO, WELCOME)))
    stage.post("2026-03-02", buys(1_000))
    slots = len(stage.book.latest.slots)
    assert sorted(numbers(stage)) == [STEP + 1, STEP + 1 + slots]
    stage.post("2026-03-03", buys(1_000))
    assert numbers(stage)[-1] == 2 * STEP + 1
    alone = Stage(cafe(rules=(PER_EURO, WELCOME)))
    alone.post("2026-03-02", facts.Enrolment())
    assert numbers(alone) == [STEP + 1 + slots]


def test_purchases_are_counted_whether_they_earn_or_not() -> None:
    stage = Stage(cafe(fee=Fee((Price(4_900),))))
    for day, what, count in (
        ("2026-03-01", buys(100), 1),
        ("2026-03-02", buys(100), 2),
        ("2026-03-02", facts.Visit(), 2),
        ("2026-03-03", FeePaid(4_900, "EUR"), 2),
        ("2026-03-04", buys(100), 3),
        ("2026-03-04", facts.Visit(), 3),
        ("2026-03-05", buys(100), 4),
    ):
        assert stage.post(day, what).refused is None
        assert stage.account().memory.purchases == count


def test_a_level_is_gone_with_the_first_event_of_a_day_that_is_not_paid() -> None:
    ladder = Ladder((Level("basic"), GOLD), kept=Always())
    stage = Stage(cafe(units=(POINTS, SPEND), rules=(PER_EURO, YEARLY), tiers=ladder,
                       fee=Fee((Price(4_900),), every="month")))  # fmt: skip
    stage.post("2026-03-01", FeePaid(4_900, "EUR"))
    stage.post("2026-03-31", buys(10_000))
    assert stage.account().level == "gold"
    stage.post("2026-04-01", facts.Visit())
    assert stage.account().level == "basic"


# --- the level that an event leads to ------------------------------------------------------------


def after(*rules: EarnRule) -> Stage:
    """Rules see the level that the event leads to."""
    ladder = Ladder((Level("basic"), GOLD), rules_see="tier after")
    return Stage(cafe(units=(POINTS, SPEND), rules=(PER_EURO, DOUBLE, *rules), tiers=ladder))


def test_trying_where_an_event_leads_takes_no_lot_number() -> None:
    stage = after(YEARLY)
    stage.post("2026-03-02", buys(10_000))
    assert stage.has() == 200
    assert numbers(stage) == [STEP + 1]


def test_a_dated_rule_leads_to_a_level_on_its_own_days() -> None:
    dated = EarnRule("year", "purchase", (EXACT,), dates=Dates(since=MARCH))
    stage = after(dated)
    for day, held in (("2026-03-01", 100), ("2026-03-02", 300)):
        stage.post(day, buys(10_000))
        assert stage.has() == held


def test_what_all_members_used_up_leads_nobody_to_a_level() -> None:
    shared = EarnRule("year", "purchase", (EXACT,), limits=(Limit(amount=15_000, total=True),))
    stage = after(shared)
    stage.post("2026-03-02", buys(10_000), BRUNO)
    stage.post("2026-03-02", buys(10_000))
    assert (stage.has(who=BRUNO), stage.has()) == (200, 100)


# --- what waits ----------------------------------------------------------------------------------


def owing(pending: Pending) -> Stage:
    """Alice owes 3 points of her first purchase, and 10 of her second wait."""
    rules = (
        EarnRule("card", "visit", (Fixed("points", Fraction(3)),)),
        EarnRule("base", "purchase", (PerMoney("points", ONE, 100),), pending=pending),
    )
    stage = Stage(cafe(rules=rules, refund_of_spent="negative"))
    visit = stage.post("2026-03-01", facts.Visit()).event.id
    stage.post("2026-03-01", Adjustment("points", -3, "a slip"))
    stage.post("2026-03-01", facts.Undo(visit))
    stage.post("2026-03-01", buys(1_000))
    assert (stage.has(), stage.account().balances) == (-3, [7])
    return stage


@pytest.mark.parametrize(
    ("pending", "brings"),
    [
        (Pending(approval=True), Approval(4 * STEP)),
        (Pending(event="delivery"), facts.Action("delivery")),
    ],
)
def test_what_becomes_usable_pays_what_is_owed_and_says_so(
    pending: Pending, brings: facts.What
) -> None:
    stage = owing(pending)
    (lot,) = [lot for lot in stage.account().lots or () if lot.remaining]
    outcome = stage.post("2026-03-02", brings)
    assert outcome.entries == [
        Entry(0, lot.id, -3, "settlement", MARCH, 4),
        Entry(0, 0, 3, "settlement", MARCH, 7),
    ]
    assert (stage.has(), stage.account().memory.debts) == (7, {})


def test_declining_one_event_leaves_what_others_earned_waiting() -> None:
    stage = Stage(cafe(units=(Unit("points", pending=Pending(approval=True)),)))
    first = stage.post("2026-03-01", buys(1_000))
    stage.post("2026-03-01", buys(500))
    (entry,) = stage.post("2026-03-02", Approval(first.event.id, given=False)).entries
    assert entry == Entry(0, first.event.id + 1, -10, "reversal", MARCH, 5)
    assert (stage.has(), stage.account().memory.pending) == (0, {0: 5})


# --- balances that lapse when idle ---------------------------------------------------------------


def test_a_level_that_frees_from_lapsing_lets_the_clock_start_when_it_is_gone() -> None:
    idle = Unit("points", expiry=Inactivity(Period(10, "day")))
    gold = Level("gold", ((("spend", 10_000),),), expiry={"points": None})
    visits = EarnRule("card", "visit", (Fixed("points", ONE),))
    stage = Stage(cafe(units=(idle, SPEND), rules=(PER_EURO, YEARLY, visits),
                       tiers=Ladder((Level("basic"), gold))))  # fmt: skip
    stage.post("2026-03-01", facts.Visit())  # a visit restarts nothing
    assert stage.account().memory.lapses == {0: date(2026, 3, 11)}
    stage.post("2026-03-02", facts.Visit())
    assert stage.account().memory.lapses == {0: date(2026, 3, 11)}
    bought = stage.post("2026-03-03", buys(10_000)).event.id
    assert stage.account().memory.lapses == {}
    stage.post("2026-03-05", Refund(bought))
    assert (stage.account().level, stage.has()) == ("basic", 2)
    assert stage.account().memory.lapses == {0: date(2026, 3, 11)}
