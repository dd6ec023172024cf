"""Models of customers against lifetimes and PyMC-Marketing: fitting and predicting, in turns.

The references run in an environment of their own (`references`). What is timed on our side begins
with one row per customer, as on theirs: finding the different histories is part of it.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
from rich.console import Console

from benchmarks import measure, references
from habitue.metrics.models import betageometric, paretonbd, patterns, spans
from habitue.metrics.models.fitting import Fitted
from habitue.metrics.models.patterns import Patterns

ROOT: Final = Path(__file__).parents[1]
PYTHON: Final = ROOT / ".references/bin/python"
PUBLISHED: Final = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
"""BG/NBD on CDNOW: customers are drawn from it, in weeks."""

MANY, FEWER = 1_000_000, 100_000
WEEK: Final = 7
YEAR: Final = 365


def main(times: int) -> None:
    """All four comparisons; PyMC-Marketing takes minutes, so it runs once."""
    if not PYTHON.exists():
        raise SystemExit("The references are not installed: `make bench` does it.")
    with tempfile.TemporaryDirectory() as folder, others() as ask:
        many, fewer = Path(folder) / "many.npz", Path(folder) / "fewer.npz"
        for data, customers in ((many, MANY), (fewer, FEWER)):
            np.savez(data, **_drawn(customers))
        _compare("BG/NBD fit", "lifetimes bg/nbd", ask, many, _bg, MANY, times, goal=20)
        _compare("Pareto/NBD fit", "lifetimes pareto/nbd", ask, fewer, _pareto, FEWER, times, 30)
        _predictions(ask, many, times)
        _compare("BG/NBD fit", "pymc-marketing bg/nbd map", ask, many, _bg, MANY, 1, goal=20)


def _compare(
    title: str, work: str, ask: Any, data: Path, fit: Any, customers: int, times: int, goal: float
) -> None:
    """A reference and ours in turns; both must have found the same."""
    columns = _loaded(data)
    found: dict[str, Any] = {}

    def theirs() -> measure.Sample:
        found["theirs"] = ask(work, data)
        return measure.Sample(customers / found["theirs"]["seconds"])

    def ours() -> int:
        found["ours"] = fit(patterns.unique(*columns))
        return customers

    subjects = [measure.Subject("Habitué", lambda: measure.timed(ours), goal)]
    rows = measure.rounds(times, measure.Subject(work, theirs), subjects)
    measure.show(f"{title}, {customers:,} customers, against {work}", rows)
    model = found["ours"].model
    for name, value in found["theirs"]["parameters"].items():
        Console().print(f"  {name}: theirs {value:.4f}, ours {getattr(model, name):.4f}")


def _predictions(ask: Any, data: Path, times: int) -> None:
    """Expected purchases in half a year and P(alive), at the same parameters."""
    data.with_suffix(".json").write_text(json.dumps(PUBLISHED))
    model = betageometric.BetaGeometric(**PUBLISHED, unit=spans.Unit.WEEK, at_once=False)
    columns, span = _loaded(data), spans.weeks(references.WEEKS)
    found: dict[str, Any] = {}

    def theirs() -> measure.Sample:
        found["theirs"] = ask("lifetimes predictions", data)
        return measure.Sample(MANY / found["theirs"]["seconds"])

    def ours() -> int:
        seen = patterns.unique(*columns)
        found["alive"] = model.alive(seen)[seen.of]
        found["expected"] = model.expected(seen, span)[seen.of]
        return MANY

    subjects = [measure.Subject("Habitué", lambda: measure.timed(ours), 10)]
    rows = measure.rounds(times, measure.Subject("lifetimes", theirs), subjects)
    measure.show(f"predictions, {MANY:,} customers", rows)
    for name in ("alive", "expected"):
        with np.load(found["theirs"]["predicted"]) as other:
            apart = np.abs(other[name] / found[name] - 1)
        Console().print(f"  {name}: relative difference at most {apart.max():.1e}")


def _bg(seen: Patterns) -> Fitted[Any]:
    return _fitted(betageometric.fit(seen, unit=spans.Unit.WEEK, at_once=False))


def _pareto(seen: Patterns) -> Fitted[Any]:
    return _fitted(paretonbd.fit(seen, unit=spans.Unit.WEEK))


def _fitted(found: Any) -> Fitted[Any]:
    if not isinstance(found, Fitted):
        raise RuntimeError(f"nothing was fitted: {found}")
    return found


def _drawn(customers: int) -> dict[str, Any]:
    """Customers of the published model who came in the course of a year, by days."""
    chance = np.random.default_rng(1)
    age = chance.integers(39 * WEEK, 39 * WEEK + YEAR, customers) / WEEK
    rate = chance.gamma(PUBLISHED["r"], 1 / PUBLISHED["alpha"], customers)
    leaving = chance.beta(PUBLISHED["a"], PUBLISHED["b"], customers)
    again, recency, clock = np.zeros(customers), np.zeros(customers), np.zeros(customers)
    left = np.arange(customers)
    while len(left):
        clock[left] += chance.exponential(1 / rate[left])
        left = left[clock[left] <= age[left]]
        again[left] += 1
        recency[left] = clock[left]
        left = left[chance.random(len(left)) >= leaving[left]]
    days = np.minimum(np.ceil(recency * WEEK), np.rint(age * WEEK))
    return {"x": np.minimum(again, days), "t_x": days / WEEK, "T": age}


def _loaded(data: Path) -> tuple[Any, Any, Any]:
    with np.load(data) as held:
        columns = (held["x"], held["t_x"] * WEEK, held["T"] * WEEK)
    again, recency, age = (np.rint(column).astype(np.int64) for column in columns)
    return again, recency, age


@contextmanager
def others() -> Iterator[Any]:
    """The references, waiting in their environment for what is asked."""
    process = subprocess.Popen(
        [str(PYTHON), "-W", "ignore", str(Path(references.__file__))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    to, back = process.stdin, process.stdout

    def ask(work: str, data: Path) -> dict[str, Any]:
        print(json.dumps({"work": work, "data": str(data)}), file=to, flush=True)
        for line in back:  # libraries speak too
            if line.startswith("{"):
                answered: dict[str, Any] = json.loads(line)
                return answered
        raise RuntimeError(f"the reference ended while it worked on {work}")

    try:
        yield ask
    finally:
        to.close()
        process.wait(60)
