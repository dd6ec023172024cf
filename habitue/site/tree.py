"""One command runs everything: PostgreSQL, then migrations, then web and worker, watched.

The supervisor is one small process with one thread and without Django. Its children are on a
leash: they end when it ends, even by `kill -9`.
"""

import http.client
import json
import os
import select
import signal
import socket
import sys
import time
from types import FrameType
from typing import NoReturn

from habitue.site import database, leash, locks, postgres, schema
from habitue.site.complaint import Complaint, Exit
from habitue.site.environment import Environment, make_home, secret
from habitue.site.part import Part

HEALTHY_WITHIN = 90.0
GRACE = 10.0  # seconds for requests and jobs in progress to end
TICK = 0.1
LINE = 1_000  # characters of a line; a pipe that takes any takes as many
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(env: Environment) -> None:
    """Run until told to stop.

    1. Be the only tree of this data folder, at an address that is free.
    2. Start the database (or reach the server), refuse an unsafe one, migrate.
    3. Start web and worker; when all is healthy say where.
    4. Restart what ends by itself; stop in the opposite order.
    """
    make_home(env)
    only = lock(env)
    if not only.take():
        pid, note = only.owner() or (0, "")
        where = f" at {json.loads(note)['address']}" if note else ""
        raise Complaint(f"Habitué is already running{where} (process {pid}).", Exit.ALREADY_RUNNING)
    only.note(json.dumps({"address": env.address, "host": env.host, "port": env.port}))
    for signal_ in STOPPING:
        signal.signal(signal_, _interrupt)
    tree = Tree(env)
    try:
        check_port(env)
        tree.start()
        tree.watch()
    except KeyboardInterrupt:
        say("Stopping…")
    finally:
        _deaf()
        tree.stop()
        only.release()
    say("Stopped.")


def lock(env: Environment) -> locks.Lock:
    """Whoever holds this is the tree of the data folder."""
    return locks.Lock(env.home / "tree.lock")


def address(env: Environment) -> str:
    """Where a person opens Habitué: as it was started, where it runs, whatever is set here."""
    _, note = lock(env).owner() or (0, "")
    return str(json.loads(note)["address"]) if note else env.address


def check_port(env: Environment) -> None:
    """Refuse an address where another program listens, before anything is started."""
    family = socket.AF_INET6 if ":" in env.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((env.host, env.port))
        except OSError as error:
            raise Complaint(
                f"Port {env.port} on {env.host} cannot be used ({error.strerror}):"
                f" choose another, for example `PORT={env.port % 65535 + 1} make start`.",
                Exit.PORT_TAKEN,
            ) from None


def health(env: Environment) -> dict[str, str] | None:
    """What the running web process says of itself; None when it does not answer."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(env.host, env.host)
    connection = http.client.HTTPConnection(host, env.port, timeout=5)
    try:
        connection.request("GET", "/health", headers={"Host": "localhost"})
        answer = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return answer if isinstance(answer, dict) else None


class Tree:
    """The processes, and the order in which they start and stop."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.owner = locks.Lock(env.home / "database.lock")
        self.cluster = None if env.database else postgres.Cluster(env)
        self.parts = [
            Part("web", "habitue.site.web", env.log / "web.log"),
            Part("worker", "habitue.site.worker", env.log / "worker.log"),
        ]
        self.cluster_pause = 0.5

    def start(self) -> None:
        secret(self.env)  # before web and worker both ask for it
        if self.cluster is not None:
            self._own_database()
            self.cluster.start()
        database.check(self.env)
        if not schema.is_current(self.env):
            say("Bringing the database up to date…")
            self._migrate()
        for part in self.parts:
            part.start()
        self._wait_until_healthy()
        say(f"Habitué is open at {self.env.address} (Ctrl-C stops it).")

    def watch(self) -> NoReturn:
        """Restart what ends, pass on what it says; ends by KeyboardInterrupt only."""
        while True:
            self._tend()
            time.sleep(TICK)

    def stop(self) -> None:
        for part in self.parts:
            part.ask_to_stop()
        deadline = time.monotonic() + GRACE
        for part in self.parts:
            part.stop(max(0.0, deadline - time.monotonic()))
        if self.cluster is not None:
            self.cluster.stop()
            self.owner.release()

    def _own_database(self) -> None:
        told = False
        while not self.owner.take():
            if not told:
                say("Waiting for another command to finish with the database…")
            told = True
            time.sleep(TICK)

    def _migrate(self) -> None:
        with (self.env.log / "migrate.log").open("ab") as log:
            command = [sys.executable, "-m", "habitue.site.schema"]
            child = leash.spawn(command, output=log, on_orphaned=signal.SIGKILL)
            try:
                code = child.wait()
            except BaseException:
                leash.kill_group(child)  # PostgreSQL takes back what was not committed
                raise
        if code != 0:
            raise Complaint(
                f"The database could not be brought up to date (see {log.name}).", Exit.DATABASE
            )

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + HEALTHY_WITHIN
        answer: dict[str, str] | None = None
        while time.monotonic() < deadline:
            self._tend()
            answer = health(self.env)
            if answer and answer["status"] == "ok":
                return
            time.sleep(TICK)
        state = "the web process does not answer"
        if answer:
            state = ", ".join(f"{name} {word}" for name, word in answer.items() if name != "status")
        raise Complaint(
            f"Habitué did not become healthy: {state} (logs: {self.env.log}).", Exit.NOT_HEALTHY
        )

    def _tend(self) -> None:
        if self.cluster is not None and not self.cluster.alive():
            self._restart_database(self.cluster)
        for part in self.parts:
            if told := part.tend():
                say(told)
            for line in part.news():
                say(f"{part.name} | {line}")

    def _restart_database(self, cluster: postgres.Cluster) -> None:
        say("PostgreSQL ended; it starts again.")
        try:
            cluster.start()
        except Complaint as complaint:
            say(complaint.sentence)
            time.sleep(self.cluster_pause)
            self.cluster_pause = min(self.cluster_pause * 2, 30.0)
        else:
            self.cluster_pause = 0.5
            say("PostgreSQL is back.")


def say(line: str) -> None:
    """A line for the person at the terminal, who may have closed it, or not be reading.

    A line that would have to wait is left out: it stands in the log, and who watches must not stop.
    """
    try:
        if select.select([], [sys.stdout], [], 0)[1]:
            print(line[:LINE], flush=True)
    except (BrokenPipeError, OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def terminate(env: Environment, patience: float) -> bool:
    """Ask the tree of this data folder to stop; False when none runs.

    The process id is believed only while the lock is held, and the lock ends with its holder.
    """
    deadline = time.monotonic() + patience
    asked = 0
    found = False
    while (owner := lock(env).owner()) is not None:
        found = True
        pid = owner[0]
        if pid and pid != asked:
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                pass  # it ended between the two lines
            asked = pid
        if time.monotonic() > deadline:
            raise Complaint(f"Process {pid} does not stop.", Exit.NOT_HEALTHY)
        time.sleep(TICK)
    return found


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    _deaf()  # a second Ctrl-C, or make passing on the first, must not disturb the stop
    raise KeyboardInterrupt


def _deaf() -> None:
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
