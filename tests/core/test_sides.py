"""What goes between customers: who is told what, and laws for programs and histories drawn."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as some
from msgspec import structs

from habitue.core import engine, facts, program, sides
from habitue.core.account import Account
from habitue.core.calendar import FOREVER
from habitue.core.engine import Outcome
from habitue.core.facts import Event, Merge, Refund, Transfer, Undo
from habitue.core.program import Transfers
from tests.core import drawn
from tests.core.cast import ALICE, BRUNO, STEP, Stage, as_of, at, buys, cafe, picture
from tests.core.drawn import EARNING, SPENDING, Move, lawful, moves, programs


def pictures(stage: Stage) -> Any:
    return deepcopy([picture(stage.account(who)) for who in GUESTS])


def codes(*outcomes: Outcome) -> list[str | None]:
    return [one.refused.code if one.refused else None for one in outcomes]


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


# --- who is told what ----------------------------------------------------------------------------

NOON = at("2026-03-02")
PARCEL = facts.Parcel(1, 0, 5, NOON.date(), NOON.date(), FOREVER)


def happened(number: int, what: facts.What, who: int = ALICE) -> facts.Event:
    return facts.Event(number, who, NOON, what)


def test_a_gift_is_told_to_its_receiver_and_undoing_it_too() -> None:
    for pooled in (False, True):
        given_ = happened(512, facts.Transfer("points", 5, BRUNO, pooled, (PARCEL,)))
        receipt = facts.Receipt(ALICE, (PARCEL,), pooled)
        assert sides.other(given_, []) == BRUNO
        assert sides.answer(given_, []) == happened(512, receipt, BRUNO)
        undone = happened(768, facts.Undo(512))
        assert sides.other(undone, [given_]) == BRUNO
        assert sides.answer(undone, [happened(256, facts.Visit()), given_]) == happened(
            768, facts.Undo(512), BRUNO
        )


def test_what_concerns_one_customer_only_is_told_to_nobody() -> None:
    bought = happened(512, buys(100))
    for what in (bought, happened(768, facts.Undo(512)), happened(768, facts.Undo(99))):
        assert sides.other(what, [bought]) == 0
        assert sides.answer(what, [bought]) is None
    merge = happened(512, facts.Merge(BRUNO))
    assert sides.other(merge, []) == BRUNO
    assert sides.answer(merge, []) is None  # its estate is told by the engine


def test_a_merge_counts_until_it_is_undone_and_what_was_told_last_is_known() -> None:
    merge, undone = happened(512, facts.Merge(BRUNO)), happened(768, facts.Undo(512))
    assert sides.merge_in([happened(256, buys(100))]) is None
    assert sides.merge_in([happened(256, buys(100)), merge]) is merge
    assert sides.merge_in([merge, undone]) is None
    estates = [facts.Estate(counted={0: number}) for number in range(3)]
    past = [
        happened(512, facts.Merged(ALICE, estates[0])),
        happened(768, facts.Merged(ALICE, estates[1], of=512)),
        happened(640, facts.Merged(ALICE, estates[2], of=512)),
        happened(1024, facts.Merged(ALICE, estates[2])),
    ]
    assert sides.known_estate(past, 512) == estates[1]
    assert sides.known_estate(past[:1], 512) == estates[0]
    assert sides.known_estate(past[:1], 256) is None


def test_who_went_over_hears_what_arrives_by_nobody_and_spends_nothing() -> None:
    here, gone = Account(ALICE, [0]), Account(ALICE, [0])
    gone.memory.merged_into = BRUNO
    receipt = facts.Receipt(BRUNO, (PARCEL,))
    arrived, corrected = facts.Merged(BRUNO, facts.Estate()), facts.Merged(
        BRUNO, facts.Estate(), of=256
    )  # fmt: skip
    for what in (receipt, arrived, corrected):
        said = sides.refusal(here, happened(512, what), follows=False)
        assert said == sides.MADE_BY_THE_ENGINE
        assert sides.refusal(here, happened(512, what), follows=True) is None
    told = [
        sides.refusal(gone, happened(512, what), follows=True)
        for what in (receipt, arrived, corrected)
    ]
    assert told == [sides.MERGED, sides.MERGED, None]
    for follows in (False, True):
        for heard in (buys(100), facts.Undo(1), facts.Refund(1), facts.Visit()):
            assert sides.refusal(gone, happened(512, heard), follows=follows) is None
    assert sides.refusal(here, happened(512, facts.Redemption("cake")), follows=False) is None


def test_units_go_by_gifts_and_merges_and_are_corrected_otherwise() -> None:
    estate = facts.Estate()
    goes = (
        facts.Transfer("points", 5, BRUNO),
        facts.Receipt(ALICE, ()),
        facts.Merge(BRUNO),
        facts.Merged(ALICE, estate),
    )
    assert all(sides.moves(what) for what in goes)
    stays = (facts.Merged(ALICE, estate, of=256), facts.Undo(256), facts.Refund(256), buys(1))
    assert not any(sides.moves(what) for what in stays)


def test_a_receipt_is_known_by_its_number() -> None:
    past = [happened(256, buys(100)), happened(512, facts.Receipt(BRUNO, ()))]
    undone = [sides.undoes_receipt(past, happened(768, facts.Undo(of))) for of in (256, 512, 99)]
    assert undone == [False, True, False]
    assert not sides.undoes_receipt(past, happened(512, facts.Refund(512)))


def test_what_has_no_other_side_means_nothing_here() -> None:
    stage = Stage(cafe())
    stage.post("2026-03-01", buys(100))
    with pytest.raises(TypeError, match=r"^no meaning for Passage\(\)$"):
        sides.happen(stage.book.latest, stage.account(), happened(512, facts.Passage()), NOON, [],
                     forced=False)  # fmt: skip
