"""The rules of a loyalty program as frozen typed values: units, earning, tiers, rewards, and more.

A program is read from YAML by `document` and applied by `engine`. Numbers are exact: amounts of
a unit are integers in its fixed point (`Unit.decimals`), money is in minor units, rates are
fractions. A default marked ★ in the design is the default here.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import Struct

from habitue.core.program.conditions import (
    All,
    Among,
    Any,
    Attribute,
    Condition,
    Dates,
    EachYear,
    FirstTime,
    Hours,
    InSegment,
    Lines,
    MemberFor,
    MinimumOrder,
    Not,
    Paid,
    Streak,
    TierIs,
    Weekday,
    Within,
)
from habitue.core.program.earning import (
    Award,
    Bonus,
    EarnRule,
    Fixed,
    Limit,
    Multiply,
    PerAttribute,
    PerItem,
    PerMoney,
)
from habitue.core.program.rewards import Benefit, Fee, Gift, PayWith, Price, Reward
from habitue.core.program.shared import (
    Cause,
    Dividend,
    Draw,
    Household,
    Leaderboard,
    Partner,
    Prize,
    Transfers,
)
from habitue.core.program.tiers import (
    Always,
    CalendarYear,
    For,
    Kept,
    Ladder,
    Level,
    Lifetime,
    MembershipYear,
    Rolling,
    TierCycle,
    UntilDate,
    WhileEarned,
    Window,
)
from habitue.core.program.times import Calendar, Month, Period, Rounding, Text
from habitue.core.program.units import After, Expiry, FixedDates, Inactivity, Pending, Redated, Unit

__all__ = [
    "After",
    "All",
    "Always",
    "Among",
    "Any",
    "Attribute",
    "Award",
    "Benefit",
    "Bonus",
    "Calendar",
    "CalendarYear",
    "Cause",
    "Condition",
    "Dates",
    "Dividend",
    "Draw",
    "EachYear",
    "EarnRule",
    "Expiry",
    "Fee",
    "FirstTime",
    "Fixed",
    "FixedDates",
    "For",
    "Gift",
    "Hours",
    "Household",
    "InSegment",
    "Inactivity",
    "Kept",
    "Ladder",
    "Leaderboard",
    "Level",
    "Lifetime",
    "Limit",
    "Lines",
    "MemberFor",
    "MembershipYear",
    "MinimumOrder",
    "Month",
    "Multiply",
    "Not",
    "Paid",
    "Partner",
    "PayWith",
    "Pending",
    "PerAttribute",
    "PerItem",
    "PerMoney",
    "Period",
    "Price",
    "Prize",
    "Program",
    "Redated",
    "Reward",
    "Rolling",
    "Rounding",
    "Streak",
    "Text",
    "TierCycle",
    "TierIs",
    "Transfers",
    "Unit",
    "UntilDate",
    "Weekday",
    "WhileEarned",
    "Window",
    "Within",
]


class Program(Struct, frozen=True):
    """One version of a loyalty program. `since` is the local date it takes effect."""

    id: str
    title: Text
    currency: str
    timezone: str
    units: tuple[Unit, ...] = ()
    rules: tuple[EarnRule, ...] = ()
    tiers: Ladder | None = None
    rewards: tuple[Reward, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    since: date | None = None
    enrolment: Literal["on request", "automatic"] = "on request"
    refund_of_spent: Literal["never below zero", "negative", "lower the refund"] = (
        "never below zero"
    )
    undo_within: Period = Period(1, "day")
    combine: dict[str, Literal["sum", "best", "first"]] = {}
    pay_with: PayWith | None = None
    fee: Fee | None = None
    causes: tuple[Cause, ...] = ()
    partners: tuple[Partner, ...] = ()
    household: Household | None = None
    transfers: Transfers | None = None
    draws: tuple[Draw, ...] = ()
    dividend: Dividend | None = None
    leaderboard: Leaderboard | None = None

    def unit_index(self, unit_id: str) -> int:
        """Position of a unit; positions never change from version to version."""
        return next(i for i, unit in enumerate(self.units) if unit.id == unit_id)

    def reward(self, reward_id: str) -> Reward | None:
        """The reward of that id, or None; `lottery#0` is the first prize of the draw `lottery`."""
        draw_id, hash_, number = reward_id.partition("#")
        if hash_:
            return self._prize(draw_id, int(number) if number.isdecimal() else -1)
        return next((reward for reward in self.rewards if reward.id == reward_id), None)

    def _prize(self, draw_id: str, number: int) -> Reward | None:
        draw = next((draw for draw in self.draws if draw.id == draw_id), None)
        if draw is None or not 0 <= number < len(draw.prizes):
            return None
        gift = draw.prizes[number].gift
        return Reward(f"{draw_id}#{number}", (gift,), valid_for=draw.claim_within)
