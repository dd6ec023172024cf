"""The only write of balances: `post` turns facts into events, entries, lots and vouchers.

One transaction, five steps:

1. Claim the request's key and the facts' references; what was posted before answers as before.
2. Lock the accounts in the order of their customers.
3. In the next statement read the lots, and for corrections the history.
4. The engine decides, in memory.
5. Write each table by one statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import OperationalError, connection, transaction

from habitue.core import engine
from habitue.core.account import Account
from habitue.core.engine import Outcome
from habitue.core.facts import Event, Refused
from habitue.ledger import books, budgets, claims, database, loading, writing
from habitue.ledger.answers import Answer
from habitue.ledger.claims import CONFLICT, MALFORMED, Fact, Held, Prepared
from habitue.ledger.database import Rows
from habitue.ledger.loading import Loaded
from habitue.members import ids

HORIZON: Final = timedelta(hours=24)
"""How far ahead of now an event may be dated (clocks of tills differ)."""

MOST: Final = 10_000
"""Facts in one posting."""

_TRIES = 3
_UNKNOWN: Final = Refused("unknown_customer", "There is no such customer in this business.")
_FUTURE: Final = Refused("in_the_future", "This is dated in the future; check the till's clock.")
_LONG_AGO: Final = Refused("too_old", "This is dated before 1900; check the date.")


def post(business: int, batch: Sequence[Fact], *, now: datetime, key: str = "") -> list[Answer]:
    """Post facts of one business; the answers stand in the order of the facts.

    `now` is the door's clock. `key` makes the whole request idempotent, `Fact.reference` each
    fact for ever. All of it is done when this returns, or nothing.
    """
    if len(batch) > MOST:
        raise ValueError(f"a posting holds at most {MOST} facts")
    if not batch:
        return []
    for left in reversed(range(_TRIES)):
        try:
            return _post(business, batch, now=now, key=key)
        except OperationalError as error:
            deadlock = getattr(error.__cause__, "sqlstate", "") == "40P01"
            if not deadlock or not left or connection.in_atomic_block:
                raise
    raise AssertionError("unreachable")


def _post(business: int, batch: Sequence[Fact], *, now: datetime, key: str) -> list[Answer]:
    """Post what can be stored at all; what cannot is refused, and its neighbours go on."""
    numbered = zip(batch, ids.make_many(len(batch)), strict=True)
    prepared = [claims.prepared(fact, event) for fact, event in numbered]
    if not claims.is_text(key):
        prepared = [None] * len(batch)
    sound = [one for one in prepared if one is not None]
    answers = iter(_post_sound(business, sound, now=now, key=key) if sound else ())
    return [
        Answer(business, fact.customer, 0, refused=MALFORMED) if one is None else next(answers)
        for fact, one in zip(batch, prepared, strict=True)
    ]


def _post_sound(
    business: int, prepared: Sequence[Prepared], *, now: datetime, key: str
) -> list[Answer]:
    with transaction.atomic(), connection.wrap_database_errors:
        cursor = database.cursor()
        if key:
            made = claims.claim_key(cursor, business, key, prepared, now)
            if made is not None:
                pairs = zip(prepared, made, strict=True)
                return [_repeated(business, one, before) for one, before in pairs]
        held = claims.claim(cursor, business, prepared)
        if key and held:
            claims.correct_key(cursor, business, key, prepared, held)
        fresh = [one for place, one in enumerate(prepared) if place not in held]
        answers = _decide_and_write(cursor, business, fresh, now) if fresh else {}
    return [
        _repeated(business, one, held[place]) if place in held else answers[one.event]
        for place, one in enumerate(prepared)
    ]


def _decide_and_write(
    cursor: Rows, business: int, fresh: Sequence[Prepared], now: datetime
) -> dict[int, Answer]:
    customers = {one.fact.customer for one in fresh}
    loaded = loading.accounts(cursor, business, customers, lock=True)
    shelf = books.shelf(business, loaded.published)
    loading.fit(loaded, shelf.book.units)
    events = [Event(one.event, one.fact.customer, one.fact.at, one.fact.what) for one in fresh]
    barred = {
        event.id: refused
        for event in events
        if (refused := _barred(event, loaded, now)) is not None
    }
    open_events = [event for event in events if event.id not in barred]
    stored, histories = _load_more(cursor, shelf, loaded, open_events)
    totals = budgets.totals(cursor, business, shelf.book, loaded.accounts, open_events, histories)
    outcomes = {
        outcome.event.id: outcome
        for outcome in engine.run(shelf.book, loaded.accounts, open_events, histories, totals)
    }
    for event in events:
        if event.id in barred:
            day = books.local_day(event.at, shelf.zone)
            outcomes[event.id] = Outcome(event, day, [], barred[event.id])
    posted = [(one, outcomes[one.event]) for one in fresh]
    writing.write(connection.connection, business, shelf.zone, posted, loaded, stored, now)
    names = shelf.names
    return {event: Answer.of(business, outcome, names) for event, outcome in outcomes.items()}


def _barred(event: Event, loaded: Loaded, now: datetime) -> Refused | None:
    """What is refused before the rules are asked."""
    if event.customer not in loaded.accounts:
        return _UNKNOWN
    if event.at > now + HORIZON:
        return _FUTURE
    return _LONG_AGO if event.at.year < 1900 else None


def _load_more(
    cursor: Rows, shelf: books.Shelf, loaded: Loaded, events: Sequence[Event]
) -> tuple[writing.StoredLots, dict[int, list[Event]]]:
    """Lots for those who need them, history for those whose past is corrected."""
    with_lots: dict[int, Account] = {}
    with_history: dict[int, Account] = {}
    newest: dict[int, datetime] = {}
    for event in events:
        account = loaded.accounts[event.customer]
        need = engine.need(shelf.book, account, event)
        before = newest.get(event.customer)
        if before is not None and event.at < before:
            need = 2
        elif before is not None and not _one_day(before, event.at, shelf.book.zone):
            need = max(need, 1)
        newest[event.customer] = max(event.at, before or event.at)
        if need == 2:
            with_history[event.customer] = account
        elif need == 1:
            with_lots[event.customer] = account
    for customer in with_history:
        with_lots.pop(customer, None)
    loading.lots(cursor, with_lots.values())
    loading.lots(cursor, with_history.values(), closed=True)
    stored = {
        account.customer: {lot.id: lot.remaining for lot in account.lots or ()}
        for account in (*with_lots.values(), *with_history.values())
    }
    return stored, loading.histories(cursor, with_history.keys())


def _one_day(before: datetime, at: datetime, zone: ZoneInfo) -> bool:
    """Whether two instants lie on one local day: then nothing falls due between them."""
    return before.astimezone(zone).date() == at.astimezone(zone).date()


def _repeated(business: int, one: Prepared, held: Held) -> Answer:
    """The first answer again, or a conflict."""
    if not held.same:
        return Answer(business, one.fact.customer, held.event, refused=CONFLICT)
    return Answer.again(business, held.customer, held.event)
