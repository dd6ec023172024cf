"""Tiers: what is counted over which time, which level it reaches, and how long that is kept."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from habitue.core.program.times import Period, Text
from habitue.core.program.units import Expiry


class CalendarYear(Struct, frozen=True, tag="calendar year"):
    """Counted from 1 January of the local year."""


class Rolling(Struct, frozen=True, tag="rolling"):
    """Counted over the last months to the day; or from the first of that month."""

    months: int
    from_first: bool = False


class MembershipYear(Struct, frozen=True, tag="membership year"):
    """Counted from the last anniversary of enrolment."""


class Lifetime(Struct, frozen=True, tag="lifetime"):
    """Counted for ever."""


class TierCycle(Struct, frozen=True, tag="tier cycle"):
    """Counted from enrolment, afresh each period; and from nothing when a higher level is reached.

    When a period ends, what it counted renews the level it reaches. All levels share one cycle.
    """

    period: Period


Window = CalendarYear | Rolling | MembershipYear | Lifetime | TierCycle


class UntilDate(Struct, frozen=True, tag="until date"):
    """Kept to a named date `years` after the year of qualifying; day 0 is the month's last."""

    month: int
    day: int
    years: int


class For(Struct, frozen=True, tag="for"):
    """Kept for a period after qualifying."""

    period: Period


class Always(Struct, frozen=True, tag="always"):
    """Kept for ever."""


class WhileEarned(Struct, frozen=True, tag="while earned"):
    """Kept as long as the window's count reaches the threshold."""


Kept = UntilDate | For | Always | WhileEarned


class Level(Struct, frozen=True):
    """A tier: reached by any of the alternatives, each a set of (unit, fixed-point amount).

    `window` and `kept` may differ from the ladder's; `expiry` is, by unit, how what is earned
    while holding the level lapses (None: never).
    """

    id: str
    needs: tuple[tuple[tuple[str, int], ...], ...] = ()
    title: Text = {}
    window: Window | None = None
    kept: Kept | None = None
    expiry: dict[str, Expiry | None] = {}


class Ladder(Struct, frozen=True):
    """The tiers, lowest first. The first needs nothing: every member has it.

    `measure`: what the units' numbers mean: what was counted in the window ★, or the usable
    balance. `upgrade`: a level that is reached holds at once ★, or from the day after the
    window's period ends. `grace`: how much longer a level is held after its last day, which is
    still the one shown. `notice`: how long before its last day a member is told. `rules_see`:
    which level rules and bonuses of an event meet, the one before it ★ or the one it leads to.
    """

    levels: tuple[Level, ...]
    window: Window = field(default_factory=CalendarYear)
    kept: Kept = UntilDate(12, 31, 1)
    downgrade: Literal["to level earned", "one step", "never", "to base"] = "to level earned"
    measure: Literal["count", "balance"] = "count"
    upgrade: Literal["at once", "at period end"] = "at once"
    grace: Period | None = None
    notice: Period | None = None
    rules_see: Literal["tier before", "tier after"] = "tier before"
