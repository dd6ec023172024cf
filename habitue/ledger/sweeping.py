"""Due moments: what has lapsed, fallen or come round is posted, whoever is or is not buying.

Balances are right without it; the sweep makes the ledger say so, brings the days that come round
(`occasions`), rewards invitations (`referrals`), commits to draws before anybody enters and closes
those that are over (`draws`). It reads only accounts whose `due_on` has come, in batches, and may
be stopped and run again at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import chain
from typing import Final

from django.db import DatabaseError, connection

from habitue.core import facts
from habitue.ledger import books, draws, occasions, posting, referrals
from habitue.ledger.claims import Fact

BATCH: Final = 1_000
Progress = Callable[[int], None]

_DUE = """
SELECT customer_id FROM ledger_account
WHERE business_id = %s AND due_on <= %s AND customer_id > %s
ORDER BY customer_id LIMIT %s"""


def sweep(business: int | None, *, now: datetime, progress: Progress | None = None) -> int:
    """Post everything due at `now` in a business, or in all; the number of members swept.

    A business that fails does not keep the others waiting: what it raised is raised at the end.
    """
    swept, failed = 0, []
    for each in [business] if business is not None else books.businesses():
        try:
            for batch in _batches(each, now):
                posting.post(each, batch, now=now)
                swept += len(batch)
                if progress is not None:
                    progress(len(batch))
            swept += referrals.settle(each, now=now)
            draws.open_due(each, now=now)
            draws.close_due(each, now=now)
        except (DatabaseError, ValueError, LookupError, AssertionError) as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup("some businesses could not be swept", failed)
    return swept


def _batches(business: int, now: datetime) -> Iterator[list[Fact]]:
    day = now.astimezone(books.shelf(business).book.zone).date()
    return chain(_due(business, day, now), occasions.batches(business, day, now, BATCH))


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
