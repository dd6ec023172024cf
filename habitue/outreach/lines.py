"""What was in which order: the canonical order lines, as they are in the lake."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from django.db import connection

from habitue.members.models import Business
from habitue.outreach import populations

if TYPE_CHECKING:
    from habitue.metrics.affinity.baskets import Baskets

By = Literal["product", "category"]

_LINES: Final = """
SELECT customer, "order", "on", {by} FROM canonical_order_lines
WHERE business = %s AND "on" < %s AND {by} <> ''"""


def baskets(business: Business, *, by: By, now: datetime) -> Baskets:
    """Everybody's baskets before the local day, by product or by category."""
    from habitue.metrics.affinity import baskets as reading

    with connection.cursor() as cursor:
        cursor.execute(_LINES.format(by=by), [business.pk, populations.today(business, now)])
        return reading.of(cursor.fetchall())
