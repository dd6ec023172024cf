"""Reading what the engine needs: accounts under lock, then, in the next statement, their lots.

Never both in one statement: after waiting for a lock, a statement still sees the lots as they
were when it began.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import msgspec

from habitue.core import facts
from habitue.core.account import Account, Lot, Memory, Voucher
from habitue.core.calendar import FOREVER
from habitue.core.facts import Event, Forgiven
from habitue.ledger import arrays
from habitue.ledger.database import Rows

_ACCOUNTS = """
SELECT customer_id, version, balances::text, enrolled_on, level, due_on, memory::text,
       (SELECT coalesce(max(number), 0) FROM ledger_version WHERE business_id = %s)
FROM ledger_account
WHERE customer_id = ANY (%s::bigint[]) AND business_id = %s
ORDER BY customer_id"""

_LOCKED = _ACCOUNTS + " FOR NO KEY UPDATE"

_OPEN_ACCOUNTS = """
INSERT INTO ledger_account (customer_id, business_id)
SELECT id, business_id FROM members_customer
WHERE id = ANY (%s::bigint[]) AND business_id = %s
ORDER BY id
ON CONFLICT (customer_id) DO NOTHING"""

_LOTS = """
SELECT customer_id, id, unit, original, remaining, earned_on, active_on, expires_on, awaits
FROM ledger_lot WHERE customer_id = ANY (%s::bigint[]) AND (remaining > 0 OR %s)
ORDER BY customer_id, id"""

_VOUCHERS = """
SELECT customer_id, id, reward, state, issued_on, expires_on
FROM ledger_voucher WHERE customer_id = ANY (%s::bigint[])
ORDER BY customer_id, id"""

_HISTORY = """
SELECT customer_id, id, at, what::text, forgiven::text, room::text
FROM ledger_event WHERE customer_id = ANY (%s::bigint[]) AND refusal IS NULL
ORDER BY customer_id, id"""

_amounts = msgspec.json.Decoder(list[int])
_memory = msgspec.json.Decoder(Memory)
_what: msgspec.json.Decoder[facts.What] = msgspec.json.Decoder(facts.What)
_forgiven = msgspec.json.Decoder(Forgiven)
_room = msgspec.json.Decoder(dict[str, int])


class Loaded(msgspec.Struct):
    """Accounts as stored, with the version of each row that was read.

    `published` is the number of the program's newest version, None if no account was found.
    `asked` are the customers that were looked for.
    """

    accounts: dict[int, Account]
    versions: dict[int, int]
    published: int | None = None
    asked: set[int] = set()


def accounts(cursor: Rows, business: int, customers: Collection[int], *, lock: bool) -> Loaded:
    """The accounts of customers; under `lock`, missing ones are opened first.

    Customers of another business, or of none, are simply not among the answers.
    """
    loaded = Loaded({}, {}, asked=set(customers))
    wanted = sorted(loaded.asked)
    _read(cursor, business, wanted, loaded, lock=lock)
    missing = [customer for customer in wanted if customer not in loaded.accounts]
    if missing and lock:
        cursor.execute(_OPEN_ACCOUNTS, [arrays.plain(missing), business], prepare=True)
        _read(cursor, business, missing, loaded, lock=True)
    return loaded


def fit(loaded: Loaded, units: int) -> None:
    """Give every account a balance of each unit; a new version may have added some."""
    for account in loaded.accounts.values():
        if len(account.balances) < units:
            account.balances.extend([0] * (units - len(account.balances)))


def lots(cursor: Rows, found: Iterable[Account], *, closed: bool = False) -> None:
    """Fill in the open lots (or all) and the vouchers of accounts."""
    by_customer = {account.customer: account for account in found}
    if not by_customer:
        return
    lots_of: dict[int, list[Lot]] = {}
    vouchers_of: dict[int, list[Voucher]] = {}
    for customer, account in by_customer.items():
        account.lots = lots_of[customer] = []
        account.vouchers = vouchers_of[customer] = []
    customers = arrays.plain(sorted(by_customer))
    for customer, *lot in cursor.execute(_LOTS, [customers, closed], prepare=True):
        lots_of[customer].append(Lot(*lot))
    for customer, *voucher in cursor.execute(_VOUCHERS, [customers], prepare=True):
        vouchers_of[customer].append(Voucher(*voucher))


def histories(cursor: Rows, customers: Collection[int]) -> dict[int, list[Event]]:
    """The accepted events of customers, in order of arrival."""
    found: dict[int, list[Event]] = {customer: [] for customer in customers}
    if not found:
        return found
    cursor.execute(_HISTORY, [arrays.plain(sorted(found))], prepare=True)
    for customer, event_id, at, what, forgiven, room in cursor:
        found[customer].append(
            Event(
                event_id,
                customer,
                at,
                _what.decode(what),
                _forgiven.decode(forgiven) if forgiven else None,
                _room.decode(room) if room else None,
            )
        )
    return found


def _read(
    cursor: Rows,
    business: int,
    customers: Sequence[int],
    loaded: Loaded,
    *,
    lock: bool,
) -> None:
    query = _LOCKED if lock else _ACCOUNTS
    values = [business, arrays.plain(customers), business]
    rows = cursor.execute(query, values, prepare=True).fetchall()
    found, versions = loaded.accounts, loaded.versions
    for customer, version, balances, enrolled_on, level, due_on, memory, published in rows:
        held = _amounts.decode(f"[{balances[1:-1]}]")
        remembered = _memory.decode(memory)
        found[customer] = Account(customer, held, enrolled_on, level, due_on or FOREVER, remembered)
        versions[customer] = version
        loaded.published = published
