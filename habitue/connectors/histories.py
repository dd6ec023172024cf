"""The purchases of a file by customer, for a replay on all cores: scattered, then gathered.

A file has its customers anywhere, and may be larger than memory. So stretches of it are read side
by side (`scatter`), each row into one of many small files by its customer, or by its month where
everybody's events are wanted in the order of time; then each of these files is read alone
(`customers`, `moments`). Nothing is kept: the folder is the caller's, for the length of a run.
"""

from __future__ import annotations

import marshal
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from hashlib import blake2b
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import IO, Final
from zlib import crc32
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from habitue.connectors import purchases
from habitue.connectors.purchases import Bought, Shape
from habitue.core.facts import Event, Line, Purchase

STEP: Final = 512
"""From one event's number to the next: between them is room for a customer's enrolment."""

_PAGE: Final = 2_000
_MONTH: Final = 30 * 24 * 3600
"""Seconds in a file of `moments`: a length of time, no calendar month."""

Written = tuple[str, int, int, int]
"""A row on its way: customer, seconds since 1970, quantity, amount in minor units."""


class Reading(Struct, frozen=True, kw_only=True):
    """How a file is read. `buckets`: files by customer; 0 for files by time."""

    path: Path
    shape: Shape
    currency: str
    zone: str
    today: date
    day_first: bool
    folder: Path
    buckets: int


class Scattered(Struct):
    """What was found in a stretch. `latest` is the last purchase, in seconds since 1970."""

    rows: int = 0
    rejected: int = 0
    latest: int = 0
    files: dict[int, int] = {}
    reasons: dict[str, int] = field(default_factory=Counter)


def scatter(reading: Reading, number: int, stretch: tuple[int, int]) -> Scattered:
    """Write the purchases of one stretch (by its number) to the files where they belong."""
    found = Scattered()
    pages: dict[int, list[Written]] = {}
    for row in purchases.read(
        reading.path,
        reading.shape,
        currency=reading.currency,
        zone=ZoneInfo(reading.zone),
        today=reading.today,
        day_first=reading.day_first,
        stretch=stretch,
    ):
        if isinstance(row, Bought):
            found.rows += 1
            found.latest = max(found.latest, row.at)
            place = _bucket(reading, row)
            page = pages.setdefault(place, [])
            page.append((row.customer, row.at, row.quantity, row.amount))
            if len(page) == _PAGE:
                _write(reading, place, number, page, found)
        elif row is not None:
            found.rejected += 1
            found.reasons[row.reason] = found.reasons.get(row.reason, 0) + 1
    for place, page in pages.items():
        _write(reading, place, number, page, found)
    return found


def customers(reading: Reading, bucket: int) -> Iterator[tuple[int, str, list[Event]]]:
    """The customers of one file, each as (number, name, purchases in the order of time)."""
    rows = sorted(_rows(reading, bucket))
    currency = reading.currency
    for name, bought in groupby(rows, itemgetter(0)):
        customer = number_of(name)
        yield (
            customer,
            name,
            [_event(customer, place, row, currency) for place, row in enumerate(bought, 1)],
        )


def moments(reading: Reading, buckets: list[int]) -> Iterator[Event]:
    """Everybody's purchases in the order of time."""
    seen: dict[str, tuple[int, int]] = {}
    for bucket in sorted(buckets):
        for row in sorted(_rows(reading, bucket), key=itemgetter(1, 0, 2, 3)):
            customer, place = seen.get(row[0]) or (number_of(row[0]), 0)
            seen[row[0]] = customer, place + 1
            yield _event(customer, place + 1, row, reading.currency)


def number_of(name: str) -> int:
    """A customer's number, which follows from the name alone, whoever reads it."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest()) >> 1


def _event(customer: int, place: int, row: Written, currency: str) -> Event:
    _, at, quantity, amount = row
    what = Purchase((Line(amount, quantity),), currency)
    return Event(place * STEP, customer, datetime.fromtimestamp(at, UTC), what)


def _bucket(reading: Reading, row: Bought) -> int:
    if reading.buckets:
        return crc32(row.customer.encode()) % reading.buckets
    return row.at // _MONTH


def _write(
    reading: Reading, bucket: int, number: int, page: list[Written], found: Scattered
) -> None:
    # One file per stretch and bucket, opened for a page at a time: a process may open few files.
    with (reading.folder / f"{bucket}.{number}").open("ab") as file:
        marshal.dump(page, file)
    found.files[bucket] = found.files.get(bucket, 0) + len(page)
    page.clear()


def _rows(reading: Reading, bucket: int) -> Iterator[Written]:
    for path in sorted(reading.folder.glob(f"{bucket}.*")):
        with path.open("rb") as file:
            while page := _page(file):
                yield from page


def _page(file: IO[bytes]) -> list[Written]:
    try:
        found: list[Written] = marshal.load(file)  # ours: what `_write` wrote
    except EOFError:
        return []
    return found
