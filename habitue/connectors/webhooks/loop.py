"""The loop that brings messages out: gather, claim, send, write down; in a thread of the worker.

This thread alone talks to the database. Each attempt has a thread of its own that only talks to its
receiver, for seconds at most. Whatever ends the loop ends the worker, and the supervisor starts it
again: it is never silently gone. Its pulse says that it goes round.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from typing import Final

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from habitue.connectors.models import Pulse
from habitue.connectors.webhooks import delivering, gathering, queue
from habitue.connectors.webhooks.addresses import Resolve
from habitue.connectors.webhooks.delivering import Letter, Outcome

NAME: Final = "webhooks"
TICK: Final = 0.25
"""Seconds between two looks where nothing happens."""

BEAT: Final = timedelta(seconds=4)
THREADS: Final = 64
STRUGGLING: Final = 32
"""Of these threads, how many may be at endpoints whose last attempt failed: the rest stays free."""

GRACE: Final = 3.0
"""Seconds that attempts under way get when the worker stops."""

log = logging.getLogger(__name__)


def start(stop: threading.Event) -> threading.Thread:
    """Go round in a thread until `stop`; should it end before, the whole process is asked to."""
    thread = threading.Thread(target=_watched, args=(stop,), name=NAME, daemon=True)
    thread.start()
    return thread


def run(stop: threading.Event) -> None:
    """Go round until `stop`. A database that is away for a while is waited for."""
    crew = Crew()
    while not stop.is_set():
        try:
            moved = crew.round()
        except (OperationalError, InterfaceError) as error:
            log.warning("The database is away, webhooks wait: %s", _first_line(error))
            connection.close()
            stop.wait(1)
            continue
        if not moved:
            crew.wait(TICK)
    crew.end(GRACE)
    connection.close()


class Crew:
    """The attempts under way, and those that have ended and are not written down yet."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        resolve: Resolve | None = None,
        timeout: float = delivering.TIMEOUT,
    ) -> None:
        self._clock = clock
        self._resolve = resolve
        self._timeout = timeout
        self._back: SimpleQueue[tuple[Letter, Outcome | None]] = SimpleQueue()
        self._ended: list[tuple[Letter, Outcome]] = []
        self._going: Counter[int] = Counter()
        self._struggling = 0
        self._beat: datetime | None = None

    def round(self) -> int:
        """Once round; answers how much there was to do."""
        self._pulse()
        self._collect(0)
        recorded = self._record()
        made = gathering.gather(now=self._clock())
        letters = queue.claim(
            now=self._clock(),
            busy=self._going,
            most=THREADS - self._going.total(),
            struggling=STRUGGLING - self._struggling,
        )
        for letter in letters:
            self._going[letter.endpoint] += 1
            self._struggling += letter.failing
            threading.Thread(target=self._send, args=(letter,), daemon=True).start()
        return recorded + made + len(letters)

    def wait(self, seconds: float) -> None:
        """Until an attempt ends, so long at most."""
        self._collect(seconds)

    def end(self, seconds: float) -> None:
        """Wait for what is under way, then write it down; the rest is tried again by another."""
        deadline = self._clock() + timedelta(seconds=seconds)
        while self._going.total() and (left := (deadline - self._clock()).total_seconds()) > 0:
            self._collect(left)
        try:
            self._record()
        except (OperationalError, InterfaceError) as error:
            log.warning("Attempts could not be written down: %s", _first_line(error))

    @property
    def idle(self) -> bool:
        """Whether nothing is under way and everything is written down."""
        return not self._going.total() and not self._ended

    def _send(self, letter: Letter) -> None:
        outcome = None
        try:
            outcome = delivering.send(
                letter,
                at=self._clock(),
                loopback=settings.WEBHOOKS_LOOPBACK,
                resolve=self._resolve,
                timeout=self._timeout,
            )
        finally:
            self._back.put((letter, outcome))

    def _collect(self, seconds: float) -> None:
        """Take what has ended; wait so long for the first of it."""
        try:
            one = self._back.get(timeout=seconds) if seconds else self._back.get_nowait()
            while True:
                self._home(*one)
                one = self._back.get_nowait()
        except Empty:
            return

    def _home(self, letter: Letter, outcome: Outcome | None) -> None:
        self._going[letter.endpoint] -= 1
        if not self._going[letter.endpoint]:
            del self._going[letter.endpoint]
        self._struggling -= letter.failing
        if outcome is not None:  # None: a defect, which its thread has printed
            self._ended.append((letter, outcome))

    def _record(self) -> int:
        queue.record(self._ended, now=self._clock())
        count = len(self._ended)
        self._ended.clear()
        return count

    def _pulse(self) -> None:
        now = self._clock()
        if self._beat is None or now - self._beat >= BEAT:
            Pulse.objects.update_or_create(name=NAME, defaults={"at": now})
            self._beat = now


def _watched(stop: threading.Event) -> None:
    try:
        run(stop)
    finally:
        if not stop.is_set():
            os.kill(os.getpid(), signal.SIGTERM)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0]
