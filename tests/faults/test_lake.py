"""A refresh of the lake is killed, at each of its steps and at random moments, and run again."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from django.db import connection

from habitue.core import facts
from habitue.lake import layout, refreshing
from habitue.members.models import Business
from habitue.metrics.tables import TABLES
from tests.lake.conftest import Row, copy, view
from tests.ledger.conftest import NOW, bought, does, guests, make_cafe, post

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# Real processes on the test's database, one for each line that is read: each kills itself, as the
# kernel would, before the Nth time that it wants something of the disk; its end is told.
PROCESSES = """
import itertools, json, os, signal, sys
from datetime import datetime
from pathlib import Path

from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
import django
django.setup()
from habitue.lake import refreshing

def deadly(work, steps, last):
    def step(*arguments, **named):
        if next(steps) == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return work(*arguments, **named)
    return step

def refresh(business, folder, now, step):
    steps = itertools.count(1)
    for name in ("fsync", "replace", "unlink", "mkdir"):
        setattr(os, name, deadly(getattr(os, name), steps, step))
    refreshing.refresh([business], Path(folder), now=datetime.fromisoformat(now))

for line in sys.stdin:
    child = os.fork()
    if not child:
        refresh(**json.loads(line))
        os._exit(0)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""

Shown = dict[str, list[Row]]


@pytest.fixture
def cafe(transactional_db: None) -> Business:
    """A café with a history of months, of which some will be touched again."""
    made = make_cafe()
    alice, bruno, chiara = guests(made, 3)
    days = [NOW - timedelta(days=days) for days in (0, 31)]
    post(made, *(bought(one, 500, at=day) for one in (alice, bruno, chiara) for day in days))
    return made


def changed(cafe: Business) -> None:
    """Something old is undone, something new comes, two become one."""
    alice, bruno, chiara = (row[1] for row in view(cafe, "customers"))
    order = next(row[2] for row in view(cafe, "order_lines") if row[1] == chiara)
    post(
        cafe,
        does(chiara, facts.Undo(order, consequence=True)),
        does(alice, facts.Merge(bruno)),
        does(bruno, facts.Action("click")),
    )


class Processes:
    """Refreshes, each by a process of its own."""

    def __init__(self, cafe: Business) -> None:
        self.cafe = cafe
        self.parent = subprocess.Popen(
            [sys.executable, "-c", PROCESSES, connection.settings_dict["NAME"]],
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "habitue.site.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def begin(self, folder: Path, step: int = 0) -> int:
        """Start one that dies at a step (0: at none); its process id."""
        told = {"business": self.cafe.pk, "folder": str(folder), "now": NOW.isoformat()}
        assert self.parent.stdin is not None
        self.parent.stdin.write(json.dumps(told | {"step": step}) + "\n")
        self.parent.stdin.flush()
        return self.told()

    def told(self) -> int:
        """The next number: a process id, then how that process ended."""
        assert self.parent.stdout is not None
        return int(self.parent.stdout.readline())


@pytest.fixture
def processes(cafe: Business) -> Iterator[Processes]:
    made = Processes(cafe)
    with made.parent:
        yield made


def shown(cafe: Business) -> Shown:
    return {table: view(cafe, table) for table in TABLES}


def copied(cafe: Business, folder: Path) -> Shown:
    return {table: copy(folder, cafe, table) for table in TABLES}


def fresh(cafe: Business, folder: Path) -> tuple[Shown, set[str]]:
    """What a lake of its own shows, that was made at once, and its files."""
    refreshing.refresh([cafe.pk], folder, now=NOW)
    return copied(cafe, folder), stored(folder)


def again(cafe: Business, folder: Path) -> tuple[Shown, set[str]]:
    """The same of a lake after two more refreshes, the second after its old files may go."""
    for hours in (2, 4):
        refreshing.refresh([cafe.pk], folder, now=NOW + hours * layout.GRACE)
    return copied(cafe, folder), stored(folder)


def stored(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_killed_at_any_step_it_shows_one_of_two_states_and_ends_whole(
    cafe: Business, processes: Processes, tmp_path: Path
) -> None:
    before_folder, folder = tmp_path / "before", tmp_path / "lake"
    refreshing.refresh([cafe.pk], before_folder, now=NOW - timedelta(days=1))
    before = shown(cafe)
    changed(cafe)
    after, files = fresh(cafe, tmp_path / "fresh")
    assert after == shown(cafe) != before
    (before_folder / f"order_lines/business={cafe.pk}/left.parquet").touch()  # by one killed before
    seen, ended, step = [], 1, 0
    while ended:
        step += 1
        shutil.copytree(before_folder, folder)
        processes.begin(folder, step)
        ended = processes.told()
        assert ended in (0, -signal.SIGKILL)
        found = copied(cafe, folder)
        assert found in (before, after)
        seen.append(found == after)
        assert again(cafe, folder) == (after, files)
        shutil.rmtree(folder)
    assert step > 20
    assert seen == sorted(seen)  # the new state counts from one step on, and stays
    assert not seen[0]
    assert seen[-1]
    assert seen.count(True) >= 3  # it dies after the new manifest, too


def test_killed_at_random_moments_while_the_shop_goes_on(
    cafe: Business, processes: Processes, tmp_path: Path
) -> None:
    """By its own hand at a drawn step, in turn with a kill from outside whenever that comes."""
    random, folder = Random(4), tmp_path / "lake"
    people = [row[1] for row in view(cafe, "customers")]
    killed = 0
    for day in range(16):
        running = processes.begin(folder, step=random.randint(1, 20) * (day % 2))
        post(cafe, bought(random.choice(people), 100 + day, at=NOW - timedelta(30 * day)))
        time.sleep(random.uniform(0, 0.12))
        with suppress(ProcessLookupError):  # it may have ended
            os.kill(running, signal.SIGKILL)
        killed += processes.told() == -signal.SIGKILL
    assert killed >= 8
    assert again(cafe, folder) == fresh(cafe, tmp_path / "fresh")
    assert copied(cafe, folder) == shown(cafe)
