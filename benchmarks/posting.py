"""Durable postings a second through `ledger.post`, against TPC-B on the same server.

The program is programs/points-and-tiers.yaml: points with expiry by inactivity, a year's spend,
three tiers with a bonus. Every posting carries a reference, so both layers of idempotency, lots,
entries, accounts, lives, events and the outbox are written, and committed, before the call returns.
Facts are posted as a shop posts them: a second apart, each batch when its last one happened.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import Row, Sample, Subject, rounds, show, timed
from benchmarks.server import Server, fsync_probe, running

if TYPE_CHECKING:
    from habitue.ledger import Fact

MEMBERS = 20_000
GOALS = {
    "S": {1: 0.3, 10: 2, 100: 8, 1000: 15, "mixed": 10},
    "F": {1: 0.25, 10: 1, 100: 2, 1000: 2.5, "mixed": 1.6},
}
PER_ROUND = {1: 300, 10: 2_000, 100: 10_000, 1000: 15_000}
START = datetime(2026, 1, 1, tzinfo=UTC)
PROGRAM = Path(__file__).parent.parent / "programs" / "points-and-tiers.yaml"


class Shop:
    """A business with enrolled members who have points to spend, and a stream of facts."""

    def __init__(self, name: str = "bench", members: int = MEMBERS) -> None:
        from habitue import ledger
        from habitue.core import facts
        from habitue.ledger import database
        from habitue.members import ids
        from habitue.members.models import Business, Customer

        self.chance = random.Random(7)
        self.count = 0
        self.refused = 0
        self.business = Business.objects.create(
            slug=name, name=name, kind="shop", country="FR", currency="EUR",
            timezone="Europe/Paris", language="fr", counter_key=name,
        ).pk  # fmt: skip
        self.members = ids.make_many(members)
        rows = [Customer(id=member, business_id=self.business) for member in self.members]
        Customer.objects.bulk_create(rows, batch_size=5_000)
        published = ledger.publish(self.business, PROGRAM.read_text())
        assert published.number == 1, published.problems
        start = facts.Purchase((facts.Line(50_000),), "EUR")
        for first in range(0, members, 1_000):
            some = self.members[first : first + 1_000]
            ledger.post(
                self.business,
                [ledger.Fact(customer=member, at=START, what=start) for member in some],
                now=START,
            )
        database.count_anew()  # as pgbench does with its own tables

    def purchases(self, size: int) -> list[Fact]:
        """A batch of purchases, each by another member."""
        return [self._fact(member, redeems=False) for member in self._some(size)]

    def mixed(self, size: int) -> list[Fact]:
        """A batch of which one in five takes a reward."""
        some = enumerate(self._some(size))
        return [self._fact(member, redeems=place % 5 == 0) for place, member in some]

    def posting(self, make: Callable[[int], list[Fact]], size: int) -> Callable[[], Sample]:
        """A round: so many batches, made before the clock starts."""
        from habitue import ledger

        def run() -> Sample:
            batches = [make(size) for _ in range(PER_ROUND[size] // size)]

            def work() -> int:
                for batch in batches:
                    answers = ledger.post(self.business, batch, now=batch[-1].at)
                    self.refused += sum(1 for answer in answers if answer.refused)
                return sum(map(len, batches))

            return timed(work)

        return run

    def _some(self, size: int) -> list[int]:
        return self.chance.sample(self.members, size)

    def _fact(self, member: int, *, redeems: bool) -> Fact:
        from habitue import ledger
        from habitue.core import facts

        self.count += 1
        amount = self.chance.randrange(100, 9_000)
        return ledger.Fact(
            customer=member,
            at=START + timedelta(seconds=self.count),
            what=facts.Redemption("coffee")
            if redeems
            else facts.Purchase((facts.Line(amount, sku="beans"),), "EUR"),
            source="till",
            reference=f"r{self.count}",
        )


def main(profile: str, times: int) -> None:
    """Measure one disk profile."""
    with running(profile) as server:
        server.prepare_tpcb()
        shop = Shop()
        rows = rounds(
            times, Subject("TPC-B, 4 clients", server.tpcb), _subjects(shop, server, profile)
        )
        _show(profile, rows, shop)


def _subjects(shop: Shop, server: Server, profile: str) -> list[Subject]:
    goals = GOALS[profile]
    subjects = [
        Subject(f"purchases, batch {size:,}", shop.posting(shop.purchases, size), goals[size])
        for size in (1, 10, 100, 1000)
    ]
    mixed = shop.posting(shop.mixed, 1000)
    subjects.append(Subject("mixed, 20 % redemptions, batch 1,000", mixed, goals["mixed"]))
    for subject, size in zip(subjects, (1, 10, 100, 1000, 1000), strict=True):
        subject.run = _with_server_cpu(server, subject.run, PER_ROUND[size])
    return subjects


def _with_server_cpu(server: Server, run: Callable[[], Sample], count: int) -> Callable[[], Sample]:
    def measured() -> Sample:
        before = server.cpu()
        sample = run()
        sample.server = (server.cpu() - before) / count * 1e6
        return sample

    return measured


def _show(profile: str, rows: list[Row], shop: Shop) -> None:
    from habitue import ledger

    broken = ledger.verify(shop.business)
    disk = "native disk" if profile == "F" else "slow disk emulated, +1 ms a WAL flush"
    notes = [
        f"profile {profile}: {disk}; {fsync_probe()}",
        f"{shop.count:,} postings, {shop.refused:,} refused (too few points), "
        f"ledger verified: {broken if broken else 'sound'}",
        _sizes(),
    ]
    show(f"ledger.post against TPC-B, profile {profile}", rows, notes)


def _sizes() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
            " WHERE relname IN ('ledger_event', 'ledger_entry', 'ledger_lot', 'ledger_reference',"
            " 'ledger_outbox')"
        )
        (size,) = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM ledger_event")
        (events,) = cursor.fetchone()
    return f"{size / events:,.0f} bytes an event, with indexes ({events:,} events)"
