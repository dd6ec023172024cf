"""Two customers who turned out to be one person: under whose number that person goes on.

The one who went over keeps identities and cards; whoever looks these up is led to the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django.db import connection

_GOES_ON = """
WITH RECURSIVE step (asked, customer, goes_to) AS (
    SELECT id, id, merged_into_id FROM members_customer WHERE id = ANY(%s)
    UNION ALL
    SELECT step.asked, next.id, next.merged_into_id
    FROM step JOIN members_customer next ON next.id = step.goes_to
)
SELECT asked, customer FROM step WHERE goes_to IS NULL"""

_WENT_OVER = """
WITH RECURSIVE person (asked, id) AS (
    SELECT id, id FROM unnest(%s::bigint[]) AS given (id)
    UNION
    SELECT person.asked, giver.id
    FROM person JOIN members_customer giver ON giver.merged_into_id = person.id
)
SELECT asked, id FROM person ORDER BY id"""


def of(customers: Sequence[int]) -> dict[int, int]:
    """Under whose number each customer goes on, mostly their own; unknown customers are absent."""
    with connection.cursor() as cursor:
        cursor.execute(_GOES_ON, [list(customers)])
        return cast(dict[int, int], dict(cursor.fetchall()))


def merge(giver: int, into: int | None) -> None:
    """From now on the giver's identities and cards lead to `into`; None: to the giver again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE members_customer SET merged_into_id = %s WHERE id = %s", [into, giver]
        )


def went_over(customers: Sequence[int]) -> dict[int, list[int]]:
    """For each customer everybody who is the same person: themselves, and who went over there."""
    found: dict[int, list[int]] = {customer: [] for customer in customers}
    with connection.cursor() as cursor:
        cursor.execute(_WENT_OVER, [list(found)])
        for customer, giver in cursor.fetchall():
            found[customer].append(giver)
    return found
