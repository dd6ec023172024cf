"""Keeping the rejected rows: the first ones for the screen, all of them in a file to repair."""

from __future__ import annotations

import contextlib
import csv
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

from habitue.connectors.exports import written
from habitue.connectors.table import Rejected

SHOWN: Final = 20
HEADER: Final = ("line", "value", "reason", "row")


class Rejects:
    """Counts, remembers the first, and writes all; the file exists only if there are any."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.number = 0
        self.first: list[Rejected] = []
        self.problem = ""
        self._file: IO[str] | None = None
        self._writer: Any = None

    def __enter__(self) -> Rejects:
        with contextlib.suppress(OSError):
            self.path.unlink()  # an earlier import's rejected rows would tell of another file
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file:
            self._file.close()

    def add(self, rejected: Rejected) -> None:
        """Take one more."""
        self.number += 1
        if len(self.first) < SHOWN:
            self.first.append(rejected)
        if self._file is None and not self.problem:
            self._open()
        if self._writer:
            row = (rejected.line, rejected.value, rejected.reason, rejected.text)
            self._writer.writerow([neutral(str(cell)) for cell in row])

    def _open(self) -> None:
        try:
            self._file = self.path.open(
                "w", encoding="utf-8-sig", errors="backslashreplace", newline=""
            )
        except OSError as error:  # the import itself goes on
            self.problem = f"{self.path} cannot be written: {error.strerror}."
            return
        self._writer = csv.writer(self._file)
        self._writer.writerow(HEADER)


def neutral(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, and no screen for a command."""
    return written.neutral(written.CONTROL.sub(lambda sign: f"\\x{ord(sign[0]):02x}", cell))
