"""A what-if of so many purchases from a file, against the pure core on every core.

The file has ten purchases a member over a year, in the order of time, as a till would write it. The
reference decides as many events a second as `core.engine` can, one process a core, with the events
made before the clock starts. The what-if does everything a person waits for: it reads the file,
sorts it by customer, replays it, adds it up. Counted are events decided: purchases, and where
rewards are taken, these too. Beside the ratio stands the most memory that any process held.
"""

from __future__ import annotations

import random
import resource
import tempfile
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from benchmarks import engine
from benchmarks.measure import Sample, Subject, rounds, show, timed
from habitue.core.whatif.behaviour import Behaviour
from habitue.core.whatif.result import WhatIf
from habitue.site import cores, replays
from habitue.site.replays import Plan

PURCHASES = 200_000
PER_MEMBER = 10
FIRST = datetime(2025, 1, 1, tzinfo=UTC)
YEAR = 365 * 24 * 3600
GOAL = 0.5


def write(path: Path, purchases: int) -> None:
    """A file of purchases: customer, moment, amount."""
    chance = random.Random(11)
    members = max(purchases // PER_MEMBER, 1)
    with path.open("w") as file:
        file.write("customer,date,amount\n")
        for number in range(purchases):
            at = FIRST + timedelta(seconds=number * YEAR // purchases)
            cents = chance.randrange(100, 9_000)
            who = chance.randrange(members)
            file.write(f"c{who},{at:%Y-%m-%d %H:%M:%S},{cents / 100:.2f}\n")


def main(times: int, purchases: int) -> None:
    """Measure and print."""
    processes = cores.count()
    with tempfile.TemporaryDirectory(prefix="habitue-bench-") as folder:
        path = Path(folder) / "purchases.csv"
        write(path, purchases)
        with ProcessPoolExecutor(processes) as pool:
            rows = rounds(
                times,
                Subject("core, every core", lambda: _core(pool, processes)),
                [
                    Subject(f"what-if, {choice}", partial(_run, path, behaviour, processes), GOAL)
                    for choice, behaviour in (
                        ("nothing taken", Behaviour("never")),
                        ("rewards taken as soon as affordable", Behaviour("soonest")),
                    )
                ],
            )
    show(
        "what-if",
        rows,
        [
            f"{purchases:,} purchases, {processes} cores; events decided a second",
            f"at most {_most_memory():,} MB in one process",
            f"{purchases / rows[1].rate:.1f} s from the file to the table with nothing taken",
        ],
    )


def _core(pool: ProcessPoolExecutor, processes: int) -> Sample:
    parts = list(pool.map(engine.one_core, range(processes)))
    return Sample(sum(part.rate for part in parts), client=parts[0].client)


def _run(path: Path, behaviour: Behaviour, processes: int) -> Sample:
    plan = Plan(programs=((engine.read_program(),),), behaviour=behaviour)

    def work() -> int:
        found = replays.of_file(
            plan, path, today=date(2026, 1, 31), processes=processes, tell=lambda doing, share: None
        )
        return _decided(found)

    return timed(work)


def _decided(found: WhatIf) -> int:
    (trial,) = found.trials
    assert not found.notes, found.notes
    return found.events + sum(sum(month.taken.values()) for month in trial.months)


def _most_memory() -> int:
    """The most memory any process of ours held, in MB."""
    most = (
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return max(most) // 1024
