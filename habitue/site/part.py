"""One supervised process: started, restarted with growing pauses when it ends, stopped, reaped."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from habitue.site import leash

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0  # seconds of life after which an end counts as a first one again
LOG_LIMIT = 10_000_000


class Part:
    """A Python module of ours that runs as a child and writes to a log of its own."""

    def __init__(self, name: str, module: str, log: Path) -> None:
        self.name = name
        self.log = log
        self.command = [sys.executable, "-m", module]
        self.process: subprocess.Popen[bytes] | None = None
        self.pause = FIRST_PAUSE
        self.since = 0.0
        self._read = 0

    def start(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self._read = min(self._read, log.tell()) or log.tell()
            self.process = leash.spawn(self.command, output=log, on_orphaned=signal.SIGKILL)
        self.since = time.monotonic()

    def ended(self) -> int | None:
        """The exit code when the process has ended by itself."""
        return self.process.poll() if self.process else None

    def tend(self) -> str | None:
        """Restart the process when it has ended and its pause is over; says what happened."""
        code = self.ended()
        if code is not None and self.process is not None:
            leash.kill_group(self.process)  # its own children, should they live on
            if time.monotonic() - self.since > STEADY_AFTER:
                self.pause = FIRST_PAUSE
            self.process = None
            self.since = time.monotonic() + self.pause
            told = f"{self.name} ended ({_ending(code)}); it starts again in {self.pause:g} s."
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
            return told
        if self.process is None and time.monotonic() >= self.since:
            self.start()
        return None

    def ask_to_stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def stop(self, patience: float) -> None:
        """Wait for the end that was asked for; past the patience, end it and all its children."""
        if self.process is None:
            return
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            pass
        leash.kill_group(self.process)
        self.process = None

    def news(self) -> list[str]:
        """The whole lines that the process has written since the last call."""
        with self.log.open("rb") as log:
            if self._read > log.seek(0, 2):
                self._read = 0
            log.seek(self._read)
            text = log.read(1_000_000)
        whole = text[: text.rfind(b"\n") + 1]
        self._read += len(whole)
        return whole.decode(errors="replace").splitlines()


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
