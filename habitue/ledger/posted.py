"""What was posted before: lets an import that runs again skip it, and say what it came to."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from django.db import connection

from habitue.core.facts import Adjustment


def among(business: int, source: str, references: Sequence[str]) -> set[str]:
    """Those of the references under which this source has posted an event already."""
    if not references:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reference FROM ledger_reference"
            " WHERE business_id = %s AND source = %s AND reference = ANY(%s)",
            [business, source, list(references)],
        )
        return {reference for (reference,) in cursor.fetchall()}


def adjustments(pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Adjustment]:
    """Corrections that were posted, by customer and event; what is none is absent."""
    if not pairs:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT customer_id, id, what::text FROM ledger_event"
            " JOIN unnest(%s::bigint[], %s::bigint[]) AS asked (customer_id, id)"
            " USING (customer_id, id) WHERE kind = 'adjustment'",
            [[customer for customer, _ in pairs], [event for _, event in pairs]],
        )
        return {
            (customer, event): msgspec.json.decode(what, type=Adjustment)
            for customer, event, what in cursor.fetchall()
        }


def given(pairs: Sequence[tuple[int, int]]) -> dict[int, int]:
    """What the entries of some corrections come to, by unit (its number), in fixed point."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit, sum(amount) FROM ledger_entry"
            " JOIN unnest(%s::bigint[], %s::bigint[]) AS asked (customer_id, event_id)"
            " USING (customer_id, event_id) WHERE kind = 'adjustment' GROUP BY unit",
            [[customer for customer, _ in pairs], [event for _, event in pairs]],
        )
        return {unit: int(amount) for unit, amount in cursor.fetchall()}
