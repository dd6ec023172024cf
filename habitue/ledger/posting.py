"""The only write of balances: `post` turns facts into events, entries, lots and vouchers.

One transaction, five steps:

1. Claim the facts' references; what was posted before answers as before.
2. Lock the accounts in the order of their customers.
3. In the next statements read the lots, for corrections the history, and what is limited for all.
4. The engine decides, in memory.
5. Write each table by one statement.

Where step 2, 3 or 4 finds that somebody else is concerned whose account is not locked (`beside`),
the transaction is rolled back and begins again with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count, islice
from typing import Final

from django.db import OperationalError, connection, transaction

from habitue.core.engine import Outcome
from habitue.core.facts import Event, Merge, Refused, Undo
from habitue.ledger import (
    answers,
    beside,
    books,
    claims,
    codes,
    database,
    deciding,
    lives,
    loading,
    writing,
)
from habitue.ledger.answers import Answer
from habitue.ledger.beside import Wanted
from habitue.ledger.claims import CONFLICT, MALFORMED, Fact, Held, Prepared
from habitue.ledger.database import Rows
from habitue.ledger.loading import Loaded
from habitue.ledger.writing import Posted
from habitue.members import ids, survivors

HORIZON: Final = timedelta(hours=24)
"""How far ahead of now an event may be dated (clocks of tills differ)."""

MOST: Final = 10_000
"""Facts in one posting."""

_TRIES = 3
_TURNS: Final = frozenset((Merge, Undo))
_UNKNOWN: Final = Refused("unknown_customer", "There is no such customer in this business.")
_FUTURE: Final = Refused("in_the_future", "This is dated in the future; check the till's clock.")
_LONG_AGO: Final = Refused("too_old", "This is dated before 1900; check the date.")


def post(business: int, batch: Sequence[Fact], *, now: datetime) -> list[Answer]:
    """Post facts of one business; the answers stand in the order of the facts.

    `now` is the door's clock. `Fact.reference` makes each fact happen once, for ever. All of it is
    done when this returns, or nothing. Inside a transaction of the door's own it is a part of that,
    and a deadlock is the door's to begin again from.
    """
    if len(batch) > MOST:
        raise ValueError(f"a posting holds at most {MOST} facts")
    if not batch:
        return []
    for left in reversed(range(_TRIES)):
        try:
            return _post(business, batch, now=now)
        except OperationalError as error:
            deadlock = getattr(error.__cause__, "sqlstate", "") == "40P01"
            if not deadlock or not left or connection.in_atomic_block:
                raise
    raise AssertionError("unreachable")


def _post(business: int, batch: Sequence[Fact], *, now: datetime) -> list[Answer]:
    """Post, and begin again with more customers as long as more are concerned."""
    also = Wanted()
    while True:
        made = _attempt(business, batch, also, now=now)
        if not isinstance(made, Wanted):
            return made
        assert also | made != also, "a posting that begins again knows more"
        also |= made


def _attempt(
    business: int, batch: Sequence[Fact], also: Wanted, *, now: datetime
) -> list[Answer] | Wanted:
    """Post what can be stored at all; what cannot is refused, and its neighbours go on."""
    batch = also.led_on(batch)
    prepared = _prepared(batch, also)
    sound = [one for one in prepared if one is not None]
    made = _post_sound(business, sound, also, now=now) if sound else []
    if isinstance(made, Wanted) or len(sound) == len(batch):
        return made
    told = iter(made)
    return [
        Answer(business, fact.customer, 0, refused=MALFORMED) if one is None else next(told)
        for fact, one in zip(batch, prepared, strict=True)
    ]


def _prepared(batch: Sequence[Fact], also: Wanted) -> list[Prepared | None]:
    """The facts with their numbers; before one that a household may help stand those of gifts."""
    if not also.households:
        numbered = zip(batch, ids.make_many(len(batch)), count(), strict=False)
        return [claims.prepared(fact, event, place) for fact, event, place in numbered]
    sizes = [len(also.households.get(place, ())) or 1 for place in range(len(batch))]
    numbers = iter(ids.make_many(sum(sizes)))
    prepared = []
    for place, (fact, size) in enumerate(zip(batch, sizes, strict=True)):
        *spare, event = islice(numbers, size)
        one = claims.prepared(fact, event, place)
        if one is not None:
            one.household, one.spare = also.households.get(place, ()), tuple(spare)
        prepared.append(one)
    return prepared


def _post_sound(
    business: int, prepared: Sequence[Prepared], also: Wanted, *, now: datetime
) -> list[Answer] | Wanted:
    with transaction.atomic(), connection.wrap_database_errors:
        cursor = database.cursor()
        held = claims.claim(cursor, business, prepared)
        fresh = [one for place, one in enumerate(prepared) if place not in held]
        made = _decide_and_write(cursor, business, fresh, also, now) if fresh else {}
        if isinstance(made, Wanted):
            transaction.set_rollback(True)
            return made
    return _answers(business, prepared, held, made)


def _decide_and_write(
    cursor: Rows, business: int, fresh: Sequence[Prepared], also: Wanted, now: datetime
) -> dict[int, Answer] | Wanted:
    named = beside.named(fresh)
    asked = {one.fact.customer for one in fresh}.union(also.customers, named.values())
    loaded = loading.accounts(cursor, business, asked, lock=True)
    if instead := beside.went_over(loaded.accounts, fresh):
        return Wanted(instead=instead)
    shelf = books.shelf(business, loaded.published)
    loading.fit(loaded, shelf.book.units)
    prepared = {one.event: one for one in fresh}
    events = [Event(one.event, one.fact.customer, one.fact.at, one.fact.what) for one in fresh]
    barred = _barred(events, named, loaded, now)
    went_over = _went_over(loaded, events)
    open_events = [event for event in events if event.id not in barred] if barred else events
    decided = deciding.decide(cursor, business, shelf, loaded, open_events, prepared)
    if isinstance(decided, Wanted):
        return decided
    outcomes = [*decided.outcomes, *_refusals(events, barred, shelf)]
    posted = _posted(outcomes, prepared)
    given = codes.given(side for _, side in posted)
    behind = writing.write(
        cursor.connection, business, shelf, posted, loaded, decided.stored, given, now
    )
    for customer, before in went_over.items():
        into = loaded.accounts[customer].memory.merged_into
        if into != before:
            survivors.merge(customer, into or None)
    if changed := lives.changed((outcome for _, outcome in posted), loaded):
        lives.mark(cursor, changed, now=now)
    if again := changed | behind:
        lives.recount(cursor, again)
    return answers.first(business, shelf, outcomes, given)


def _posted(outcomes: Sequence[Outcome], prepared: Mapping[int, Prepared]) -> Posted:
    """The outcomes with their facts, each before what followed on the other sides."""
    posted: list[tuple[Prepared | None, Outcome]] = []
    for outcome in outcomes:
        posted.append((prepared.get(outcome.event.id), outcome))
        side = outcome.other
        while side is not None:
            posted.append((None, side))
            side = side.other
    return posted


def _went_over(loaded: Loaded, events: Sequence[Event]) -> dict[int, int]:
    """Into whom the customers went over so far of whom that may change."""
    return {
        event.customer: loaded.accounts[event.customer].memory.merged_into
        for event in events
        if type(event.what) in _TURNS and event.customer in loaded.accounts
    }


def _barred(
    events: Sequence[Event], named: Mapping[int, int], loaded: Loaded, now: datetime
) -> dict[int, Refused]:
    """What is refused before the rules are asked, by event."""
    barred, latest = {}, now + HORIZON
    for event in events:
        known = event.customer in loaded.accounts
        if not known or named.get(event.id, event.customer) not in loaded.accounts:
            barred[event.id] = _UNKNOWN
        elif event.at > latest:
            barred[event.id] = _FUTURE
        elif event.at.year < 1900:
            barred[event.id] = _LONG_AGO
    return barred


def _refusals(
    events: Sequence[Event], barred: Mapping[int, Refused], shelf: books.Shelf
) -> list[Outcome]:
    return [
        Outcome(event, books.local_day(event.at, shelf.zone), [], barred[event.id])
        for event in events
        if event.id in barred
    ]


def _answers(
    business: int,
    prepared: Sequence[Prepared],
    held: Mapping[int, Held],
    made: Mapping[int, Answer],
) -> list[Answer]:
    """The answers in the order of the facts: those made now, first ones again, conflicts."""
    if not held:
        return [made[one.event] for one in prepared]
    same = {(one.customer, one.event) for one in held.values() if one.same}
    repeated = answers.again(business, same)
    return [
        _repeated(business, one, held[place], repeated) if place in held else made[one.event]
        for place, one in enumerate(prepared)
    ]


def _repeated(
    business: int, one: Prepared, held: Held, repeated: Mapping[tuple[int, int], Answer]
) -> Answer:
    """The first answer again, or a conflict."""
    if not held.same:
        return Answer(business, one.fact.customer, held.event, refused=CONFLICT)
    return repeated[held.customer, held.event]
