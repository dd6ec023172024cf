"""Units with dates: when they become usable, when they lapse, in which order they are spent."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from msgspec import structs

from habitue.core import facts
from habitue.core.calendar import FOREVER
from habitue.core.program import (
    After,
    EarnRule,
    FixedDates,
    Inactivity,
    Ladder,
    Level,
    Pending,
    Period,
    PerItem,
    Redated,
    Unit,
    UntilDate,
)
from tests.core.cast import PER_EURO, SPEND, YEARLY, Stage, at, buys, cafe

MONTH, YEAR = Period(1, "month"), Period(1, "year")


def held_in(**given: Any) -> Stage:
    """A stage whose points behave as given."""
    return Stage(cafe(units=(Unit("points", **given),)))


def test_units_are_usable_through_their_last_day_and_vanish_at_midnight() -> None:
    stage = held_in(expiry=After(MONTH))
    stage.post("2026-01-31", buys(1_000))
    assert stage.lots() == [(10, date(2026, 2, 28))]
    assert stage.has_on("2026-02-28") == 10
    assert stage.has_on("2026-03-01") == 0
    taken = stage.post(at("2026-02-28", 23, 59), facts.Redemption("coffee"))
    assert taken.refused is None


def test_each_lot_has_its_own_last_day() -> None:
    stage = held_in(expiry=After(Period(10, "day")))
    stage.post("2026-01-01", buys(1_000))
    stage.post("2026-01-02", buys(500))
    assert [stage.has_on(f"2026-01-{day}") for day in (11, 12, 13)] == [15, 5, 0]


def test_a_late_customer_finds_nothing_and_sees_why() -> None:
    stage = held_in(expiry=After(MONTH))
    stage.post("2026-01-31", buys(1_000))
    refused = stage.post(at("2026-03-01", 0, 0), facts.Redemption("coffee")).refused
    assert refused is not None
    assert refused.values["available"] == 0
    (lapsed,) = stage.post("2026-03-05", facts.Passage()).entries
    assert (lapsed.kind, lapsed.amount, lapsed.on) == ("expiry", -10, date(2026, 3, 1))


@pytest.mark.parametrize(
    ("expiry", "last"),
    [
        (None, FOREVER),
        (After(Period(6, "month"), "month"), date(2026, 9, 30)),
        (After(Period(6, "month"), "year"), date(2026, 12, 31)),
        (After(Period(6, "month"), "September"), date(2026, 9, 30)),
        (After(Period(6, "month"), "August"), date(2027, 8, 31)),
        (After(Period(23, "month"), "February"), date(2028, 2, 29)),
        (After(Period(10, "day")), date(2026, 3, 25)),
        (FixedDates(((6, 30), (12, 31))), date(2026, 6, 30)),
        (Redated(YEAR), date(2027, 3, 15)),
        (Inactivity(YEAR), FOREVER),
    ],
)
def test_each_kind_of_expiry_finds_its_last_day(expiry: Any, last: date) -> None:
    stage = held_in(expiry=expiry)
    stage.post("2026-03-15", buys(1_000))
    assert stage.lots() == [(10, last)]


def test_inactivity_lapses_the_whole_balance_and_activity_restarts_it() -> None:
    stage = held_in(expiry=Inactivity(YEAR, ("purchase", "redemption")))
    stage.post("2026-01-10", buys(1_000))
    stage.post("2026-06-10", buys(1_500))
    stage.post("2026-08-10", facts.Birthday())
    assert stage.has_on("2027-06-10") == 25
    assert stage.has_on("2027-06-11") == 0
    stage.post("2027-06-10", facts.Redemption("coffee"))
    assert stage.has_on("2028-06-10") == 15
    assert stage.has_on("2028-06-11") == 0


def test_each_activity_moves_all_dates_but_never_past_the_cap() -> None:
    stage = held_in(expiry=Redated(MONTH, ("purchase",), cap=Period(2, "month")))
    stage.post("2026-01-01", buys(1_000))
    stage.post("2026-01-20", buys(500))
    assert stage.lots() == [(10, date(2026, 2, 20)), (5, date(2026, 2, 20))]
    stage.post("2026-02-20", buys(100))
    assert stage.lots()[0] == (10, date(2026, 3, 1))
    assert stage.has_on("2026-03-02") == 6


def test_pending_units_count_but_cannot_be_spent_until_their_day() -> None:
    stage = held_in(pending=Pending(Period(14, "day")))
    stage.post("2026-03-01", buys(1_000))
    assert (stage.account().balances[0], stage.has()) == (10, 0)
    assert stage.post("2026-03-14", facts.Redemption("coffee")).refused is not None
    assert stage.post("2026-03-15", facts.Redemption("coffee")).refused is None


def test_pending_until_a_date_and_after_it() -> None:
    stage = held_in(pending=Pending(until=date(2026, 4, 1)))
    stage.post("2026-03-30", buys(1_000))
    stage.post("2026-04-02", buys(200))
    assert stage.has() == 12
    assert stage.has_on("2026-04-02") == 12


def test_units_owed_are_paid_on_the_day_on_which_others_become_usable() -> None:
    scan = EarnRule("scan", "visit", (PerItem("points", Fraction(1)),),
                    pending=Pending(Period(5, "day")))  # fmt: skip
    stage = Stage(cafe(rules=(PER_EURO, scan), refund_of_spent="negative"))
    bought = stage.post("2026-03-01", buys(1_000)).event.id
    stage.post("2026-03-01", facts.Visit(12))
    stage.post("2026-03-01", facts.Redemption("coffee"))
    stage.post("2026-03-02", facts.Refund(bought))
    assert stage.on("2026-03-05").memory.debts == {0: 10}
    assert stage.on("2026-03-06").memory.debts == {}
    assert [lot.remaining for lot in stage.on("2026-03-06").lots or () if lot.remaining] == [2]


@pytest.mark.parametrize(
    ("counted_from", "last"), [("activation", date(2026, 4, 15)), ("event", date(2026, 4, 1))]
)
def test_expiry_counts_from_activation_or_from_the_event(counted_from: Any, last: date) -> None:
    stage = held_in(expiry=After(MONTH), pending=Pending(Period(14, "day")),
                    expiry_from=counted_from)  # fmt: skip
    stage.post("2026-03-01", buys(1_000))
    assert stage.lots() == [(10, last)]


def test_what_lapses_before_it_was_usable_leaves_nothing_pending() -> None:
    stage = held_in(expiry=After(Period(2, "day")), pending=Pending(Period(5, "day")),
                    expiry_from="event")  # fmt: skip
    stage.post("2026-01-01", buys(1_000))
    assert stage.has_on("2026-01-04") == 0
    assert stage.on("2026-01-04").memory.pending == {}


def two_lots(order: Any) -> Stage:
    """An old lot that lasts longer, and a newer one that lapses sooner."""
    soon = EarnRule("scan", "visit", (PerItem("points", Fraction(1)),), expiry=After(MONTH))
    stage = Stage(cafe(units=(Unit("points", expiry=After(YEAR), order=order),),
                       rules=(PER_EURO, soon)))  # fmt: skip
    stage.post("2026-01-01", buys(800))
    stage.post("2026-01-02", facts.Visit(8))
    assert stage.post("2026-01-03", facts.Redemption("coffee")).refused is None
    return stage


def test_the_nearest_expiry_is_spent_first() -> None:
    assert two_lots("nearest expiry").lots() == [(6, date(2027, 1, 1))]


def test_or_strictly_what_came_in_first() -> None:
    assert two_lots("first in").lots() == [(6, date(2026, 2, 2))]


def test_undated_units_are_spent_last() -> None:
    dated = EarnRule("scan", "visit", (PerItem("points", Fraction(1)),), expiry=After(YEAR))
    stage = Stage(cafe(rules=(PER_EURO, dated)))
    stage.post("2026-01-01", buys(1_000))
    stage.post("2026-01-02", facts.Visit(12))
    stage.post("2026-01-03", facts.Redemption("coffee"))
    assert stage.lots() == [(10, FOREVER), (2, date(2027, 1, 2))]


def test_a_lot_earned_on_a_leap_day_lapses_on_the_28th() -> None:
    stage = held_in(expiry=After(YEAR))
    stage.post("2028-02-29", buys(1_000))
    assert stage.lots() == [(10, date(2029, 2, 28))]


def test_the_day_is_the_programs_even_when_the_clocks_change() -> None:
    stage = held_in(expiry=After(Period(1, "day")))
    stage.post(at("2026-03-29", 0, 30), buys(1_000))  # 28 March in Greenwich; 23 hours long
    assert stage.lots() == [(10, date(2026, 3, 30))]
    assert stage.post(at("2026-03-30", 23, 59), facts.Redemption("coffee")).refused is None


def test_units_that_only_count_have_no_lots() -> None:
    stage = Stage(cafe(units=(Unit("points", redeemable=False),), rewards=()))
    (entry,) = stage.post("2026-01-01", buys(1_000)).entries
    assert (entry.lot, entry.balance, stage.lots()) == (0, 10, [])


def test_an_adjustment_gives_a_lot_or_draws_in_order_with_a_reason() -> None:
    stage = held_in(expiry=After(YEAR))
    stage.post("2026-01-01", buys(1_000))
    (given,) = stage.post("2026-02-01", facts.Adjustment("points", 5, "spilt coffee")).entries
    assert (given.kind, given.amount) == ("adjustment", 5)
    (taken,) = stage.post("2026-02-02", facts.Adjustment("points", -7, "typed twice")).entries
    assert (taken.kind, taken.amount) == ("adjustment", -7)
    assert stage.lots() == [(3, date(2027, 1, 1)), (5, date(2027, 2, 1))]
    refused = stage.post("2026-02-03", facts.Adjustment("points", -9, "too much")).refused
    assert refused is not None
    assert refused.code == "insufficient"


def test_a_balance_brought_along_keeps_its_days() -> None:
    stage = held_in(expiry=After(YEAR), order="first in")
    stage.post("2026-01-01", buys(1_000))
    old, agreed = date(2025, 6, 1), date(2026, 8, 31)
    brought = facts.Adjustment("points", 5, "brought along", earned_on=old)
    stage.post("2026-02-01", brought)
    stage.post("2026-02-01", structs.replace(brought, amount=7, expires_on=agreed))
    lots = [(lot.original, lot.earned_on, lot.active_on, lot.expires_on)
            for lot in stage.account().lots or ()]  # fmt: skip
    came = date(2026, 2, 1)
    assert lots[1:] == [(5, old, came, date(2026, 6, 1)), (7, old, came, agreed)]
    stage.post("2026-02-02", facts.Adjustment("points", -6, "the oldest go first"))
    assert stage.lots() == [(10, date(2027, 1, 1)), (6, agreed)]
    assert [stage.has_on(day) for day in ("2026-08-31", "2026-09-01")] == [16, 10]


def test_days_brought_along_outlast_every_folding() -> None:
    stage = held_in(expiry=After(MONTH))
    bought = stage.post("2026-01-01", buys(1_000))
    agreed = date(2026, 12, 31)
    stage.post(
        "2026-01-02",
        facts.Adjustment("points", 5, "brought", earned_on=date(2024, 1, 1), expires_on=agreed),
    )
    before = stage.account().lots
    stage.post("2026-01-03", facts.Refund(bought.event.id))
    assert stage.lots() == [(5, agreed)]
    kept = [lot for lot in stage.account().lots or () if lot.remaining]
    assert kept == (before or [])[1:]


@pytest.mark.parametrize(
    ("days", "code"),
    [
        ({"earned_on": date(2026, 2, 2)}, "dates"),
        ({"expires_on": date(2026, 1, 31)}, "lapsed"),
        ({"earned_on": date(2025, 1, 31)}, "lapsed"),
        ({"earned_on": date(2025, 2, 1)}, None),
        ({"earned_on": date(2020, 1, 1), "expires_on": date(2026, 2, 1)}, None),
    ],
)
def test_days_that_cannot_be_are_refused(days: dict[str, date], code: str | None) -> None:
    stage = held_in(expiry=After(YEAR))
    done = stage.post("2026-02-01", facts.Adjustment("points", 5, "brought along", **days))
    assert (done.refused and done.refused.code) == code
    assert stage.has_on("2026-02-01") == (0 if code else 5)


def test_a_correction_is_undone_only_where_that_follows_from_something_else() -> None:
    stage = held_in(expiry=After(YEAR))
    stage.post("2026-01-01", buys(1_000))
    given = stage.post("2026-02-01", facts.Adjustment("points", 5, "a list came in")).event.id
    refused = stage.post("2026-02-02", facts.Undo(given)).refused
    assert refused is not None
    assert refused.code == "unknown_event"
    assert stage.post("2026-02-02", facts.Undo(given, consequence=True)).refused is None
    assert stage.lots() == [(10, date(2027, 1, 1))]


def test_what_is_taken_has_no_days_of_its_own() -> None:
    stage = held_in()
    stage.post("2026-01-01", buys(1_000))
    taken = facts.Adjustment("points", -5, "wrong", earned_on=date(2026, 1, 1))
    refused = stage.post("2026-02-01", taken).refused
    assert refused is not None
    assert refused.code == "dates"


# --- what a tier changes ------------------------------------------------------------------------


def tiered(usual: Any, *rules: EarnRule, gold: Any) -> Stage:
    """Points and a tier from 30.00 on; what is earned while holding gold lapses as given."""
    level = Level("gold", ((("spend", 3_000),),), expiry={"points": gold})
    return Stage(cafe(
        units=(Unit("points", expiry=usual), SPEND),
        rules=(PER_EURO, YEARLY, *rules),
        tiers=Ladder((Level("basic"), level), kept=UntilDate(12, 31, 0)),
    ))  # fmt: skip


def test_what_is_earned_while_holding_a_tier_lapses_as_the_tier_says() -> None:
    stage = tiered(After(MONTH), gold=After(YEAR))
    for day, cents in (("2026-03-01", 3_000), ("2026-03-02", 500), ("2027-01-01", 100)):
        stage.post(day, buys(cents))
    assert stage.lots() == [(5, date(2027, 3, 2)), (1, date(2027, 2, 1))]


def test_a_tier_may_keep_units_for_ever() -> None:
    stage = tiered(After(MONTH), gold=None)
    stage.post("2026-03-01", buys(3_000))
    stage.post("2026-03-02", buys(500))
    assert stage.lots() == [(30, date(2026, 4, 1)), (5, FOREVER)]


def test_a_rules_own_expiry_wins_over_the_tiers() -> None:
    scan = EarnRule("scan", "visit", (PerItem("points", Fraction(1)),), expiry=After(MONTH))
    stage = tiered(After(MONTH), scan, gold=After(YEAR))
    stage.post("2026-03-01", buys(3_000))
    stage.post("2026-03-02", facts.Visit())
    stage.post("2026-03-02", buys(100))
    assert sorted(stage.lots()) == [
        (1, date(2026, 4, 2)), (1, date(2027, 3, 2)), (30, date(2026, 4, 1)),
    ]  # fmt: skip


def test_a_lot_keeps_its_number_when_a_return_takes_the_tier_away() -> None:
    stage = tiered(After(MONTH), gold=After(YEAR))
    first = stage.post("2026-03-01", buys(3_000)).event.id
    second = stage.post("2026-03-02", buys(500)).event.id
    entry, _ = stage.post("2026-03-03", facts.Refund(first)).entries
    assert (entry.lot, entry.amount) == (first + 1, -30)
    assert [(lot.id, lot.expires_on) for lot in stage.account().lots or () if lot.remaining] == [
        (second + 1, date(2026, 4, 2))
    ]


def test_gifts_and_corrections_lapse_as_the_tier_says_too() -> None:
    stage = tiered(After(MONTH), gold=After(YEAR))
    stage.post("2026-03-01", buys(3_000))
    stage.post("2026-03-02", facts.Adjustment("points", 5, "spilt coffee"))
    assert stage.lots()[1] == (5, date(2027, 3, 2))


def test_a_balance_does_not_lapse_while_a_tier_protects_it_and_has_a_full_period_after() -> None:
    stage = tiered(Inactivity(MONTH, ("purchase",)), gold=None)
    stage.post("2026-02-20", buys(1_000))
    stage.post("2026-03-01", buys(3_000))
    assert stage.account().memory.lapses == {}
    assert stage.has_on("2026-12-31") == 40
    assert stage.on("2027-01-01").level == "basic"
    assert stage.has_on("2027-02-01") == 40
    assert stage.has_on("2027-02-02") == 0


def test_or_lapses_after_the_tiers_own_time_without_activity() -> None:
    stage = tiered(Inactivity(MONTH, ("purchase",)), gold=Inactivity(YEAR, ("purchase",)))
    stage.post("2026-02-20", buys(1_000))
    assert stage.account().memory.lapses == {0: date(2026, 3, 20)}
    stage.post("2026-03-01", buys(3_000))
    assert stage.account().memory.lapses == {0: date(2027, 3, 1)}


# --- what activity moves ------------------------------------------------------------------------


def test_activity_moves_no_lot_whose_own_rule_says_otherwise() -> None:
    scan = EarnRule("scan", "visit", (PerItem("points", Fraction(1)),), expiry=After(MONTH))
    stage = Stage(cafe(units=(Unit("points", expiry=Redated(YEAR, ("purchase",))),),
                       rules=(PER_EURO, scan)))  # fmt: skip
    stage.post("2026-01-01", facts.Visit(8))
    stage.post("2026-01-02", buys(800))
    stage.post("2026-01-10", buys(100))
    assert [last for _, last in stage.lots()] == [
        date(2026, 2, 1), date(2027, 1, 10), date(2027, 1, 10),
    ]  # fmt: skip


def test_a_lot_moves_as_the_version_that_made_it_says() -> None:
    old = cafe(units=(Unit("points", expiry=Redated(MONTH, ("purchase",))),))
    new = structs.replace(old, units=(Unit("points", expiry=After(YEAR)),), since=date(2026, 1, 5))
    stage = Stage(old, new)
    stage.post("2026-01-01", buys(800))
    stage.post("2026-01-06", buys(100))
    assert stage.lots() == [(8, date(2026, 2, 6)), (1, date(2027, 1, 6))]


def test_activity_never_shortens_what_a_tier_gave() -> None:
    stage = tiered(Redated(MONTH, ("purchase",)), gold=Redated(YEAR, ("purchase",)))
    stage.post("2026-12-01", buys(3_000))
    stage.post("2026-12-02", buys(100))
    assert [last for _, last in stage.lots()] == [date(2027, 12, 2)] * 2
    stage.post("2027-01-02", buys(100))
    assert [last for _, last in stage.lots()] == [date(2027, 12, 2)] * 2 + [date(2027, 2, 2)]
