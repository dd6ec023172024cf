"""Two members turn out to be one person, and what was bought before still comes back exactly."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import msgspec
from hypothesis import assume, event, given
from hypothesis import strategies as some
from msgspec import structs

from habitue.core import engine, facts, merging, program
from habitue.core.account import FeeState, Memory, Usage
from habitue.core.engine import Outcome
from habitue.core.facts import Adjustment, Event, Merge, Redemption, Refund, Transfer, Undo
from habitue.core.program import Period, Transfers, Unit
from tests.core import drawn
from tests.core.cast import (
    ALICE,
    BRUNO,
    CHIARA,
    SPEND,
    STEP,
    YEARLY,
    Stage,
    as_of,
    at,
    buys,
    cafe,
    picture,
)
from tests.core.drawn import EARNING, SPENDING, Move, lawful, moves, programs

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


# --- laws ----------------------------------------------------------------------------------------

OTHERS = ("gift", "gift back", "merge", "merge back", "unmerge")
GUESTS = (ALICE, BRUNO)


def staged(source: program.Program) -> Stage:
    stage = Stage(structs.replace(source, transfers=Transfers(("points", "stamps"))))
    what = facts.Enrolment() if source.enrolment == "on request" else facts.Passage()
    stage.run([Event(who, who, at("2027-11-01"), what) for who in GUESTS])
    return stage


def walk(stage: Stage, story: Sequence[tuple[Move, int]]) -> list[Outcome]:
    """A drawn history of two guests, move by move."""
    events = drawn.dated([move for move, _ in story])
    outcomes = []
    for happening, (move, who) in zip(events, story, strict=True):
        mine = structs.replace(happening, customer=who)
        outcomes += stage.run([told(stage, mine, move)])
    return outcomes


def told(stage: Stage, happening: Event, move: Move) -> Event:
    """What a move means: gifts and merges speak of the other guest."""
    who = happening.customer
    other = ALICE + BRUNO - who
    what: facts.What
    match move.kind:
        case "gift" | "gift back":
            what = Transfer("points" if move.pick % 2 else "stamps", 1 + move.pick, other)
        case "merge" | "merge back":
            what = Merge(other)
        case "unmerge":
            past = [one.id for one in stage.histories[who] if isinstance(one.what, Merge)]
            what = Undo(past[-1] if past else 1)
        case "use":
            held = stage.accounts[who].vouchers if who in stage.accounts else ()
            issued = [each.id for each in held or () if each.state == "issued"]
            what = facts.VoucherUse(issued[0] if issued else 1)
        case _:
            return drawn.resolved(stage, happening, move)
    return structs.replace(happening, what=what)


STORIES = some.lists(
    some.tuples(
        moves(*EARNING, *SPENDING, *OTHERS, "return", "undo", least=1, most=1).map(lambda m: m[0]),
        some.sampled_from(GUESTS),
    ),
    min_size=6,
    max_size=14,
)


@lawful
@given(programs(), STORIES)
def test_each_side_folds_by_itself_to_the_living_account(
    source: program.Program, story: list[tuple[Move, int]]
) -> None:
    stage = staged(source)
    outcomes = walk(stage, story)
    for one in outcomes:
        event(f"{facts.kind(one.event.what)} {one.refused.code if one.refused else 'accepted'}")
    day = max(known.at for past in stage.histories.values() for known in past).date()
    day += timedelta(days=1)
    for who in GUESTS:
        stored = msgspec.json.encode(stage.histories[who])
        past = msgspec.json.decode(stored, type=list[Event])
        folded = engine.fold(stage.book, past, day, customer=who)
        assert picture(folded) == picture(as_of(stage.book, stage.account(who), day))


@lawful
@given(programs(), STORIES)
def test_balances_are_the_sums_of_entries_and_moving_makes_and_loses_nothing(
    source: program.Program, story: list[tuple[Move, int]]
) -> None:
    stage = staged(source)
    sums = {who: [0] * len(source.units) for who in GUESTS}
    for who in GUESTS:
        sums[who] = list(stage.account(who).balances)
    for one in walk(stage, story):
        side: Outcome | None = one
        moved = [0] * len(source.units)
        while side is not None:
            for entry in side.entries:
                sums[side.event.customer][entry.unit] += entry.amount
                moved[entry.unit] += entry.amount * (entry.kind == "transfer")
            side = side.other
        if one.other is not None and not isinstance(one.event.what, Undo | Refund):
            late = any(entry.kind == "reversal" for entry in (*one.entries, *one.other.entries))
            event("moved")
            assert late or moved == [0] * len(source.units)
    for who in GUESTS:
        assert stage.account(who).balances == sums[who]


@lawful
@given(programs(), STORIES, some.booleans())
def test_a_refusal_leaves_both_sides_as_they_were(
    source: program.Program, story: list[tuple[Move, int]], late: bool
) -> None:
    stage = staged(source)
    events = drawn.dated([move for move, _ in story])
    for happening, (move, who) in zip(events, story, strict=True):
        before = pictures(stage)
        moment = happening.at - timedelta(days=3 * late)
        mine = structs.replace(happening, customer=who, at=moment)
        (outcome,) = stage.run([told(stage, mine, move)])
        if outcome.refused is not None:
            assert pictures(stage) == before


def earned(least: int = 2) -> some.SearchStrategy[list[Move]]:
    return moves(*EARNING, least=least, most=7)


@lawful
@given(programs(), earned(), earned(1), some.data())
def test_a_return_after_the_merge_ends_where_one_before_it_would_have(
    source: program.Program, hers: list[Move], his: list[Move], data: some.DataObject
) -> None:
    stage = staged(source)
    walk(stage, [(move, ALICE) for move in hers])
    shifted = [structs.replace(one, id=one.id + 100 * STEP) for one in drawn.dated(his)]
    stage.run([structs.replace(one, customer=BRUNO) for one in shifted])
    bought = [one for one in stage.histories[ALICE] if isinstance(one.what, facts.Purchase)]
    assume(bought)
    assume(all(stage.accounts[who].enrolled_on for who in GUESTS))
    last = max(one.at for past in stage.histories.values() for one in past) + timedelta(minutes=1)
    merge = Event(300 * STEP, ALICE, last, Merge(BRUNO))
    returns = [
        Event((310 + number) * STEP, ALICE, last + timedelta(seconds=number), refund)
        for number, refund in enumerate(drawn_returns(bought, data))
    ]
    mirror = deepcopy(stage)
    assert codes(*stage.run([merge, *returns])) == [None] * (1 + len(returns))
    before = [structs.replace(one, at=one.at - timedelta(seconds=50)) for one in returns]
    merge = structs.replace(merge, id=400 * STEP)
    *accepted, joined = codes(*mirror.run([*before, merge]))
    assert accepted == [None] * len(returns)
    assume(joined != "not_a_member")  # by what she brought back she had become one
    assert joined is None
    forgiven = [one.forgiven for past in mirror.histories.values() for one in past]
    assume(not any(forgiven))  # what was forgiven to her before is taken from them both after
    assert pictures(stage) == pictures(mirror)


def drawn_returns(bought: Sequence[Event], data: some.DataObject) -> list[facts.Refund]:
    pieces = [
        Refund(known.id, (facts.Returned(number, 1),))
        for known in bought
        if isinstance(known.what, facts.Purchase)
        for number, _ in enumerate(known.what.lines)
    ]
    places = some.lists(some.integers(0, len(pieces) - 1), unique=True, min_size=1, max_size=3)
    return [pieces[place] for place in data.draw(places)]


@lawful
@given(programs(), earned(), earned(1), some.data())
def test_undoing_a_merge_leaves_what_would_have_been_without_it(
    source: program.Program, hers: list[Move], his: list[Move], data: some.DataObject
) -> None:
    """Also where goods of hers came back meanwhile, and he went on."""
    stage = staged(source)
    walk(stage, [(move, ALICE) for move in hers])
    shifted = [structs.replace(one, id=one.id + 100 * STEP) for one in drawn.dated(his)]
    stage.run([structs.replace(one, customer=BRUNO) for one in shifted])
    assume(all(stage.accounts[who].enrolled_on for who in GUESTS))
    bought = [one for one in stage.histories[ALICE] if isinstance(one.what, facts.Purchase)]
    last = max(one.at for past in stage.histories.values() for one in past) + timedelta(minutes=1)
    mirror = deepcopy(stage)
    stage.run([Event(300 * STEP, ALICE, last, Merge(BRUNO))])
    meanwhile = [
        Event((310 + number) * STEP, ALICE, last + timedelta(seconds=1 + number), refund)
        for number, refund in enumerate(drawn_returns(bought, data) if bought else [])
    ]
    meanwhile.append(Event(330 * STEP, BRUNO, last + timedelta(seconds=30), facts.Visit()))
    assert codes(*stage.run(meanwhile)) == codes(*mirror.run(meanwhile))
    end = last + timedelta(minutes=1)
    stage.run([Event(400 * STEP, ALICE, end, Undo(300 * STEP))])
    for who in GUESTS:
        mirror.run([Event(400 * STEP, who, end, facts.Passage())])
    assert pictures(stage) == pictures(mirror)
