"""Bodies of requests, read without waiting for whoever sends slowly in all threads at once.

A thread that reads waits for the sender, and there are few threads. So only some of them may read
at the same time, fewer for one sender; whoever finds no place for half a second is told to come
back. Whoever sends as fast as others never notices.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.conf import settings

PATIENCE: Final = 0.5
"""Seconds that a request waits for a place to be read."""


class Crowded(OSError):
    """Too many senders are slow just now."""


class Places:
    """So many may read at the same time, and so many of one sender."""

    def __init__(self, *, most: int, each: int) -> None:
        self._most, self._each = most, each
        self._taken: Counter[str] = Counter()
        self._all = 0
        self._changed = threading.Condition()

    @contextmanager
    def one(self, whose: str) -> Iterator[None]:
        """A place for this sender while the block runs; `Crowded` where none becomes free."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._free(whose), timeout=PATIENCE):
                raise Crowded("too many bodies are sent slowly")
            self._all += 1
            self._taken[whose] += 1
        try:
            yield
        finally:
            with self._changed:
                self._all -= 1
                self._taken[whose] -= 1
                if not self._taken[whose]:
                    del self._taken[whose]
                self._changed.notify_all()

    def _free(self, whose: str) -> bool:
        return self._all < self._most and self._taken[whose] < self._each


class Body:
    """A request's input as WSGI has it: whatever reads of it takes a place meanwhile."""

    def __init__(self, source: Any, whose: str, places: Places) -> None:
        self._source, self._whose, self._places = source, whose, places

    def read(self, size: int = -1) -> bytes:
        """So many bytes, or all."""
        with self._places.one(self._whose):
            return bytes(self._source.read(size))

    def readline(self, size: int = -1) -> bytes:
        """One line."""
        with self._places.one(self._whose):
            return bytes(self._source.readline(size))

    def readlines(self, hint: int = -1) -> list[bytes]:
        """All lines."""
        with self._places.one(self._whose):
            return list(self._source.readlines(hint))

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")


def guarded(environ: dict[str, Any]) -> Body:
    """A request's input; a sender is a credential, or the address that shows none."""
    whose = environ.get("HTTP_AUTHORIZATION") or environ.get("REMOTE_ADDR", "")
    return Body(environ["wsgi.input"], whose, _places)


_places: Final = Places(
    most=max(1, settings.WEB_THREADS * 3 // 4), each=max(1, settings.WEB_THREADS // 2)
)
