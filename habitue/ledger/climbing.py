"""Where a member stands on the ladder of tiers: what counts, until when, what is missing."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from msgspec import Struct

from habitue.core import due, notices
from habitue.core.account import Account
from habitue.core.notices import Notice
from habitue.core.rulebook import Rulebook
from habitue.ledger import books, database, loading

Amounts = tuple[tuple[str, int], ...]
"""Amounts of units, each in its unit's fixed point."""


class Climb(Struct, frozen=True):
    """The tier held (None: not a member), and until which day; `counted` counts toward tiers.

    `next` is the tier above (None: none), `missing` what each of its alternatives still lacks:
    an empty one is reached, and the tier begins later. `notice`: what must be told before a fall.
    """

    level: str | None
    until: date | None
    counted: Amounts
    next: str | None
    missing: tuple[Amounts, ...]
    notice: Notice | None


def climb(business: int, customer: int, *, now: datetime) -> Climb | None:
    """Where a customer stands at `now`, swept or not; None where the program has no tiers."""
    shelf = books.shelf(business)
    day = now.astimezone(shelf.book.latest.zone).date()
    rulebook = shelf.book.on(day)
    if rulebook.ladder is None:
        return None
    with transaction.atomic():
        cursor = database.cursor()
        loaded = loading.accounts(cursor, business, [customer], lock=False)
        loading.fit(loaded, shelf.book.units)
        loading.lots(cursor, loaded.accounts.values())
    account = loaded.accounts.get(customer)
    if account is not None:
        due.advance(shelf.book, account, day)
    if account is None or account.enrolled_on is None:
        return Climb(None, None, (), None, (), None)
    return _climb(rulebook, account, day)


def _climb(rulebook: Rulebook, account: Account, day: date) -> Climb:
    ladder, units = rulebook.ladder, rulebook.program.units
    assert ladder is not None
    above = ladder.position(account) + 1
    rises = above < len(ladder.levels)
    return Climb(
        account.level or None,
        ladder.until(account),
        tuple((units[unit].id, ladder.counted(account, unit, day)) for unit in ladder.units),
        ladder.levels[above] if rises else None,
        tuple(
            tuple((units[unit].id, amount) for unit, amount in way.items())
            for way in (ladder.missing(account, above, day) if rises else ())
        ),
        notices.notice(rulebook, account, day),
    )
