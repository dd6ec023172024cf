"""Whom an event concerns: whom units go to, into whom a customer went over, a household.

Accounts are locked in the order of their customers, so all of them must be known before the first
is locked. Most events concern one customer and say nothing here. Where reading an account shows
that somebody else is concerned, the posting begins again with them: rare, and always in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import date
from typing import Final

import msgspec
from msgspec import Struct, structs

from habitue.core import due, facts, transfers
from habitue.core import sides as two_sided
from habitue.core.account import Account
from habitue.core.engine import Outcome
from habitue.core.facts import Event, Merge, Transfer, Undo
from habitue.core.rulebook import Book
from habitue.ledger import arrays
from habitue.ledger.claims import Fact, Prepared
from habitue.ledger.database import Rows

_TWO_SIDED: Final = """
SELECT event.customer_id, event.id, event.kind, event.what::text
FROM ledger_event event
JOIN unnest(%s::bigint[], %s::bigint[]) AS undone (customer_id, id) USING (customer_id, id)
WHERE event.kind IN ('transfer', 'merge')"""

_TWO: Final = frozenset(two_sided.TWO)

_ANEW: Final = (
    facts.Purchase,
    facts.Visit,
    facts.Action,
    facts.Enrolment,
    facts.Redemption,
    facts.Payment,
    facts.BenefitUse,
    facts.FeePaid,
    facts.FeeFailed,
    facts.FeeRefunded,
    facts.Cancellation,
    facts.Adjustment,
    Transfer,
)
"""What happens to a person, under whichever number; the rest is about one number's own past."""

_what: msgspec.json.Decoder[facts.What] = msgspec.json.Decoder(facts.What)


class Wanted(Struct, frozen=True):
    """With whom a posting begins again: more customers; by place in the batch the household that
    may give what a member lacks, and `instead` of whom went over the customer who goes on.
    """

    customers: frozenset[int] = frozenset()
    households: Mapping[int, tuple[int, ...]] = {}
    instead: Mapping[int, int] = {}

    def __or__(self, more: Wanted) -> Wanted:
        return Wanted(
            self.customers | more.customers,
            {**self.households, **more.households},
            {**self.instead, **more.instead},
        )

    def led_on(self, batch: Sequence[Fact]) -> Sequence[Fact]:
        """The facts, of those customers under whose number the person goes on."""
        if not self.instead:
            return batch
        return [
            structs.replace(fact, customer=self.instead.get(place, fact.customer))
            for place, fact in enumerate(batch)
        ]


def went_over(accounts: Mapping[int, Account], fresh: Iterable[Prepared]) -> dict[int, int]:
    """By place in the batch, into whom the customer of a fact went over; mostly nobody did.

    Doors look up whom a card names before the account is locked: a merge may have come between,
    and what the person did then must not stay on an account that nobody looks at any more.
    """
    gone = {
        customer: account.memory.merged_into
        for customer, account in accounts.items()
        if account.memory.merged_into
    }
    if not gone:
        return {}
    return {
        one.place: gone[one.fact.customer]
        for one in fresh
        if one.fact.customer in gone and isinstance(one.fact.what, _ANEW)
    }


def named(batch: Iterable[Prepared]) -> dict[int, int]:
    """By event, the customer whom a fact names as its other side."""
    found = {}
    for one in batch:
        what = one.fact.what
        if type(what) in _TWO:
            match what:
                case Transfer(to=other) | Merge(into=other):
                    found[one.event] = other
    return found


def sides(
    cursor: Rows, accounts: Mapping[int, Account], events: Sequence[Event]
) -> dict[int, list[int]]:
    """By event, the customers on its other sides; most events have none.

    Where one of them was not loaded, what follows beyond is not known yet.
    """
    undone = _undone(cursor, events)
    found: dict[int, list[int]] = {}
    for event in events:
        if type(event.what) not in _TWO and not accounts[event.customer].memory.merged_into:
            continue
        after = [event.customer]
        match event.what:
            case Transfer(to=other) | Merge(into=other):
                after.append(other)
            case Undo(of) if (event.customer, of) in undone:
                after.append(undone[event.customer, of])
            case _:
                pass
        for customer in after:  # grows while it is walked: who was merged may have been again
            into = accounts[customer].memory.merged_into if customer in accounts else 0
            if into and into not in after:
                after.append(into)
        if len(after) > 1:
            found[event.id] = after[1:]
    return found


def _undone(cursor: Rows, events: Sequence[Event]) -> dict[tuple[int, int], int]:
    """The other customer of each gift or merge that is undone."""
    asked = [(event.customer, event.what.of) for event in events if type(event.what) is Undo]
    if not asked:
        return {}
    who, which = zip(*asked, strict=True)
    rows = cursor.execute(_TWO_SIDED, [arrays.plain(who), arrays.plain(which)], prepare=True)
    other = {}
    for customer, event, _, body in rows:
        what = _what.decode(body)
        assert isinstance(what, Transfer | Merge)
        other[customer, event] = what.to if isinstance(what, Transfer) else what.into
    return other


def lacking(outcome: Outcome) -> tuple[str, int] | None:
    """The unit and how much of it (fixed point) a member lacked who wanted to spend, or None."""
    refused = outcome.refused
    if refused is None or refused.code != "insufficient":
        return None
    if not isinstance(outcome.event.what, facts.Redemption | facts.Payment):
        return None
    unit, missing = refused.values.get("unit"), refused.values.get("missing")
    return (unit, missing) if isinstance(unit, str) and isinstance(missing, int) else None


def pooled(
    book: Book,
    household: Sequence[Account],
    event: Event,
    lack: tuple[str, int],
    day: date,
    numbers: Sequence[int],
) -> list[Event]:
    """The gifts by which a household makes up for what a member lacks; none if it cannot.

    `numbers` are free and lie before the event's own.
    """
    together = deepcopy(list(household))
    for account in together:
        due.advance(book, account, day)
    unit, missing = lack
    plan = transfers.pool(book.on(day), together, event.customer, unit, missing, day)
    return [
        Event(number, giver, event.at, Transfer(unit, amount, event.customer, pooled=True))
        for number, (giver, amount) in zip(numbers, plan, strict=False)
    ]
