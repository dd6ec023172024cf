"""Notices: what a member must be told before a tier falls ("you need 340 points to stay")."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from msgspec import Struct

from habitue.core import program, windows
from habitue.core.account import Account
from habitue.core.calendar import later, next_day
from habitue.core.ladder import CompiledLadder
from habitue.core.program import Period
from habitue.core.rulebook import Rulebook


class Notice(Struct, frozen=True):
    """The tier `level` has its last day on `until` (its grace follows).

    `missing`: what more must be counted for it to stay, as (unit, fixed-point amount), by the
    alternative that is nearest. Empty: enough is counted, and the term ends all the same.
    """

    level: str
    until: date
    missing: tuple[tuple[str, int], ...]


def notice(rulebook: Rulebook, account: Account, day: date) -> Notice | None:
    """What to tell a member on a day; None: nothing. The account is up to date (`due.advance`).

    Told from `Ladder.notice` before the last day until the tier is lost, unless it is renewed by
    itself, or a higher one begins.
    """
    ladder = rulebook.ladder
    if ladder is None or ladder.source.notice is None:
        return None
    until, position = ladder.until(account), ladder.position(account)
    if until is None or day < later(until, _before(ladder.source.notice)):
        return None
    if _begins_in_time(ladder, account, position, until):
        return None
    ways = ladder.missing(account, position, _counted_on(ladder, position, until, day))
    if ladder.renews_itself(position) and {} in ways:
        return None
    asked = zip(ladder.needs[position], ways, strict=True)
    _, nearest = min(asked, key=lambda way: _distance(*way))
    units = rulebook.program.units
    missing = tuple((units[unit].id, amount) for unit, amount in nearest.items())
    return Notice(ladder.levels[position], until, missing)


def _before(period: Period) -> Period:
    return Period(-period.count, period.unit)


def _begins_in_time(ladder: CompiledLadder, account: Account, position: int, until: date) -> bool:
    """Whether this level or a higher one was reached already and begins when this one ends."""
    promoted = account.memory.promoted
    return any(
        promoted[level] <= next_day(until)
        for level in ladder.levels[position:]
        if level in promoted
    )


def _counted_on(ladder: CompiledLadder, position: int, until: date, day: date) -> date:
    """The day whose count decides: what slides out of the window by then helps no more."""
    if isinstance(ladder.kept[position], program.WhileEarned):
        return max(day, next_day(until))
    return max(day, until) if windows.goes_on(ladder.windows[position]) else day


def _distance(needed: tuple[tuple[int, int], ...], missing: dict[int, int]) -> Fraction:
    """How far an alternative is: the largest share of one of its amounts that is missing."""
    shares = [Fraction(missing.get(unit, 0), amount) for unit, amount in needed]
    return max(shares)
