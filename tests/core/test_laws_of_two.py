"""Laws of what goes from one member to another, for programs of anything there is."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from hypothesis import assume, event, given
from hypothesis import strategies as some
from msgspec import structs

from habitue.core import facts
from habitue.core.facts import Event, Merge, Transfer, Undo
from tests.core import anything
from tests.core.anything import BUYING, EARNING, TAKING, Story, any_books, lawful, stories
from tests.core.cast import ALICE, BRUNO, STEP, Stage
from tests.core.test_laws_of_anything import (
    GUESTS,
    Versions,
    given_,
    pictures,
    reached,
    sides,
    walk,
)

MINUTE = timedelta(minutes=1)


def both(versions: Versions, story: Story) -> Stage:
    """A stage on which both guests have lived a story."""
    stage = anything.opened(*versions, who=GUESTS)
    for outcome in walk(stage, story):
        reached(outcome)
    return stage


def last(stage: Stage) -> datetime:
    return max(one.at for past in stage.histories.values() for one in past)


def settled(stage: Stage, at: datetime) -> Any:
    """Where everybody and all sums stand once time has passed for both alike: a new version's
    threshold is looked at with the next event, of whatever kind.
    """
    stage.run([Event(900 * STEP, who, at, facts.Passage()) for who in GUESTS])
    return pictures(stage), given_(stage.totals)


def codes(stage: Stage, events: Sequence[Event]) -> list[str]:
    outcomes = stage.run(events)
    return [one.refused.code if one.refused else "" for one in outcomes]


LIVES = stories(*BUYING, *EARNING, *TAKING, who=GUESTS, least=4, most=10)


@lawful
@given(any_books(), LIVES, some.lists(some.tuples(some.sampled_from(GUESTS), some.integers(1, 9))))
def test_gifts_make_and_lose_nothing_and_keep_their_dates(
    versions: Versions, story: Story, gifts: list[tuple[int, int]]
) -> None:
    stage = both(versions, story)
    now = last(stage)
    for number, (giver, amount) in enumerate(gifts):
        unit = "points" if amount % 2 else "stamps"
        gift = Transfer(unit, amount, ALICE + BRUNO - giver)
        moment = now + (number + 1) * MINUTE
        (outcome,) = stage.run([Event((500 + number) * STEP, giver, moment, gift)])
        reached(outcome)
        if outcome.refused is None:
            moved = [0] * stage.book.units
            for side in sides(outcome):
                for entry in side.entries:
                    moved[entry.unit] += entry.amount * (entry.kind == "transfer")
            assert moved == [0] * stage.book.units
            what = outcome.event.what
            assert isinstance(what, Transfer)
            for parcel in what.parcels:
                assert parcel.active_on <= outcome.on <= parcel.expires_on


@lawful
@given(any_books(), LIVES, some.data())
def test_an_undone_gift_was_never_given(
    versions: Versions, story: Story, data: some.DataObject
) -> None:
    stage = both(versions, story)
    mirror, now = deepcopy(stage), last(stage)
    later = now + timedelta(days=2)  # long enough to have held them
    stage.run([Event(490 * STEP, who, later, facts.Passage()) for who in GUESTS])
    mirror.run([Event(490 * STEP, who, later, facts.Passage()) for who in GUESTS])
    possible = [
        (who, unit)
        for who in GUESTS
        for number, unit in enumerate(("points", "stamps"))
        if stage.account(who).usable(number) > 1
    ]
    assume(possible)
    giver, unit = data.draw(some.sampled_from(possible))
    gift = Transfer(unit, 2, ALICE + BRUNO - giver)
    assume(codes(stage, [Event(500 * STEP, giver, later + MINUTE, gift)]) == [""])
    undo = Event(501 * STEP, giver, later + 2 * MINUTE, Undo(500 * STEP))
    if codes(stage, [undo]) != [""]:
        event("used since")  # it completed a card, or paid what was owed
        return
    event("undone")
    assert settled(stage, later + 3 * MINUTE) == settled(mirror, later + 3 * MINUTE)


def returns_of(
    stage: Stage, who: int, data: some.DataObject, since: datetime, number: int
) -> list[Event]:
    refunds = anything.returns(stage.histories[who], data)
    return [
        Event((number + place) * STEP, who, since + timedelta(seconds=place), refund)
        for place, refund in enumerate(refunds)
    ]


@lawful
@given(any_books(), LIVES, some.data())
def test_undoing_a_merge_leaves_what_would_have_been_without_it(
    versions: Versions, story: Story, data: some.DataObject
) -> None:
    """Also where goods of both came back meanwhile."""
    stage = both(versions, story)
    assume(all(stage.accounts[who].enrolled_on for who in GUESTS))
    mirror, now = deepcopy(stage), last(stage) + MINUTE
    assert codes(stage, [Event(500 * STEP, ALICE, now, Merge(BRUNO))]) == [""]
    meanwhile = [
        *returns_of(stage, ALICE, data, now + timedelta(seconds=1), 510),
        *returns_of(stage, BRUNO, data, now + timedelta(seconds=20), 530),
    ]
    event(f"{len(meanwhile)} returns meanwhile")
    assert codes(stage, meanwhile) == codes(mirror, meanwhile)
    forgiven = [one.forgiven for past in stage.histories.values() for one in past]
    forgiven += [one.forgiven for past in mirror.histories.values() for one in past]
    end = now + MINUTE
    (undone,) = codes(stage, [Event(600 * STEP, ALICE, end, Undo(500 * STEP))])
    assert undone == ""
    if any(forgiven):
        event("forgiven")  # who has the units of both may return what the other one spent
        return
    assert settled(stage, end + MINUTE) == settled(mirror, end + MINUTE)


@lawful
@given(any_books(), stories(*BUYING, *EARNING, who=GUESTS, least=4, most=10), some.data())
def test_a_return_after_the_merge_ends_where_one_before_it_would_have(
    versions: Versions, story: Story, data: some.DataObject
) -> None:
    stage = both(versions, story)
    assume(all(stage.accounts[who].enrolled_on for who in GUESTS))
    now = last(stage) + MINUTE
    mirror, end = deepcopy(stage), now + MINUTE
    merge = Event(500 * STEP, ALICE, end, Merge(BRUNO))
    back = returns_of(stage, ALICE, data, now, 510)
    assume(back)
    assert codes(stage, [merge]) == [""]
    after = [structs.replace(one, at=one.at + 2 * MINUTE) for one in back]
    assert codes(stage, after) == [""] * len(back)
    assert codes(mirror, back) == [""] * len(back)
    (joined,) = codes(mirror, [structs.replace(merge, id=600 * STEP)])
    assume(joined != "not_a_member")  # by what she brought back she had become one
    assert joined == ""
    forgiven = [one.forgiven for past in mirror.histories.values() for one in past]
    event(f"forgiven {any(forgiven)}")
    assume(not any(forgiven))  # what was forgiven to her before is taken from them both after
    assert settled(stage, end + 5 * MINUTE) == settled(mirror, end + 5 * MINUTE)
