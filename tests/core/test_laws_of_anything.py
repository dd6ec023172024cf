"""Laws that hold for programs of anything there is, and histories of two guests that use it all."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
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
from tests.core import anything, test_laws
from tests.core.anything import (
    BUYING,
    CORRECTING,
    EARNING,
    MOVING,
    SPENDING,
    TAKING,
    Story,
    any_books,
    lawful,
    stories,
)
from tests.core.cast import ALICE, BRUNO, STEP, Stage, as_of, picture

GUESTS = (ALICE, BRUNO)
EVERYTHING = (*EARNING, *SPENDING, *MOVING, *CORRECTING, *CORRECTING)
Versions = tuple[program.Program, ...]


def walk(stage: Stage, story: Story) -> Iterator[Outcome]:
    """A story move by move."""
    for happening, (move, _) in zip(anything.events(story), story, strict=True):
        (outcome,) = stage.run([anything.meant(stage, happening, move)])
        yield outcome


def sides(outcome: Outcome) -> Iterator[Outcome]:
    """An outcome and what followed on other sides."""
    side: Outcome | None = outcome
    while side is not None:
        yield side
        side = side.other


def today(stage: Stage) -> Any:
    moments = [one.at for past in stage.histories.values() for one in past]
    return max(moments).astimezone(stage.book.zone).date()


def pictures(stage: Stage) -> Any:
    day = today(stage)
    return {
        who: picture(as_of(stage.book, account, day)) for who, account in stage.accounts.items()
    }


def reached(outcome: Outcome) -> None:
    """Note for the statistics what was reached."""
    code = outcome.refused.code if outcome.refused else "accepted"
    event(f"{facts.kind(outcome.event.what)} {code}")


# --- after every step --------------------------------------------------------------------------


@lawful
@given(any_books(), stories(*EVERYTHING, who=GUESTS, least=6, most=16))
def test_everything_adds_up_after_every_step(versions: Versions, story: Story) -> None:
    """Balances are the sums of entries and of lots, sums that all share those of their members."""
    stage = anything.opened(*versions, who=GUESTS)
    totals = dict(stage.totals)
    booked = {who: list(account.balances) for who, account in stage.accounts.items()}
    tallied = {who: dict(account.memory.tallies) for who, account in stage.accounts.items()}
    for outcome in walk(stage, story):
        reached(outcome)
        for side in sides(outcome):
            who = side.event.customer
            for entry in side.entries:
                assert entry.amount != 0
                booked[who][entry.unit] += entry.amount
            add(tallied[who], side.tallies)
            add(totals, side.tallies)
        assert given_(stage.totals) == given_(totals)
        for who, account in stage.accounts.items():
            assert account.balances == booked[who]
            assert account.memory.tallies == given_(tallied[who])
            backed(versions[-1], account)


def add(sums: dict[str, tuple[int, int]], changes: dict[str, tuple[int, int]]) -> None:
    for name, (units, money) in changes.items():
        was = sums.get(name, (0, 0))
        sums[name] = (was[0] + units, was[1] + money)


def given_(sums: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    return {name: held for name, held in sums.items() if held != (0, 0)}


def backed(source: program.Program, account: Account) -> None:
    """A balance is what its lots hold, less what is owed."""
    for number, unit in enumerate(source.units):
        if unit.redeemable:
            held = sum(lot.remaining for lot in account.lots or () if lot.unit == number)
            assert account.balances[number] == held - account.memory.debts.get(number, 0)
            assert account.usable(number) <= account.balances[number]
    assert all(0 <= lot.remaining <= lot.original for lot in account.lots or ())
    assert all(debt > 0 for debt in account.memory.debts.values())


@lawful
@given(any_books(), stories(*EVERYTHING, who=GUESTS, least=6, most=16))
def test_the_stored_history_leads_to_the_living_account_after_every_step(
    versions: Versions, story: Story
) -> None:
    stage = anything.opened(*versions, who=GUESTS)
    for outcome in walk(stage, story):
        reached(outcome)
        for side in sides(outcome):
            who = side.event.customer
            stored = msgspec.json.encode(stage.histories[who])
            past = msgspec.json.decode(stored, type=list[Event])
            day = max(one.at for one in past).astimezone(stage.book.zone).date()
            folded = engine.fold(stage.book, past, day, customer=who)
            assert picture(folded) == picture(as_of(stage.book, stage.account(who), day))
            memory = stage.account(who).memory
            assert msgspec.json.decode(msgspec.json.encode(memory), type=Memory) == memory


@lawful
@given(any_books(), stories(*EVERYTHING, who=GUESTS, least=6, most=16), some.booleans())
def test_a_refusal_leaves_everybody_as_they_were(
    versions: Versions, story: Story, late: bool
) -> None:
    stage = anything.opened(*versions, who=GUESTS)
    for happening, (move, _) in zip(anything.events(story), story, strict=True):
        moment = happening.at - timedelta(days=3 * late)
        told = anything.meant(stage, structs.replace(happening, at=moment), move)
        before = msgspec.json.encode((stage.accounts, stage.histories, stage.totals))
        (outcome,) = stage.run([told])
        if outcome.refused is not None:
            reached(outcome)
            assert outcome.entries == []
            assert given_(outcome.tallies) == {}
            after = (stage.accounts, stage.histories, stage.totals)
            assert msgspec.json.encode(after) == before


# --- alone, in any order, at any time ------------------------------------------------------------


def told(versions: Versions, story: Story) -> Stage:
    """A stage on which a story has been played."""
    stage = anything.opened(*versions)
    for outcome in walk(stage, story):
        reached(outcome)
    return stage


def accepted(stage: Stage) -> list[Event]:
    """What was accepted of the story itself, with the room it was decided in left out."""
    return [
        structs.replace(one, room=None)
        for one in stage.histories[ALICE]
        if one.id > anything.OPENING
    ]


def settled(stage: Stage, at: Any) -> Any:
    """Where Alice and all sums stand after a moment, brought up to it."""
    stage.run([Event(900 * STEP, ALICE, at, facts.Passage())])
    return picture(stage.account()), given_(stage.totals)


def answered(stage: Stage, events: Sequence[Event]) -> bool:
    """Whether all of some events are accepted."""
    return not any(outcome.refused for outcome in stage.run(events))


def same_facts(one: Stage, two: Stage, *, but: Collection[int] = ()) -> bool:
    """Whether what both stages know of an event when it was decided is the same: a payment that
    took what there was (`clamp`) took it, whatever else was heard of later.
    """
    known = {each.id: each.what for each in one.histories[ALICE]}
    return all(
        known.get(each.id, each.what) == each.what
        for each in two.histories[ALICE]
        if each.id not in but
    )


@lawful
@given(any_books(), stories(*BUYING, *EARNING, least=3, most=9), some.data())
def test_partial_returns_in_any_order_equal_buying_only_the_kept_goods(
    versions: Versions, story: Story, data: some.DataObject
) -> None:
    stage = told(versions, story)
    bought = accepted(stage)
    refunds = anything.returns(bought, data)
    assume(refunds)
    last = max(one.at for one in bought) + timedelta(minutes=5)
    back = stage.run(returned(refunds, last))
    assert not any(one.refused for one in back)
    event(f"earned less: {any(one.entries for one in back)}")
    event(f"takes back {bool(versions[-1])} {any(one.forgiven for one in stage.histories[ALICE])}")
    kept = anything.opened(*versions)
    assume(answered(kept, kept_goods(bought, refunds)))
    assert settled(stage, last) == settled(kept, last)


def returned(refunds: Sequence[facts.Refund], at: Any) -> list[Event]:
    return [
        Event((100 + number) * STEP, ALICE, at, refund) for number, refund in enumerate(refunds)
    ]


def kept_goods(bought: Sequence[Event], refunds: Sequence[facts.Refund]) -> list[Event]:
    """The same events with only the kept goods in them, and without what had paid for others."""
    found, paid = [], set()
    for known in bought:
        what = known.what
        mine = [refund for refund in refunds if refund.of == known.id]
        if isinstance(what, facts.Purchase) and mine:
            left = history.kept(what, mine)
            if left is None:
                paid |= set(what.spent)
                continue
            what = left
        found.append(structs.replace(known, what=what))
    return [one for one in found if not paid & {one.id, made_by(one)}]


def made_by(one: Event) -> int:
    """The event that issued the voucher which an event hands in."""
    return one.what.voucher // STEP * STEP if isinstance(one.what, facts.VoucherUse) else 0


@lawful
@given(any_books(), stories(*BUYING, *BUYING, *TAKING, *EARNING, least=6, most=12), some.data())
def test_what_was_spent_stays_spent_and_the_order_of_returns_does_not_matter(
    versions: Versions, story: Story, data: some.DataObject
) -> None:
    """Whatever a program does about units already spent; where it leaves them owed (or all that was
    spent could be spent of the kept goods too) it ends as if only these had been bought.
    """
    stage = told(versions, story)
    if data.draw(some.booleans()):
        spend_all(stage)
    happened = accepted(stage)
    refunds = anything.returns(happened, data)
    assume(refunds)
    last = max(one.at for one in happened) + timedelta(minutes=5)
    one, two = deepcopy(stage), deepcopy(stage)
    assert answered(one, returned(refunds, last))
    assert answered(two, returned(data.draw(some.permutations(refunds)), last))
    forgiven = any(known.forgiven for known in one.histories[ALICE])
    event(f"forgiven {forgiven}, owed {bool(one.account().memory.debts)}")
    assert settled(one, last) == settled(two, last)
    kept = anything.opened(*versions)
    alike = answered(kept, kept_goods(happened, refunds)) and same_facts(
        one, kept, but={x.of for x in refunds}
    )
    if alike and not forgiven:
        event("as the kept goods")
        assert settled(one, last) == settled(kept, last)


def spend_all(stage: Stage) -> None:
    """Alice spends everything that can be spent."""
    now = max(one.at for one in stage.histories[ALICE]) + timedelta(minutes=1)
    for number, unit in enumerate(("points", "stamps")):
        day = now.astimezone(stage.book.zone).date()
        lots = as_of(stage.book, stage.account(), day).spendable(number, day, first_in=True)
        held = min(sum(lot.remaining for lot in lots), stage.account().balances[number])
        if held > 0:
            what = facts.Adjustment(unit, -held, "spent at the market")
            stage.run([Event((90 + number) * STEP, ALICE, now, what)])


@lawful
@given(any_books(), stories(*BUYING, *TAKING, *EARNING, *SPENDING, least=3, most=9), some.data())
def test_an_event_undone_never_happened(
    versions: Versions, story: Story, data: some.DataObject
) -> None:
    stage = told(versions, story)
    happened = accepted(stage)
    victims = [one for one in happened if isinstance(one.what, history.UNDOABLE)]
    assume(victims)
    kinds = sorted({facts.kind(one.what) for one in victims})
    kind = data.draw(some.sampled_from(kinds))
    victim = data.draw(some.sampled_from([x for x in victims if facts.kind(x.what) == kind]))
    others = [one for one in happened if one is not victim]
    without = anything.opened(*versions)
    assume(answered(without, others))
    last = happened[-1].at + timedelta(seconds=1)
    assume(answered(stage, [Event(800 * STEP, ALICE, last, facts.Undo(victim.id))]))
    assume(same_facts(stage, without))
    event(f"undone {facts.kind(victim.what)}")
    assert settled(stage, last) == settled(without, last)


@lawful
@given(any_books(), stories(*EARNING, *SPENDING, least=2, most=8), some.data())
def test_events_that_arrive_late_lead_where_they_would_have_led_in_time(
    versions: Versions, story: Story, data: some.DataObject
) -> None:
    in_time = told(versions, story)
    happened = accepted(in_time)
    assume(len(happened) > 1)
    late = anything.opened(*versions)
    shuffled = data.draw(some.permutations(happened))
    assume(answered(late, shuffled))
    assume(same_facts(late, in_time))
    event("late" if shuffled != happened else "in time")
    last = happened[-1].at
    assert settled(late, last) == settled(in_time, last)


@lawful
@given(any_books(), stories(*EARNING, *SPENDING, least=2, most=9), some.integers(0, 700))
def test_reading_ahead_is_what_a_sweep_writes(versions: Versions, story: Story, days: int) -> None:
    stage = told(versions, story)
    later = max(one.at for one in stage.histories[ALICE]) + timedelta(days=days)
    day = later.astimezone(stage.book.zone).date()
    read = as_of(stage.book, stage.account(), day)
    stage.run([Event(900 * STEP, ALICE, later, facts.Passage())])
    assert picture(read) == picture(stage.account())


SWEEPS = some.sets(some.integers(0, 400) | some.integers(0, 30), min_size=2, max_size=6)


@lawful
@given(any_books(), stories(*BUYING, *EARNING, *SPENDING, least=3, most=9), SWEEPS)
def test_sweeps_change_nothing_whenever_they_run(
    versions: Versions, story: Story, days: set[int]
) -> None:
    happened = accepted(told(versions, story))
    assume(happened)
    first, last = happened[0].at, happened[-1].at + timedelta(days=40)
    sweeps = [
        Event((500 + number) * STEP, ALICE, first + timedelta(days=day), facts.Passage())
        for number, day in enumerate(sorted(days))
        if first + timedelta(days=day) < last
    ]
    swept, left_alone = anything.opened(*versions), anything.opened(*versions)
    swept.run(sorted([*happened, *sweeps], key=lambda one: one.at))
    left_alone.run(happened)
    event(f"{len(sweeps)} sweeps")
    assert settled(swept, last) == settled(left_alone, last)


@lawful
@given(any_books(), stories(*EARNING, *SPENDING, least=4, most=10), some.sets(some.integers(1, 9)))
def test_any_split_of_a_batch_gives_the_same(
    versions: Versions, story: Story, cuts: set[int]
) -> None:
    """Loading only what each event needs, and storing the account between the parts."""
    happened = accepted(told(versions, story))
    whole, answers = posted(versions, happened, set())
    parts, of_parts = posted(versions, happened, {cut for cut in cuts if cut < len(happened)})
    assert of_parts == answers
    assert parts == whole


def posted(versions: Versions, events: Sequence[Event], cuts: set[int]) -> Any:
    stage = anything.opened(*versions)
    kept = stage.account()
    lots = {lot.id: lot for lot in kept.lots or ()}
    vouchers = {each.id: each for each in kept.vouchers or ()}
    account, outcomes = test_laws.stored(kept), []
    bounds = [0, *sorted(cuts), len(events)]
    for since, until in itertools.pairwise(bounds):
        loaded(stage, account, events[since:until], lots, vouchers)
        stage.accounts[ALICE] = account
        outcomes += stage.run(events[since:until])
        account = stage.accounts[ALICE]
        lots.update(account.touched_lots)
        vouchers.update(account.touched_vouchers)
        account = test_laws.stored(account)
    account.lots, account.vouchers = list(lots.values()), list(vouchers.values())
    answers = [(one.entries, one.refused, one.level, one.tallies) for one in outcomes]
    return (picture(account), given_(stage.totals)), answers


def loaded(
    stage: Stage, account: Account, batch: Sequence[Event], lots: Any, vouchers: Any
) -> None:
    """Give an account the lots that a batch needs, as the ledger would."""
    day = None
    for one in batch:
        local = one.at.astimezone(stage.book.zone).date()
        need = max(engine.need(stage.book, account, one), int(day not in (None, local)))
        day = local
        if need and account.lots is None:
            account.lots = [deepcopy(lot) for lot in lots.values() if lot.remaining or need > 1]
            account.vouchers = deepcopy(list(vouchers.values()))
