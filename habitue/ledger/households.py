"""Households: members who spend together. Whoever is in one cannot be in another.

What a household pools are transfers like any others, posted with the redemption that needs them,
so who belongs together may change without changing what happened.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import IntegrityError, connection, transaction
from msgspec import Struct

from habitue.core.facts import Refused
from habitue.ledger import arrays, books
from habitue.ledger.database import Rows

_NONE: Final = Refused("no_households", "The program in force knows no households.")
_STRANGER: Final = Refused("not_a_member", "Both must be members of the program.")
_TAKEN: Final = Refused("in_a_household", "This member is in a household already.")
_NOT_HEAD: Final = Refused("not_head", "This member does not head the household.")

_MATES = """
SELECT own.customer_id, mate.customer_id
FROM ledger_household own
JOIN ledger_household mate USING (head_id)
WHERE own.business_id = %s AND own.customer_id = ANY (%s::bigint[])
ORDER BY own.customer_id, mate.joined_at, mate.customer_id"""

_JOIN = """
INSERT INTO ledger_household (customer_id, business_id, head_id, joined_at)
VALUES (%s, %s, %s, %s)"""


class Household(Struct, frozen=True):
    """A head and everybody in it, the head among them, in the order of their numbers."""

    head: int
    members: tuple[int, ...]


def of(business: int, customer: int) -> Household | None:
    """The household of a member, or None."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT mate.head_id, mate.customer_id FROM ledger_household own"
            " JOIN ledger_household mate USING (head_id)"
            " WHERE own.business_id = %s AND own.customer_id = %s ORDER BY mate.customer_id",
            [business, customer],
        )
        rows = cursor.fetchall()
    return Household(rows[0][0], tuple(member for _, member in rows)) if rows else None


def join(business: int, head: int, member: int, *, now: datetime) -> Refused | None:
    """Take a member into the household of another, which begins with the first who joins."""
    shelf = books.shelf(business)
    household = shelf.book.on(now.astimezone(shelf.zone).date()).program.household
    if household is None:
        return _NONE
    if head == member or not _are_members(business, {head, member}):
        return _STRANGER
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # One change of a household at a time: its head's account row is the gate.
            cursor.execute(
                "SELECT FROM ledger_account WHERE customer_id = %s FOR NO KEY UPDATE", [head]
            )
            own = of(business, head)
            if own is None:
                cursor.execute(_JOIN, [head, business, head, now])
                own = Household(head, (head,))
            if own.head != head:
                return _NOT_HEAD
            if len(own.members) >= household.members:
                sentence = f"A household has at most {household.members} members."
                return Refused("household_full", sentence, {"members": household.members})
            cursor.execute(_JOIN, [member, business, head, now])
    except IntegrityError:
        return _TAKEN
    return None


def leave(business: int, member: int) -> bool:
    """Take a member out; without its head, or with nobody else, a household ends."""
    with transaction.atomic(), connection.cursor() as cursor:
        own = of(business, member)
        if own is None:
            return False
        cursor.execute(
            "SELECT FROM ledger_account WHERE customer_id = %s FOR NO KEY UPDATE", [own.head]
        )
        whole = own.head == member or len(own.members) <= 2
        cursor.execute(
            "DELETE FROM ledger_household WHERE head_id = %s AND (%s OR customer_id = %s)",
            [own.head, whole, member],
        )
    return True


def mates(cursor: Rows, business: int, customers: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Everybody in the household of each customer that has one, in the order of joining it."""
    found: dict[int, list[int]] = {}
    values = [business, arrays.plain(sorted(customers))]
    for own, mate in cursor.execute(_MATES, values, prepare=True):
        found.setdefault(own, []).append(mate)
    return {own: tuple(all_of) for own, all_of in found.items() if len(all_of) > 1}


def _are_members(business: int, customers: set[int]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM ledger_account WHERE business_id = %s"
            " AND customer_id = ANY(%s) AND enrolled_on IS NOT NULL",
            [business, list(customers)],
        )
        return bool(cursor.fetchone()[0] == len(customers))
