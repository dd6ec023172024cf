"""Sorting more rows than should lie in memory: sorted runs in temporary files, merged.

The ledger wants every customer's purchases in the order of time. Rows come out by customer, then
time, so that a batch holds whole histories of few customers; identical rows are neighbours, which
is how the nth of them gets a name of its own.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from heapq import merge
from itertools import groupby, islice
from operator import itemgetter
from tempfile import TemporaryFile
from typing import IO, Final

from habitue.connectors import purchases
from habitue.connectors.purchases import Bought

RUN: Final = 200_000
"""Rows sorted in memory at once: some 50 MB."""

PAGE: Final = 1_000


def in_order(rows: Iterable[Bought]) -> Iterator[Bought]:
    """The rows by customer, time, receipt, quantity, amount, product, category, line."""
    source = iter(rows)
    with ExitStack() as stack:
        run = sorted(islice(source, RUN))
        runs: list[Iterator[Bought]] = []
        while following := list(islice(source, RUN)):
            file = stack.enter_context(TemporaryFile())
            _write(file, run)
            runs.append(_read(file))
            run = sorted(following)
        yield from merge(*runs, run)


def named(rows: Iterable[Bought]) -> Iterator[Bought]:
    """Rows in order, each with a reference: its receipt, or what it says and the how manieth."""
    before: tuple[object, ...] = ()
    nth = 0
    for row in rows:
        if row.reference:
            yield row
            continue
        said = (row.customer, row.at, row.quantity, row.amount)
        nth = nth + 1 if said == before else 1
        before = said
        yield row._replace(reference=purchases.reference(row, nth))


def receipts(rows: Iterable[Bought], *, joined: bool) -> Iterator[list[Bought]]:
    """Named rows in order as purchases: each by itself, or (`joined`) those of one receipt."""
    if joined:
        for _, lines in groupby(rows, key=itemgetter(0, 1, 2)):
            yield list(lines)
    else:
        yield from ([row] for row in rows)


def _write(file: IO[bytes], rows: list[Bought]) -> None:
    # marshal is the fastest way out and back for tuples of text and numbers that we wrote ourselves
    for place in range(0, len(rows), PAGE):
        marshal.dump([tuple(row) for row in rows[place : place + PAGE]], file)
    file.seek(0)


def _read(file: IO[bytes]) -> Iterator[Bought]:
    while True:
        try:
            page = marshal.load(file)
        except EOFError:
            return
        yield from (Bought(*row) for row in page)
