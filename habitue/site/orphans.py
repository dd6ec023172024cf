"""What a killed supervisor or server left in a data folder: a live orphan, or a stale process id.

`postmaster.pid` names a process, but process ids are used again: the number alone proves nothing.
"""

import os
import signal
import subprocess
import time
from pathlib import Path

PATIENCE = 30.0


def settle(data: Path) -> None:
    """Make the data folder startable.

    An orphaned server of this folder is stopped cleanly. When the process id belongs to another
    program, the file stays (it also names the shared memory that PostgreSQL must check); only the
    number is replaced by our own, which PostgreSQL, our child, knows to be no server.
    """
    pid_file = data / "postmaster.pid"
    try:
        first, rest = pid_file.read_text().split("\n", 1)
        pid = int(first)
    except (FileNotFoundError, ValueError):
        return
    if not _exists(pid):
        return
    if _serves(pid, data):
        _stop(pid, data)
    else:
        pid_file.write_text(f"{os.getpid()}\n{rest}")


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _serves(pid: int, data: Path) -> bool:
    """Whether a process is a `postgres` whose working folder is this data folder."""
    proc = Path("/proc") / str(pid)
    if proc.exists():
        try:
            command = (proc / "cmdline").read_bytes().split(b"\0")[0]
            return Path(os.fsdecode(command)).name == "postgres" and (proc / "cwd").samefile(data)
        except OSError:  # it ended, is a zombie, or belongs to somebody else
            return False
    shown = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return "postgres" in shown.stdout and str(data) in shown.stdout


def _stop(pid: int, data: Path) -> None:
    """Fast and clean first; immediate (recovers from its log) when that takes too long."""
    for how in (signal.SIGINT, signal.SIGQUIT):
        deadline = time.monotonic() + PATIENCE
        try:
            os.kill(pid, how)
        except ProcessLookupError:
            return
        while time.monotonic() < deadline:
            if not _exists(pid) or not _serves(pid, data):
                return
            time.sleep(0.05)
