"""Writing what the engine decided: each table by one set-based statement, whatever the batch.

Lots and balances move by differences under checks, and every account row must still have the
version that was read: code that forgets a lock meets an error, not an overspent balance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

import msgspec
from psycopg import Connection, Cursor, RawCursor

from habitue.core import facts, tallies
from habitue.core.account import Account
from habitue.core.calendar import FOREVER
from habitue.core.engine import Outcome
from habitue.core.facts import Event
from habitue.core.tallies import Tally
from habitue.ledger import answers, arrays, books, budgets, codes, lives, reasons
from habitue.ledger.arrays import Column, documents, moments, plain, texts
from habitue.ledger.claims import Prepared
from habitue.ledger.codes import Codes
from habitue.ledger.deciding import StoredLots
from habitue.ledger.loading import Loaded
from habitue.members import ids
from habitue.metrics import life
from habitue.metrics.life import Moment

_EVENT_ROWS = arrays.unnested("""
    customer_id bigint, id bigint, at timestamptz, amount bigint, business_date date, kind text,
    currency text, what json, refusal json, forgiven json, room json, told json""")

_EVENTS = f"""
INSERT INTO ledger_event (customer_id, id, business_id, at, recorded_at, amount, business_date,
                          kind, currency, what, refusal, forgiven, room, told)
SELECT customer_id, id, %s, at, %s, amount, business_date, kind, currency, what, refusal, forgiven,
       room, told
FROM ({_EVENT_ROWS}) AS event"""

_ENTRY_ROWS = arrays.unnested("""
    customer_id bigint, event_id bigint, line smallint, unit smallint, kind text, amount bigint,
    balance bigint, lot_id bigint, day date, why json""")

_ENTRIES = f"""
INSERT INTO ledger_entry (customer_id, event_id, line, unit, kind, amount, balance, lot_id, day,
                          why)
{_ENTRY_ROWS}"""

_NEW_LOT_ROWS = arrays.unnested("""
    customer_id bigint, id bigint, unit smallint, original bigint, remaining bigint,
    earned_on date, active_on date, expires_on date, awaits text""")

_NEW_LOTS = f"""
INSERT INTO ledger_lot (customer_id, id, unit, original, remaining, earned_on, active_on,
                        expires_on, awaits)
{_NEW_LOT_ROWS}"""

_MOVED_LOT_ROWS = arrays.unnested("""
    customer_id bigint, id bigint, change bigint, original bigint, active_on date,
    expires_on date, awaits text""")

_MOVE_LOTS = f"""
UPDATE ledger_lot SET
    remaining = ledger_lot.remaining + moved.change,
    original = greatest(ledger_lot.original, moved.original),
    active_on = moved.active_on,
    expires_on = moved.expires_on,
    awaits = moved.awaits
FROM ({_MOVED_LOT_ROWS}) AS moved
WHERE ledger_lot.customer_id = moved.customer_id AND ledger_lot.id = moved.id"""

_ACCOUNT_ROWS = arrays.unnested("""
    customer_id bigint, version bigint, balances text, overdraft boolean, enrolled_on date,
    level text, due_on date, memory json""")

_ACCOUNTS = f"""
UPDATE ledger_account SET
    version = ledger_account.version + 1,
    balances = moved.balances::bigint[],
    overdraft = moved.overdraft,
    enrolled_on = moved.enrolled_on,
    level = moved.level,
    due_on = moved.due_on,
    memory = moved.memory
FROM ({_ACCOUNT_ROWS}) AS moved
WHERE ledger_account.customer_id = moved.customer_id AND ledger_account.version = moved.version"""

_VOUCHERS = """
INSERT INTO ledger_voucher (customer_id, id, reward, state, code, issued_on, expires_on)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::date[],
                     %s::date[])
ON CONFLICT (customer_id, id) DO UPDATE SET
    state = excluded.state, expires_on = excluded.expires_on"""

_TALLIES = """
INSERT INTO ledger_tally (customer_id, event_id, business_id, units, money, recorded_at, day, name)
SELECT customer_id, event_id, %s, units, money, %s, day, name
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::date[], %s::text[])
    AS tally (customer_id, event_id, units, money, day, name)"""

_BUDGETS = """
INSERT INTO ledger_budget AS held (business_id, name, units, money)
SELECT %s, name, units, money
FROM unnest(%s::text[], %s::bigint[], %s::bigint[]) AS used (name, units, money)
ORDER BY name
ON CONFLICT (business_id, name) DO UPDATE SET
    units = held.units + excluded.units, money = held.money + excluded.money"""

_REFERRALS = """
INSERT INTO ledger_referral (customer_id, business_id, inviter_id, event_id)
SELECT friend, %s, inviter, event
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS invited (friend, inviter, event)
JOIN members_customer customer ON customer.id = inviter AND customer.business_id = %s
ON CONFLICT (customer_id) DO NOTHING"""

_OUTBOX = """
INSERT INTO ledger_outbox (id, business_id, posted_at, customers, events)
VALUES (%s, %s, %s, %s::bigint[], %s::bigint[])"""

PIPELINED = 200
"""Events from which on the server works on one table while the next one is being made ready.

Below that, sending ten statements costs us more than waiting for one.
"""

Posted = Sequence[tuple[Prepared | None, Outcome]]
"""Every event with its outcome; None: one that no door handed in (the other side of a transfer)."""


class Part(NamedTuple):
    """What goes to one table: the statement, its values, and how many rows it must move."""

    statement: str
    values: list[Any]
    rows: int
    exact: bool = True


class StaleAccount(Exception):
    """An account or lot changed between reading and writing: somebody wrote without its lock."""


def write(
    connection: Connection[Any],
    business: int,
    shelf: books.Shelf,
    posted: Posted,
    loaded: Loaded,
    stored: StoredLots,
    given: Codes,
    now: datetime,
) -> set[int]:
    """Everything that a batch changes, each table by one statement. `given`: new vouchers' codes.

    Returns whose life must be counted anew: who came on a day before their last one.
    """
    parts = _parts(business, shelf, posted, loaded, stored, given, now)
    send = _pipelined if len(posted) >= PIPELINED else _together
    behind: set[int] = set()
    for part, moved in send(connection, (part for part in parts if part.rows)):
        if moved == part.rows or not part.exact:
            continue
        if part.statement is not lives.ADD:
            raise StaleAccount("an account or lot changed between reading and writing")
        behind = lives.behind(Cursor(connection), part.values)
    return behind


def _parts(
    business: int,
    shelf: books.Shelf,
    posted: Posted,
    loaded: Loaded,
    stored: StoredLots,
    given: Codes,
    now: datetime,
) -> Iterator[Part]:
    accounts = [loaded.accounts[customer] for customer in sorted(loaded.accounts)]
    dates = _dates(posted, shelf)
    amounts = [_money(outcome) for _, outcome in posted]
    yield _events(posted, dates, amounts, business, now)
    outcomes = (outcome for _, outcome in posted)
    moments = list(lives.moments(outcomes, dates, amounts, shelf.currency))
    yield _lives(moments, business)
    yield _entries(posted)
    yield _new_lots(accounts, stored)
    yield _moved_lots(accounts, stored)
    yield _vouchers(accounts, given)
    yield _tallies(posted, business, now)
    yield _budgets(posted, business)
    yield _referrals(posted, business)
    yield _moved_accounts(accounts, posted, loaded)
    yield _late(moments, books.local_day(now, shelf.zone), business, now)
    yield _outbox(posted, business, now)


def _dates(posted: Posted, shelf: books.Shelf) -> list[date]:
    """The days of events where the business is; mostly those that its program counts."""
    if shelf.zone is shelf.book.zone:
        return [outcome.on for _, outcome in posted]
    return [books.local_day(outcome.event.at, shelf.zone) for _, outcome in posted]


def _pipelined(connection: Connection[Any], parts: Iterable[Part]) -> list[tuple[Part, int]]:
    """Send each statement as soon as it is made; the server works meanwhile."""
    sent = []
    with connection.pipeline():
        for part in parts:
            cursor = Cursor(connection)
            cursor.execute(part.statement, part.values, prepare=True)
            sent.append((part, cursor))
    return [(part, cursor.rowcount) for part, cursor in sent]


def _together(connection: Connection[Any], parts: Iterable[Part]) -> list[tuple[Part, int]]:
    """Send all statements as one: for a few rows, the journeys are what costs."""
    found = list(parts)
    values = [value for part in found for value in part.values]
    cursor = RawCursor(connection)
    cursor.execute(_joined(tuple(part.statement for part in found)), values, prepare=True)
    return list(zip(found, cursor.fetchall()[0], strict=True))


@cache
def _joined(statements: tuple[str, ...]) -> bytes:
    """Several statements as one that counts the rows of each, with its parameters numbered.

    psycopg would look for them anew every time: it remembers short statements only.
    """
    made = ", ".join(
        f"part{number} AS ({statement} RETURNING 1)" for number, statement in enumerate(statements)
    )
    counts = ", ".join(f"(SELECT count(*) FROM part{number})" for number in range(len(statements)))
    pieces = f"WITH {made} SELECT {counts}".split("%s")
    numbered = (f"${number}{piece}" for number, piece in enumerate(pieces[1:], 1))
    return "".join([pieces[0], *numbered]).encode()


def _part(
    statement: str, forms: Sequence[Column], rows: Sequence[tuple[Any, ...]], *first: object
) -> Part:
    values = [*first, *arrays.columns(forms, rows)] if rows else []
    return Part(statement, values, len(rows))


def _events(
    posted: Posted,
    dates: Sequence[date],
    amounts: Sequence[int | None],
    business: int,
    now: datetime,
) -> Part:
    forms = (
        plain, plain, moments, plain, plain, plain, texts, plain, documents, documents, documents,
        documents,
    )  # fmt: skip
    rows = [
        (
            event.customer,
            event.id,
            event.at,
            amount,
            day,
            facts.kind(event.what),
            outcome.currency or getattr(event.what, "currency", None),
            _body(one, event),
            outcome.refused,
            event.forgiven,
            event.room,
            answers.told(outcome),
        )
        for (one, outcome), day, amount in zip(posted, dates, amounts, strict=True)
        for event in (outcome.event,)
    ]
    return _part(_EVENTS, forms, rows, business, now)


def _lives(moments: Sequence[Moment], business: int) -> Part:
    """What the batch adds to customers' lives."""
    since = life.since(moments)
    return Part(lives.ADD, [business, *lives.columns(since)] if since else [], len(since))


def _late(moments: Sequence[Moment], today: date, business: int, now: datetime) -> Part:
    """A mark that the past changes, for sums that are kept: something of an earlier day."""
    first = min((moment.on for moment in moments), default=today)
    return Part(lives.LATE, [business, first, now], 1 if first < today else 0)


def _entries(posted: Posted) -> Part:
    forms = (plain,) * 10
    rows = [
        (
            event.customer,
            event.id,
            line,
            entry.unit,
            entry.kind,
            entry.amount,
            entry.balance,
            entry.lot,
            entry.on,
            reasons.written(entry.why, entry.amount),
        )
        for _, outcome in posted
        for event in (outcome.event,)
        for line, entry in enumerate(outcome.entries)
    ]
    return _part(_ENTRIES, forms, rows)


def _new_lots(accounts: Sequence[Account], stored: StoredLots) -> Part:
    forms = (plain, plain, plain, plain, plain, plain, plain, plain, texts)
    rows = [
        (
            account.customer,
            lot.id,
            lot.unit,
            lot.original,
            lot.remaining,
            lot.earned_on,
            lot.active_on,
            lot.expires_on,
            lot.awaits,
        )
        for account in accounts
        for lot in account.touched_lots.values()
        if lot.id not in stored.get(account.customer, ())
    ]
    return _part(_NEW_LOTS, forms, rows)


def _moved_lots(accounts: Sequence[Account], stored: StoredLots) -> Part:
    forms = (plain, plain, plain, plain, plain, plain, texts)
    rows = [
        (
            account.customer,
            lot.id,
            lot.remaining - stored[account.customer][lot.id],
            lot.original,
            lot.active_on,
            lot.expires_on,
            lot.awaits,
        )
        for account in accounts
        if account.customer in stored
        for lot in account.touched_lots.values()
        if lot.id in stored[account.customer]
    ]
    return _part(_MOVE_LOTS, forms, rows)


def _vouchers(accounts: Sequence[Account], given: Codes) -> Part:
    """Vouchers that are new or have changed: these keep the code that they have."""
    forms = (plain, plain, texts, plain, plain, plain, plain)
    rows = [
        (
            account.customer,
            voucher.id,
            voucher.reward,
            voucher.state,
            given.get((account.customer, voucher.id)) or codes.make(),
            voucher.issued_on,
            voucher.expires_on,
        )
        for account in accounts
        for voucher in account.touched_vouchers.values()
    ]
    return _part(_VOUCHERS, forms, rows)


def _tallies(posted: Posted, business: int, now: datetime) -> Part:
    """What each event changed of the sums that all share, on the day on which it is booked."""
    forms = (plain, plain, plain, plain, plain, texts)
    rows = [
        (
            outcome.event.customer,
            outcome.event.id,
            units,
            money,
            outcome.entries[-1].on if outcome.entries else outcome.on,
            name,
        )
        for _, outcome in posted
        for name, (units, money) in outcome.tallies.items()
    ]
    return _part(_TALLIES, forms, rows, business, now)


def _budgets(posted: Posted, business: int) -> Part:
    """The same for what is limited, added up."""
    used: dict[str, Tally] = {}
    for _, outcome in posted:
        if outcome.tallies:
            tallies.absorb(used, budgets.only_limited(outcome.tallies))
    rows = [(name, units, money) for name, (units, money) in used.items()]
    return _part(_BUDGETS, (texts, plain, plain), rows, business)


def _referrals(posted: Posted, business: int) -> Part:
    """Who was invited by whom; a number that is nobody's in this business is passed over."""
    rows = [
        (outcome.event.customer, what.invited_by, outcome.event.id)
        for _, outcome in posted
        if type(what := outcome.event.what) is facts.Enrolment
        and what.invited_by not in (0, outcome.event.customer)
        and outcome.refused is None
    ]
    part = _part(_REFERRALS, (plain, plain, plain), rows, business)
    return part._replace(values=[*part.values, business], exact=False)


def _moved_accounts(accounts: Sequence[Account], posted: Posted, loaded: Loaded) -> Part:
    """Members of whom anything was accepted; a mere customer's row stays as it was opened.

    A row that was written before is written again: what enrolled its customer may be undone.
    """
    accepted = {outcome.event.customer for _, outcome in posted if outcome.refused is None}
    forms = (plain, plain, arrays.rows, plain, plain, texts, plain, documents)
    rows = [
        (
            account.customer,
            loaded.versions[account.customer],
            account.balances,
            bool(account.memory.debts),
            account.enrolled_on,
            account.level,
            None if account.due_on == FOREVER else account.due_on,
            account.memory,
        )
        for account in accounts
        if account.customer in accepted
        and (account.enrolled_on or loaded.versions[account.customer])
    ]
    return _part(_ACCOUNTS, forms, rows)


def _outbox(posted: Posted, business: int, now: datetime) -> Part:
    """What is recorded, refused or not, in the order in which it was decided."""
    customers = plain([outcome.event.customer for _, outcome in posted])
    events = plain([outcome.event.id for _, outcome in posted])
    values = [ids.make(), business, now, customers, events]
    return Part(_OUTBOX, values, 1)


def _money(outcome: Outcome) -> int | None:
    """Revenue in minor units: what a purchase cost in money, or minus what a refund gives back."""
    what = outcome.event.what
    if isinstance(what, facts.Purchase):
        return what.total - what.covered
    return -outcome.money if type(what) is facts.Refund else None


def _body(one: Prepared | None, event: Event) -> str:
    """The body as it came in, unless the engine filled something in."""
    if one is not None and event.what is one.fact.what:
        return one.body
    return msgspec.json.encode(event.what).decode()
