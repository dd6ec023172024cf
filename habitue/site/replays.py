"""Replays purchases of a file under programs, on as many cores as asked.

Programs in which members share something (stock, limits for everybody, a prepaid partner), and
histories in which they gave each other units, are replayed by one process in the order of time:
who came first matters there, and other processes' customers cannot be seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from zoneinfo import ZoneInfo

from msgspec import Struct, structs

from habitue.connectors import histories, purchases, text
from habitue.connectors.histories import Reading, Scattered
from habitue.core.facts import Event
from habitue.core.program import Program
from habitue.core.rulebook import Book
from habitue.core.tallies import Capacities
from habitue.core.whatif import replay, result
from habitue.core.whatif.behaviour import Behaviour
from habitue.core.whatif.replay import Stage
from habitue.core.whatif.result import WhatIf
from habitue.core.whatif.sums import Sums
from habitue.site import cores

SEEN: Final = 200_000
"""Rows by which a file is judged: what its dates and amounts look like."""

_ROW: Final = 25
"""About how many bytes a row has."""

_SMALL, _LARGE, _MOST_BUCKETS = 5_000, 100_000, 200
"""Rows worth a file of their own where there are few, rows of one where there are many."""

PIECES: Final = 8
"""Tasks for each process, so that none waits long for the last."""

_TOLD: Final = 10_000

Tell = Callable[[str, float], None]
"""Told what is being done, and how much of it is (0 to 1)."""

IN_ORDER: Final = (
    "Members share something here (stock, limits for all, prepaid partners, units given), so the"
    " history was replayed in the order of time by one process."
)


class Plan(Struct, frozen=True, kw_only=True):
    """What is to be tried: each program as all its versions, how rewards are taken, until when.

    `since`: a ledger's history is only looked at from that moment on; everybody begins with it.
    """

    programs: tuple[tuple[Program, ...], ...]
    behaviour: Behaviour
    until: date = date.max
    since: datetime | None = None
    enroll: bool = True
    worths: dict[str, Fraction] = {}

    def stages(self) -> list[Stage]:
        """The programs, compiled."""
        return [
            Stage(
                Book(versions),
                self.behaviour,
                until=self.until,
                enroll=self.enroll,
                worths=self.worths,
            )
            for versions in self.programs
        ]

    @property
    def shares(self) -> bool:
        """Whether any of the programs has something that there is only so much of for all."""
        return any(Capacities(version) for versions in self.programs for version in versions)


def of_file(plan: Plan, path: Path, *, today: date, processes: int, tell: Tell) -> WhatIf:
    """Replay a file of purchases; whoever buys is a member."""
    with TemporaryDirectory(prefix="habitue-") as folder:
        reading = _reading(plan, path, Path(folder), today=today, processes=processes)
        found = _scattered(reading, processes, tell)
        zone = ZoneInfo(plan.programs[0][-1].timezone)
        last = datetime.fromtimestamp(found.latest, UTC).astimezone(zone).date()
        plan = structs.replace(plan, until=last)
        buckets = sorted(found.files)
        stages, notes = plan.stages(), _rejected(found)
        if not reading.buckets:
            sums = Sums.nothing(len(stages))
            events = counted(histories.moments(reading, buckets), found.rows, tell)
            replay.together(stages, events, sums)
            return result.read(stages, sums, notes=[IN_ORDER, *notes])
        work = partial(_bucket, plan, reading)
        sums = spread(work, buckets, plan=plan, processes=processes, tell=tell)
        return result.read(stages, sums, notes=notes)


def _reading(plan: Plan, path: Path, folder: Path, *, today: date, processes: int) -> Reading:
    source = plan.programs[0][-1]
    shape = purchases.survey(path, most=SEEN)
    # Where nothing tells 03/04 from 04/03, as in the country of the currency.
    day_first = shape.order.settled(otherwise_day_first=source.currency != "USD")
    rows = path.stat().st_size // _ROW
    buckets = max(rows // _LARGE, min(rows // _SMALL, processes * PIECES))
    return Reading(
        path=path,
        shape=shape,
        currency=source.currency,
        zone=source.timezone,
        today=today,
        day_first=day_first,
        folder=folder,
        buckets=0 if plan.shares else max(1, min(buckets, _MOST_BUCKETS)),
    )


def _scattered(reading: Reading, processes: int, tell: Tell) -> Scattered:
    """The file, scattered by customer or time."""
    stretches = text.stretches(reading.path, reading.shape.encoding, _stretches(reading, processes))
    whole = Scattered()
    ended = 0

    def done(found: Scattered) -> None:
        nonlocal ended
        ended += 1
        whole.rows += found.rows
        whole.rejected += found.rejected
        whole.latest = max(whole.latest, found.latest)
        for mine, theirs in ((whole.files, found.files), (whole.reasons, found.reasons)):
            _add(mine, theirs)
        tell("Reading", ended / len(stretches))

    tasks = list(enumerate(stretches))
    cores.spread(partial(_stretch, reading), tasks, cores=processes, done=done)
    return whole


def spread(
    work: Callable[[Any], Sums],
    tasks: Sequence[Any],
    *,
    plan: Plan,
    processes: int,
    tell: Tell,
    begin: Callable[[], object] | None = None,
) -> Sums:
    """The sums of all tasks together; `begin` is what each process does first."""
    sums = Sums.nothing(len(plan.programs))
    ended = 0

    def done(part: Sums) -> None:
        nonlocal ended
        ended += 1
        sums.absorb(part)
        tell("Replaying", ended / len(tasks))

    cores.spread(work, tasks, cores=processes, done=done, begin=begin)
    return sums


def counted(events: Iterator[Event], total: int, tell: Tell) -> Iterator[Event]:
    """The same events, telling how far they are."""
    for number, event in enumerate(events):
        if number % _TOLD == 0:
            tell("Replaying", number / max(total, 1))
        yield event
    tell("Replaying", 1)


def _stretch(reading: Reading, task: tuple[int, tuple[int, int]]) -> Scattered:
    return histories.scatter(reading, *task)


def _bucket(plan: Plan, reading: Reading, bucket: int) -> Sums:
    sums = Sums.nothing(len(plan.programs))
    replay.apart(plan.stages(), histories.customers(reading, bucket), sums)
    return sums


def _stretches(reading: Reading, processes: int) -> int:
    return min(processes * PIECES, reading.path.stat().st_size // 1_000_000 + 1)


def _rejected(found: Scattered) -> list[str]:
    """What could not be read, in sentences."""
    if not found.rejected:
        return []
    most = sorted(found.reasons.items(), key=lambda item: (-item[1], item[0]))[:3]
    named = ", ".join(f"{reason}: {count:,}" for reason, count in most)
    return [f"{found.rejected:,} of {found.rows + found.rejected:,} rows were left out ({named})."]


def _add(mine: dict[Any, int], theirs: dict[Any, int]) -> None:
    for key, count in theirs.items():
        mine[key] = mine.get(key, 0) + count
