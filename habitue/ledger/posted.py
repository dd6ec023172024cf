"""Which references were posted before: lets an import that runs again skip what is there."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection


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
