"""Two members turn out to be one person, and what was bought before still comes back exactly."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from fractions import Fraction
from typing import Any

import msgspec
from msgspec import structs

from habitue.core import facts, merging, program
from habitue.core.account import Entry, FeeState, Memory, Usage
from habitue.core.engine import Outcome
from habitue.core.facts import Adjustment, Merge, Redemption, Refund, Transfer, Undo
from habitue.core.program import Period, Transfers, Unit
from tests.core.cast import (
    ALICE,
    BRUNO,
    CHIARA,
    SPEND,
    YEARLY,
    Stage,
    buys,
    cafe,
    picture,
)

LASTING = Unit("points", expiry=program.After(Period(1, "year")))
TIERS = program.Ladder(
    (program.Level("basic"), program.Level("gold", ((("spend", 5_000),),))),
)


def café(**given_: Any) -> Stage:
    """Alice has 20 points of January, Bruno 5 of February."""
    stage = Stage(cafe(**{"units": (LASTING,), **given_}))
    stage.post("2026-01-10", buys(2000))
    stage.post("2026-02-11", buys(500), BRUNO)
    return stage


def pictures(stage: Stage, *who: int) -> Any:
    return deepcopy([picture(stage.account(each)) for each in who or (ALICE, BRUNO)])


def codes(*outcomes: Outcome) -> list[str | None]:
    return [one.refused.code if one.refused else None for one in outcomes]


# --- what goes over ------------------------------------------------------------------------------


def test_everything_goes_over_with_its_dates_and_nothing_is_made_or_lost() -> None:
    stage = café()
    merged = stage.post("2026-03-01", Merge(BRUNO))
    assert merged.refused is None
    assert merged.other is not None
    assert (stage.has(who=ALICE), stage.has(who=BRUNO)) == (0, 25)
    assert sorted(stage.lots(BRUNO)) == [(5, date(2027, 2, 11)), (20, date(2027, 1, 10))]
    assert [(one.amount, one.kind) for one in merged.entries] == [(-20, "transfer")]
    assert [(one.amount, one.kind) for one in merged.other.entries] == [(20, "transfer")]
    assert stage.account(BRUNO).enrolled_on == date(2026, 1, 10)
    assert stage.account(BRUNO).memory.purchases == 2
    assert stage.account(ALICE).memory.merged_into == BRUNO


def test_pending_units_go_over_and_become_usable_in_time() -> None:
    stage = café(units=(Unit("points", pending=program.Pending(Period(30, "day"))),))
    stage.post("2026-02-20", buys(700))
    stage.post("2026-03-01", Merge(BRUNO))
    assert stage.has(who=BRUNO) == 20
    assert stage.has_on("2026-03-22", who=BRUNO) == 32
    assert stage.has(who=ALICE) == 0


def test_counters_and_tiers_go_over_and_together_may_reach_a_higher_one() -> None:
    stage = Stage(cafe(units=(LASTING, SPEND), rules=(*cafe().rules, YEARLY), tiers=TIERS))
    stage.post("2026-01-10", buys(3000))
    stage.post("2026-02-11", buys(3000), BRUNO)
    assert (stage.account(ALICE).level, stage.account(BRUNO).level) == ("basic", "basic")
    merged = stage.post("2026-03-01", Merge(BRUNO))
    assert merged.other is not None
    assert (merged.other.level_before, merged.other.level) == ("basic", "gold")
    assert stage.account(BRUNO).balances[1] == 6000
    assert stage.account(ALICE).balances == [0, 0]
    held = Stage(cafe(units=(LASTING, SPEND), rules=(*cafe().rules, YEARLY), tiers=TIERS))
    held.post("2026-01-10", buys(6000))
    held.post("2026-02-11", buys(100), BRUNO)
    held.post("2026-03-01", Merge(BRUNO))
    assert (held.account(ALICE).level, held.account(BRUNO).level) == ("basic", "gold")
    assert held.on("2028-01-01", BRUNO).level == "basic"


def test_open_vouchers_go_over_with_their_dates_and_used_ones_stay() -> None:
    coffee = structs.replace(cafe().rewards[0], valid_for=Period(60, "day"))
    stage = café(rewards=(coffee,))
    stage.post("2026-02-20", Redemption("coffee", at_once=True))
    taken = stage.post("2026-02-21", Redemption("coffee"))
    stage.post("2026-03-01", Merge(BRUNO))
    assert stage.vouchers() == [("coffee", "redeemed"), ("coffee", "cancelled")]
    (voucher,) = stage.account(BRUNO).vouchers or []
    assert (voucher.id, voucher.issued_on) == (taken.event.id, date(2026, 2, 21))
    assert voucher.expires_on == date(2026, 4, 22)
    assert codes(stage.post("2026-03-02", facts.VoucherUse(voucher.id), BRUNO)) == [None]


def test_what_is_owed_goes_along_and_is_paid_by_what_is_there() -> None:
    stage = café(refund_of_spent="negative")
    first = stage.histories[ALICE][0].id
    stage.post("2026-02-20", Redemption("coffee"))
    stage.post("2026-02-21", Redemption("coffee"))
    stage.post("2026-02-22", Refund(first))
    assert stage.has() == -20
    stage.post("2026-03-01", Merge(BRUNO))
    assert (stage.has(), stage.has(who=BRUNO)) == (0, -15)
    assert stage.account(BRUNO).memory.debts == {0: 15}
    assert stage.lots(BRUNO) == []


def test_what_a_rule_gave_once_is_not_given_again_to_the_person() -> None:
    once = program.EarnRule(
        "follow", "follow", (program.Fixed("points", Fraction(50)),), limits=(program.Limit(1),)
    )
    stage = café(rules=(*cafe().rules, once))
    stage.post("2026-02-20", facts.Action("follow"))
    stage.post("2026-03-01", Merge(BRUNO))
    stage.post("2026-03-02", facts.Action("follow"), BRUNO)
    stage.post("2026-03-02", facts.Action("follow"), ALICE)
    assert (stage.has(), stage.has(who=BRUNO)) == (0, 75)


def test_every_remembered_thing_goes_over_or_stays_for_a_reason() -> None:
    booked = {"pending", "debts", "tallies", "merged_into", "last_at", "last_id"}
    assert {each.name for each in structs.fields(Memory)} == booked | set(merging.TOGETHER)
    assert set(merging.STAYS) <= set(merging.TOGETHER)


def test_two_memories_become_one() -> None:
    day, later = date(2026, 1, 1), date(2026, 5, 5)
    mine = Memory(
        counters={1: {2026: 5}},
        held={"gold": day},
        carry={0: (1, 2)},
        used={"rule": {0: Usage(1, 10)}},
        streaks={"visit": (5, 3)},
        segments=("b",),
        promoted={"gold": later},
        fee=FeeState(later, later, used=1),
    )
    theirs = Memory(
        counters={1: {2026: 7, 2025: 1}, 2: {0: 4}},
        held={"gold": later, "silver": day},
        carry={0: (1, 3), 1: (1, 7)},
        used={"rule": {0: Usage(2, 5), 7: Usage(1, 1)}},
        streaks={"visit": (6, 1)},
        segments=("a", "b"),
        promoted={"gold": day},
        cycle=day,
        fee=FeeState(day, day, used=2, paid=50),
    )
    for name, together in merging.TOGETHER.items():
        setattr(mine, name, together(getattr(mine, name), getattr(theirs, name)))
    assert mine.counters == {1: {2026: 12, 2025: 1}, 2: {0: 4}}
    assert mine.held == {"gold": later, "silver": day}
    assert mine.carry == {0: (5, 6), 1: (1, 7)}
    assert mine.used == {"rule": {0: Usage(3, 15), 7: Usage(1, 1)}}
    assert mine.streaks == {"visit": (6, 1)}
    assert mine.segments == ("a", "b")
    assert mine.promoted == {"gold": day}
    assert mine.cycle == day
    assert mine.fee == FeeState(day, later, used=3)


def test_what_the_same_midnight_brought_to_both_is_kept_twice() -> None:
    waits = Unit("points", pending=program.Pending(until=date(2026, 3, 1)))
    cake = program.Reward(
        "cake", (program.Gift("product"),), cost=("points", 5), automatic="threshold"
    )
    shares = program.Dividend("points", "spend", Fraction(1, 10), "March")
    stage = Stage(
        cafe(units=(waits, SPEND), rules=(*cafe().rules, YEARLY), rewards=(cake,), dividend=shares)
    )
    for who in (ALICE, BRUNO):
        stage.post("2025-12-10", buys(7000), who)
        stage.post("2026-03-02", facts.Passage(), who)
    held = [dict(enumerate(stage.account(who).balances)) for who in (ALICE, BRUNO)]
    vouchers = len(stage.vouchers()) + len(stage.vouchers(BRUNO))
    stage.post("2026-03-03", Merge(BRUNO))
    issued = [each for each in stage.account(BRUNO).vouchers or [] if each.state == "issued"]
    assert len({each.id for each in issued}) == len(issued) == vouchers > 2
    lots = [lot for lot in stage.account(BRUNO).lots or [] if lot.remaining]
    assert len({lot.id for lot in lots}) == len(lots)
    assert sum(lot.remaining for lot in lots) == held[0][0] + held[1][0] > 0


def test_a_tier_that_came_along_is_lost_on_its_day() -> None:
    points = Unit("points")
    stage = Stage(cafe(units=(points, SPEND), rules=(*cafe().rules, YEARLY), tiers=TIERS))
    stage.post("2026-01-10", buys(6000))
    stage.post("2026-02-11", facts.Visit(), BRUNO)
    stage.post("2027-03-01", Merge(BRUNO))  # nothing of this year reaches it
    assert stage.account(BRUNO).level == "gold"
    assert stage.on("2027-12-31", BRUNO).level == "gold"
    assert stage.on("2028-01-01", BRUNO).level == "basic"


def test_what_was_told_of_the_estate_does_not_change_with_what_comes_after() -> None:
    once = program.EarnRule(
        "once", "visit", (program.Fixed("points", Fraction(1)),), limits=(program.Limit(9),)
    )
    rules = (*cafe().rules, YEARLY, once)
    stage = Stage(cafe(units=(LASTING, SPEND), rules=rules, tiers=TIERS))
    stage.post("2026-01-10", buys(2000))
    stage.post("2026-01-10", facts.Visit())
    stage.post("2026-02-11", facts.Birthday(), BRUNO)
    merged = stage.post("2026-03-01", Merge(BRUNO))
    assert merged.other is not None
    written = msgspec.json.encode(merged.other.event)
    for who in (ALICE, BRUNO):
        stage.post("2026-03-02", buys(900), who)
        stage.post("2026-03-02", facts.Visit(), who)
    assert msgspec.json.encode(merged.other.event) == written


def test_a_membership_that_came_back_with_its_only_purchase_brings_no_welcome() -> None:
    welcome = program.EarnRule("hi", "enrolment", (program.Fixed("points", Fraction(50)),))
    stage = café(rules=(*cafe().rules, welcome))
    first = stage.histories[ALICE][0].id
    stage.post("2026-03-01", Merge(BRUNO))
    assert stage.has(who=BRUNO) == 125
    stage.post("2026-03-02", Refund(first))
    assert (stage.has(), stage.has(who=BRUNO)) == (0, 55)
    assert stage.account(ALICE).enrolled_on is None


# --- who may be merged ---------------------------------------------------------------------------


def test_a_merged_account_is_not_merged_again_nor_merged_into() -> None:
    stage = café()
    stage.post("2026-02-12", buys(700), CHIARA)
    assert codes(stage.post("2026-03-01", Merge(ALICE))) == ["oneself"]
    assert codes(stage.post("2026-03-01", Merge(9))) == ["not_a_member"]
    assert codes(stage.post("2026-03-01", Merge(ALICE), 9)) == ["not_a_member"]
    stage.post("2026-03-01", Merge(BRUNO))
    before = pictures(stage, ALICE, BRUNO, CHIARA)
    assert (
        codes(
            stage.post("2026-03-02", Merge(BRUNO)),
            stage.post("2026-03-02", Merge(CHIARA)),
            stage.post("2026-03-02", Merge(ALICE), CHIARA),
            stage.post("2026-03-02", Merge(ALICE), BRUNO),
        )
        == ["merged"] * 4
    )
    assert pictures(stage, ALICE, BRUNO, CHIARA) == before


def test_what_lies_elsewhere_is_not_spent_here_but_a_late_till_is_still_heard() -> None:
    stage = café(transfers=Transfers(("points",)))
    stage.post("2026-03-01", Merge(BRUNO))
    late = stage.post("2026-02-15", Redemption("coffee"))
    assert (
        codes(
            late,
            stage.post("2026-03-02", Transfer("points", 1, BRUNO)),
            stage.post("2026-03-02", Adjustment("points", 5, "kindness")),
            stage.post("2026-03-02", Transfer("points", 1, ALICE), BRUNO),
        )
        == ["merged"] * 4
    )
    bought = stage.post("2026-02-15", buys(300))  # a till that was offline
    assert bought.refused is None
    assert bought.other is not None
    assert (stage.has(), stage.has(who=BRUNO)) == (0, 28)
    stage.post("2026-03-02", buys(100))  # a door that did not send it on
    assert (stage.has(), stage.has(who=BRUNO)) == (1, 28)


# --- returns, and back again ---------------------------------------------------------------------


def test_what_was_bought_before_comes_back_out_of_the_account_it_went_into() -> None:
    stage = café()
    first = stage.histories[ALICE][0].id
    stage.post("2026-03-01", Merge(BRUNO))
    stage.post("2026-03-02", Redemption("coffee"), BRUNO)
    back = stage.post("2026-03-03", Refund(first, amount=500))
    assert back.refused is None
    assert back.money == 500
    assert back.entries == []
    assert back.other is not None
    assert (back.other.event.customer, back.other.money) == (BRUNO, 0)
    assert [(one.amount, one.kind) for one in back.other.entries] == [(-5, "reversal")]
    assert stage.has(who=BRUNO) == 10
    rest = stage.post("2026-03-04", Refund(first, amount=200))
    assert (rest.money, stage.has(who=BRUNO)) == (200, 8)
    assert stage.post("2026-03-05", facts.Visit()).other is None


def test_a_merge_that_comes_late_does_not_move_what_was_used_since() -> None:
    stage = café()
    stage.post("2026-02-20", Redemption("coffee"))
    before = pictures(stage)
    assert codes(stage.post("2026-02-15", Merge(BRUNO))) == ["insufficient"]
    assert pictures(stage) == before
    late = stage.post("2026-02-21", buys(100), BRUNO)
    assert codes(late, stage.post("2026-02-20", Merge(BRUNO))) == [None, None]
    assert stage.has(who=BRUNO) == 16


def test_what_was_spent_since_is_withheld_from_the_money() -> None:
    worth = structs.replace(LASTING, worth=Fraction(1, 10))
    stage = café(units=(worth,), refund_of_spent="lower the refund")
    first = stage.histories[ALICE][0].id
    stage.post("2026-03-01", Merge(BRUNO))
    stage.post("2026-03-02", Redemption("coffee"), BRUNO)
    stage.post("2026-03-02", Redemption("coffee"), BRUNO)
    back = stage.post("2026-03-03", Refund(first))
    assert back.money == 2000 - 150  # 15 points are missing, at ten cents
    assert stage.has(who=BRUNO) == 0


def test_undoing_a_merge_leaves_both_as_if_it_had_never_been() -> None:
    stage = café(undo_within=Period(1, "day"))
    before = pictures(stage)
    merged = stage.post("2026-03-01", Merge(BRUNO))
    undone = stage.post("2026-08-01", Undo(merged.event.id))
    assert undone.refused is None
    assert undone.other is not None
    assert pictures(stage) == before
    assert codes(stage.post("2026-08-02", Undo(merged.event.id))) == ["already_undone"]
    assert codes(stage.post("2026-08-02", Merge(BRUNO))) == [None]
    assert stage.has(who=BRUNO) == 25


def test_what_the_one_spent_of_the_other_is_forgiven_or_owed() -> None:
    for policy, left in (("never below zero", 0), ("negative", -15)):
        stage = café(refund_of_spent=policy)
        merged = stage.post("2026-03-01", Merge(BRUNO))
        stage.post("2026-03-02", Redemption("coffee"), BRUNO)
        stage.post("2026-03-03", Redemption("coffee"), BRUNO)
        stage.post("2026-03-04", Undo(merged.event.id))
        assert (stage.has(), stage.has(who=BRUNO)) == (20, left)


def test_three_who_are_one_person_are_corrected_along_the_chain() -> None:
    stage = café()
    first = stage.histories[ALICE][0].id
    stage.post("2026-02-12", buys(700), CHIARA)
    one = stage.post("2026-03-01", Merge(BRUNO))
    stage.post("2026-03-02", Merge(CHIARA), BRUNO)
    assert stage.has(who=CHIARA) == 32
    back = stage.post("2026-03-03", Refund(first, amount=500))
    assert back.money == 500
    assert back.other is not None
    assert back.other.other is not None
    assert (stage.has(), stage.has(who=BRUNO), stage.has(who=CHIARA)) == (0, 0, 27)
    stage.post("2026-03-04", Undo(one.event.id))
    assert (stage.has(), stage.has(who=BRUNO), stage.has(who=CHIARA)) == (15, 0, 12)


def test_gifts_of_a_merged_account_are_not_undone_before_the_merge_is() -> None:
    stage = café(transfers=Transfers(("points",)), undo_within=Period(1, "year"))
    stage.post("2026-02-12", buys(700), CHIARA)
    given_ = stage.post("2026-02-20", Transfer("points", 5, CHIARA))
    received = stage.post("2026-02-20", Transfer("points", 3, ALICE), CHIARA)
    merged = stage.post("2026-03-01", Merge(BRUNO))
    assert codes(
        stage.post("2026-03-02", Undo(given_.event.id)),
        stage.post("2026-03-02", Undo(received.event.id), CHIARA),
    ) == ["merged", "merged"]
    stage.post("2026-03-03", Undo(merged.event.id))
    assert codes(
        stage.post("2026-03-04", Undo(given_.event.id)),
        stage.post("2026-03-04", Undo(received.event.id), CHIARA),
    ) == [None, None]
    assert [stage.has(who=who) for who in (ALICE, BRUNO, CHIARA)] == [20, 5, 7]


def test_every_part_that_goes_over_is_an_entry_on_both_sides() -> None:
    stage = Stage(cafe(units=(LASTING, SPEND), rules=(*cafe().rules, YEARLY),
                       refund_of_spent="negative"))  # fmt: skip
    stage.post("2026-01-10", buys(2_000))
    stage.post("2026-02-11", buys(500), BRUNO)
    merged = stage.post("2026-03-01", Merge(BRUNO))
    day, other = date(2026, 3, 1), merged.other
    assert merged.entries == [
        Entry(0, 257, -20, "transfer", day, 0, (("merged", 0, -20),)),
        Entry(1, 0, -2_000, "transfer", day, 0, (("merged", 0, -2_000),)),
    ]
    assert other is not None
    assert other.entries == [
        Entry(0, 257, 20, "transfer", day, 25, (("merged", 0, 20),)),
        Entry(1, 0, 2_000, "transfer", day, 2_500, (("merged", 0, 2_000),)),
    ]
    memory = stage.account(ALICE).memory
    assert (memory.last_id, memory.purchases) == (merged.event.id, 1)


def test_what_is_owed_goes_over_as_an_entry_too() -> None:
    stage = Stage(cafe(units=(LASTING,), refund_of_spent="negative"))
    bought = stage.post("2026-01-10", buys(2_000)).event.id
    stage.post("2026-01-11", Adjustment("points", -20, "a slip"))
    stage.post("2026-01-12", Refund(bought))
    stage.post("2026-02-11", buys(500), BRUNO)
    other = stage.post("2026-03-01", Merge(BRUNO)).other
    day = date(2026, 3, 1)
    assert other is not None
    assert other.entries == [
        Entry(0, 0, -20, "transfer", day, -15, (("merged", 0, -20),)),
        Entry(0, 513 + 2 * 256, -5, "settlement", day, -20),
        Entry(0, 0, 5, "settlement", day, -15),
    ]
    assert stage.account(BRUNO).memory.debts == {0: 15}
    assert (stage.account(ALICE).balances, stage.account(ALICE).memory.debts) == ([0], {})


def test_units_that_wait_for_an_event_wait_for_it_after_a_merge() -> None:
    stage = café(units=(Unit("points", pending=program.Pending(event="delivery")),))
    stage.post("2026-03-01", Merge(BRUNO))
    assert [lot.awaits for lot in stage.account(BRUNO).lots or ()] == ["delivery"] * 2
    stage.post("2026-03-02", facts.Action("delivery"), BRUNO)
    assert stage.has(who=BRUNO) == 25
