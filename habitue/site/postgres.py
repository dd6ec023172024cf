"""The embedded PostgreSQL: found, initialised, run as our direct child, stopped and recovered.

A `Cluster` is one data folder and at most one server process of ours. PostgreSQL itself judges
whether a data folder is in use; we only tell it the truth about stale process ids.
"""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg

from habitue.site import binaries, leash, orphans
from habitue.site.complaint import Complaint, Exit
from habitue.site.environment import Environment, make_home
from habitue.site.sockets import socket_folder

ROLE = DATABASE = "habitue"
SUPERUSER = "postgres"
START_PATIENCE = 45.0  # seconds for what a killed server leaves behind to go away
STOP_PATIENCE = 60.0
IN_USE = ("pre-existing shared memory block", "lock file")
LOG_LIMIT = 10_000_000  # bytes after which the log of the last run is set aside


def client(env: Environment) -> dict[str, Any]:
    """What a PostgreSQL client needs to reach the database of this installation."""
    if env.database is not None:
        return env.database
    return {"host": str(socket_folder(env.home)), "port": 5432, "user": ROLE, "dbname": DATABASE}


class Cluster:
    """The embedded database of one HABITUE_HOME."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.folder = env.home / "postgres"
        self.data = self.folder / "data"
        self.socket = socket_folder(env.home)
        self.log = env.log / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait until it answers; recover from whatever the last end left.

        1. Find the binaries and the account, make the folders.
        2. Initialise the data folder, whole or not at all.
        3. Stop a server that an earlier, killed supervisor of ours left running.
        4. Run `postgres`; while a dead server's shared memory is still in use, try again.
        5. Make the role and the database when they are missing.
        """
        self._prepare()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._check_version()
        deadline = time.monotonic() + START_PATIENCE
        while True:
            orphans.settle(self.data)
            begin = self._launch()
            if self._answers():
                break
            reason = self._reason(begin)
            if time.monotonic() > deadline or not any(words in reason for words in IN_USE):
                raise Complaint(
                    f"PostgreSQL did not start: {reason} (its log: {self.log}).", Exit.DATABASE
                )
            time.sleep(0.5)
        self._make_database()

    def stop(self) -> None:
        """Stop the server in its fast and clean way, and reap it."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOP_PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)  # recovers from its log at next start
                self.process.wait()
        self.process = None

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def _prepare(self) -> None:
        make_home(self.env)
        self.account = binaries.account()
        if self.account is not None:
            binaries.check_reachable(self.env.home, self.account)
        self.bin = binaries.find(self.env.home, self.account)
        for folder in (self.folder, self.socket):
            self._own_folder(folder)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))

    def _own_folder(self, folder: Path) -> None:
        """Make a folder that only the server's account enters; refuse one that somebody planted."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        state = folder.lstat()
        wanted = self.account.uid if self.account else os.geteuid()
        if folder.is_symlink() or state.st_uid not in (os.geteuid(), wanted):
            raise Complaint(f"The folder {folder} belongs to somebody else.", Exit.DATABASE)
        folder.chmod(0o700)
        if self.account and state.st_uid != wanted:
            os.chown(folder, self.account.uid, self.account.gid)

    def _initialise(self) -> None:
        """Run initdb in a folder beside, then rename: a kill in the middle leaves nothing half."""
        if self.data.exists():  # without PG_VERSION: not made by us, perhaps somebody's files
            raise Complaint(f"{self.data} is no PostgreSQL data folder.", Exit.DATABASE)
        for abandoned in self.folder.glob("new-*"):
            shutil.rmtree(abandoned)
        draft = self.folder / f"new-{os.getpid()}"
        command = [str(self.bin / "initdb"), "-D", str(draft), f"--username={SUPERUSER}"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"]
        command += ["--locale=C", "--auth=peer", "--no-instructions", "--data-checksums"]
        with self.log.open("ab") as log:
            child = leash.spawn(
                command, output=log, on_orphaned=signal.SIGKILL, account=self.account, env=CHILD_ENV
            )
            if child.wait() != 0:
                raise Complaint(
                    f"The database could not be made (its log: {self.log}).", Exit.DATABASE
                )
        self._write_access_rules(draft)
        draft.rename(self.data)
        _sync(self.folder)

    def _write_access_rules(self, data: Path) -> None:
        """Only the account that runs Habitué may connect, and only through the socket."""
        own = _own_name()
        (data / "pg_hba.conf").write_text("local all all peer map=habitue\n")
        lines = [f'habitue "{own}" {role}\n' for role in (ROLE, SUPERUSER)]
        (data / "pg_ident.conf").write_text("".join(lines))
        for name in ("pg_hba.conf", "pg_ident.conf"):
            _sync(data / name)

    def _check_version(self) -> None:
        made_with = (self.data / "PG_VERSION").read_text().strip()
        available = binaries.major_version(self.bin)
        if made_with != available:
            raise Complaint(
                f"The data in {self.data} was made by PostgreSQL {made_with}, but {available} is"
                f" installed: dump it with version {made_with} and restore it into a new folder.",
                Exit.DATABASE,
            )

    def _launch(self) -> int:
        """Start `postgres`; returns where in the log this run begins."""
        options = SETTINGS | {
            "unix_socket_directories": str(self.socket),
            "max_connections": str(self.env.processes * self.env.threads + BESIDE),
        }
        command = [str(self.bin / "postgres"), "-D", str(self.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            begin = log.tell()
            self.process = leash.spawn(
                command, output=log, on_orphaned=signal.SIGINT, account=self.account, env=CHILD_ENV
            )
        return begin

    def _answers(self) -> bool:
        """Wait until the server answers (recovery may take its time), or has ended."""
        while self.alive():
            try:
                self._connect(SUPERUSER, "postgres").close()
            except psycopg.OperationalError:
                time.sleep(0.03)
            else:
                return True
        return False

    def _connect(self, user: str, database: str) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=str(self.socket),
            port=5432,
            user=user,
            dbname=database,
            autocommit=True,
            connect_timeout=10,
        )

    def _make_database(self) -> None:
        with self._connect(SUPERUSER, "postgres") as connection:
            found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
            if found.fetchone() is None:
                connection.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if found.fetchone() is None:
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")

    def _reason(self, begin: int) -> str:
        with self.log.open("rb") as log:
            log.seek(begin)
            lines = log.read().decode(errors="replace").splitlines()
        fatal = [line for line in lines if "FATAL" in line or "PANIC" in line or "error" in line]
        return (fatal or lines or ["it said nothing"])[0].strip()


def _memory_share() -> str:
    """An eighth of the memory for PostgreSQL's own cache, within 64 MB and 1 GB."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{min(max(total // 8, 64 << 20), 1 << 30) >> 20}MB"


# Durable; tuned for one machine shared with the web process. Nothing here may lose a commit.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": _memory_share(),
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "cluster_name": "habitue",
}

BESIDE = 84
"""Connections beside those of the web, one a thread: the worker, commands, a person."""

CHILD_ENV = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _own_name() -> str:
    import pwd

    return pwd.getpwuid(os.geteuid()).pw_name


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
