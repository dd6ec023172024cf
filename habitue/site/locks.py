"""Who owns what in the data folder: locks that the kernel releases when their holder dies.

A file's content never decides whether a process lives; only the lock does.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Lock:
    """An exclusive lock on a file, which then holds its owner's process id and a note."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def take(self, *, wait: bool = False) -> bool:
        """Take the lock; False when another process has it (and we do not wait)."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            os.close(file)
            return False
        os.ftruncate(file, 0)  # what a killed owner left must not be read as ours
        self._file = file
        self.note("")
        return True

    def note(self, text: str) -> None:
        """Write our process id and a note for whoever finds the lock taken."""
        assert self._file is not None
        content = f"{os.getpid()}\n{text}\n".encode()
        os.pwrite(self._file, content, 0)
        os.ftruncate(self._file, len(content))

    def release(self) -> None:
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

    def owner(self) -> tuple[int, str] | None:
        """The process that holds the lock and its note; None when nobody does.

        The process id is 0 in the instant between taking the lock and writing it.
        """
        try:
            file = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            pid, _, note = os.pread(file, 4096, 0).decode(errors="replace").partition("\n")
            return (int(pid) if pid.isdigit() else 0), note.strip()
        finally:
            os.close(file)
        return None


@contextmanager
def shared(path: Path) -> Iterator[None]:
    """Be one of many users of something while its owner must not take it away."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield
    finally:
        os.close(file)
