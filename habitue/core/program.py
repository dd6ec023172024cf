"""The rules of a loyalty program as frozen typed values: units, earning, tiers, rewards.

A program is read from YAML by `document` and applied by `engine`. Numbers are exact: amounts of
a unit are integers in its fixed point (`Unit.decimals`), money is in minor units, rates are
fractions. A default marked ★ in the design is the default here.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Literal

from msgspec import Struct, field

Text = dict[str, str]
"""Words per language: `{"en": …, "fr": …, "it": …}`."""

Rounding = Literal["floor", "half-up", "ceil"]
Calendar = Literal["day", "week", "month", "quarter", "half-year", "year"]


class Period(Struct, frozen=True):
    """A length of time on the calendar: `18 months`. Months clamp (31 Jan + 1 month = 28 Feb)."""

    count: int
    unit: Literal["minute", "hour", "day", "week", "month", "year"]


# --- units -------------------------------------------------------------------------------------


class After(Struct, frozen=True, tag="after"):
    """Each lot lapses a period after it was earned, at the end of a calendar period if asked."""

    period: Period
    end_of: Calendar | None = None


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
    """Units become usable only after a period (or on a date)."""

    period: Period | None = None
    until: date | None = None


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


# --- earning -----------------------------------------------------------------------------------


class Lines(Struct, frozen=True):
    """Which lines of a purchase count: each given list must match; `excluding` takes lines out."""

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
    """The member holds one of these tiers (before the event)."""

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
)


class PerMoney(Struct, frozen=True, tag="per_money"):
    """`amount` units (whole units, exact) for every `per` of money (minor units)."""

    unit: str
    amount: Fraction
    per: int
    step: Literal["whole", "proportional"] = "whole"


class PerItem(Struct, frozen=True, tag="per_item"):
    """`amount` units for every piece bought or visited (`quantity`)."""

    unit: str
    amount: Fraction


class PerAttribute(Struct, frozen=True, tag="per_attribute"):
    """`amount` units for every 1 of a whole-number attribute (distance, nights)."""

    unit: str
    amount: Fraction
    attribute: str


class Fixed(Struct, frozen=True, tag="fixed"):
    """`amount` units, once per event."""

    unit: str
    amount: Fraction


class Multiply(Struct, frozen=True, tag="multiply"):
    """The event's bases times `factor`; of `unit` only if given; of matching lines if filtered."""

    factor: Fraction
    unit: str | None = None


class Bonus(Struct, frozen=True, tag="bonus"):
    """A share of the (multiplied) bases of `unit` on top: 3/10 is +30 %."""

    unit: str
    share: Fraction


Award = PerMoney | PerItem | PerAttribute | Fixed | Multiply | Bonus


class Limit(Struct, frozen=True):
    """At most `times` awards or `amount` units (fixed point) per period and member.

    `per` is a calendar period, a rolling Period, or None for all time.
    """

    times: int | None = None
    amount: int | None = None
    per: Calendar | Period | None = None


class EarnRule(Struct, frozen=True):
    """When something happens, award something. A dated rule is a promotion.

    `when` is an event's kind, or the name of an action. Within a `group`, `combine` decides
    which rules count: all ★, the best for the member, or the first in the file.
    """

    id: str
    when: str
    awards: tuple[Award, ...]
    title: Text = {}
    lines: Lines | None = None
    where: Condition | None = None
    dates: Dates | None = None
    base: Literal["net", "gross", "with tax"] = "net"
    limits: tuple[Limit, ...] = ()
    cool_down: Period | None = None
    on_limit: Literal["reduce", "refuse"] = "reduce"
    group: str | None = None
    expiry: Expiry | None = None
    pending: Pending | None = None


# --- tiers -------------------------------------------------------------------------------------


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


Window = CalendarYear | Rolling | MembershipYear | Lifetime


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
    """A tier: reached by any of the alternatives, each a set of (unit, fixed-point amount)."""

    id: str
    needs: tuple[tuple[tuple[str, int], ...], ...] = ()
    title: Text = {}


class Ladder(Struct, frozen=True):
    """The tiers, lowest first. The first needs nothing: every member has it."""

    levels: tuple[Level, ...]
    window: Window = field(default_factory=CalendarYear)
    kept: Kept = UntilDate(12, 31, 1)
    downgrade: Literal["to level earned", "one step", "never", "to base"] = "to level earned"


# --- rewards and benefits ----------------------------------------------------------------------


class Gift(Struct, frozen=True):
    """What a reward gives. `value`: money (minor units), a percentage, or units (fixed point)."""

    kind: Literal["product", "money off", "percent off", "experience", "access", "units"]
    name: str = ""
    value: int = 0
    unit: str = ""


class Reward(Struct, frozen=True):
    """A catalogue item: taken for `cost`, or issued by itself (`automatic`).

    `automatic` is an event's kind (`birthday`, `enrolment`), or "threshold": as soon as the
    usable balance reaches the cost. With several `gifts` the member chooses one.
    """

    id: str
    gifts: tuple[Gift, ...]
    title: Text = {}
    cost: tuple[str, int] | None = None
    automatic: Literal["birthday", "enrolment", "threshold"] | None = None
    tiers: tuple[str, ...] = ()
    dates: Dates | None = None
    limit: Limit | None = None
    valid_for: Period | None = None


class Benefit(Struct, frozen=True):
    """A standing privilege of some tiers (all when empty)."""

    id: str
    title: Text
    tiers: tuple[str, ...] = ()


class Program(Struct, frozen=True):
    """One version of a loyalty program. `since` is the local date it takes effect."""

    id: str
    title: Text
    currency: str
    timezone: str
    units: tuple[Unit, ...]
    rules: tuple[EarnRule, ...] = ()
    tiers: Ladder | None = None
    rewards: tuple[Reward, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    since: date | None = None
    enrolment: Literal["on request", "automatic"] = "on request"
    refund_of_spent: Literal["never below zero", "negative"] = "never below zero"
    undo_within: Period = Period(1, "day")
    combine: dict[str, Literal["sum", "best", "first"]] = {}

    def unit_index(self, unit_id: str) -> int:
        """Position of a unit; positions never change from version to version."""
        return next(i for i, unit in enumerate(self.units) if unit.id == unit_id)

    def reward(self, reward_id: str) -> Reward | None:
        """The reward of that id, or None."""
        return next((reward for reward in self.rewards if reward.id == reward_id), None)
