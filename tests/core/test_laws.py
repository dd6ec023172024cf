"""Laws of the engine that hold for every program and every history that can be written."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from copy import deepcopy
from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import assume, event, given
from hypothesis import strategies as some
from msgspec import structs

from habitue.core import engine, facts, history, program
from habitue.core.account import Account, Memory
from habitue.core.engine import Outcome
from habitue.core.facts import Event
from tests.core import drawn
from tests.core.cast import ALICE, STEP, Stage, as_of, at, picture
from tests.core.drawn import EARNING, SPENDING, Move, dated, lawful, moves, programs

EVERYTHING = (*EARNING, *SPENDING, "return", "return", "undo")


def opening(source: program.Program) -> Event:
    """What comes before every history."""
    what = facts.Enrolment() if drawn.joined_before(source) else facts.Passage()
    return Event(0, ALICE, at("2027-11-01"), what)


def played(source: program.Program, events: Sequence[Event]) -> Stage:
    stage = Stage(source)
    stage.run([opening(source)])
    stage.run(events)
    return stage


def steps(source: program.Program, history_: list[Move]) -> Any:
    """Play a drawn history move by move, yielding the stage, what it was before, and what came."""
    stage = Stage(source)
    stage.run([opening(source)])
    for happening, move in zip(dated(history_), history_, strict=True):
        happening = drawn.resolved(stage, happening, move)
        before = deepcopy(stage.account())
        (outcome,) = stage.run([happening])
        yield stage, before, outcome


def told(source: program.Program, history_: list[Move]) -> Stage:
    """A drawn history played to its end."""
    stages: list[Stage] = [stage for stage, _, _ in steps(source, history_)]
    return stages[-1]


def refused(stage: Stage, events: Sequence[Event]) -> bool:
    """Whether any of some events was refused."""
    return len(stage.histories[ALICE]) <= len(events)


# --- conservation, refusal, dates ---------------------------------------------------------------


@lawful
@given(programs(), moves(*EVERYTHING, least=5, most=14))
def test_a_balance_is_the_sum_of_its_entries_and_of_its_lots_net_of_debts(
    source: program.Program, history_: list[Move]
) -> None:
    entries = [0] * len(source.units)
    for stage, _, outcome in steps(source, history_):
        for entry in outcome.entries:
            entries[entry.unit] += entry.amount
            assert entry.amount != 0
        account = stage.account()
        assert account.balances == entries
        for number, unit in enumerate(source.units):
            if unit.redeemable:
                held = sum(lot.remaining for lot in account.lots if lot.unit == number)
                assert account.balances[number] == held - account.memory.debts.get(number, 0)
                assert account.usable(number) <= account.balances[number]
        assert all(0 <= lot.remaining <= lot.original for lot in account.lots)
        assert all(debt > 0 for debt in account.memory.debts.values())
        if source.refund_of_spent == "never below zero":
            assert account.memory.debts == {}
            assert min(account.balances) >= 0


@lawful
@given(programs(), moves(*EVERYTHING, least=5, most=14))
def test_a_refusal_leaves_the_account_as_it_was(
    source: program.Program, history_: list[Move]
) -> None:
    for stage, before, outcome in steps(source, history_):
        if outcome.refused is not None:
            event(outcome.refused.code)
            assert outcome.entries == []
            assert msgspec.structs.asdict(stage.account()) == msgspec.structs.asdict(before)


@lawful
@given(
    programs(),
    moves("buy", "visit", "share", "wait", "take", "take now", "take back", least=6, most=14),
)
def test_units_are_spent_within_their_dates_and_in_their_order(
    source: program.Program, history_: list[Move]
) -> None:
    for stage, before, outcome in steps(source, history_):
        if not isinstance(outcome.event.what, facts.Redemption | facts.Adjustment):
            continue
        event(f"{facts.kind(outcome.event.what)} {outcome.refused.code if outcome.refused else ''}")
        ready = as_of(stage.book, before, outcome.on)
        left = {lot.id: lot.remaining for lot in stage.account().lots}
        order = ready.spendable(0, outcome.on, first_in=source.units[0].order == "first in")
        drawn_from = {
            entry.lot
            for entry in outcome.entries
            if entry.unit == 0 and entry.kind in ("redemption", "adjustment")
        }
        assert drawn_from <= {lot.id for lot in order}
        places = [place for place, lot in enumerate(order) if lot.id in drawn_from]
        assert all(left[lot.id] == 0 for lot in order[: max(places, default=0)])
        if outcome.refused is None and not earned_by(outcome):
            assert drawn_units(outcome) == asked(source, outcome.event.what)


def earned_by(outcome: Outcome) -> bool:
    """Whether the event enrolled its customer, or was a gift, besides spending."""
    return any(entry.amount > 0 for entry in outcome.entries)


def drawn_units(outcome: Outcome) -> int:
    """The points that the event itself took."""
    kinds = ("redemption", "adjustment")
    return -sum(one.amount for one in outcome.entries if one.unit == 0 and one.kind in kinds)


def asked(source: program.Program, what: facts.What) -> int:
    if isinstance(what, facts.Adjustment):
        return -what.amount
    assert isinstance(what, facts.Redemption)
    reward = source.reward(what.reward)
    assert reward is not None
    assert reward.cost is not None
    return reward.cost[1]


# --- history = live, whatever the batches --------------------------------------------------------


@lawful
@given(programs(), moves(*EVERYTHING, least=5, most=14))
def test_folding_the_history_leads_to_the_living_account(
    source: program.Program, history_: list[Move]
) -> None:
    for stage, _, outcome in steps(source, history_):
        account = stage.account()
        last = max(known.at for known in stage.histories[ALICE])
        day = last.astimezone(stage.book.latest.zone).date()
        folded = engine.fold(stage.book, stage.histories[ALICE], day, customer=ALICE)
        event(facts.kind(outcome.event.what))
        assert picture(folded) == picture(as_of(stage.book, account, day))


def stored(account: Account) -> Account:
    """An account as the ledger would read it again, without lots."""
    memory = msgspec.json.decode(msgspec.json.encode(account.memory), type=Memory)
    blank: dict[str, Any] = {
        "touched_lots": {},
        "touched_vouchers": {},
        "lots": None,
        "vouchers": None,
    }
    return structs.replace(deepcopy(account), memory=memory, **blank)


def posted(source: program.Program, events: Sequence[Event], cuts: set[int]) -> Any:
    """Run events in batches, loading only what `need` asks for; every lot is kept beside."""
    stage = Stage(source)
    outcomes: list[Outcome] = []
    lots: dict[int, Any] = {}
    vouchers: dict[int, Any] = {}
    account = stored(Account.blank(ALICE, len(source.units)))
    bounds = [0, *sorted(cuts), len(events)]
    for since, until in itertools.pairwise(bounds):
        batch = events[since:until]
        day = None
        for one in batch:
            local = one.at.astimezone(stage.book.latest.zone).date()
            need = max(engine.need(stage.book, account, one), int(day not in (None, local)))
            day = local
            if need and account.lots is None:
                account.lots = [deepcopy(lot) for lot in lots.values() if lot.remaining or need > 1]
                account.vouchers = deepcopy(list(vouchers.values()))
        stage.accounts[ALICE] = account
        outcomes += stage.run(batch)
        account = stage.accounts[ALICE]
        lots.update(account.touched_lots)
        vouchers.update(account.touched_vouchers)
        account = stored(account)
    account.lots, account.vouchers = list(lots.values()), list(vouchers.values())
    return account, [(one.entries, one.refused, one.level) for one in outcomes]


@lawful
@given(
    programs(),
    moves(*EARNING, *SPENDING, least=5, most=14),
    some.sets(some.integers(1, 13)),
)
def test_any_split_of_a_batch_gives_the_same(
    source: program.Program, history_: list[Move], cuts: set[int]
) -> None:
    events = dated(history_)
    whole, answers = posted(source, events, set())
    parts, answers_of_parts = posted(source, events, {cut for cut in cuts if cut < len(events)})
    assert answers_of_parts == answers
    assert picture(parts) == picture(whole)


@lawful
@given(programs(), moves(*EVERYTHING, most=10), some.integers(0, 800))
def test_a_balance_read_at_a_date_is_the_balance_after_that_date_was_posted(
    source: program.Program, history_: list[Move], days: int
) -> None:
    stage = told(source, history_)
    later = max(known.at for known in stage.histories[ALICE]) + timedelta(days=days)
    day = later.astimezone(stage.book.latest.zone).date()
    read = as_of(stage.book, stage.account(), day)
    stage.run([Event(10**6, ALICE, later, facts.Passage())])
    assert picture(read) == picture(stage.account())


@lawful
@given(
    programs(),
    moves(*EARNING, *SPENDING, least=2, most=10),
    some.sets(some.integers(0, 700), max_size=6),
)
def test_sweeps_change_nothing_whenever_they_run(
    source: program.Program, history_: list[Move], days: set[int]
) -> None:
    events = dated(history_)
    sweeps = [
        Event(10**6 + number, ALICE, at(drawn.START + timedelta(days=day), 3), facts.Passage())
        for number, day in enumerate(sorted(days))
    ]
    swept, left_alone = Stage(source), Stage(source)
    swept.run(sorted([opening(source), *events, *sweeps], key=lambda each: each.at))
    left_alone.run([opening(source), *events])
    day = drawn.START + timedelta(days=2_200)
    assert picture(as_of(swept.book, swept.account(), day)) == picture(
        as_of(left_alone.book, left_alone.account(), day)
    )


# --- corrections ---------------------------------------------------------------------------------


@lawful
@given(
    programs(),
    moves(*EARNING, least=2, most=9),
    some.data(),
)
def test_partial_returns_in_any_order_equal_buying_only_the_kept_goods(
    source: program.Program, history_: list[Move], data: some.DataObject
) -> None:
    stage = played(source, dated(history_))
    accepted = [known for known in stage.histories[ALICE] if known.id]
    refunds = returns(accepted, data)
    assume(refunds)
    last = max(known.at for known in accepted) + timedelta(minutes=5)
    for number, refund in enumerate(refunds):
        assert not stage.run([Event((100 + number) * STEP, ALICE, last, refund)])[0].refused
    kept = Stage(source)
    kept.run([opening(source)])
    for known in accepted:
        what = known.what
        if isinstance(what, facts.Purchase):
            mine = [refund for refund in refunds if refund.of == known.id]
            left = history.kept(what, mine) if mine else what
            if left is None:
                continue
            what = left
        assume(not kept.run([Event(known.id, ALICE, known.at, what)])[0].refused)
    kept.run([Event(200 * STEP, ALICE, last, facts.Passage())])
    assert picture(stage.account()) == picture(kept.account())


@lawful
@given(
    programs(),
    moves(*EARNING, "take", "take now", "use", least=2, most=9),
    some.data(),
)
def test_the_order_of_returns_does_not_matter_even_after_redemptions(
    source: program.Program, history_: list[Move], data: some.DataObject
) -> None:
    stage = told(source, history_)
    accepted = [known for known in stage.histories[ALICE] if known.id]
    refunds = returns(accepted, data)
    assume(len(refunds) > 1)
    last = max(known.at for known in accepted) + timedelta(minutes=5)
    other = data.draw(some.permutations(refunds))
    mirror = deepcopy(stage)
    for number, (one, two) in enumerate(zip(refunds, other, strict=True)):
        assert not stage.run([Event((100 + number) * STEP, ALICE, last, one)])[0].refused
        assert not mirror.run([Event((100 + number) * STEP, ALICE, last, two)])[0].refused
    assert picture(stage.account()) == picture(mirror.account())


def returns(accepted: Sequence[Event], data: some.DataObject) -> list[facts.Refund]:
    """Single pieces of some lines of some purchases, in an order that is drawn."""
    pieces = [
        facts.Refund(known.id, (facts.Returned(number, 1),))
        for known in accepted
        if isinstance(known.what, facts.Purchase)
        for number, line in enumerate(known.what.lines)
        for _ in range(line.quantity)
    ]
    if not pieces:
        return []
    most = min(len(pieces), 5)
    places = some.lists(some.integers(0, len(pieces) - 1), unique=True, min_size=1, max_size=most)
    return [pieces[place] for place in data.draw(places)]


@lawful
@given(programs(), moves(*EARNING, "take", least=2, most=9), some.integers(0, 8))
def test_an_event_undone_never_happened(
    source: program.Program, history_: list[Move], which: int
) -> None:
    events = drawn.sensible(source, dated(history_))
    assume(events)
    stage = played(source, events)
    assume(not refused(stage, events))
    victims = [one for one in events if isinstance(one.what, history.UNDOABLE)]
    assume(victims)
    victim = victims[which % len(victims)]
    others = [one for one in events if one is not victim]
    without = played(source, others)
    assume(not refused(without, others))
    last = events[-1].at + timedelta(seconds=1)
    stage.run([Event(10**6, ALICE, last, facts.Undo(victim.id))])
    without.run([Event(10**6, ALICE, last, facts.Passage())])
    event(facts.kind(victim.what))
    assert picture(stage.account()) == picture(without.account())


@lawful
@given(programs(), moves(*EARNING, "take", least=2, most=8), some.randoms(use_true_random=False))
def test_events_that_arrive_late_lead_where_they_would_have_led_in_time(
    source: program.Program, history_: list[Move], chance: Any
) -> None:
    events = drawn.sensible(source, dated(history_))
    assume(events)
    in_time = played(source, events)
    assume(not refused(in_time, events))
    shuffled = list(events)
    chance.shuffle(shuffled)
    late = played(source, shuffled)
    assume(not refused(late, events))
    day = events[-1].at.astimezone(late.book.latest.zone).date()
    assert picture(as_of(late.book, late.account(), day)) == picture(in_time.account())
