"""What is limited for all members together: how much of it is used, held while a posting decides.

Stock, limits in total and prepaid accounts are the only rows that postings of different members
share, so they are touched only by programs that have such limits, and then only the few that a
batch may use. The order of locks is: references, accounts by customer, budgets by name. A posting
that holds budgets never waits for an account any more, so nobody waits in a ring.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from django.db import connection

from habitue.core.account import Account
from habitue.core.facts import Event
from habitue.core.rulebook import Book
from habitue.core.tallies import Shared, Tally, Totals
from habitue.ledger import arrays, books, database
from habitue.ledger.database import Rows

LIMITED: Final = frozenset({"limit", "stock", "prepaid", "entrants"})
"""The first words of the sums of which there is only so much."""

_FUNDED: Final = "prepaid "

_LOCK = """
INSERT INTO ledger_budget AS held (business_id, name, units, money)
SELECT %s, name, 0, 0 FROM unnest(%s::text[]) AS asked (name) ORDER BY name
ON CONFLICT (business_id, name) DO UPDATE SET units = held.units
RETURNING name, units, money"""

_SEEN = """
SELECT name, units, money FROM ledger_budget WHERE business_id = %s AND name = ANY (%s::text[])"""

_PAID_IN = """
SELECT name, sum(money) FROM ledger_payment
WHERE business_id = %s AND party = 'partner' AND name = ANY (%s::text[])
GROUP BY name"""


def totals(
    cursor: Rows,
    business: int,
    book: Book,
    accounts: Mapping[int, Account],
    events: Sequence[Event],
    histories: Mapping[int, Sequence[Event]],
) -> Totals:
    """What is used of everything limited that a batch may touch, locked until the posting ends.

    A correction may touch whatever its customer's history touched. Programs without such limits
    cost nothing.
    """
    if not book.shares:
        return {}
    names = {name for event in events for name in asked(book, event)}
    for customer, past in histories.items():
        names.update(only_limited(accounts[customer].memory.tallies))
        names.update(name for event in past for name in asked(book, event))
    return locked(cursor, business, names)


def locked(cursor: Rows, business: int, names: Iterable[str]) -> Totals:
    """What is used under these names, and what was paid into prepaid accounts.

    One statement opens, locks and reads, in the order of the names.
    """
    wanted = sorted(names)
    if not wanted:
        return {}
    cursor.execute(_LOCK, [business, arrays.texts(wanted)], prepare=True)
    found: Totals = {name: (units, money) for name, units, money in cursor.fetchall()}
    found.update(_funded(cursor, business, wanted))
    return found


def seen(business: int, names: Iterable[str]) -> Totals:
    """The same as `locked`, as it is just now: read without any lock, and nothing is opened."""
    wanted = sorted(names)
    if not wanted:
        return {}
    cursor = database.cursor()
    cursor.execute(_SEEN, [business, arrays.texts(wanted)], prepare=True)
    found: Totals = {name: (units, money) for name, units, money in cursor.fetchall()}
    found.update(_funded(cursor, business, wanted))
    return found


def _funded(cursor: Rows, business: int, names: Sequence[str]) -> Totals:
    """What was paid into the prepaid accounts among these names."""
    partners = [name.removeprefix(_FUNDED) for name in names if name.startswith(_FUNDED)]
    if not partners:
        return {}
    cursor.execute(_PAID_IN, [business, arrays.texts(partners)], prepare=True)
    return {f"funded {partner}": (0, int(money)) for partner, money in cursor.fetchall()}


def asked(book: Book, event: Event) -> Iterator[str]:
    """The names of everything limited that an event may use."""
    return (shared.name(day) for shared, day in _asked(book, event))


def used(business: int, names: Sequence[str]) -> dict[str, int]:
    """How much of what is limited is used, by its name on a day; read without any lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, units FROM ledger_budget WHERE business_id = %s AND name = ANY (%s)",
            [business, list(names)],
        )
        return dict(cursor.fetchall())


def only_limited(sums: Mapping[str, Tally]) -> dict[str, Tally]:
    """Those of some sums of which there is only so much."""
    return {name: tally for name, tally in sums.items() if name.partition(" ")[0] in LIMITED}


def _asked(book: Book, event: Event) -> list[tuple[Shared, date]]:
    day = books.local_day(event.at, book.zone)
    return [(shared, day) for shared in book.on(day).capacities.asked(event.what, day)]
