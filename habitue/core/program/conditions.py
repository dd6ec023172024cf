"""When a rule holds: lines of a purchase, and conditions as typed words, never expressions."""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import Struct

from habitue.core.program.times import Period


class Lines(Struct, frozen=True):
    """Which lines of a purchase count: each given list must match.

    `excluding` takes out the lines that any of its lists names (gift cards, and sale items).
    """

    sku: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    excluding: Lines | None = None


class All(Struct, frozen=True, tag="all"):
    """Every condition holds."""

    of: tuple[Condition, ...]


class Any(Struct, frozen=True, tag="any"):
    """At least one condition holds."""

    of: tuple[Condition, ...]


class Not(Struct, frozen=True, tag="not"):
    """The condition does not hold."""

    of: Condition


class Among(Struct, frozen=True, tag="among"):
    """A property of the event is one of the values (channel, place, partner, tender)."""

    what: Literal["channel", "place", "partner", "tender"]
    values: tuple[str, ...]


class Weekday(Struct, frozen=True, tag="weekday"):
    """The local weekday; Monday is 0."""

    days: tuple[int, ...]


class Hours(Struct, frozen=True, tag="hours"):
    """Local time of day in minutes after midnight, half-open; past midnight if `since > until`."""

    since: int
    until: int


class Dates(Struct, frozen=True, tag="dates"):
    """Local date, half-open."""

    since: date | None = None
    until: date | None = None


class TierIs(Struct, frozen=True, tag="tier"):
    """The member holds one of these tiers (before the event ★, or after: `Ladder.rules_see`)."""

    values: tuple[str, ...]


class MinimumOrder(Struct, frozen=True, tag="minimum_order"):
    """The purchase's base total is at least this much money (minor units)."""

    amount: int


class FirstTime(Struct, frozen=True, tag="first_time"):
    """The first purchase since enrolment (or not)."""

    value: bool = True


class MemberFor(Struct, frozen=True, tag="member_for"):
    """Enrolled for at least this long."""

    period: Period


class Attribute(Struct, frozen=True, tag="attribute"):
    """An attribute of the event equals one of the values."""

    name: str
    values: tuple[str | int | bool, ...]


class Within(Struct, frozen=True, tag="within"):
    """A whole-number attribute of the event lies between two bounds, both included."""

    name: str
    least: int | None = None
    most: int | None = None


class InSegment(Struct, frozen=True, tag="segment"):
    """The member is in one of these segments, as last told by `facts.Segments`.

    Of that event itself: the member comes into one of them, having been in none such before.
    """

    values: tuple[str, ...]


class Streak(Struct, frozen=True, tag="streak"):
    """The event's trigger has come on at least so many days (or weeks) in a row, this included."""

    count: int
    unit: Literal["day", "week"] = "day"


class EachYear(Struct, frozen=True, tag="each"):
    """The local day is one of these (month, day); day 0 is the month's last."""

    dates: tuple[tuple[int, int], ...]


class Paid(Struct, frozen=True, tag="paid"):
    """The member's fee is paid (or on trial) on the day of the event, or is not."""

    value: bool = True


Condition = (
    All
    | Any
    | Not
    | Among
    | Weekday
    | Hours
    | Dates
    | TierIs
    | MinimumOrder
    | FirstTime
    | MemberFor
    | Attribute
    | Within
    | InSegment
    | Streak
    | EachYear
    | Paid
)
