"""The owner's first page from what is kept with each posting, against a query of the raw events.

A made-up shop: 100,000 customers, about a million purchases over 36 months, written as the ledger
would have. The reference answers what the page asks by reading every event (`raw_figures`): W, and
the people of the last 90 days and of the 90 days before. The subjects answer the same from the
kept state, and must come to the same integers: as the page is first opened on a day, and as it is
opened again, when the sums of periods that are over are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.measure import Sample, Subject, rounds, show, timed
from benchmarks.raw_figures import Postgres
from benchmarks.server import running

if TYPE_CHECKING:
    from habitue.members.models import Business
    from habitue.metrics.aggregates import Aggregates
    from habitue.metrics.sources import Source

CUSTOMERS: Final = 100_000
DAYS: Final = 1_096
SPAN: Final = 90
FIRST: Final = date(2023, 1, 1)
LAST: Final = FIRST + timedelta(DAYS)
NEEDS: Final = ("start", "kept", "end", "buyers", "repeaters")

_COPY: Final = """COPY ledger_event (customer_id, id, business_id, at, recorded_at, amount,
    business_date, kind, currency, what) FROM STDIN"""


def main(times: int) -> None:
    """Measure and print."""
    with running("F"):
        business = _business()
        purchases = _fill(business)
        from habitue.ledger import database, rhythm
        from habitue.ledger.kept import Kept
        from habitue.metrics.lowerings.state import State

        raw = Postgres(database.query, business.pk, "EUR")
        state = State(database.query, business.pk, "EUR", NEEDS)
        whole = State(database.query, business.pk, "EUR", (*NEEDS, "money.base"))
        now = datetime.combine(LAST, datetime.min.time(), UTC) + timedelta(hours=12)
        again = Kept(business, NEEDS, now=now)
        days = rhythm.keep(business, now=now).days
        assert raw.gaps(LAST) == state.gaps(LAST)
        for until in (LAST, LAST - timedelta(SPAN)):
            assert _people(raw, until, days) == _people(whole, until, days)

        def page(source: Source) -> None:
            kept = rhythm.window(business, now=now).days
            for until in (LAST, LAST - timedelta(SPAN)):
                _sums(source, until, kept)

        def raw_page() -> None:
            raw.gaps(LAST)
            for until in (LAST, LAST - timedelta(SPAN)):
                _sums(raw, until, days)

        rows = rounds(
            times,
            Subject("raw query: W, and two periods", _times(raw_page)),
            [
                Subject("kept state: first opened", _times(lambda: page(state))),
                Subject("kept state: opened again", _times(lambda: page(again)), 30),
                Subject("raw query: one period", _times(lambda: _sums(raw, LAST, days))),
                Subject("kept state: its people", _times(lambda: _sums(state, LAST, days))),
                Subject(
                    "kept state: its people and money", _times(lambda: _sums(whole, LAST, days))
                ),
            ],
        )
        notes = [f"{CUSTOMERS:,} customers, {purchases:,} purchases, W = {days} days"]
        show("the owner's first page from state", rows, notes)


def _times(work: Callable[[], object]) -> Callable[[], Sample]:
    def once() -> int:
        work()
        return 1

    return lambda: timed(once)


def _sums(source: Source, until: date, window: int) -> Aggregates:
    from habitue.metrics.asked import Asked
    from habitue.metrics.periods import Period

    return source.aggregates(Asked(period=Period(until - timedelta(SPAN), until), window=window))


def _people(source: Source, until: date, window: int) -> list[int]:
    found = _sums(source, until, window)
    states = ("known", "start", "end", "new", "kept", "reactivated", "dormant", "lost")
    euros = found.money["EUR"]
    counts = [getattr(found.counts, name) for name in (*states, "buyers", "repeaters", "orders")]
    return [*counts, euros.revenue, euros.orders, euros.buyers]


def _business() -> Business:
    from habitue.members.models import Business, Customer

    made = Business.objects.create(
        id=1, slug="shop", name="shop", kind="shop", country="FR", currency="EUR",
        timezone="Europe/Paris", language="fr", counter_key="shop",
    )  # fmt: skip
    people = [Customer(id=256 * (n + 1), business=made) for n in range(CUSTOMERS)]
    Customer.objects.bulk_create(people, batch_size=5_000)
    return made


def _fill(business: Business) -> int:
    """A history in the order of its days; one purchase in 33 is a refund of the one before it."""
    from django.db import connection

    from habitue.ledger import database, lives

    who, days = _visits(np.random.default_rng(5))
    amounts = np.random.default_rng(6).integers(100, 9_000, len(who))
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for number, (customer, day, amount) in enumerate(zip(who, days, amounts, strict=True), 1):
            on = FIRST + timedelta(int(day))
            at = datetime.combine(on, datetime.min.time(), UTC)
            row = (256 * (int(customer) + 1), 256 * number, business.pk, at, at)
            if number % 33:
                body = f'{{"type":"purchase","lines":[{{"amount":{amount}}}],"currency":"EUR"}}'
                copy.write_row((*row, int(amount), on, "purchase", "EUR", body))
            else:
                body = f'{{"type":"refund","of":{256 * (number - 1)}}}'
                copy.write_row((*row, -int(amount) // 2, on, "refund", None, body))
    with connection.cursor() as cursor:
        everybody = [256 * (n + 1) for n in range(CUSTOMERS)]
        lives.recount(database.cursor(), everybody)
        cursor.execute("VACUUM ANALYZE")
    return len(who)


def _visits(chance: np.random.Generator) -> tuple[list[int], list[int]]:
    """Who came on which day: each at a rhythm of their own, until they stay away."""
    since = chance.integers(0, DAYS, CUSTOMERS)
    gap = chance.gamma(2.0, 35.0, CUSTOMERS) + 3
    until = np.minimum(DAYS, since + 1 + chance.exponential(700, CUSTOMERS))
    who, days = [], []
    for customer in range(CUSTOMERS):
        count = int(2 * (until[customer] - since[customer]) / gap[customer]) + 5
        steps = np.cumsum(chance.exponential(gap[customer], count))
        came = np.floor(since[customer] + np.concatenate([[0], steps]))
        came = came[came < until[customer]]
        who += [customer] * len(came)
        days += came.astype(int).tolist()
    order = np.argsort(days, kind="stable")
    return [who[place] for place in order], [days[place] for place in order]
