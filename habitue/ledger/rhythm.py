"""W of a business's figures: as it declares it, else its own rhythm, which is kept.

All gaps between visits must be looked at to find the rhythm. So it is worked out at night, and
whenever there are twice as many gaps as then (a history was imported): all pages and periods in
between mean the same by a customer.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from habitue.ledger import database
from habitue.members.models import Business
from habitue.metrics import asked
from habitue.metrics.asked import Window
from habitue.metrics.lowerings.state import State

_KEPT: Final = """
SELECT days, gaps FROM ledger_rhythm
WHERE business_id = %(business)s AND 2 * gaps >= (
    SELECT coalesce(sum(days - 1), 0) FROM ledger_life
    WHERE business_id = %(business)s AND days > 0)"""

_KEEP: Final = """
INSERT INTO ledger_rhythm AS kept (business_id, days, gaps, kept_at)
VALUES (%(business)s, %(days)s, %(gaps)s, %(now)s)
ON CONFLICT (business_id) DO UPDATE SET
    days = excluded.days, gaps = excluded.gaps, kept_at = excluded.kept_at"""


def window(business: Business, *, now: datetime) -> Window:
    """W that holds for a business."""
    if business.window_days is not None:
        return asked.given(business.window_days, origin="declared")
    return own(business, now=now)


def own(business: Business, *, now: datetime) -> Window:
    """W by the business's own rhythm, whether it holds or not."""
    for days, gaps in database.query(_KEPT, {"business": business.pk}):
        return Window(days=days, origin="own rhythm", gaps=gaps)
    return keep(business, now=now)


def keep(business: Business, *, now: datetime) -> Window:
    """Work the own rhythm out, up to the business's today, and keep it."""
    today = now.astimezone(ZoneInfo(business.timezone)).date()
    found = asked.own_rhythm(State(database.query, business.pk, business.currency).gaps(today))
    if found.gaps:
        told: dict[str, Any] = {
            "business": business.pk,
            "days": found.days,
            "gaps": found.gaps,
            "now": now,
        }
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, told)
    return found
