"""Ties a child process to its parent: when the parent is killed, the child ends too."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO, Any

PR_SET_PDEATHSIG = 1
LINUX = sys.platform == "linux"
_libc = ctypes.CDLL(None, use_errno=True) if LINUX else None


@dataclass(frozen=True, kw_only=True)
class Account:
    """An unprivileged operating-system account that a child may run under."""

    name: str
    uid: int
    gid: int


def hold(how: signal.Signals) -> Callable[[], None]:
    """Return what a child calls between fork and exec (after its change of account, which clears
    the setting) so that the kernel sends it `how` when this process dies.
    """
    parent = os.getpid()

    def fasten() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(how), 0, 0, 0)
            if os.getppid() != parent:  # it died before we were fastened
                os._exit(1)

    return fasten


def die_with_parent() -> None:
    """Fasten the running process to the one that started it: by the kernel, else by watching."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    else:
        threading.Thread(target=_watch, args=[os.getppid()], daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGKILL)


def spawn(
    command: Sequence[str],
    *,
    output: IO[bytes] | int | None,
    on_orphaned: signal.Signals,
    account: Account | None = None,
    env: dict[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own (a terminal's Ctrl-C reaches only us), on our leash."""
    other: dict[str, Any] = {}
    if account is not None:
        other = {"user": account.uid, "group": account.gid, "extra_groups": [], "cwd": "/"}
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        env=env,
        start_new_session=True,
        preexec_fn=hold(on_orphaned),  # noqa: PLW1509 - whoever starts children has one thread
        **other,
    )


def kill_group(child: subprocess.Popen[bytes]) -> None:
    """End whatever is left of a child and of its own children."""
    try:
        os.killpg(child.pid, signal.SIGKILL)  # its session id is its process id
    except (ProcessLookupError, PermissionError):
        pass
    child.wait()
