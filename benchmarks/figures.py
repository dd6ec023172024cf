"""A page of figures over many purchases in the lake: one pass, against a scan and against others.

All simple figures, RFM and 24 months of cohorts, the reading of the files included. Referees:

* a plain DuckDB scan that decodes the columns that are needed: how fast reading alone can be;
* the same figures written by hand, a DuckDB statement each (`plain_figures`);
* lifetimes and pandas, in the environment `.references` (once: it takes minutes).

All find the same, or the benchmark ends with an error.
"""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any, Final

from rich.console import Console

from benchmarks import measure, modelling, plain_figures, purchases
from benchmarks.plain_figures import Found
from benchmarks.purchases import ASKED, BUSINESS
from habitue.lake import engines
from habitue.lake.engines import DuckDB
from habitue.metrics import catalogue
from habitue.metrics.aggregates import Aggregates
from habitue.metrics.lowerings.anywhere import Anywhere, Survey

PURCHASES: Final = 10_000_000
"""Of many more, only the memory is measured."""

SCAN: Final = """
SELECT sum(customer), sum(line), sum("on" - DATE '2000-01-01'), sum(amount),
    count(*) FILTER (currency = 'EUR')
FROM order_lines"""


def main(times: int, asked: int) -> None:
    """The table of ratios; with far more purchases than usual only the memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        written = purchases.write(folder, asked)
        Console().print(f"{asked:,} purchases, {written / 2**20:,.0f} MiB of Parquet")
        if asked > 2 * PURCHASES:
            _memory(folder, asked)
            return
        with engines.duckdb(folder, BUSINESS) as engine:
            _ratios(engine, asked, times)
        _against_pandas(folder, asked)


def _ratios(engine: DuckDB, asked: int, times: int) -> None:
    source, connection = _source(engine), engine._connection
    found: dict[str, Any] = {}

    def scan() -> int:
        connection.execute(SCAN).fetchall()
        return asked

    def one_by_one() -> int:
        found["theirs"] = Found(connection)
        return asked

    def survey() -> int:
        found["ours"] = source.survey(ASKED)
        return asked

    _compare(
        f"figures of {asked:,} purchases, against a scan",
        times,
        measure.Subject("DuckDB scan", lambda: measure.timed(scan)),
        measure.Subject("Habitué, one pass", lambda: measure.timed(survey), 0.33),
    )
    _compare(
        f"figures of {asked:,} purchases, against separate statements",
        times,
        measure.Subject("DuckDB, one by one", lambda: measure.timed(one_by_one)),
        measure.Subject("Habitué, one pass", lambda: measure.timed(survey), 5),
    )
    _same(found["ours"], found["theirs"])
    _overhead()


def _compare(title: str, times: int, theirs: measure.Subject, ours: measure.Subject) -> None:
    measure.show(title, measure.rounds(times, theirs, [ours]))


def _same(ours: Survey, theirs: Found) -> None:
    """Every number of the statements written by hand."""
    found = {name: _sum(ours.aggregates, name) for name in theirs.sums}
    buyers = {(row.cohort, row.month): row.buyers for row in ours.cohorts}
    revenue = {(row.cohort, row.month): row.revenue for row in ours.cohorts}
    for name, mine, other in (
        ("the simple figures", found, theirs.sums),
        ("RFM", ours.fifths.customers, theirs.scores),
        ("cohorts", buyers, theirs.buyers),
        ("revenue of cohorts", revenue, theirs.revenue),
    ):
        if mine != other:
            raise RuntimeError(f"{name} differ: ours {mine}, theirs {other}")
    Console().print(f"  the same from both: {len(found)} sums, RFM, {len(buyers)} cells of cohorts")


def _sum(sums: Aggregates, name: str) -> int:
    of, _, last = name.rpartition(".")
    value: int = getattr(sums.money["EUR"] if of else sums.counts, last)
    return value


def _overhead() -> None:
    """What a call costs beside the engine: writing what differs between two calls."""
    calls, engine = 20, _Silent()
    silent = Anywhere(engine, BUSINESS, "EUR", _needs(("churn",)))
    silent.aggregates(ASKED)
    begun = time.perf_counter()
    for _ in range(calls):
        silent.aggregates(ASKED)
    took = (time.perf_counter() - begun) / calls
    Console().print(f"  overhead of a figure whose SQL is written: {took * 1e3:.2f} ms (goal ≤ 5)")


class _Silent:
    """An engine that takes no time: what is left is our own work."""

    dialect, prefix = DuckDB.dialect, DuckDB.prefix

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return []

    def arrow(self, sql: str) -> Any:
        return None

    def keep(self, name: str, sql: str) -> None:
        pass

    def forget(self, name: str) -> None:
        pass


def _against_pandas(folder: Path, asked: int) -> None:
    """Lifetimes and pandas over the same files, once; both must find the same."""
    with modelling.others() as ask:
        theirs = ask("lifetimes and pandas figures", folder / "order_lines")
    found: list[Survey] = []

    def survey() -> int:
        found.append(_surveyed(folder))
        return asked

    ours = [measure.timed(survey) for _ in range(5)]
    took = median(asked / each.rate for each in ours)
    cpu = median(each.client * asked / 1e6 for each in ours)
    Console(width=110).print(
        f"  {asked:,} purchases, lifetimes and pandas {theirs['seconds']:.1f} s"
        f" (CPU {theirs['cpu']:.1f}), Habitué {took:.2f} s (CPU {cpu:.2f}):"
        f" {theirs['seconds'] / took:.0f}× ({theirs['cpu'] / cpu:.0f}× of CPU; goal ≥ 25×)"
    )
    for name, value in theirs["parameters"].items():
        if value != getattr(found[0].aggregates.counts, name):
            raise RuntimeError(f"{name} differs: theirs {value}")


def _memory(folder: Path, asked: int) -> None:
    """In a process of its own: what the drawing of purchases held does not count."""
    begun = time.perf_counter()
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawned) as pool:
        most = pool.submit(_most, folder).result()
    Console().print(
        f"  {asked:,} purchases in {time.perf_counter() - begun:.1f} s;"
        f" the process held at most {most:.2f} GiB (goal < 6)"
    )


def _most(folder: Path) -> float:
    _surveyed(folder)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def _surveyed(folder: Path) -> Survey:
    with engines.duckdb(folder, BUSINESS) as engine:
        return _source(engine).survey(ASKED)


def _source(engine: DuckDB) -> Anywhere:
    return Anywhere(engine, BUSINESS, "EUR", _needs(tuple(plain_figures.SIMPLE)))


def _needs(figures: tuple[str, ...]) -> set[str]:
    declared = catalogue.every()
    return {need for figure in figures for need in declared[figure].needs}
