"""The supervised tree under real kills: all comes back, nothing stays behind or is lost."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from habitue.site import binaries, complaint, database, environment, locks, postgres
from tests import ports

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
pytestmark = [LINUX, pytest.mark.slow, pytest.mark.xdist_group("supervisor")]
HABITUE = [sys.executable, "-m", "habitue"]
PATIENCE = 120.0


class House:
    """An installation in a folder and at a port of its own."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="habitue-fault-", dir="/tmp"))
        self._held = ports.held()
        self.port = ports.number(self._held)
        self.started: list[subprocess.Popen[str]] = []

    def variables(self, **more: str) -> dict[str, str]:
        own = {"HABITUE_HOME": str(self.home), "PORT": str(self.port)}
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return {**kept, **own, **more}

    def env(self) -> environment.Environment:
        return environment.read(self.variables())

    def begin(self, *command: str, **more: str) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [*HABITUE, *command],
            env=self.variables(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(child)
        return child

    def run(self, *command: str, **more: str) -> tuple[int, str]:
        child = self.begin(*command, **more)
        output, _ = child.communicate(timeout=PATIENCE)
        return child.returncode, output

    def start(self) -> subprocess.Popen[str]:
        tree = self.begin("start")
        until(lambda: self.healthy() or tree.poll() is not None, "healthy")
        assert tree.poll() is None, tree.communicate()[0]
        return tree

    def stop(self, tree: subprocess.Popen[str]) -> str:
        tree.send_signal(signal.SIGINT)
        output, _ = tree.communicate(timeout=PATIENCE)
        assert tree.returncode == 0, output
        return output

    def health(self) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(connection):
            try:
                connection.request("GET", "/health")
                response = connection.getresponse()
                return response.status, json.loads(response.read())
            except (OSError, ValueError, http.client.HTTPException):
                return 0, None

    def healthy(self) -> bool:
        return self.health()[0] == 200

    def processes(self) -> dict[int, str]:
        """Every live process of this installation, found by its environment or working folder."""
        found: dict[int, str] = {}
        for proc in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if proc.name.isdigit() and int(proc.name) != os.getpid() and self._owns(proc):
                    command = (proc / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    if command:  # a zombie has none
                        found[int(proc.name)] = command
        return found

    def _owns(self, proc: Path) -> bool:
        mark = f"HABITUE_HOME={self.home}\0".encode()
        return mark in (proc / "environ").read_bytes() or (
            (proc / "cwd").readlink().is_relative_to(self.home)
        )

    def process(self, words: str) -> int:
        return next(pid for pid, command in self.processes().items() if words in command)

    def postmaster(self) -> int:
        """The server's process; 0 while none has said which it is."""
        try:
            return int((self.home / "postgres/data/postmaster.pid").read_text().split("\n")[0])
        except FileNotFoundError:
            return 0

    def keep(self, number: int) -> None:
        """Commit a row that no kill may lose."""
        with database.connect(self.env()) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
            connection.execute("INSERT INTO kept VALUES (%s)", [number])

    def kept(self) -> set[int]:
        with database.connect(self.env()) as connection:
            return {int(str(row[0])) for row in connection.execute("SELECT number FROM kept")}

    def end(self) -> None:
        for child in self.started:
            if child.poll() is None:
                child.kill()
            child.wait()
            if child.stdout:
                child.stdout.close()
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.home, ignore_errors=True)
        self._held.close()


def until(true: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, f"not {what} within {patience} s"
        time.sleep(0.05)


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # a backend may go when its server goes
        os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def shared_house() -> Iterator[House]:
    house = House()
    yield house
    house.end()


@pytest.fixture
def house(shared_house: House) -> Iterator[House]:
    yield shared_house
    for pid in shared_house.processes():  # a failed test must not spoil the next
        with contextlib.suppress(ProcessLookupError):
            kill(pid)
    until(lambda: not shared_house.processes(), "gone")


@pytest.fixture
def fresh_house() -> Iterator[House]:
    house = House()
    yield house
    house.end()


def unprivileged() -> dict[str, Any]:
    """Arguments that start a process under the account PostgreSQL runs as."""
    account = binaries.account()
    return {"user": account.uid, "group": account.gid} if account else {}


def test_ctrl_c_stops_everything_and_leaves_no_process(house: House) -> None:
    tree = house.start()
    well = dict.fromkeys(("status", "web", "database", "worker", "webhooks"), "ok")
    until(lambda: house.health() == (200, well), "well")  # a worker may be silent for a while
    assert house.run("status")[0] == 0
    output = house.stop(tree)
    assert f"http://127.0.0.1:{house.port}" in output
    assert house.processes() == {}
    assert house.run("status")[0] == complaint.Exit.NOT_RUNNING


def test_stop_from_another_terminal(house: House) -> None:
    tree = house.start()
    assert house.run("stop") == (0, "Stopped.\n")
    assert tree.wait(PATIENCE) == 0
    assert house.processes() == {}
    assert house.run("stop") == (0, "Habitué is not running.\n")


def test_after_a_kill_of_the_whole_tree_committed_rows_are_there(house: House) -> None:
    house.start()
    house.keep(1)
    for pid in house.processes():
        kill(pid)
    until(lambda: not house.processes(), "gone")
    tree = house.start()
    assert 1 in house.kept()
    house.stop(tree)


def test_children_of_a_killed_supervisor_end_by_themselves(house: House) -> None:
    tree = house.start()
    house.keep(2)
    kill(tree.pid)
    until(lambda: not house.processes(), "gone")
    tree = house.start()
    assert 2 in house.kept()
    house.stop(tree)


def test_a_killed_database_is_back_without_a_restart_of_the_tree(house: House) -> None:
    tree = house.start()
    house.keep(3)
    before = house.postmaster()
    kill(before)
    until(lambda: house.postmaster() not in (0, before) and house.healthy(), "healthy again")
    assert 3 in house.kept()
    assert tree.poll() is None
    house.stop(tree)


def test_killed_web_and_worker_are_replaced(house: House) -> None:
    tree = house.start()
    web, worker = house.process("habitue.site.web"), house.process("habitue.site.worker")
    kill(web)
    kill(worker)
    until(lambda: not {web, worker} & set(house.processes()), "gone")
    until(lambda: len([c for c in house.processes().values() if "habitue.site." in c]) >= 2, "back")
    until(house.healthy, "healthy again")
    house.stop(tree)


def test_a_stale_pid_file_that_names_a_living_stranger_stops_nothing(house: House) -> None:
    tree = house.start()
    content = (house.home / "postgres/data/postmaster.pid").read_text()
    house.stop(tree)
    with subprocess.Popen(["sleep", "300"], cwd="/", **unprivileged()) as stranger:
        try:
            stale = content.replace(content.split("\n")[0], str(stranger.pid), 1)
            (house.home / "postgres/data/postmaster.pid").write_text(stale)
            tree = house.start()
            assert stranger.poll() is None
            house.stop(tree)
        finally:
            stranger.kill()


def test_an_orphaned_server_is_stopped_cleanly_first(house: House) -> None:
    house.stop(house.start())
    env = house.env()
    cluster = postgres.Cluster(env)
    folder = binaries.find(env.home, binaries.account())
    command = [str(folder / "postgres"), "-D", str(cluster.data), "-h", ""]
    command += ["-k", str(cluster.socket)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd="/", **unprivileged()) as orphan:
        until((cluster.data / "postmaster.pid").exists, "there")
        until(lambda: _accepts(env), "accepting")
        tree = house.start()
        assert orphan.wait(PATIENCE) == 0
        house.stop(tree)


def _accepts(env: environment.Environment) -> bool:
    try:
        database.connect(env).close()
    except psycopg.OperationalError:
        return False
    return True


def test_of_two_starts_at_once_one_wins_and_the_other_says_so(house: House) -> None:
    first, second = house.begin("start"), house.begin("start")
    until(lambda: first.poll() is not None or second.poll() is not None, "decided")
    loser, winner = (first, second) if first.poll() is not None else (second, first)
    assert loser.returncode == complaint.Exit.ALREADY_RUNNING
    assert "already running" in loser.communicate()[0]
    until(house.healthy, "healthy")
    house.stop(winner)


def test_a_taken_port_is_a_sentence(house: House) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, output = house.run("start", PORT=str(taken.getsockname()[1]))
    assert code == complaint.Exit.PORT_TAKEN
    assert output.startswith("Port ")
    assert output.count("\n") == 1
    assert house.processes() == {}


@pytest.mark.parametrize("setting", database.UNSAFE)
def test_a_server_that_may_lose_commits_is_refused(house: House, setting: str) -> None:
    with database.server(house.env()):
        pass  # makes the data folder when this test runs alone
    configuration = house.home / "postgres/data/postgresql.auto.conf"
    before = configuration.read_text()
    configuration.write_text(f"{before}\n{setting} = off\n")
    try:
        code, output = house.run("start")
    finally:
        configuration.write_text(before)
    assert code == complaint.Exit.UNSAFE_DATABASE
    assert f"{setting}=off" in output
    assert house.processes() == {}


def test_a_server_of_ones_own_is_used_instead(house: House, fresh_house: House) -> None:
    with database.server(house.env()):
        url = f"postgresql://habitue@/habitue?host={postgres.client(house.env())['host']}"
        tree = fresh_house.begin("start", DATABASE_URL=url)
        until(fresh_house.healthy, "healthy")
        assert not (fresh_house.home / "postgres").exists()
        fresh_house.stop(tree)
        with database.connect(house.env()) as connection:
            connection.execute("ALTER ROLE habitue SET synchronous_commit = off")
        code, output = fresh_house.run("start", DATABASE_URL=url)
        with database.connect(house.env()) as connection:
            connection.execute("ALTER ROLE habitue RESET synchronous_commit")
    assert (code, "synchronous_commit=off" in output) == (complaint.Exit.UNSAFE_DATABASE, True)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("mysql://somewhere/x", complaint.Exit.SETTING),
        ("postgresql://nobody@127.0.0.1:1/habitue", complaint.Exit.DATABASE),
    ],
)
def test_a_database_url_that_leads_nowhere_is_a_sentence(house: House, url: str, code: int) -> None:
    returned, output = house.run("start", DATABASE_URL=url)
    assert returned == code
    assert "DATABASE_URL" in output
    assert "Traceback" not in output


def test_a_kill_in_the_middle_of_the_first_start_is_forgotten(fresh_house: House) -> None:
    child = fresh_house.begin("django", "check")
    until(lambda: any(fresh_house.home.glob("postgres/new-*/base")), "initialising")
    for pid in [child.pid, *fresh_house.processes()]:
        with contextlib.suppress(ProcessLookupError):
            kill(pid)
    child.communicate()
    assert not (fresh_house.home / "postgres/data").exists()
    assert fresh_house.run("django", "check")[0] == 0
    assert not list(fresh_house.home.glob("postgres/new-*"))


def test_commands_share_one_server_and_the_last_one_stops_it(house: House) -> None:
    owner = locks.Lock(house.home / "database.lock")
    first = house.begin("django", "shell", "-c", waiting_for(house.home / "first"))
    until(lambda: owner.owner() is not None and _accepts(house.env()), "owned")
    second = house.begin("django", "shell", "-c", waiting_for(house.home / "second"))
    until((house.home / "second.waits").exists, "a guest")
    (house.home / "first").touch()  # the owner is done, but has a guest
    time.sleep(1)
    assert first.poll() is None
    (house.home / "second").touch()
    assert "ok" in second.communicate(timeout=PATIENCE)[0]
    assert "ok" in first.communicate(timeout=PATIENCE)[0]
    assert (first.returncode, second.returncode) == (0, 0)
    assert house.processes() == {}


def waiting_for(gate: Path) -> str:
    """A script that waits for a file to appear, and then still has its database."""
    return f"""
import pathlib, time
from django.db import connection
pathlib.Path("{gate}.waits").touch()
while not pathlib.Path("{gate}").exists():
    time.sleep(0.05)
connection.cursor().execute("SELECT 1")
print("ok")
"""


def test_a_command_uses_the_running_trees_database(house: House) -> None:
    tree = house.start()
    assert house.run("django", "check")[0] == 0
    until(house.healthy, "healthy")
    house.stop(tree)
