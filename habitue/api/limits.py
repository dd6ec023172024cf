"""How often a caller may ask: a bucket that fills steadily, per key, in the memory of the process.

In memory, and of several processes of the web each has its share: a limit is there to keep one
till's endless loop from slowing the others, not to count to the last request.
"""

from __future__ import annotations

import threading
from typing import Final

from django.conf import settings
from msgspec import Struct, structs

from habitue.api.problems import Problem
from habitue.api.replies import Reply

_MOST_CALLERS: Final = 100_000


class _Bucket(Struct):
    left: float
    at: float


class Limit:
    """So many requests a second per caller, after a burst of so many."""

    def __init__(self, *, rate: int, burst: int) -> None:
        self.rate, self.burst = rate, burst
        self._buckets: dict[object, _Bucket] = {}
        self._lock = threading.Lock()

    def take(self, whom: object, *, at: float, many: int = 1) -> int:
        """Take so many requests out of a caller's bucket; how many are left, or below 0: refused.

        `at` is in seconds of any clock that only goes forward.
        """
        with self._lock:
            bucket = self._buckets.get(whom)
            if bucket is None:
                if len(self._buckets) >= _MOST_CALLERS:
                    self._buckets.clear()
                bucket = self._buckets[whom] = _Bucket(self.burst, at)
            filled = bucket.left + (at - bucket.at) * self.rate
            bucket.left, bucket.at = min(float(self.burst), filled), at
            if bucket.left < many:
                return -1
            bucket.left -= many
            return int(bucket.left)

    def headers(self, left: int) -> tuple[tuple[str, str], ...]:
        """What is left, as the answer's headers say it."""
        window = max(1, self.burst // self.rate)
        return (
            ("RateLimit-Policy", f'"caller";q={self.burst};w={window}'),
            ("RateLimit", f'"caller";r={max(0, left)};t={window}'),
        )

    def said(self, reply: Reply, left: int) -> Reply:
        """An answer that says so."""
        return structs.replace(reply, headers=(*reply.headers, *self.headers(left)))

    def refusal(self) -> Problem:
        """The answer to whoever asks too often."""
        return Problem(
            429,
            "too_many",
            f"More than {self.rate} requests a second. Wait a second and ask again, or send events"
            " in batches.",
            headers=(("Retry-After", "1"), *self.headers(0)),
        )


def share(most: int, processes: int) -> int:
    """What each process allows of what all of them together may."""
    return max(1, most // processes)


per_caller: Final = Limit(
    rate=share(settings.API_RATE, settings.WEB_PROCESSES),
    burst=share(settings.API_BURST, settings.WEB_PROCESSES),
)
