"""Events a second through the pure core: one process, then one a core, against the goal.

The work: 100,000 purchases of 10,000 members under programs/points-and-tiers.yaml, decided in
batches of 1,000 by the same call that `ledger.post` makes. The reference is that in one process;
beside it stand a thousand rules more, two processes, and a loop that only makes the events, which
says what deciding costs beside making.
"""

from __future__ import annotations

import gc
import random
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

from msgspec import structs

from benchmarks.measure import Sample, Subject, rounds, show, timed
from habitue.core import document, engine, facts, program
from habitue.core.account import Account
from habitue.core.rulebook import Book

EVENTS = 100_000
MEMBERS = 10_000
START = datetime(2026, 1, 1, tzinfo=UTC)
PROGRAM = Path(__file__).parent.parent / "programs" / "points-and-tiers.yaml"


def events(count: int = EVENTS, seed: int = 3) -> list[facts.Event]:
    """Purchases in order of time."""
    chance = random.Random(seed)
    return [
        facts.Event(
            (number + 1) * 256,
            chance.randrange(MEMBERS),
            START + timedelta(seconds=number * 60),
            facts.Purchase((facts.Line(chance.randrange(100, 9_000), sku="beans"),), "EUR"),
        )
        for number in range(count)
    ]


def decide(book: Book, happened: list[facts.Event]) -> int:
    """All events in batches, as a posting would."""
    accounts: dict[int, Account] = {}
    for first in range(0, len(happened), 1_000):
        engine.run(book, accounts, happened[first : first + 1_000])
    return len(happened)


def read_program() -> program.Program:
    """The points-and-tiers program."""
    found = document.read(PROGRAM.read_text())
    assert isinstance(found, program.Program), found
    return found


def crowded(source: program.Program, rules: int) -> program.Program:
    """The same program with many rules for products that nobody buys."""
    never = tuple(
        program.EarnRule(
            f"never-{number}",
            "purchase",
            (program.Fixed("points", Fraction(5)),),
            lines=program.Lines(sku=(f"absent-{number}",)),
        )
        for number in range(rules)
    )
    return structs.replace(source, rules=source.rules + never)


def main(times: int) -> None:
    """Measure and print."""
    source = read_program()
    happened = events()
    plain, many = Book([source]), Book([crowded(source, 1_000)])
    gc.collect()
    gc.freeze()
    with ProcessPoolExecutor(2) as pool:
        rows = rounds(
            times,
            Subject("core, one process", lambda: timed(lambda: decide(plain, happened))),
            [
                Subject(
                    "the same, 1,000 rules that do not apply",
                    lambda: timed(lambda: decide(many, happened)),
                    1 / 1.1,
                ),
                Subject("core, two processes", lambda: _on_both(pool)),
                Subject("only making the events", lambda: timed(lambda: len(events()))),
            ],
        )
    show("core, points-and-tiers", rows, ["goal: 100,000 events a second and core"])


def _on_both(pool: ProcessPoolExecutor) -> Sample:
    halves = list(pool.map(one_core, (1, 2)))
    return Sample(sum(half.rate for half in halves), client=halves[0].client)


def one_core(seed: int) -> Sample:
    """The work of one process, on events of its own."""
    book, happened = Book([read_program()]), events(seed=seed)
    gc.collect()
    gc.freeze()
    return timed(lambda: decide(book, happened))
