"""The lake: a million purchases copied through ADBC, and what a copy costs once it is there."""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree

from benchmarks.measure import Sample, Subject, rounds, show, timed
from benchmarks.server import running

EVENTS = 1_000_000
CUSTOMERS = 50_000
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

# Two lines a purchase, over four years; every thousandth was undone.
_CUSTOMERS = """
INSERT INTO members_customer (id, business_id) SELECT %s + 256 * place, %s
FROM generate_series(1, %s) AS place"""
_EVENTS = """
INSERT INTO ledger_event (customer_id, id, business_id, at, recorded_at, amount, business_date,
    kind, currency, what)
SELECT %s + 256 * (1 + place %% %s), 256 * place, %s, day, day, 500 + place %% 5000, day::date,
    'purchase', 'EUR', json_build_object('type', 'purchase', 'currency', 'EUR', 'place', 'Lyon',
        'lines', json_build_array(
            json_build_object('amount', 300, 'sku', 'ristretto', 'category', 'coffee'),
            json_build_object('amount', 200 + place %% 5000, 'sku', 'sku ' || place %% 900)))
FROM generate_series(1, %s) AS place
CROSS JOIN LATERAL (SELECT TIMESTAMP '2022-03-01' + place * INTERVAL '2 minutes' AS day) AS daily"""
_UNDOS = """
INSERT INTO ledger_event (customer_id, id, business_id, at, recorded_at, business_date, kind, what)
SELECT customer_id, id + 128, business_id, at, at, business_date, 'undo',
    json_build_object('type', 'undo', 'of', id)
FROM ledger_event WHERE business_id = %s AND id %% (256 * 1000) = 0"""
_RAW = "COPY (SELECT * FROM canonical_order_lines WHERE business = {}) TO STDOUT (FORMAT binary)"


def main(times: int) -> None:
    """Measure a first copy against PostgreSQL's own COPY of the same rows, and the next copies."""
    with running("F"), tempfile.TemporaryDirectory(prefix="habitue-lake-") as folder:
        business = _history()
        place = Path(folder) / "lake"
        rows = rounds(
            times,
            Subject("COPY of the view, thrown away", lambda: timed(lambda: _raw(business))),
            [
                Subject("habitue lake refresh, everything", _everything(business, place)),
                Subject("the same again, nothing new", lambda: _again(business, place)),
            ],
        )
        size = sum(path.stat().st_size for path in place.rglob("*.parquet")) / 1e6
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        notes = [
            f"{EVENTS:,} purchases of two lines; the copy has {size:,.0f} MB, peak memory of the"
            f" process {most:,.0f} MB.",
            f"Again: {1e3 * rows[1].rate / rows[2].rate:,.0f} ms per 1,000 ms of a whole copy.",
        ]
        show("lake", rows, notes)


def _history() -> int:
    from django.db import connection

    from habitue.members import businesses, ids

    business = businesses.create(name="Lake", kind="shop", country="FR").pk
    first = ids.make()
    with connection.cursor() as cursor:
        cursor.execute(_CUSTOMERS, [first, business, CUSTOMERS])
        cursor.execute(_EVENTS, [first, CUSTOMERS, business, EVENTS])
        cursor.execute(_UNDOS, [business])
        cursor.execute("ANALYZE")
    return business


def _raw(business: int) -> int:
    from django.db import connection

    connection.ensure_connection()
    raw = connection.connection
    with raw.cursor() as cursor, raw.transaction(), cursor.copy(_RAW.format(business)) as copy:
        for _ in copy:
            pass
    return 2 * EVENTS


def _everything(business: int, place: Path) -> Callable[[], Sample]:
    def work() -> int:
        from habitue.lake import refreshing

        rmtree(place, ignore_errors=True)
        (copied,) = refreshing.refresh([business], place, now=NOW)
        return copied.rows

    return lambda: timed(work)


def _again(business: int, place: Path) -> Sample:
    """Rows a second, as if all of them had been copied: nothing is new but what is always read."""
    from habitue.lake import refreshing

    def work() -> int:
        refreshing.refresh([business], place, now=NOW)
        return 2 * EVENTS

    return timed(work)
