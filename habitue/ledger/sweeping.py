"""Due moments: what has lapsed, fallen or come round is posted, whoever is or is not buying.

Balances are right without it; the sweep makes the ledger say so, and brings birthdays. It reads
only accounts whose `due_on` has come, in batches, and may be stopped and run again at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Final

from django.db import DatabaseError, connection

from habitue.core import facts
from habitue.ledger import books, posting
from habitue.ledger.claims import Fact

BATCH: Final = 1_000
LOOK_BACK: Final = 7
"""Days for which a birthday is still brought when the machine was off."""

Progress = Callable[[int], None]

_DUE = """
SELECT customer_id FROM ledger_account
WHERE business_id = %s AND due_on <= %s AND customer_id > %s
ORDER BY customer_id LIMIT %s"""

_BIRTHDAYS = """
SELECT customer.id, day.date
FROM unnest(%s::date[]) AS day (date)
JOIN members_customer customer
  ON customer.business_id = %s
 AND (customer.birth_month, customer.birth_day) IN (
        (extract(month FROM day.date), extract(day FROM day.date)),
        (CASE WHEN to_char(day.date, 'MMDD') = '0228' AND NOT to_char(day.date + 1, 'MMDD') = '0229'
              THEN 2 END, 29))
JOIN ledger_account account
  ON account.customer_id = customer.id AND account.enrolled_on < day.date
WHERE NOT EXISTS (
    SELECT FROM ledger_reference held
    WHERE held.business_id = customer.business_id AND held.source = 'birthday'
      AND held.reference = customer.id || ':' || extract(year FROM day.date))
ORDER BY customer.id"""


def sweep(business: int | None, *, now: datetime, progress: Progress | None = None) -> int:
    """Post everything due at `now` in a business, or in all; the number of members swept.

    A business that fails does not keep the others waiting: what it raised is raised at the end.
    """
    swept, failed = 0, []
    for each in [business] if business is not None else _businesses():
        try:
            for batch in _batches(each, now):
                posting.post(each, batch, now=now)
                swept += len(batch)
                if progress is not None:
                    progress(len(batch))
        except (DatabaseError, ValueError, LookupError, AssertionError) as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup("some businesses could not be swept", failed)
    return swept


def _batches(business: int, now: datetime) -> Iterator[list[Fact]]:
    day = now.astimezone(books.shelf(business).book.zone).date()
    return chain(_due(business, day, now), _birthdays(business, day, now))


def _businesses() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM members_business ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def _due(business: int, day: date, now: datetime) -> Iterator[list[Fact]]:
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_DUE, [business, day, last, BATCH])
            customers = [row[0] for row in cursor.fetchall()]
        if not customers:
            return
        last = customers[-1]
        yield [Fact(customer=customer, at=now, what=facts.Passage()) for customer in customers]


def _birthdays(business: int, day: date, now: datetime) -> Iterator[list[Fact]]:
    days = [day - timedelta(days=back) for back in range(LOOK_BACK)]
    with connection.cursor() as cursor:
        cursor.execute(_BIRTHDAYS, [days, business])
        found = cursor.fetchall()
    for start in range(0, len(found), BATCH):
        yield [
            Fact(
                customer=customer,
                at=now,
                what=facts.Birthday(),
                source="birthday",
                reference=f"{customer}:{celebrated.year}",
            )
            for customer, celebrated in found[start : start + BATCH]
        ]
