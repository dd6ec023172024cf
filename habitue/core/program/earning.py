"""How units are earned: awards, limits, and the rules that give them."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from msgspec import Struct

from habitue.core.program.conditions import Condition, Dates, Lines
from habitue.core.program.times import Calendar, Period, Text
from habitue.core.program.units import Expiry, Pending


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

    `per` is a calendar period, a rolling Period, or None for all time. `total`: for all members
    together (then `per` is no rolling period).
    """

    times: int | None = None
    amount: int | None = None
    per: Calendar | Period | None = None
    total: bool = False


class EarnRule(Struct, frozen=True):
    """When something happens, award something. A dated rule is a promotion.

    `when` is an event's kind, or the name of an action. Within a `group`, `combine` decides
    which rules count: all ★, the best for the member, or the first in the file. `covered` says
    whether the part of an order that was paid with units earns.
    """

    id: str
    when: str
    awards: tuple[Award, ...]
    title: Text = {}
    lines: Lines | None = None
    where: Condition | None = None
    dates: Dates | None = None
    base: Literal["net", "gross", "with tax"] = "net"
    covered: Literal["earns nothing", "earns"] = "earns nothing"
    limits: tuple[Limit, ...] = ()
    cool_down: Period | None = None
    on_limit: Literal["reduce", "refuse"] = "reduce"
    group: str | None = None
    expiry: Expiry | None = None
    pending: Pending | None = None
