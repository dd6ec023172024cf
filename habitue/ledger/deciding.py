"""What the engine sees of a batch, and what it says: lots, histories and sums, then the outcomes.

Everything here happens under the locks that `posting` took.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from habitue.core import engine, facts
from habitue.core.account import Account
from habitue.core.engine import Outcome
from habitue.core.facts import Event
from habitue.core.tallies import Totals
from habitue.ledger import beside, books, budgets, households, loading
from habitue.ledger.beside import Wanted
from habitue.ledger.claims import Prepared
from habitue.ledger.database import Rows
from habitue.ledger.loading import Loaded

StoredLots = dict[int, dict[int, int]]
"""What remained of each loaded lot, by customer and lot."""

Histories = dict[int, list[Event]]

_TURNS: Final = (facts.Merge, facts.Undo)


class Decided(Struct):
    """The outcomes in the order in which they follow, and what was stored of the lots before."""

    outcomes: list[Outcome]
    stored: StoredLots


def decide(
    cursor: Rows,
    business: int,
    shelf: books.Shelf,
    loaded: Loaded,
    events: Sequence[Event],
    prepared: Mapping[int, Prepared],
) -> Decided | Wanted:
    """Let the engine decide, or say with whom else the posting must begin again.

    `prepared` are the batch's facts by event.
    """
    sides = beside.sides(cursor, loaded.accounts, events)
    missing = {customer for after in sides.values() for customer in after} - loaded.asked
    if missing:
        return Wanted(frozenset(missing))
    needs = _needs(shelf, loaded.accounts, events, sides, prepared)
    if sides:
        _needs_of_the_merged(needs, loaded.accounts, events, sides)
    stored, histories = _load(cursor, loaded.accounts, needs)
    totals = budgets.totals(cursor, business, shelf.book, loaded.accounts, events, histories)
    outcomes = _run(shelf, loaded.accounts, events, histories, totals, prepared)
    return _lacking(cursor, business, shelf, outcomes, prepared) or Decided(outcomes, stored)


# --- what must be loaded -------------------------------------------------------------------------


def _needs(
    shelf: books.Shelf,
    accounts: Mapping[int, Account],
    events: Sequence[Event],
    sides: Mapping[int, Sequence[int]],
    prepared: Mapping[int, Prepared],
) -> dict[int, int]:
    """By customer how much their events must see: lots (1), for corrections the history (2).

    Whoever stands on the other side of an event, or may have to give, sees at least lots.
    """
    needs: dict[int, int] = {}
    newest: dict[int, datetime] = {}
    for event in events:
        need: int = engine.need(shelf.book, accounts[event.customer], event)
        _see(needs, newest, event, need, shelf.book.zone)
        one = prepared[event.id]
        if not one.household and event.id not in sides:
            continue
        for customer in (*sides.get(event.id, ()), *one.household):
            if customer in accounts:
                number = one.spare[0] if one.household else event.id
                received = Event(number, customer, event.at, facts.Receipt(event.customer, ()))
                need = engine.need(shelf.book, accounts[customer], received)
                _see(needs, newest, received, max(1, need), shelf.book.zone)
    return needs


def _see(
    needs: dict[int, int],
    newest: dict[int, datetime],
    event: Event,
    need: int,
    zone: ZoneInfo,
) -> None:
    """Note what an event needs, after those of the same customer that stand before it."""
    before = newest.get(event.customer)
    if before is None or event.at > before:
        newest[event.customer] = event.at
    if before is not None:
        if event.at < before:
            need = 2
        elif not _one_day(before, event.at, zone):
            need = max(need, 1)
    if need:
        _note(needs, event.customer, need)


def _needs_of_the_merged(
    needs: dict[int, int],
    accounts: Mapping[int, Account],
    events: Sequence[Event],
    sides: Mapping[int, Sequence[int]],
) -> None:
    """A merge, what undoes one, and whatever happens to who was merged, sees every history."""
    for event in events:
        turned = isinstance(event.what, _TURNS) or accounts[event.customer].memory.merged_into
        for customer in (event.customer, *sides.get(event.id, ())) if turned else ():
            if customer in accounts:
                _note(needs, customer, 2)


def _note(needs: dict[int, int], customer: int, need: int) -> None:
    needs[customer] = max(needs.get(customer, 0), need)


def _one_day(before: datetime, at: datetime, zone: ZoneInfo) -> bool:
    """Whether two instants lie on one local day: then nothing falls due between them."""
    return before.astimezone(zone).date() == at.astimezone(zone).date()


def _load(
    cursor: Rows, accounts: Mapping[int, Account], needs: Mapping[int, int]
) -> tuple[StoredLots, Histories]:
    """Lots for those who need them, history for those whose past is corrected."""
    with_lots = [accounts[customer] for customer, need in needs.items() if need == 1]
    with_history = [accounts[customer] for customer, need in needs.items() if need == 2]
    loading.lots(cursor, with_lots)
    loading.lots(cursor, with_history, closed=True)
    stored = {
        account.customer: {lot.id: lot.remaining for lot in account.lots or ()}
        for account in (*with_lots, *with_history)
    }
    return stored, loading.histories(cursor, [account.customer for account in with_history])


# --- what follows --------------------------------------------------------------------------------


def _run(
    shelf: books.Shelf,
    accounts: dict[int, Account],
    events: Sequence[Event],
    histories: Histories,
    totals: Totals,
    prepared: Mapping[int, Prepared],
) -> list[Outcome]:
    if not any(prepared[event.id].household for event in events):
        return engine.run(shelf.book, accounts, events, histories, totals)
    outcomes = []
    for event in events:
        one = engine.run(shelf.book, accounts, [event], histories, totals)
        if prepared[event.id].household and (lack := beside.lacking(one[0])):
            one = _pooled(shelf, accounts, event, lack, histories, totals, prepared) or one
        outcomes += one
    return outcomes


def _pooled(
    shelf: books.Shelf,
    accounts: dict[int, Account],
    event: Event,
    lack: tuple[str, int],
    histories: Histories,
    totals: Totals,
    prepared: Mapping[int, Prepared],
) -> list[Outcome]:
    """What a household gives and then the event again: all of it, or nothing."""
    one = prepared[event.id]
    day = event.at.astimezone(shelf.zone).date()
    together = [accounts[mate] for mate in one.household if mate in accounts]
    gifts = beside.pooled(shelf.book, together, event, lack, day, one.spare)
    if not gifts:
        return []
    kept, sums = deepcopy(together), dict(totals)
    known = {account.customer: len(histories.get(account.customer, ())) for account in kept}
    outcomes = engine.run(shelf.book, accounts, [*gifts, event], histories, totals)
    if all(outcome.refused is None for outcome in outcomes):
        return outcomes
    accounts.update({account.customer: account for account in kept})
    for customer, length in known.items():
        if customer in histories:
            del histories[customer][length:]
    totals.clear()
    totals.update(sums)
    return []


def _lacking(
    cursor: Rows,
    business: int,
    shelf: books.Shelf,
    outcomes: Sequence[Outcome],
    prepared: Mapping[int, Prepared],
) -> Wanted | None:
    """The households of those who lacked something, where these were not asked yet."""
    places = {
        prepared[outcome.event.id].place: outcome.event.customer
        for outcome in outcomes
        if shelf.book.on(outcome.on).program.household is not None
        and beside.lacking(outcome)
        and not prepared[outcome.event.id].household
    }
    mates = households.mates(cursor, business, places.values()) if places else {}
    asked = {place: mates[who] for place, who in places.items() if who in mates}
    if not asked:
        return None
    return Wanted(frozenset(mate for all_of in asked.values() for mate in all_of), asked)
