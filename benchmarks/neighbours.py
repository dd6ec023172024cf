"""What other programs cost: postings of one business, alone, then with 200 businesses more there.

The reference posts batches of 100 purchases to one business in a database with no other. Then 200
businesses come, each with a program, members and a history of its own; the same business posts the
same again; and the same batches are spread over 64 of them, as on a server that many shops share.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count, cycle, islice

from benchmarks.measure import Sample, Subject, rounds, show, timed
from benchmarks.posting import Shop
from benchmarks.server import fsync_probe, running

BUSINESSES = 200
SPREAD = 64
MEMBERS = 200
BATCH = 100
BATCHES = 60


def main(times: int) -> None:
    """Measure and print."""
    with running("F"):
        names = (f"shop-{number}" for number in count(1))
        alone = Shop(next(names), members=2_000)
        before = [_posting([alone])() for _ in range(times + 1)][1:]
        others = [Shop(next(names), members=MEMBERS) for _ in range(BUSINESSES)]
        rows = rounds(
            times,
            Subject("one business, 200 others there", _posting([alone])),
            [
                Subject("spread over 64 businesses", _posting(others[:SPREAD]), 0.9),
                Subject("one business, no other there (before)", _once_each(before)),
            ],
        )
        show("postings beside other programs", rows, [f"native disk; {fsync_probe()}"])


def _posting(shops: list[Shop]) -> Callable[[], Sample]:
    """A round: batches to each of some businesses in turn, made before the clock starts."""
    from habitue import ledger

    def run() -> Sample:
        batches = [(shop, shop.purchases(BATCH)) for shop in islice(cycle(shops), BATCHES)]

        def work() -> int:
            for shop, batch in batches:
                ledger.post(shop.business, batch, now=batch[-1].at)
            return BATCH * BATCHES

        return timed(work)

    return run


def _once_each(samples: list[Sample]) -> Callable[[], Sample]:
    """Rounds that were measured before, one after the other."""
    again = cycle(samples)
    return lambda: next(again)
