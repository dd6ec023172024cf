"""Streaks: on how many days or weeks in a row a trigger has come, for conditions that ask.

Only what some condition of the program watches is remembered. A day counts once; after a gap the
count begins again at 1. Weeks begin on Monday (ISO 8601).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final, Literal

from habitue.core import facts, program
from habitue.core.account import Account
from habitue.core.calendar import start_of

Count = Literal["day", "week"]

_STEPS: Final[dict[Count, int]] = {"day": 1, "week": 7}


def keep(account: Account, watched: tuple[Count, ...], when: str, day: date) -> None:
    """Remember that a trigger came on a day."""
    for unit in watched:
        first = start_of(day, unit).toordinal()
        account.memory.streaks[_name(when, unit)] = (first, _length(account, when, unit, day))


def reached(streak: program.Streak, account: Account, what: facts.What, day: date) -> bool:
    """Whether an event makes the streak long enough; it counts itself, remembered or not."""
    return _length(account, facts.trigger(what), streak.unit, day) >= streak.count


def watched(asked: Iterable[tuple[str, program.Condition]]) -> dict[str, tuple[Count, ...]]:
    """What conditions watch: by trigger, whether days or weeks (or both) are counted."""
    found: dict[str, set[Count]] = {}
    for when, condition in asked:
        if isinstance(condition, program.Streak):
            found.setdefault(when, set()).add(condition.unit)
    return {when: tuple(sorted(units)) for when, units in found.items()}


def _length(account: Account, when: str, unit: Count, day: date) -> int:
    last, length = account.memory.streaks.get(_name(when, unit), (0, 0))
    gone = start_of(day, unit).toordinal() - last
    if gone == 0:
        return length
    return length + 1 if gone == _STEPS[unit] else 1


def _name(when: str, unit: Count) -> str:
    return f"{when} {unit}"
