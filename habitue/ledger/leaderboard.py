"""The order of members by what they earned of a unit in a period: a figure, not a promise.

What counts is what was earned and not returned since, as far as it was booked in the period.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection
from msgspec import Struct

from habitue.core import calendar
from habitue.ledger import books


class Place(Struct, frozen=True):
    """A member's place, from 1; who earned the same shares it. `amount` in fixed point."""

    place: int
    customer: int
    amount: int


class Board(Struct, frozen=True):
    """The places of a period, through `last_on`."""

    unit: str
    since: date
    last_on: date
    places: tuple[Place, ...]


_EARNED = """
SELECT rank() OVER (ORDER BY sum(entry.amount) DESC), entry.customer_id, sum(entry.amount)
FROM ledger_event event
JOIN ledger_entry entry ON entry.customer_id = event.customer_id AND entry.event_id = event.id
WHERE event.business_id = %s AND event.business_date BETWEEN %s AND %s
  AND entry.unit = %s AND entry.kind IN ('accrual', 'reversal')
GROUP BY entry.customer_id
HAVING sum(entry.amount) > 0
ORDER BY 1, entry.customer_id
LIMIT %s"""


def board(business: int, *, now: datetime, limit: int = 100) -> Board | None:
    """The leaderboard of the period that holds `now`; None where the program has none."""
    shelf = books.shelf(business)
    day = now.astimezone(shelf.zone).date()
    source = shelf.book.on(day).program
    if source.leaderboard is None:
        return None
    unit, every = source.leaderboard.unit, source.leaderboard.every
    since, last_on = calendar.start_of(day, every), calendar.end_of(day, every)
    with connection.cursor() as cursor:
        values: list[Any] = [business, since, last_on, source.unit_index(unit), limit]
        cursor.execute(_EARNED, values)
        places = tuple(Place(place, who, int(amount)) for place, who, amount in cursor.fetchall())
    return Board(unit, since, last_on, places)
