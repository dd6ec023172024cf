"""Work is spread over processes, results come back, and nothing stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from habitue.site import cores


def squared(number: int) -> tuple[int, int]:
    return number * number, os.getpid()


def fails(number: int) -> int:
    raise ArithmeticError(f"task {number}")


def test_every_task_is_done_once_by_processes_of_their_own() -> None:
    found: list[tuple[int, int]] = []
    cores.spread(squared, list(range(9)), cores=2, done=found.append)
    assert sorted(square for square, _ in found) == [n * n for n in range(9)]
    assert os.getpid() not in {pid for _, pid in found}


def test_one_core_or_one_task_needs_no_other_process() -> None:
    found: list[tuple[int, int]] = []
    cores.spread(squared, [2, 3], cores=1, done=found.append)
    cores.spread(squared, [4], cores=8, done=found.append)
    assert found == [(4, os.getpid()), (9, os.getpid()), (16, os.getpid())]
    cores.spread(squared, [], cores=8, done=found.append)
    assert len(found) == 3


def test_what_a_task_raises_is_raised_here() -> None:
    with pytest.raises(ArithmeticError, match="task"):
        cores.spread(fails, list(range(5)), cores=2, done=lambda _: None)


def test_there_is_at_least_one_core() -> None:
    assert 1 <= cores.count() <= (os.cpu_count() or 1)


def alive(group: int) -> list[str]:
    """The processes of a group that have not ended (an ended one may still wait for its parent)."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = path.read_text().rpartition(")")
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, _, of = rest.split()[:3]
        if int(of) == group and state != "Z":
            found.append(name)
    return found


WAITS = """\
import sys, time
from pathlib import Path
from habitue.site import cores

def wait(number):
    Path(sys.argv[1], f"begun{number}").touch()
    time.sleep(5)
    return number

if __name__ == "__main__":
    cores.spread(wait, list(range(50)), cores=2, done=print)
"""


def test_ctrl_c_ends_it_and_leaves_no_process(tmp_path: Path) -> None:
    script = tmp_path / "waits.py"
    script.write_text(WAITS)
    running = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)],
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while not list(tmp_path.glob("begun*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to all of them
    assert running.wait(timeout=120) != 0
    assert len(list(tmp_path.glob("begun*"))) < 20
    while (left := alive(running.pid)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []
