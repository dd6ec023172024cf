"""When a message that did not arrive is tried again: exponentially later, for three days."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

FIRST: Final = timedelta(seconds=5)
FACTOR: Final = 3
LONGEST: Final = timedelta(hours=8)
JITTER: Final = 0.2
GIVEN_UP_AFTER: Final = timedelta(days=3)


def next_at(attempts: int, *, first: datetime, now: datetime, chance: float) -> datetime | None:
    """When to try again after so many failed `attempts`; None where it is given up.

    Five seconds, then three times as long each time, eight hours at most; a fifth more or less by
    `chance` (0 to 1), so that what failed together does not come back together.
    """
    steps = min(attempts - 1, 20)
    pause = min(FIRST * FACTOR**steps, LONGEST) * (1 - JITTER + 2 * JITTER * chance)
    again = now + pause
    return again if again <= first + GIVEN_UP_AFTER else None
