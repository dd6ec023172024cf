"""Proof that a live ledger keeps its promises, and that its history leads to its balances."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Final

from django.db import connection, transaction

from habitue.core import engine, money
from habitue.core.account import Account
from habitue.core.rulebook import Book
from habitue.ledger import books, budgets, database, lives, loading

BATCH: Final = 1_000
SHOWN: Final = 20

Progress = Callable[[int], None]

_INVARIANTS: Final = {
    "a balance differs from the sum of its entries": """
        SELECT account.customer_id
        FROM ledger_account account
        CROSS JOIN LATERAL unnest(account.balances) WITH ORDINALITY AS held (balance, place)
        LEFT JOIN (
            SELECT entry.customer_id, entry.unit, sum(entry.amount) AS total
            FROM ledger_entry entry JOIN ledger_account account USING (customer_id)
            WHERE {scope} GROUP BY entry.customer_id, entry.unit
        ) AS entries ON entries.customer_id = account.customer_id AND entries.unit = held.place - 1
        WHERE {scope} AND held.balance <> coalesce(entries.total, 0)""",
    "a lot differs from the sum of its entries": """
        SELECT lot.customer_id
        FROM ledger_lot lot
        JOIN ledger_account account USING (customer_id)
        LEFT JOIN (
            SELECT entry.customer_id, entry.lot_id, sum(entry.amount) AS total
            FROM ledger_entry entry JOIN ledger_account account USING (customer_id)
            WHERE {scope} GROUP BY entry.customer_id, entry.lot_id
        ) AS entries ON entries.customer_id = lot.customer_id AND entries.lot_id = lot.id
        WHERE {scope} AND lot.remaining <> coalesce(entries.total, 0)""",
    "an entry belongs to no event": """
        SELECT entry.customer_id
        FROM ledger_entry entry
        JOIN ledger_account account USING (customer_id)
        WHERE {scope} AND NOT EXISTS (
            SELECT FROM ledger_event event
            WHERE event.customer_id = entry.customer_id AND event.id = entry.event_id)""",
    "an entry names a lot that does not exist": """
        SELECT entry.customer_id
        FROM ledger_entry entry
        JOIN ledger_account account USING (customer_id)
        WHERE {scope} AND entry.lot_id <> 0 AND NOT EXISTS (
            SELECT FROM ledger_lot lot
            WHERE lot.customer_id = entry.customer_id AND lot.id = entry.lot_id)""",
    "a refused event has entries": """
        SELECT event.customer_id
        FROM ledger_event event
        JOIN ledger_account account USING (customer_id)
        WHERE {scope} AND event.refusal IS NOT NULL AND EXISTS (
            SELECT FROM ledger_entry entry
            WHERE entry.customer_id = event.customer_id AND entry.event_id = event.id)""",
    "a reference leads to no event": """
        SELECT held.customer_id
        FROM ledger_reference held
        JOIN ledger_account account USING (customer_id)
        WHERE {scope} AND NOT EXISTS (
            SELECT FROM ledger_event event
            WHERE event.customer_id = held.customer_id AND event.id = held.event_id)""",
    "units were used after their last day": """
        SELECT entry.customer_id
        FROM ledger_entry entry
        JOIN ledger_lot lot ON lot.customer_id = entry.customer_id AND lot.id = entry.lot_id
        JOIN ledger_account account ON account.customer_id = entry.customer_id
        WHERE {scope} AND entry.kind = 'redemption'
          AND (entry.day > lot.expires_on OR entry.day < lot.active_on)""",
    "a balance without lots to back it": """
        SELECT account.customer_id
        FROM ledger_account account
        WHERE {scope} AND NOT account.overdraft AND EXISTS (
            SELECT FROM ledger_lot lot
            WHERE lot.customer_id = account.customer_id
            GROUP BY lot.unit
            HAVING sum(lot.remaining) <> account.balances[lot.unit + 1])""",
    "a tally belongs to no event": """
        SELECT tally.customer_id
        FROM ledger_tally tally
        JOIN ledger_account account USING (customer_id)
        WHERE {scope} AND NOT EXISTS (
            SELECT FROM ledger_event event
            WHERE event.customer_id = tally.customer_id AND event.id = tally.event_id
              AND event.business_id = tally.business_id AND event.refusal IS NULL)""",
    "what a member added to shared sums differs from its tallies": """
        SELECT account.customer_id
        FROM ledger_account account
        LEFT JOIN LATERAL (
            SELECT jsonb_object_agg(name, jsonb_build_array(units, money)) AS sums FROM (
                SELECT name, sum(units) AS units, sum(money) AS money FROM ledger_tally tally
                WHERE tally.customer_id = account.customer_id GROUP BY name
                HAVING sum(units) <> 0 OR sum(money) <> 0) AS named
        ) AS tallied ON true
        WHERE {scope} AND coalesce(tallied.sums, '{{}}')
          <> coalesce((account.memory->'tallies')::jsonb, '{{}}')""",
    # Where one side came late, what lapsed there meanwhile is booked as the difference it makes.
    "units that went from one to another do not add up to nothing": """
        SELECT moved.customers[1]
        FROM (
            SELECT entry.event_id, array_agg(DISTINCT entry.customer_id) AS customers
            FROM ledger_entry entry
            JOIN ledger_account account USING (customer_id)
            WHERE {scope} AND entry.kind = 'transfer'
            GROUP BY entry.event_id, entry.unit
            HAVING sum(entry.amount) <> 0) AS moved
        WHERE NOT EXISTS (
            SELECT FROM ledger_event side
            JOIN ledger_event newer ON newer.customer_id IN (
                side.customer_id, (side.what->>'to')::bigint, (side.what->>'into')::bigint,
                (side.what->>'giver')::bigint)
             AND newer.at > side.at AND newer.recorded_at <= side.recorded_at
            WHERE side.customer_id = ANY (moved.customers) AND side.id = moved.event_id)""",
    "a donation differs from what its cause was given": """
        SELECT entry.customer_id
        FROM ledger_entry entry
        JOIN ledger_account account USING (customer_id)
        WHERE {scope} AND entry.kind = 'donation'
        GROUP BY entry.customer_id, entry.event_id
        HAVING -sum(entry.amount) <> (
            SELECT coalesce(sum(tally.units), 0) FROM ledger_tally tally
            WHERE tally.customer_id = entry.customer_id AND tally.event_id = entry.event_id
              AND tally.name LIKE 'given %%')""",
    **lives.DIFFERING,
}

_SUMS: Final = """
SELECT coalesce(used.name, tallied.name)
FROM (SELECT * FROM ledger_budget account WHERE {scope}) AS used
FULL JOIN (
    SELECT business_id, name, sum(units) AS units, sum(money) AS money
    FROM ledger_tally account WHERE {scope} AND split_part(name, ' ', 1) = ANY(%s)
    GROUP BY business_id, name
) AS tallied USING (business_id, name)
WHERE coalesce(used.units, 0) <> coalesce(tallied.units, 0)
   OR coalesce(used.money, 0) <> coalesce(tallied.money, 0)"""

# An event may also earn what no partner is billed for: the welcome of who joins by it. One that
# came late books the difference that it makes, which may be less than what it gave.
_BILLED: Final = """
SELECT DISTINCT tally.customer_id
FROM ledger_tally tally
JOIN unnest(%s::text[], %s::int[]) AS billed (name, unit) USING (name)
JOIN ledger_event event ON event.customer_id = tally.customer_id AND event.id = tally.event_id
WHERE tally.business_id = %s AND event.kind IN ('purchase', 'visit', 'action')
  AND NOT EXISTS (
    SELECT FROM ledger_entry back WHERE back.customer_id = tally.customer_id
      AND back.event_id = tally.event_id AND back.kind = 'reversal')
  AND NOT EXISTS (
    SELECT FROM ledger_event newer WHERE newer.customer_id = event.customer_id
      AND newer.at > event.at AND newer.recorded_at <= event.recorded_at)
  AND tally.units > (
    SELECT coalesce(sum(entry.amount), 0) FROM ledger_entry entry
    WHERE entry.customer_id = tally.customer_id AND entry.event_id = tally.event_id
      AND entry.unit = billed.unit AND entry.kind = 'accrual')"""


_ORPHANS: Final = """
SELECT customer_id FROM {table} held
WHERE NOT EXISTS (SELECT FROM ledger_account a WHERE a.customer_id = held.customer_id)"""


def verify(business: int | None = None) -> list[str]:
    """Every invariant that does not hold, as a sentence; an empty list is a sound ledger."""
    scope = "true" if business is None else "account.business_id = %s"
    broken = []
    with connection.cursor() as cursor:
        for name, query in _INVARIANTS.items():
            scoped = [] if business is None else [business] * query.count("{scope}")
            cursor.execute(query.format(scope=scope), scoped)
            broken += _broken(name, "customers", {row[0] for row in cursor.fetchall()})
        scoped = [] if business is None else [business]
        cursor.execute(_SUMS.format(scope=scope), [*scoped, *scoped, list(budgets.LIMITED)])
        name = "what is used of something limited differs from its tallies"
        broken += _broken(name, "sums", {row[0] for row in cursor.fetchall()})
        for each in scoped or books.businesses():
            name = "a partner is billed for more than was given there"
            broken += _broken(name, "customers", _overbilled(each))
        if business is None:
            for table in ("ledger_lot", "ledger_entry", "ledger_voucher"):
                cursor.execute(_ORPHANS.format(table=table))
                orphans = {row[0] for row in cursor.fetchall()}
                if orphans:
                    broken.append(f"{table} has rows of {len(orphans)} customers without account")
    return broken


def _broken(name: str, of: str, found: set[Any]) -> list[str]:
    some = ", ".join(map(str, sorted(found)[:SHOWN]))
    return [f"{name}: {len(found)} {of} ({some})"] if found else []


def _overbilled(business: int) -> set[int]:
    shelf = books.shelf(business)
    partners = {partner.id for version in shelf.programs for partner in version.partners}
    if not partners:
        return set()
    units = list(enumerate(shelf.names))
    names = [f"issued {partner} {unit}" for partner in partners for _, unit in units]
    numbers = [number for _ in partners for number, _ in units]
    with connection.cursor() as cursor:
        cursor.execute(_BILLED, [names, numbers, business])
        return {row[0] for row in cursor.fetchall()}


def replay(business: int, *, progress: Progress | None = None) -> list[str]:
    """Fold every member's history again; the differences from what is stored, as sentences."""
    shelf = books.shelf(business)
    differences: list[str] = []
    for customers in _members(business):
        with transaction.atomic():
            cursor = database.cursor()
            loaded = loading.accounts(cursor, business, customers, lock=False)
            loading.fit(loaded, shelf.book.units)
            loading.lots(cursor, loaded.accounts.values(), closed=True)
            histories = loading.histories(cursor, customers)
        for customer, account in loaded.accounts.items():
            last = account.memory.last_at
            if last is None:
                continue
            day = last.astimezone(shelf.book.latest.zone).date()
            folded = engine.fold(shelf.book, histories[customer], day, customer=customer)
            differences.extend(_compare(shelf.book, account, folded))
        if progress is not None:
            progress(len(customers))
    return differences


def _members(business: int) -> Iterator[list[int]]:
    last = 0
    while customers := books.members(business, after=last, most=BATCH):
        last = customers[-1]
        yield customers


def _compare(book: Book, stored: Account, folded: Account) -> list[str]:
    """How a stored account differs from its history."""
    found = []
    who = f"customer {stored.customer}"
    for unit, of in enumerate(book.latest.program.units):
        if stored.balances[unit] != folded.balances[unit]:
            has = money.written(stored.balances[unit], of.decimals)
            should = money.written(folded.balances[unit], of.decimals)
            found.append(f"{who} has {has} {of.id}; the history gives {should}")
    if _lots(stored) != _lots(folded):
        found.append(f"{who}: open lots differ from the history")
    if stored.level != folded.level:
        found.append(f"{who} is {stored.level!r}; the history gives {folded.level!r}")
    if _vouchers(stored) != _vouchers(folded):
        found.append(f"{who}: vouchers differ from the history")
    if stored.memory.tallies != folded.memory.tallies:
        found.append(f"{who}: what all share differs from the history")
    return found


def _lots(account: Account) -> set[tuple[object, ...]]:
    return {
        (lot.id, lot.unit, lot.remaining, lot.active_on, lot.expires_on)
        for lot in account.lots or ()
        if lot.remaining
    }


def _vouchers(account: Account) -> list[tuple[str, str, date]]:
    """What vouchers there are; a correction numbers new ones after itself."""
    return sorted(
        (voucher.reward, voucher.state, voucher.issued_on)
        for voucher in account.vouchers or ()
        if voucher.state != "cancelled"
    )
