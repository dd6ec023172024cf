"""What a basket would earn, and what its customer could do with what they hold: nothing is written.

Asked at every checkout, so it reads little: the account with its open vouchers in one statement,
and once more with the lots where something is due or depends on them. No lock is taken: what is
said may be over a moment later, and only the posting decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import msgspec
from msgspec import Struct

from habitue.core import engine, facts, quoting
from habitue.core.account import Account, Lot, Memory, Voucher
from habitue.core.calendar import FOREVER
from habitue.core.facts import Event, Payment, Redemption, Refused
from habitue.core.quoting import Basket, Offer, Quoted
from habitue.core.rulebook import Book
from habitue.core.tallies import Totals
from habitue.ledger import answers, books, budgets, database
from habitue.ledger.answers import EntryLine, VoucherLine
from habitue.ledger.books import Shelf
from habitue.members import ids

_SEEN: Final = """
SELECT (SELECT coalesce(max(number), 0) FROM ledger_version WHERE business_id = %s),
    account.balances::text, account.enrolled_on, account.level, account.due_on,
    account.memory::text,
    (SELECT json_agg(json_build_array(id, reward, issued_on, expires_on, code) ORDER BY id)
     FROM ledger_voucher
     WHERE customer_id = customer.id AND state = 'issued')::text,
    CASE WHEN %s THEN
        (SELECT json_agg(json_build_array(id, unit, original, remaining, earned_on, active_on,
            expires_on, awaits) ORDER BY id)
         FROM ledger_lot WHERE customer_id = customer.id AND remaining > 0)::text END
FROM members_customer customer
LEFT JOIN ledger_account account ON account.customer_id = customer.id
WHERE customer.id = %s AND customer.business_id = %s"""

_memory = msgspec.json.Decoder(Memory)
_vouchers = msgspec.json.Decoder(list[tuple[int, str, date, date, str]])
_lots = msgspec.json.Decoder(list[tuple[int, int, int, int, date, date, date, str]])


class Quote(Struct, frozen=True):
    """What would follow, and what could be done before it; amounts by unit in fixed point.

    `refused`: why the basket could not be posted. `entries`: what it would earn, with reasons;
    `brings`: rewards that it would bring by itself. `level` and `level_before` as an answer tells
    them. `balances` and `after`: units that can be spent before and after. `offers`: rewards for
    units, in the program's order. `payment`: the most that units could pay of the basket, with the
    units that it takes, or why nothing. `vouchers` can be handed in now. `joining`: what somebody
    unknown gets for becoming a member, which `balances` hold already.
    """

    customer: int | None
    refused: Refused | None
    entries: list[EntryLine]
    brings: list[str]
    level: str
    level_before: str
    balances: dict[str, int]
    after: dict[str, int]
    offers: list[Offer]
    payment: Payment | Refused | None
    vouchers: list[VoucherLine]
    joining: list[EntryLine] = []


class _Seen(Struct):
    """An account as it was read, and its open vouchers with their codes."""

    shelf: Shelf
    account: Account
    vouchers: list[tuple[Voucher, str]]


def quote(business: int, customer: int | None, what: Basket, *, now: datetime) -> Quote | None:
    """What would follow from a basket at `now`; None: the customer is not known here.

    Without a customer: for somebody who becomes a member first. Who went over into another customer
    is that one.
    """
    if customer is None:
        return _newcomer(books.shelf(business), business, what, now)
    known = books.kept(business)
    seen = _read(business, customer, with_lots=known is not None and known.book.moves_lots)
    if seen is None:
        return None
    if seen.account.memory.merged_into:
        return quote(business, seen.account.memory.merged_into, what, now=now)
    event = _event(seen.account, what, now)
    if seen.account.lots is None and engine.need(seen.shelf.book, seen.account, event):
        seen = _read(business, customer, with_lots=True)
        assert seen is not None, "customers are never deleted"
        event = _event(seen.account, what, now)
    quoted = _quoted(business, seen.shelf.book, seen.account, event)
    return _quote(seen.shelf, customer, quoted, _usable(seen, quoted.outcome.on))


def _newcomer(shelf: Shelf, business: int, what: Basket, now: datetime) -> Quote:
    joins, buys = ids.make_many(2)
    accounts = {0: Account.blank(0, shelf.book.units)}
    joining = Event(joins, 0, now, facts.Enrolment())
    totals = _totals(business, shelf.book, [joining])
    (joined,) = engine.run(shelf.book, accounts, [joining], {0: []}, totals)
    quoted = _quoted(business, shelf.book, accounts[0], Event(buys, 0, now, what))
    made = _quote(shelf, None, quoted, [])
    made.joining.extend(answers.decided(joined, shelf.names))
    return made


def _quoted(business: int, book: Book, account: Account, event: Event) -> Quoted:
    return quoting.quote(book, account, event, _totals(business, book, _deeds(book, event)))


def _deeds(book: Book, event: Event) -> list[Event]:
    """The basket, and the rewards that could be taken instead: all that may use what is shared."""
    day = event.at.astimezone(book.zone).date()
    takes = [
        Event(event.id, event.customer, event.at, Redemption(reward.id))
        for reward in book.on(day).program.rewards
    ]
    return [event, *takes]


def _totals(business: int, book: Book, events: Sequence[Event]) -> Totals:
    if not book.shares:
        return {}
    return budgets.seen(business, {name for event in events for name in budgets.asked(book, event)})


def _event(account: Account, what: Basket, now: datetime) -> Event:
    """The basket as the newest event: clocks differ, and nobody asks about the past."""
    memory = account.memory
    at = now if memory.last_at is None else max(now, memory.last_at)
    return Event(max(ids.make(), (memory.last_id | 255) + 1), account.customer, at, what)


def _read(business: int, customer: int, *, with_lots: bool) -> _Seen | None:
    """An account in one statement, so that all of it is of one moment."""
    cursor = database.cursor()
    cursor.execute(_SEEN, [business, with_lots, customer, business], prepare=True)
    row = cursor.fetchone()
    if row is None:
        return None
    published, balances, enrolled_on, level, due_on, memory, vouchers, lots = row
    shelf = books.shelf(business, published)
    held = list(map(int, balances[1:-1].split(","))) if balances and len(balances) > 2 else []
    held.extend([0] * (shelf.book.units - len(held)))
    account = Account(
        customer,
        held,
        enrolled_on,
        level or "",
        due_on or FOREVER,
        _memory.decode(memory) if memory else Memory(),
    )
    held_vouchers = [
        (Voucher(number, reward, "issued", issued_on, expires_on), code)
        for number, reward, issued_on, expires_on, code in _vouchers.decode(vouchers or "[]")
    ]
    if with_lots:
        account.lots = [Lot(*lot) for lot in _lots.decode(lots or "[]")]
        account.vouchers = [voucher for voucher, _ in held_vouchers]
    return _Seen(shelf, account, held_vouchers)


def _usable(seen: _Seen, day: date) -> list[VoucherLine]:
    """The vouchers that can be handed in on a day."""
    return [
        VoucherLine(
            each.id, each.reward, each.state, code, each.issued_on, answers.until(each.expires_on)
        )
        for each, code in seen.vouchers
        if day <= each.expires_on
    ]


def _quote(
    shelf: Shelf, customer: int | None, quoted: Quoted, vouchers: list[VoucherLine]
) -> Quote:
    names, outcome = shelf.names, quoted.outcome
    told = answers.told(outcome) or answers.Told()
    return Quote(
        customer,
        outcome.refused,
        answers.decided(outcome, names),
        [voucher.reward for voucher in outcome.issued],
        told.level,
        told.level_before,
        dict(zip(names, quoted.usable, strict=True)),
        dict(zip(names, quoted.after, strict=True)),
        quoted.offers,
        quoted.payment,
        vouchers,
    )
