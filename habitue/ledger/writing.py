"""Writing what the engine decided: each table by one set-based statement, whatever the batch.

Lots and balances move by differences under checks, and every account row must still have the
version that was read: code that forgets a lock meets an error, not an overspent balance.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from habitue.core import facts
from habitue.core.account import Account, Entry, Voucher
from habitue.core.calendar import FOREVER
from habitue.core.engine import Outcome
from habitue.ledger import arrays
from habitue.ledger.claims import Prepared
from habitue.ledger.loading import Loaded, Rows
from habitue.members import ids

_EVENTS = """
INSERT INTO ledger_event (customer_id, id, business_id, at, recorded_at, amount, business_date,
                          kind, currency, what, refusal, forgiven)
SELECT customer_id, id, %s, at, %s, amount, business_date, kind, currency, what, refusal, forgiven
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::bigint[], %s::date[], %s::text[],
            %s::text[], %s::jsonb[], %s::jsonb[], %s::jsonb[])
    AS event (customer_id, id, at, amount, business_date, kind, currency, what, refusal,
              forgiven)"""

_ENTRIES = """
INSERT INTO ledger_entry (customer_id, event_id, line, unit, kind, amount, balance, lot_id, day,
                          why)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::smallint[], %s::smallint[], %s::text[],
                     %s::bigint[], %s::bigint[], %s::bigint[], %s::date[], %s::jsonb[])"""

_NEW_LOTS = """
INSERT INTO ledger_lot (customer_id, id, unit, original, remaining, earned_on, active_on,
                        expires_on)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::smallint[], %s::bigint[], %s::bigint[],
                     %s::date[], %s::date[], %s::date[])"""

_MOVE_LOTS = """
UPDATE ledger_lot SET
    remaining = ledger_lot.remaining + moved.change,
    original = greatest(ledger_lot.original, moved.original),
    active_on = moved.active_on,
    expires_on = moved.expires_on
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::date[], %s::date[])
    AS moved (customer_id, id, change, original, active_on, expires_on)
WHERE ledger_lot.customer_id = moved.customer_id AND ledger_lot.id = moved.id"""

_ACCOUNTS = """
UPDATE ledger_account SET
    version = ledger_account.version + 1,
    balances = moved.balances::bigint[],
    overdraft = moved.overdraft,
    enrolled_at = moved.enrolled_at,
    enrolled_on = moved.enrolled_on,
    level = moved.level,
    last_at = moved.last_at,
    due_on = moved.due_on,
    memory = moved.memory
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::boolean[], %s::timestamptz[], %s::date[],
            %s::text[], %s::timestamptz[], %s::date[], %s::jsonb[])
    AS moved (customer_id, version, balances, overdraft, enrolled_at, enrolled_on, level, last_at,
              due_on, memory)
WHERE ledger_account.customer_id = moved.customer_id AND ledger_account.version = moved.version"""

_VOUCHERS = """
INSERT INTO ledger_voucher (customer_id, id, reward, state, code, issued_on, expires_on)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::date[],
                     %s::date[])
ON CONFLICT (customer_id, id) DO UPDATE SET
    state = excluded.state, expires_on = excluded.expires_on"""

_OUTBOX = """
INSERT INTO ledger_outbox (id, business_id, posted_at, customers, events)
VALUES (%s, %s, %s, %s::bigint[], %s::bigint[])"""

_CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_CODE_LENGTH = 17  # 85 bits

StoredLots = dict[int, dict[int, int]]
"""What remained of each loaded lot, by customer and lot."""


class StaleAccount(Exception):
    """An account changed between reading and writing: somebody wrote without its lock."""


def write(
    cursor: Rows,
    business: int,
    zone: ZoneInfo,
    posted: Sequence[tuple[Prepared, Outcome]],
    loaded: Loaded,
    stored: StoredLots,
    now: datetime,
) -> None:
    """Everything that a batch changes."""
    _events(cursor, business, zone, posted, now)
    _entries(cursor, posted)
    accounts = [loaded.accounts[customer] for customer in sorted(loaded.accounts)]
    _lots(cursor, accounts, stored)
    _vouchers(cursor, accounts)
    _write_accounts(cursor, _changed(accounts, posted), loaded.versions)
    _outbox(cursor, business, posted, now)


def _events(
    cursor: Rows,
    business: int,
    zone: ZoneInfo,
    posted: Sequence[tuple[Prepared, Outcome]],
    now: datetime,
) -> None:
    events = [outcome.event for _, outcome in posted]
    cursor.execute(
        _EVENTS,
        [
            business,
            now,
            arrays.numbers(event.customer for event in events),
            arrays.numbers(event.id for event in events),
            arrays.moments(event.at for event in events),
            arrays.optional(_money(outcome) for _, outcome in posted),
            arrays.moments(event.at.astimezone(zone).date() for event in events),
            arrays.texts(facts.kind(event.what) for event in events),
            arrays.texts(getattr(event.what, "currency", None) for event in events),
            arrays.texts(_body(one, outcome) for one, outcome in posted),
            arrays.texts(_json(outcome.refused) for _, outcome in posted),
            arrays.texts(_json(event.forgiven) for event in events),
        ],
        prepare=True,
    )


def _entries(cursor: Rows, posted: Sequence[tuple[Prepared, Outcome]]) -> None:
    lines: list[tuple[int, int, int, Entry]] = []
    for _, outcome in posted:
        event = outcome.event
        for line, entry in enumerate(outcome.entries):
            lines.append((event.customer, event.id, line, entry))
    if not lines:
        return
    entries = [line[3] for line in lines]
    cursor.execute(
        _ENTRIES,
        [
            arrays.numbers(line[0] for line in lines),
            arrays.numbers(line[1] for line in lines),
            arrays.numbers(line[2] for line in lines),
            arrays.numbers(entry.unit for entry in entries),
            "{" + ",".join([entry.kind for entry in entries]) + "}",
            arrays.numbers(entry.amount for entry in entries),
            arrays.numbers(entry.balance for entry in entries),
            arrays.numbers(entry.lot for entry in entries),
            arrays.moments(entry.on for entry in entries),
            arrays.texts(_json(entry.why or None) for entry in entries),
        ],
        prepare=True,
    )


def _lots(cursor: Rows, accounts: Sequence[Account], stored: StoredLots) -> None:
    new, moved = [], []
    for account in accounts:
        known = stored.get(account.customer, {})
        for lot in account.touched_lots.values():
            if lot.id in known:
                moved.append((account.customer, lot, lot.remaining - known[lot.id]))
            else:
                new.append((account.customer, lot))
    if new:
        cursor.execute(
            _NEW_LOTS,
            [
                arrays.numbers(customer for customer, _ in new),
                arrays.numbers(lot.id for _, lot in new),
                arrays.numbers(lot.unit for _, lot in new),
                arrays.numbers(lot.original for _, lot in new),
                arrays.numbers(lot.remaining for _, lot in new),
                arrays.moments(lot.earned_on for _, lot in new),
                arrays.moments(lot.active_on for _, lot in new),
                arrays.moments(lot.expires_on for _, lot in new),
            ],
            prepare=True,
        )
    if moved:
        cursor.execute(
            _MOVE_LOTS,
            [
                arrays.numbers(customer for customer, _, _ in moved),
                arrays.numbers(lot.id for _, lot, _ in moved),
                arrays.numbers(change for _, _, change in moved),
                arrays.numbers(lot.original for _, lot, _ in moved),
                arrays.moments(lot.active_on for _, lot, _ in moved),
                arrays.moments(lot.expires_on for _, lot, _ in moved),
            ],
            prepare=True,
        )
        if cursor.rowcount != len(moved):
            raise StaleAccount("a lot disappeared between reading and writing")


def _vouchers(cursor: Rows, accounts: Sequence[Account]) -> None:
    touched: list[tuple[int, Voucher]] = [
        (account.customer, voucher)
        for account in accounts
        for voucher in account.touched_vouchers.values()
    ]
    if not touched:
        return
    cursor.execute(
        _VOUCHERS,
        [
            arrays.numbers(customer for customer, _ in touched),
            arrays.numbers(voucher.id for _, voucher in touched),
            arrays.texts(voucher.reward for _, voucher in touched),
            arrays.texts(voucher.state for _, voucher in touched),
            arrays.texts(_code() for _ in touched),
            arrays.moments(voucher.issued_on for _, voucher in touched),
            arrays.moments(voucher.expires_on for _, voucher in touched),
        ],
        prepare=True,
    )


def _changed(
    accounts: Sequence[Account], posted: Sequence[tuple[Prepared, Outcome]]
) -> list[Account]:
    """Members of whom anything was accepted; a mere customer's row stays as it was opened."""
    accepted = {outcome.event.customer for _, outcome in posted if outcome.refused is None}
    return [account for account in accounts if account.enrolled_at and account.customer in accepted]


def _write_accounts(cursor: Rows, accounts: Sequence[Account], versions: dict[int, int]) -> None:
    if not accounts:
        return
    cursor.execute(
        _ACCOUNTS,
        [
            arrays.numbers(account.customer for account in accounts),
            arrays.numbers(versions[account.customer] for account in accounts),
            arrays.rows(account.balances for account in accounts),
            arrays.texts("t" if account.memory.debts else "f" for account in accounts),
            arrays.moments(account.enrolled_at for account in accounts),
            arrays.moments(account.enrolled_on for account in accounts),
            arrays.texts(account.level for account in accounts),
            arrays.moments(account.last_at for account in accounts),
            arrays.moments(_due(account.due_on) for account in accounts),
            arrays.texts(_json(account.memory) for account in accounts),
        ],
        prepare=True,
    )
    if cursor.rowcount != len(accounts):
        raise StaleAccount("an account changed between reading and writing")


def _outbox(
    cursor: Rows, business: int, posted: Sequence[tuple[Prepared, Outcome]], now: datetime
) -> None:
    accepted = [outcome.event for _, outcome in posted if outcome.refused is None]
    if accepted:
        cursor.execute(
            _OUTBOX,
            [
                ids.make(),
                business,
                now,
                arrays.numbers(event.customer for event in accepted),
                arrays.numbers(event.id for event in accepted),
            ],
            prepare=True,
        )


def _money(outcome: Outcome) -> int | None:
    """Revenue in minor units: a purchase's net total, or minus what a refund gives back."""
    what = outcome.event.what
    if isinstance(what, facts.Purchase):
        return what.total
    return -outcome.money if isinstance(what, facts.Refund) else None


def _body(one: Prepared, outcome: Outcome) -> str:
    """The body as it came in, unless the engine filled something in."""
    if outcome.event.what is one.fact.what:
        return one.body
    return msgspec.json.encode(outcome.event.what).decode()


def _json(value: object) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def _due(day: date) -> date | None:
    return None if day == FOREVER else day


def _code() -> str:
    return "".join(secrets.choice(_CODE_ALPHABET) for _ in range(_CODE_LENGTH))
