"""Measuring on a noisy machine: reference and subjects take turns, medians of ratios count."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"


@dataclass
class Sample:
    """One round of one subject: how much per second, at how many microseconds of CPU each."""

    rate: float
    client: float = 0.0
    server: float = 0.0


@dataclass
class Subject:
    """Something measured in every round; `goal` is the ratio to the reference to reach."""

    name: str
    run: Callable[[], Sample]
    goal: float | None = None
    samples: list[Sample] = field(default_factory=list)


@dataclass
class Row:
    """A subject's result: rates and ratios over all rounds."""

    name: str
    rate: float
    ratio: float
    lowest: float
    highest: float
    goal: float | None
    client: float
    server: float


def rounds(count: int, reference: Subject, subjects: Sequence[Subject]) -> list[Row]:
    """Let the reference and every subject take turns; the first round only warms up."""
    for number in range(count + 1):
        for subject in (reference, *subjects):
            sample = subject.run()
            if number:
                subject.samples.append(sample)
    return [_row(subject, reference) for subject in (reference, *subjects)]


def timed(work: Callable[[], int]) -> Sample:
    """Run something once; it answers how many things it did."""
    cpu, begin = time.process_time(), time.perf_counter()
    done = work()
    took, used = time.perf_counter() - begin, time.process_time() - cpu
    return Sample(done / took, client=used / done * 1e6)


def _row(subject: Subject, reference: Subject) -> Row:
    pairs = zip(subject.samples, reference.samples, strict=True)
    ratios = [mine.rate / theirs.rate for mine, theirs in pairs]
    return Row(
        subject.name,
        median(sample.rate for sample in subject.samples),
        median(ratios),
        min(ratios),
        max(ratios),
        subject.goal,
        median(sample.client for sample in subject.samples),
        median(sample.server for sample in subject.samples),
    )


def show(title: str, rows: Sequence[Row], notes: Sequence[str] = ()) -> None:
    """Print a table of ratios and keep it as JSON."""
    table = Table(title=title, title_justify="left")
    for name in ("", "per second", "ratio", "lowest–highest", "goal", "client µs", "server µs"):
        table.add_column(name, justify="left" if not name else "right")
    for row in rows:
        table.add_row(
            row.name,
            f"{row.rate:,.0f}",
            f"{row.ratio:.2f}×",
            f"{row.lowest:.2f}–{row.highest:.2f}",
            f"≥ {row.goal:g}×" if row.goal else "",
            f"{row.client:.3g}" if row.client else "",
            f"{row.server:.0f}" if row.server else "",
        )
    console = Console(width=110)
    console.print(table)
    for note in notes:
        console.print(f"  {note}")
    RESULTS.mkdir(exist_ok=True)
    name = "".join(char if char.isalnum() else "-" for char in title.lower())
    content = {"title": title, "rows": [asdict(row) for row in rows], "notes": list(notes)}
    (RESULTS / f"{name}.json").write_text(json.dumps(content, indent=1, ensure_ascii=False))
