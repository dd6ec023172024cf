"""What a business owes its members in units, as of any day: read from the ledger's own entries.

Entries are never changed, so what stood at the end of a day is the sum of what is dated until
then. What fell due by that day and was not swept yet is worked out in memory, as for a standing,
and counted with the rest: so the answer is right at read time, the same before and after a sweep.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Final

from django.db import connection, transaction
from msgspec import Struct
from psycopg import ServerCursor

from habitue.core import due, statement
from habitue.core.account import Account, Entry, EntryKind, Lot
from habitue.core.breakage import Fate
from habitue.core.rulebook import Book
from habitue.core.statement import OpenLots, Statement
from habitue.ledger import books, database, loading
from habitue.ledger.database import Rows

BATCH: Final = 1_000
"""Accounts with something due that are looked at at once."""

_FLOWS: Final = """
SELECT entry.unit, date_trunc('month', entry.day)::date, entry.kind, sum(entry.amount)
FROM ledger_entry entry
JOIN ledger_account account USING (customer_id)
WHERE account.business_id = %s AND entry.day <= %s
GROUP BY 1, 2, 3"""

_OPEN: Final = """
SELECT entry.customer_id, lot.id, lot.unit, sum(entry.amount)::bigint AS remaining,
       lot.earned_on, lot.active_on, lot.expires_on
FROM ledger_entry entry
JOIN ledger_account account USING (customer_id)
JOIN ledger_lot lot ON lot.customer_id = entry.customer_id AND lot.id = entry.lot_id
WHERE account.business_id = %s AND entry.day <= %s
GROUP BY entry.customer_id, lot.id, lot.unit, lot.earned_on, lot.active_on, lot.expires_on
HAVING sum(entry.amount) <> 0"""

_GROUPED: Final = f"""
SELECT unit, earned_on, expires_on, count(*), sum(remaining)
FROM ({_OPEN}) AS open
GROUP BY unit, earned_on, expires_on"""

# What became of units, by their age in days. Units that paid a debt had been redeemed before.
_FATES: Final = """
SELECT entry.unit, entry.day - lot.earned_on, entry.kind, entry.amount > 0,
       sum(entry.amount), count(*)
FROM ledger_entry entry
JOIN ledger_account account USING (customer_id)
JOIN ledger_lot lot ON lot.customer_id = entry.customer_id AND lot.id = entry.lot_id
WHERE account.business_id = %s AND entry.day <= %s
GROUP BY 1, 2, 3, 4"""

# The same, of the days from one on.
_MOVED: Final = """
SELECT entry.unit, entry.kind, sum(entry.amount)
FROM ledger_entry entry
JOIN ledger_account account USING (customer_id)
WHERE account.business_id = %s AND entry.day <= %s AND entry.day >= %s
GROUP BY 1, 2"""

# What members bought, less what came back; undone events count for nothing.
_SOLD: Final = """
FROM ledger_event event
JOIN ledger_account account USING (customer_id)
WHERE event.business_id = %(business)s AND event.business_date <= %(on)s
  AND event.refusal IS NULL AND event.kind IN ('purchase', 'refund')
  AND account.enrolled_on <= event.business_date
  AND (event.customer_id, event.id) NOT IN (
      SELECT customer_id, (what->>'of')::bigint FROM ledger_event
      WHERE business_id = %(business)s AND kind = 'undo' AND refusal IS NULL
        AND business_date <= %(on)s)"""
_SALES: Final = f"""
SELECT date_trunc('month', event.business_date)::date, sum(event.amount) {_SOLD}
GROUP BY 1
HAVING sum(event.amount) IS NOT NULL"""
_SALES_SINCE: Final = f"""
SELECT coalesce(sum(event.amount), 0) {_SOLD} AND event.business_date >= %(since)s"""

_UNSWEPT: Final = """
SELECT customer_id FROM ledger_account
WHERE business_id = %s AND due_on <= %s AND customer_id > %s
ORDER BY customer_id LIMIT %s"""

_SPENT: Final = frozenset[EntryKind](("redemption", "donation", "settlement"))


class LotLine(Struct, frozen=True):
    """One lot with something open on the day; `remaining` in fixed point of unit number `unit`."""

    customer: int
    lot: int
    unit: int
    remaining: int
    earned_on: date
    active_on: date
    expires_on: date


class Moved(Struct, frozen=True):
    """What happened in a span of days: entries by unit number and kind (signed), members' sales."""

    flows: dict[int, dict[EntryKind, int]]
    sales: int


def read(
    business: int, *, on: date, months: int = 12, redemption: Fraction | None = None
) -> Statement:
    """What was owed at the end of local day `on`, with the last `months` of how it came about.

    `redemption`: the share of units ever redeemed, as the owner states it; without it, what the
    business's own history says, and where that is too short, all of them.
    """
    stated, _moved = over(business, since=on, on=on, months=months, redemption=redemption)
    return stated


def over(
    business: int,
    *,
    since: date,
    on: date,
    months: int = 12,
    redemption: Fraction | None = None,
) -> tuple[Statement, Moved]:
    """The statement of a day, and what happened in the days from `since` through it."""
    book = books.shelf(business).book
    with transaction.atomic():
        cursor = database.cursor()
        _one_snapshot(cursor)
        found = _Found(since, on)
        found.read(cursor, business)
        for account in _unswept(cursor, business, book, on):
            found.bring_to(book, account)
    stated = statement.drawn(book, found.sums(), on=on, months=months, redemption=redemption)
    return stated, Moved(found.moved, found.sold)


def lots(business: int, *, on: date) -> Iterator[LotLine]:
    """Every open lot on a day, by customer, with what fell due already taken out of it.

    Read while it is asked for: a caller sees it through in one transaction.
    """
    book = books.shelf(business).book
    with transaction.atomic():
        cursor = database.cursor()
        _one_snapshot(cursor)
        due_now: dict[int, dict[int, Lot]] = {
            account.customer: {lot.id: lot for lot in _advanced(book, account, on).lots or ()}
            for account in _unswept(cursor, business, book, on)
        }
        changed = frozenset(due_now)
        with ServerCursor(connection.connection, "liabilities") as stream:
            stream.execute(f"{_OPEN} ORDER BY entry.customer_id, lot.id", [business, on])
            for row in stream:
                line = LotLine(*row)
                if line.customer not in changed:
                    yield line
                elif found := due_now.pop(line.customer, None):
                    yield from _lines(line.customer, found)
        for customer, found in due_now.items():  # a midnight gave them their first lot
            yield from _lines(customer, found)


class _Found:
    """The sums through a day: what is written, then what is only due."""

    def __init__(self, since: date, on: date) -> None:
        self.since = since
        self.on = on
        self.moved: dict[int, dict[EntryKind, int]] = defaultdict(dict)
        self.sold = 0
        self.flows: dict[int, dict[tuple[date, EntryKind], int]] = defaultdict(dict)
        self.lots: dict[tuple[int, date, date], list[int]] = defaultdict(lambda: [0, 0])
        self.fates: dict[int, list[Fate]] = defaultdict(list)
        self.sales: dict[date, int] = {}
        self.unswept: dict[int, int] = defaultdict(int)

    def read(self, cursor: Rows, business: int) -> None:
        """What the tables say."""
        values = [business, self.on]
        for unit, month, kind, amount in cursor.execute(_FLOWS, values).fetchall():
            self.flows[unit][month, kind] = int(amount)
        for unit, age, kind, incoming, amount, count in cursor.execute(_FATES, values).fetchall():
            self.fates[unit].append(_fate(age, kind, int(amount), count, incoming=incoming))
        for unit, earned_on, expires_on, count, open_units in cursor.execute(_GROUPED, values):
            self.lots[unit, earned_on, expires_on] = [count, int(open_units)]
        for unit, kind, amount in cursor.execute(_MOVED, [*values, self.since]).fetchall():
            self.moved[unit][kind] = int(amount)
        named = {"business": business, "on": self.on, "since": self.since}
        sales = cursor.execute(_SALES, named).fetchall()
        self.sales = {month: int(amount) for month, amount in sales}
        ((sold,),) = cursor.execute(_SALES_SINCE, named).fetchall()
        self.sold = int(sold)

    def bring_to(self, book: Book, account: Account) -> None:
        """What is due on one account, as a sweep would write it."""
        before = _by_day(account)
        entries = due.advance(book, account, self.on)
        dates = {lot.id: lot.earned_on for lot in account.lots or ()}
        for entry in entries:
            self._entry(entry, dates.get(entry.lot))
        for sign, lots_then in ((-1, before), (1, _by_day(account))):
            for key, remaining in lots_then:
                self.lots[key][0] += sign
                self.lots[key][1] += sign * remaining

    def _entry(self, entry: Entry, earned_on: date | None) -> None:
        flows, key = self.flows[entry.unit], (entry.on.replace(day=1), entry.kind)
        flows[key] = flows.get(key, 0) + entry.amount
        self.unswept[entry.unit] += entry.amount
        if entry.on >= self.since:
            moved = self.moved[entry.unit]
            moved[entry.kind] = moved.get(entry.kind, 0) + entry.amount
        if earned_on is not None:
            age = (entry.on - earned_on).days
            fate = _fate(age, entry.kind, entry.amount, 1, incoming=entry.amount > 0)
            self.fates[entry.unit].append(fate)

    def sums(self) -> statement.Sums:
        """All of it, with open units as what is known of them no further than to this day."""
        found = [
            OpenLots(unit, earned_on, expires_on, count, units)
            for (unit, earned_on, expires_on), (count, units) in sorted(self.lots.items())
            if units
        ]
        for lots_then in found:
            age = (self.on - lots_then.earned_on).days
            self.fates[lots_then.unit].append(Fate(age, gone=lots_then.open))
        return statement.Sums(self.flows, found, self.fates, self.sales, self.unswept)


def _fate(age: int, kind: EntryKind, amount: int, lots: int, *, incoming: bool) -> Fate:
    """What entries of one kind say of units of an age."""
    if incoming:
        return Fate(age, entered=amount)
    if kind in _SPENT:
        return Fate(age, redeemed=-amount, lots=lots)
    if kind == "expiry":
        return Fate(age, lapsed=-amount, lots=lots)
    return Fate(age, gone=-amount)


def _unswept(cursor: Rows, business: int, book: Book, on: date) -> Iterator[Account]:
    """Every account on which something fell due by a day, with its open lots."""
    last = 0
    while True:
        rows = cursor.execute(_UNSWEPT, [business, on, last, BATCH]).fetchall()
        if not rows:
            return
        customers = [row[0] for row in rows]
        last = customers[-1]
        loaded = loading.accounts(cursor, business, customers, lock=False)
        loading.fit(loaded, book.units)
        loading.lots(cursor, loaded.accounts.values())
        yield from loaded.accounts.values()


def _advanced(book: Book, account: Account, on: date) -> Account:
    due.advance(book, account, on)
    return account


def _by_day(account: Account) -> list[tuple[tuple[int, date, date], int]]:
    return [
        ((lot.unit, lot.earned_on, lot.expires_on), lot.remaining)
        for lot in account.lots or ()
        if lot.remaining
    ]


def _lines(customer: int, found: dict[int, Lot]) -> Iterator[LotLine]:
    for number, lot in sorted(found.items()):
        if lot.remaining:
            dates = (lot.earned_on, lot.active_on, lot.expires_on)
            yield LotLine(customer, number, lot.unit, lot.remaining, *dates)


def _one_snapshot(cursor: Rows) -> None:
    """All statements of this transaction see the same moment, where it begins here."""
    if not connection.savepoint_ids:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
