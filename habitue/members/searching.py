"""Customers by what somebody remembers of them: for owners, tills and programs the same search.

Whoever holds exactly this number, e-mail address, phone or other identity; if nobody does,
everybody whose name has the letters, or one of whose identities has them as a part.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import connection
from msgspec import Struct

from habitue.members import identities, survivors
from habitue.members.models import Business, Identity

Kind = Identity.Kind

LEAST: Final = 3
"""So many letters make a part of an identity; names are searched for fewer."""

MOST: Final = 100
"""Letters of a search."""

PRESENT: Final = """customer.business_id = %(business)s AND customer.erased_at IS NULL
    AND customer.merged_into_id IS NULL AND customer.binned_at IS NULL"""
"""SQL: who is there at all, of `members_customer customer`."""

SHOWN: Final = (Kind.NUMBER, Kind.EXTERNAL)
"""Identities that a till sees whole. Asking for parts of the others would piece them together."""

_NEWEST: Final = """
SELECT customer.id FROM members_customer customer
WHERE {who} AND {present} AND customer.id >= %(since)s AND customer.id < %(before)s
    AND (%(member)s::boolean IS NULL OR %(member)s = EXISTS (
        SELECT FROM members_member member WHERE member.customer_id = customer.id))
ORDER BY customer.id DESC LIMIT %(limit)s"""

_HOLDERS: Final = """
SELECT DISTINCT customer_id FROM members_identity
JOIN unnest(%s::text[], %s::text[]) AS asked (kind, value) USING (kind, value)
WHERE business_id = %s"""

_PARTS: Final = """
    identity.business_id = %(business)s AND EXISTS (
        SELECT FROM unnest(%(kinds)s::text[], %(parts)s::text[]) AS asked (kind, part)
        WHERE asked.kind = identity.kind AND identity.value ILIKE asked.part)"""

# Those who went over into somebody are few: only they are followed to who they are now.
_NAMED: Final = f"""(customer.name ILIKE %(name)s
    OR customer.id IN (SELECT identity.customer_id FROM members_identity identity WHERE {_PARTS})
    OR customer.id IN (
        WITH RECURSIVE holder (id, goes_to) AS (
            SELECT one.id, one.merged_into_id
            FROM members_customer one
            JOIN members_identity identity ON identity.customer_id = one.id
            WHERE one.merged_into_id IS NOT NULL AND one.business_id = %(business)s AND {_PARTS}
          UNION
            SELECT next.id, next.merged_into_id
            FROM holder JOIN members_customer next ON next.id = holder.goes_to)
        SELECT id FROM holder WHERE goes_to IS NULL))"""


class Search(Struct, frozen=True):
    """A condition in SQL on `members_customer customer`, and its named values."""

    sql: str
    values: dict[str, Any]


def search(business: Business, text: str, *, parts: tuple[Kind, ...] = tuple(Kind)) -> Search:
    """Who answers to a text, among everybody, present or not; `parts` of which identities count."""
    normal = {
        kind.value: form
        for kind in Kind
        if (form := identities.normalise(kind, text, country=business.country)) is not None
    }
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, [list(normal), list(normal.values()), business.pk])
        holders = [holder for (holder,) in cursor.fetchall()]
    values: dict[str, Any] = {"business": business.pk}
    if holders:
        values["found"] = list(survivors.of(holders).values())
        return Search("customer.id = ANY (%(found)s)", values)
    within = {kind: part for kind in parts if (part := _part(kind, text))}
    values["name"] = _like(text)
    values["kinds"] = [kind.value for kind in within]
    values["parts"] = [_like(part) for part in within.values()]
    return Search(_NAMED if within else "customer.name ILIKE %(name)s", values)


def newest(
    business: Business,
    text: str,
    *,
    parts: tuple[Kind, ...] = tuple(Kind),
    member: bool | None = None,
    since: int = 0,
    before: int | None = None,
    limit: int,
) -> list[int]:
    """The numbers of customers who answer to a text, the newest first: of those from the number
    `since` on and below `before`; with `member`, only members, or only who is none.
    """
    found = search(business, text, parts=parts)
    values = {
        **found.values,
        "member": member,
        "since": since,
        "before": 2**63 - 1 if before is None else before,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST.format(who=found.sql, present=PRESENT), values)
        return [customer for (customer,) in cursor.fetchall()]


def _part(kind: Kind, text: str) -> str:
    """What a text would be within an identity as it is stored; empty where it can be no part."""
    if kind == Kind.PHONE:
        digits = "".join(text.split()).translate(str.maketrans("", "", "+-./()"))
        part = digits.lstrip("0") if digits.isascii() and digits.isdigit() else ""
    elif kind == Kind.NUMBER:
        part = identities.normalise(kind, text, country="") or ""
    else:
        part = text.strip()
    return part if len(part) >= LEAST else ""


def _like(part: str) -> str:
    escaped = part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
