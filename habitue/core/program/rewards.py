"""What members get: rewards, units as money, benefits, and what membership costs."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Literal

from msgspec import Struct

from habitue.core.program.conditions import Condition, Dates
from habitue.core.program.earning import Limit
from habitue.core.program.times import Period, Text


class Gift(Struct, frozen=True):
    """What a reward gives. `value`: money (minor units), a percentage, units (fixed point), or
    the number of entries in a draw.

    `to` is the cause of a donation, the draw of an entry, or the partner that gives its own
    units (`value` of them, by `name`).
    """

    kind: Literal[
        "product",
        "money off",
        "percent off",
        "upgrade",
        "experience",
        "access",
        "units",
        "donation",
        "draw entry",
        "partner units",
    ]
    name: str = ""
    value: int = 0
    unit: str = ""
    to: str = ""


class Reward(Struct, frozen=True):
    """A catalogue item: taken for `cost`, or issued by itself (`automatic`).

    `automatic` is an event's kind or an action's name, or "threshold": as soon as the usable
    balance reaches the cost. `where` must hold for a reward that an event brings. `stock`: so
    many in all. With several `gifts` the member chooses one.
    """

    id: str
    gifts: tuple[Gift, ...]
    title: Text = {}
    cost: tuple[str, int] | None = None
    automatic: str | None = None
    where: Condition | None = None
    tiers: tuple[str, ...] = ()
    dates: Dates | None = None
    limit: Limit | None = None
    stock: int | None = None
    valid_for: Period | None = None


class PayWith(Struct, frozen=True):
    """Units as money at the till, at their `worth`: at least `least` of them (fixed point), for
    at most a share `most` of an order. When the member has too few: refuse ★, or take what there
    is (`clamp`).
    """

    unit: str
    least: int = 0
    most: Fraction = Fraction(1)
    when_short: Literal["refuse", "clamp"] = "refuse"


class Benefit(Struct, frozen=True):
    """A standing privilege of some tiers (all when empty), or of all who paid the fee.

    `uses`: how often a member may use it; without a limit it may still be used and counted.
    `saves`: what one use saves the member, and `minimum_order` from what order on it holds
    (minor units).
    """

    id: str
    title: Text
    tiers: tuple[str, ...] = ()
    uses: Limit | None = None
    saves: int | None = None
    minimum_order: int | None = None


class Price(Struct, frozen=True):
    """What a fee costs (minor units): for who joins from `since` on; for those who are members
    already, at their first renewal from `at_renewal_since` on (`since` if not given).
    """

    price: int
    since: date | None = None
    at_renewal_since: date | None = None


class Fee(Struct, frozen=True):
    """What membership costs, oldest price first. Rules and benefits hold only while it is paid.

    `every`: paid once for ever, or each month or year from joining. `trial`: a free time before
    the first payment. `refund`: what cancelling gives back of the last payment. `grace`: how
    long after the last paid day membership still holds.
    """

    prices: tuple[Price, ...]
    every: Literal["once", "month", "year"] = "year"
    trial: Period | None = None
    refund: Literal["never", "if nothing was used", "always"] = "if nothing was used"
    grace: Period | None = None
