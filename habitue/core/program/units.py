"""What members hold: units, when they become usable, and when they lapse."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Literal

from msgspec import Struct

from habitue.core.program.times import Calendar, Month, Period, Rounding, Text


class After(Struct, frozen=True, tag="after"):
    """Each lot lapses a period after it was earned; if asked, at the end of a calendar period
    or of the next such month.
    """

    period: Period
    end_of: Calendar | Month | None = None


class FixedDates(Struct, frozen=True, tag="dates"):
    """Lots lapse at fixed dates each year, as (month, day): the last usable day."""

    dates: tuple[tuple[int, int], ...]


class Inactivity(Struct, frozen=True, tag="inactivity"):
    """The whole balance lapses after a period without any of the events `restarted_by`."""

    period: Period
    restarted_by: tuple[str, ...] = ("purchase",)


class Redated(Struct, frozen=True, tag="redated"):
    """Every event of `restarted_by` moves all lots' expiry; never past `cap` after earning."""

    period: Period
    restarted_by: tuple[str, ...] = ("purchase",)
    cap: Period | None = None


Expiry = After | FixedDates | Inactivity | Redated
"""How units lapse; None means never ★."""


class Pending(Struct, frozen=True):
    """Units become usable only after a period, on a date, with an event, or by a person.

    `event` is an event's kind or an action's name; `approval` waits for `facts.Approval`. Either
    way what has not come `within` a period is cancelled; without one it waits for ever.
    """

    period: Period | None = None
    until: date | None = None
    event: str | None = None
    approval: bool = False
    within: Period | None = None


class Unit(Struct, frozen=True):
    """Something a member holds: points, stars, stamps, miles, or a counter that qualifies.

    `worth` is money in currency units per whole unit. A unit that is not redeemable has no lots:
    it only counts (toward tiers). `carry`: the remainder of rounding waits for the next event.
    """

    id: str
    title: Text = {}
    redeemable: bool = True
    qualifying: bool = False
    decimals: int = 0
    worth: Fraction | None = None
    rounding: Rounding = "floor"
    carry: bool = False
    expiry: Expiry | None = None
    expiry_from: Literal["activation", "event"] = "activation"
    pending: Pending | None = None
    order: Literal["nearest expiry", "first in"] = "nearest expiry"
