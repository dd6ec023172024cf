"""Money that passes between a business and its partners and causes, as somebody wrote it down.

`money` is in minor units: positive what came in, negative what went out. A line is never changed;
a mistake is corrected by another line. Its reference makes it unique in the business for ever.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final, Literal

from django.db import connection, transaction
from msgspec import Struct

from habitue.core.facts import MAX_AMOUNT, Refused
from habitue.ledger import books, budgets, claims, database
from habitue.ledger.claims import CONFLICT
from habitue.members import ids

Party = Literal["partner", "cause"]

_UNKNOWN: Final = Refused("unknown_party", "No version of the program names this one.")
_AMOUNT: Final = Refused("amount", "A payment must not be zero or huge.")
_TEXT: Final = Refused("reference", "A payment needs a reference (of at most 200 characters).")

_INSERT = """
INSERT INTO ledger_payment
    (id, business_id, party, name, money, day, reference, note, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (business_id, reference) DO NOTHING"""

_SAME = """
SELECT (party, name, money, day, note) = (%s, %s, %s, %s, %s) FROM ledger_payment
WHERE business_id = %s AND reference = %s"""


class Payment(Struct, frozen=True):
    """One line: `money` in minor units, positive what came in."""

    day: date
    money: int
    reference: str
    note: str = ""


def record(
    business: int,
    party: Party,
    name: str,
    *,
    money: int,
    day: date,
    reference: str,
    now: datetime,
    note: str = "",
) -> Refused | None:
    """Write a payment down, once: the same reference again changes nothing, another body conflicts.

    What a prepaid partner gets back cannot be more than what is left of what it paid in, nor what
    a cause is paid more than it was given.
    """
    if not claims.is_text(reference, note) or not reference.strip():
        return _TEXT
    if money == 0 or abs(money) > MAX_AMOUNT:
        return _AMOUNT
    if not known(business, party, name):
        return _UNKNOWN
    with transaction.atomic(), connection.cursor() as cursor:
        # One payment of a business at a time: what is left is read and used in one breath.
        cursor.execute("SELECT FROM members_business WHERE id = %s FOR NO KEY UPDATE", [business])
        values: list[Any] = [party, name, money, day, note]
        cursor.execute(_SAME, [*values, business, reference])
        row = cursor.fetchone()
        if row is not None:
            return None if row[0] else CONFLICT
        if money < 0 and (left := _left(business, party, name)) is not None and -money > left:
            return Refused("insufficient", "So much is not left.", {"left": left})
        line: list[Any] = [ids.make(), business, *values[:4], reference, note, now]
        cursor.execute(_INSERT, line)
    return None


def lines(
    business: int,
    party: Party,
    name: str,
    *,
    since: date = date.min,
    until: date = date.max,
    as_of: datetime | None = None,
) -> list[Payment]:
    """The payments of a party on the days of a half-open period, as recorded by `as_of`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT day, money, reference, note FROM ledger_payment"
            " WHERE business_id = %s AND party = %s AND name = %s AND day >= %s AND day < %s"
            "   AND (%s::timestamptz IS NULL OR recorded_at <= %s) ORDER BY day, id",
            [business, party, name, since, until, as_of, as_of],
        )
        return [Payment(*row) for row in cursor.fetchall()]


def known(business: int, party: Party, name: str) -> bool:
    """Whether any version of the program names such a partner or cause."""
    shelf = books.shelf(business)
    if party == "cause":
        return any(each.id == name for version in shelf.programs for each in version.causes)
    return any(each.id == name for version in shelf.programs for each in version.partners)


def _left(business: int, party: Party, name: str) -> int | None:
    """What may go out (minor units); None: as much as you like."""
    if party == "cause":
        return outstanding(business, name)
    source = books.shelf(business).book.latest.program
    of = next((each for each in source.partners if each.id == name), None)
    if of is None or of.account != "prepaid":
        return None
    used = budgets.locked(database.cursor(), business, [f"prepaid {name}"])
    paid_in, spent = used.get(f"funded {name}", (0, 0)), used[f"prepaid {name}"]
    return paid_in[1] - spent[1]


def outstanding(business: int, cause: str) -> int:
    """What a cause was given and not paid yet, in minor units."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT coalesce(sum(money), 0) FROM ledger_tally"
            "        WHERE business_id = %s AND name = %s)"
            "     + (SELECT coalesce(sum(money), 0) FROM ledger_payment"
            "        WHERE business_id = %s AND party = 'cause' AND name = %s)",
            [business, f"given {cause}", business, cause],
        )
        return int(cursor.fetchone()[0])
