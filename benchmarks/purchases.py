"""Drawn purchases in Parquet, laid down as the lake does it: a file a month, by customer."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import duckdb
import pyarrow

from habitue.lake import columns, layout
from habitue.lake.columns import Draft
from habitue.lake.layout import WHOLE, Manifest, Position
from habitue.metrics.asked import Asked
from habitue.metrics.periods import Period
from habitue.metrics.tables import TABLES

DAYS, FIRST = 1_096, date(2023, 1, 1)
"""Three years, of which the last quarter is asked for."""
ASKED: Final = Asked(period=Period(date(2025, 10, 1), date(2026, 1, 1)), window=90)
FIRST_SHOWN: Final = date(2024, 1, 1)
"""The first of 24 months of cohorts."""
BUSINESS: Final = 1
EACH, LIFE = 10, 400
"""Purchases per customer on the mean, within so many days of the first."""
BATCH: Final = 250_000
"""About as many rows as PostgreSQL hands over in a batch of the lake."""

_LINES: Final = f"""
SELECT {BUSINESS}::BIGINT AS business, customer, n AS "order", 0::BIGINT AS line,
    DATE '{FIRST}' + day AS "on", amount, 'EUR' AS currency, 1::BIGINT AS quantity,
    '' AS product, '' AS category, '' AS channel, '' AS place
FROM (
    SELECT n, customer, amount, came + (hash(n, 2) % least({{long}}, {DAYS} - came))::INTEGER AS day
    FROM (
        SELECT n, (hash(n, 1) % {{customers}})::BIGINT AS customer,
            (hash(customer, 7) % {DAYS})::INTEGER AS came,
            100 + (hash(n, 3) % 9900)::BIGINT AS amount
        FROM range({{purchases}}) AS purchase (n)
    )
    ORDER BY date_trunc('month', DATE '{FIRST}' + day), customer, n
)
"""


def write(folder: Path, purchases: int) -> int:
    """A lake of so many purchases; how many bytes its files have."""
    lines = _LINES.format(customers=purchases // EACH, purchases=purchases, long=LIFE)
    tables = {}
    with duckdb.connect(
        config={"memory_limit": "3GB", "temp_directory": str(folder / "drawing")}
    ) as connection:
        for table in TABLES:
            batches = [pyarrow.RecordBatch.from_pylist([], schema=columns.schema(table))]
            if table == "order_lines":
                batches = connection.sql(lines).to_arrow_reader(BATCH)
            months = dict(columns.write(folder, table, BUSINESS, batches))
            tables[table] = months or {WHOLE: Draft(folder, table, BUSINESS, WHOLE).finish()}
    position = Position(lineage="", snapshot="", anchor=0, shape="")
    as_of = datetime(2026, 1, 1, tzinfo=UTC)
    layout.publish(
        folder, Manifest(business=BUSINESS, as_of=as_of, position=position, tables=tables)
    )
    return sum(file.bytes for months in tables.values() for file in months.values())
