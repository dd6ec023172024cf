"""What a customer holds, piece by piece: lots and vouchers in any state, right at a moment.

Nothing is written: what is due by then and was not swept yet takes effect in memory, as it does for
`standings`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Final

from django.db import connection, transaction
from msgspec import Struct

from habitue.core import due
from habitue.core.account import Account, VoucherState
from habitue.ledger import answers, books, codes, database, loading
from habitue.ledger.answers import VoucherLine

_BY_CODE: Final = """
SELECT voucher.code, voucher.customer_id, voucher.id, voucher.reward, voucher.state,
    voucher.issued_on, voucher.expires_on
FROM ledger_voucher voucher JOIN ledger_account account USING (customer_id)
WHERE voucher.code = ANY (%s) AND account.business_id = %s"""

_USED: Final = """
SELECT at FROM ledger_event
WHERE customer_id = %(customer)s AND refusal IS NULL
    AND (kind = 'voucher_use' AND (what->>'voucher')::bigint = %(voucher)s
        OR id = %(voucher)s & ~255::bigint AND what->>'at_once' = 'true')
ORDER BY id DESC LIMIT 1"""

LATEST: Final = 2**63 - 1


class Piece(Struct, frozen=True):
    """Units earned together, in fixed point: `remaining` of `original` are left.

    `active_on`: from that day on they can be used, None while they await `awaits`. `expires_on`:
    their last day, None for never; what lapses by inactivity has none of its own.
    """

    id: int
    unit: str
    original: int
    remaining: int
    earned_on: date
    active_on: date | None
    expires_on: date | None
    awaits: str


class Held(Struct, frozen=True):
    """A voucher, and whose it is."""

    customer: int
    voucher: VoucherLine


def lots(
    business: int,
    customer: int,
    *,
    now: datetime,
    before: int = LATEST,
    unit: str = "",
    only_open: bool = False,
    limit: int = 50,
) -> list[Piece]:
    """A customer's lots, newest first (`before`: a number to page on); empty: not known here."""
    shelf = books.shelf(business)
    names = shelf.names
    account = _account(shelf, business, customer, now, closed=not only_open)
    found = [
        lot
        for lot in (account.lots if account else None) or ()
        if lot.id < before and (lot.remaining or not only_open)
        if not unit or names[lot.unit] == unit
    ]
    found.sort(key=lambda lot: -lot.id)
    return [
        Piece(
            lot.id,
            names[lot.unit],
            lot.original,
            lot.remaining,
            lot.earned_on,
            answers.until(lot.active_on),
            answers.until(lot.expires_on),
            lot.awaits,
        )
        for lot in found[:limit]
    ]


def vouchers(
    business: int,
    customer: int,
    *,
    now: datetime,
    before: int = LATEST,
    states: Collection[VoucherState] = (),
    limit: int = 50,
) -> list[VoucherLine]:
    """A customer's vouchers in these states (in any, if none is said), newest first."""
    account = _account(books.shelf(business), business, customer, now, closed=False)
    found = [
        each
        for each in (account.vouchers if account else None) or ()
        if each.id < before and (not states or each.state in states)
    ]
    found.sort(key=lambda each: -each.id)
    shown = found[:limit]
    given = codes.of([(customer, each.id) for each in shown])
    return answers.voucher_lines(customer, shown, given)


def find_voucher(business: int, code: str, *, now: datetime) -> Held | None:
    """The voucher of this business with a code, and whose it is; None: there is none."""
    return find_vouchers(business, [code], now=now).get(code)


def find_vouchers(business: int, given: Collection[str], *, now: datetime) -> dict[str, Held]:
    """Vouchers by their codes; what is no voucher of this business is absent."""
    if not given:
        return {}
    today = now.astimezone(books.shelf(business).book.latest.zone).date()
    with connection.cursor() as cursor:
        cursor.execute(_BY_CODE, [list(given), business])
        rows = cursor.fetchall()
    found = {}
    for code, customer, number, reward, stored, issued_on, expires_on in rows:
        lapsed = stored == "issued" and expires_on < today
        state: VoucherState = "expired" if lapsed else stored
        line = VoucherLine(number, reward, state, code, issued_on, answers.until(expires_on))
        found[code] = Held(customer, line)
    return found


def used_at(found: Held) -> datetime | None:
    """When a voucher was handed in last; None where no event says it by this number."""
    with connection.cursor() as cursor:
        cursor.execute(_USED, {"customer": found.customer, "voucher": found.voucher.id})
        row = cursor.fetchone()
    return row[0] if row else None


def _account(
    shelf: books.Shelf, business: int, customer: int, now: datetime, *, closed: bool
) -> Account | None:
    """An account as it stands at a moment, with its vouchers and its open lots, or all of them."""
    day = now.astimezone(shelf.book.latest.zone).date()
    with transaction.atomic():
        cursor = database.cursor()
        loaded = loading.accounts(cursor, business, [customer], lock=False)
        loading.fit(loaded, shelf.book.units)
        loading.lots(cursor, loaded.accounts.values(), closed=closed)
    account = loaded.accounts.get(customer)
    if account is not None:
        due.advance(shelf.book, account, day)
    return account
