"""A page of figures over many purchases in Parquet: one pass, against a scan and against others.

All simple figures, RFM and 24 months of cohorts, the reading of the files included. Referees:

* a plain DuckDB scan of the columns that are needed, which is how fast reading alone can be;
* the same figures asked of DuckDB one statement each;
* lifetimes and pandas, in the environment `.references` (once: it takes minutes).
"""

from __future__ import annotations

import resource
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb
from rich.console import Console

from benchmarks import measure, modelling
from habitue.lake import columns
from habitue.lake.engines import DuckDB
from habitue.metrics import catalogue
from habitue.metrics.asked import Asked
from habitue.metrics.lowerings.anywhere import Anywhere, Survey
from habitue.metrics.periods import Period
from habitue.metrics.tables import TABLES

PURCHASES: Final = 10_000_000
"""Of many more, only the memory is measured."""
DAYS, FIRST = 1_096, date(2023, 1, 1)
ASKED: Final = Asked(period=Period(date(2025, 10, 1), date(2026, 1, 1)), window=90)
BUSINESS: Final = 1
MEMORY: Final = "4GB"
SCANNED: Final = 'customer, line, "on", amount, currency'

SIMPLE: Final = (
    "retention",
    "strict_retention",
    "churn",
    "repeat_purchase_rate",
    "purchase_frequency",
    "average_order_value",
    "sales_per_customer",
    "customer_lifetime_value",
    "net_revenue_retention",
    "gross_revenue_retention",
    "new",
    "kept",
    "reactivated",
    "dormant",
)

_LINES = """
SELECT 1::BIGINT AS business, customer, row_number() OVER () AS "order", 0 AS line,
    DATE '{first}' + day AS "on", 100 + (hash(n, 3) % 9900)::BIGINT AS amount, 'EUR' AS currency,
    1 AS quantity, '' AS product, '' AS category, '' AS channel, '' AS place
FROM (
    SELECT n, (hash(n, 1) % {customers})::BIGINT AS customer,
        least({days} - 1, (hash(customer, 7) % {days}) + (hash(n, 2) % 400))::INTEGER AS day
    FROM range({purchases}) AS purchase (n)
)
"""


def main(times: int, purchases: int) -> None:
    """The table of ratios; with far more purchases than usual only the memory."""
    with tempfile.TemporaryDirectory() as folder, _connected(Path(folder)) as connection:
        written = _written(connection, Path(folder), purchases)
        Console().print(f"{purchases:,} purchases, {written / 2**20:,.0f} MiB of Parquet")
        if purchases > 2 * PURCHASES:
            _memory(connection, purchases)
            return
        _ratios(connection, purchases, times)
        _against_pandas(connection, Path(folder), purchases)


def _ratios(connection: Any, purchases: int, times: int) -> None:
    source = Anywhere(DuckDB(connection), BUSINESS, "EUR", _needs(SIMPLE))

    def scan() -> int:
        connection.execute(
            f"SELECT {', '.join(f'max({column})' for column in SCANNED.split(', '))}"
            " FROM order_lines"
        ).fetchall()
        return purchases

    def one_by_one() -> int:
        engine = DuckDB(connection)
        for figure in SIMPLE:
            Anywhere(engine, BUSINESS, "EUR", _needs((figure,))).aggregates(ASKED)
        _separate(connection)
        return purchases

    def survey() -> int:
        source.survey(ASKED)
        return purchases

    ours = measure.Subject("Habitué, one pass", lambda: measure.timed(survey))
    measure.show(
        f"figures of {purchases:,} purchases, against a scan (goal: at least 0.33×)",
        measure.rounds(times, measure.Subject("DuckDB scan", lambda: measure.timed(scan)), [ours]),
    )
    ours = measure.Subject("Habitué, one pass", lambda: measure.timed(survey), 5)
    measure.show(
        f"figures of {purchases:,} purchases, against separate statements",
        measure.rounds(
            times, measure.Subject("DuckDB, one by one", lambda: measure.timed(one_by_one)), [ours]
        ),
    )
    _overhead(source)


def _separate(connection: Any) -> None:
    """RFM and cohorts as one would ask for them by themselves."""
    connection.execute(_RFM).fetchall()
    connection.execute(_COHORTS).fetchall()
    connection.execute(_COHORT_REVENUE).fetchall()


_RFM = f"""
WITH lives AS (
    SELECT customer, max("on") AS r, count(*) AS f, sum(amount) AS m
    FROM order_lines WHERE "on" < DATE '{ASKED.period.until}' GROUP BY customer
), scored AS (
    SELECT ntile(5) OVER (ORDER BY r) AS r, ntile(5) OVER (ORDER BY f) AS f,
        ntile(5) OVER (ORDER BY m) AS m
    FROM lives
)
SELECT r, f, m, count(*) FROM scored GROUP BY ALL"""

_BORN = """WITH born AS (
    SELECT customer, date_trunc('month', min("on")) AS cohort FROM order_lines GROUP BY customer
)"""
_COHORTS = f"""{_BORN}
SELECT cohort, date_trunc('month', "on") AS month, count(DISTINCT customer)
FROM order_lines JOIN born USING (customer)
WHERE cohort >= DATE '2024-01-01' GROUP BY ALL"""
_COHORT_REVENUE = f"""{_BORN}
SELECT cohort, date_trunc('month', "on") AS month, sum(amount)
FROM order_lines JOIN born USING (customer)
WHERE cohort >= DATE '2024-01-01' GROUP BY ALL"""


def _overhead(source: Anywhere) -> None:
    """What a call costs beside the engine: asked of a business that has nothing."""
    begun = time.perf_counter()
    calls = 20
    for _ in range(calls):
        Anywhere(source._engine, BUSINESS + 1, "EUR", _needs(("churn",)))._values(ASKED, 24)
    took = (time.perf_counter() - begun) / calls
    Console().print(f"  overhead of a figure whose SQL is written: {took * 1e3:.2f} ms (goal ≤ 5)")


def _against_pandas(connection: Any, folder: Path, purchases: int) -> None:
    """Lifetimes and pandas over the same files, once; both must find the same."""
    with modelling.others() as ask:
        theirs = ask("lifetimes and pandas figures", folder / "order_lines.parquet")
    begun = time.perf_counter()
    found = _surveyed(connection)
    took = time.perf_counter() - begun
    Console().print(
        f"  lifetimes and pandas {theirs['seconds']:.1f} s, Habitué {took:.2f} s:"
        f" {theirs['seconds'] / took:.0f}× (goal ≥ 25×)"
    )
    for name in ("start", "kept", "buyers", "repeaters", "known"):
        if theirs["parameters"][name] != getattr(found.aggregates.counts, name):
            raise RuntimeError(f"{name} differs: theirs {theirs['parameters'][name]}")


def _memory(connection: Any, purchases: int) -> None:
    begun = time.perf_counter()
    _surveyed(connection)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    Console().print(
        f"  {purchases:,} purchases in {time.perf_counter() - begun:.1f} s;"
        f" the process held at most {most:.2f} GiB (goal < 6), writing the files included"
    )


def _surveyed(connection: Any) -> Survey:
    return Anywhere(DuckDB(connection), BUSINESS, "EUR", _needs(SIMPLE)).survey(ASKED)


def _needs(figures: tuple[str, ...]) -> set[str]:
    declared = catalogue.every()
    return {need for figure in figures for need in declared[figure].needs}


def _connected(folder: Path) -> Any:
    connection = duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "temp_directory": str(folder / "spill"),
            "preserve_insertion_order": False,
        }
    )
    connection.execute("LOAD parquet")
    return connection


def _written(connection: Any, folder: Path, purchases: int) -> int:
    """The purchases of ten per customer over three years as Parquet; the other tables empty."""
    path = folder / "order_lines.parquet"
    asked = _LINES.format(first=FIRST, days=DAYS, customers=purchases // 10, purchases=purchases)
    connection.execute(f"COPY ({asked}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    connection.execute(f"CREATE VIEW order_lines AS SELECT * FROM read_parquet('{path}')")
    for table in TABLES:
        if table != "order_lines":
            connection.register(table, columns.schema(table).empty_table())
    return path.stat().st_size
