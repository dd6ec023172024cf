"""A PostgreSQL of the benchmark's own, on the native disk (F) or an emulated slow one (S)."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import Sample

_TICK = os.sysconf("SC_CLK_TCK")


class Server:
    """The running server: what pgbench reaches on it, and the CPU it has used."""

    def __init__(self, bin_folder: Path, socket: Path, pid: int) -> None:
        self.bin = bin_folder
        self.socket = socket
        self.pid = pid

    def prepare_tpcb(self, scale: int = 10) -> None:
        """Pgbench's own tables, in a database beside ours."""
        self._run("createdb", "tpcb")
        self._run("pgbench", "-i", "-q", "-s", str(scale), "tpcb")

    def tpcb(self, seconds: int = 3) -> Sample:
        """TPC-B, scale 10, prepared statements, 4 clients: the reference of all postings."""
        before = self.cpu()
        options = ["-M", "prepared", "-c", "4", "-j", "1", "-T", str(seconds)]
        out = self._run("pgbench", *options, "tpcb")
        rate = next(float(line.split()[2]) for line in out.splitlines() if line.startswith("tps"))
        return Sample(rate, server=(self.cpu() - before) / (rate * seconds) * 1e6)

    def cpu(self) -> float:
        """Seconds of CPU that the server and its processes have used."""
        ticks = _ticks(self.pid, ended_children=True)
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return (ticks + sum(_ticks(int(child)) for child in children)) / _TICK

    def _run(self, program: str, *arguments: str) -> str:
        where = ["-h", str(self.socket), "-p", "5432", "-U", "habitue"]
        done = subprocess.run(
            [str(self.bin / program), *where, *arguments],
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout


@contextmanager
def running(profile: str) -> Iterator[Server]:
    """Django set up on a fresh database under profile F or S; everything is removed at the end.

    One process measures one profile: Django knows one database.
    """
    home = Path(tempfile.mkdtemp(prefix="habitue-bench-"))
    home.chmod(0o755)
    os.environ["HABITUE_HOME"] = str(home)
    os.environ.pop("DATABASE_URL", None)
    from habitue.site import binaries, database, postgres, sockets

    if profile == "S":
        postgres.CHILD_ENV["LD_PRELOAD"] = str(_compiled(home))
    try:
        with database.database() as env:
            bin_folder = binaries.find(env.home, binaries.account())
            pid_file = env.home / "postgres" / "data" / "postmaster.pid"
            pid = int(pid_file.read_text().split()[0])
            yield Server(bin_folder, sockets.socket_folder(env.home), pid)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def fsync_probe(seconds: float = 1.0) -> str:
    """How long this disk takes to flush 8 kB: the median, in microseconds."""
    with tempfile.NamedTemporaryFile() as file:
        took = []
        end = time.perf_counter() + seconds
        while (begin := time.perf_counter()) < end:
            file.seek(0)
            file.write(b"x" * 8192)
            file.flush()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - begin)
    took.sort()
    return f"fsync probe: median {took[len(took) // 2] * 1e6:,.0f} µs over {len(took):,} flushes"


def _compiled(folder: Path) -> Path:
    """The preload library that slows the log down by 1 ms a flush."""
    library = folder / "slow_disk.so"
    source = Path(__file__).parent / "slow_disk.c"
    command = ["cc", "-shared", "-fPIC", "-O2", "-o", str(library), str(source), "-ldl"]
    subprocess.run(command, check=True)
    library.chmod(0o755)
    return library


def _ticks(pid: int, *, ended_children: bool = False) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    own = int(fields[11]) + int(fields[12])
    return own + int(fields[13]) + int(fields[14]) if ended_children else own
