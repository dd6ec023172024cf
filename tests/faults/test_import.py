"""An import that is killed in the middle leaves nothing half done, and running it again ends it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from habitue.site import database, environment

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
    pytest.mark.slow,
]
ROWS = 12_000
CENTS = sum(100 + number % 900 for number in range(ROWS))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Purchases of 1,500 customers; every row has an identical twin somewhere in the file."""
    rows = [
        f"c{number % 1500},1997-{1 + number // 1500:02d}-{1 + number % 28:02d},"
        f"{(100 + number % 900) / 100:.2f}\n"
        for number in range(ROWS)
    ]
    path = tmp_path / "sales.csv"
    path.write_text("customer,date,amount\n" + "".join(rows))
    return path


@pytest.fixture
def own_home() -> Iterator[Path]:
    """A data folder with a database of its own; whatever still runs in it ends with the test."""
    home = Path(tempfile.mkdtemp(prefix="habitue-fault-", dir="/tmp"))  # PostgreSQL may enter it
    yield home
    kill_server(home)
    shutil.rmtree(home)


def start(home: Path, file: Path) -> subprocess.Popen[str]:
    variables = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.Popen(
        [sys.executable, "-m", "habitue", "import", "purchases", str(file), "--business", "cafe"],
        env=variables | {"HABITUE_HOME": str(home), "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(home: Path, file: Path) -> str:
    """Import to the end; what was printed."""
    process = start(home, file)
    printed = process.communicate(timeout=240)[0]
    assert process.returncode == 0, printed
    return " ".join(printed.split())


def purchases(home: Path) -> tuple[int, int, int]:
    """Purchases, their cents, and customers, as the database has them."""
    env = environment.read({"HABITUE_HOME": str(home)})
    with database.connect(env) as connection:
        row = connection.execute(
            "SELECT count(*), coalesce(sum(amount), 0)::bigint, count(DISTINCT customer_id)"
            " FROM ledger_event WHERE kind = 'purchase' AND refusal IS NULL"
        ).fetchone()
    assert row is not None
    count, cents, customers = (int(str(number)) for number in row)
    return count, cents, customers


def wait_for_some_rows(home: Path, process: subprocess.Popen[str]) -> int:
    """Until the import is in its middle: some rows are there and some are not."""
    while process.poll() is None:
        try:
            found = purchases(home)[0]
        except psycopg.Error:  # no server yet, or no table
            found = 0
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(process.communicate()[0])


def database_processes(home: Path) -> list[int]:
    """The server of this data folder, its parent first."""
    note = home / "postgres" / "data" / "postmaster.pid"
    try:
        parent = int(note.read_text().splitlines()[0])
        if b"postgres" not in Path(f"/proc/{parent}/cmdline").read_bytes():
            return []
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    except (OSError, ValueError, IndexError):
        return []
    return [parent, *map(int, children)]


def kill_server(home: Path) -> None:
    for process in database_processes(home):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def kill_database(home: Path, process: subprocess.Popen[str]) -> None:
    kill_server(home)
    printed = " ".join(process.communicate(timeout=120)[0].split())
    assert process.returncode == 4, printed
    assert "Run the same command again" in printed
    assert "Traceback" not in printed


def kill_import(home: Path, process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate(timeout=120)


@pytest.mark.parametrize("kill", [kill_database, kill_import])
def test_an_import_killed_in_the_middle_is_finished_by_the_next(
    own_home: Path, file: Path, kill: Callable[[Path, subprocess.Popen[str]], None]
) -> None:
    process = start(own_home, file)
    there = wait_for_some_rows(own_home, process)
    kill(own_home, process)
    assert there < ROWS, "the import was over before it could be killed"

    printed = finish(own_home, file)
    assert f"rows │ {ROWS:,} │" in printed
    assert "rejected │ 0 │" in printed
    duplicates = int(printed.split("(there already) │ ")[1].split()[0].replace(",", ""))
    accepted = int(printed.split("accepted │ ")[1].split()[0].replace(",", ""))
    assert accepted + duplicates == ROWS
    assert duplicates >= there  # what was acknowledged is still there
    assert duplicates % 1000 == 0  # whole batches only: nothing half done

    again = finish(own_home, file)
    assert f"duplicate (there already) │ {ROWS:,} │" in again
    assert "accepted │ 0 │" in again
    env = environment.read({"HABITUE_HOME": str(own_home)})
    with database.server(env):
        assert purchases(own_home) == (ROWS, CENTS, 1500)
