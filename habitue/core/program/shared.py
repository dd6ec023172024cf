"""What goes beyond one member: causes, partners, households, draws, the dividend."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import Literal

from msgspec import Struct

from habitue.core.program.conditions import Condition
from habitue.core.program.earning import Limit
from habitue.core.program.rewards import Gift
from habitue.core.program.times import Calendar, Month, Period, Text


class Cause(Struct, frozen=True):
    """Something members give to. What arrives is the worth of what was given, one to one."""

    id: str
    title: Text


class Partner(Struct, frozen=True):
    """Another business in which units are earned and spent. Events name it as `partner`.

    `issuing`: what it owes us for a unit given there; `redeeming`: what we owe it for a unit
    spent there (currency units per whole unit). Prepaid: it pays ahead, and when that is used up
    nothing is earned there until it pays again.
    """

    id: str
    title: Text
    issuing: Fraction = Fraction(0)
    redeeming: Fraction = Fraction(0)
    account: Literal["post-paid", "prepaid"] = "post-paid"


class Household(Struct, frozen=True):
    """Members who spend together: what one lacks is taken from the others, dates kept."""

    members: int
    pools: tuple[str, ...]


class Transfers(Struct, frozen=True):
    """Units that members may give each other, dates kept; only those held for `hold` or longer."""

    units: tuple[str, ...]
    hold: Period | None = None
    limit: Limit | None = None


class Prize(Struct, frozen=True):
    """So many pieces of a gift; `pieces` None: as many as the odds ask beside the others.

    `worth` in minor units.
    """

    gift: Gift
    pieces: int | None = 1
    worth: int = 0


class Draw(Struct, frozen=True):
    """A game of chance, drawn once per period among its entries; each member wins at most once.

    `when` (with `where`) is what brings `entries` entries, up to `limit` a member and draw; empty:
    entries only come as gifts of rewards.
    `odds`: the least share of entrants that wins. `expects`: how many entrants the prizes are
    planned for; more are refused unless a prize comes in as many pieces as the odds ask.
    `claim_within`: how long a prize waits.
    """

    id: str
    title: Text
    prizes: tuple[Prize, ...]
    when: str = ""
    every: Calendar = "week"
    where: Condition | None = None
    entries: int = 1
    limit: int | None = None
    odds: Fraction = Fraction(1, 4)
    expects: int = 100
    claim_within: Period = Period(30, "day")

    @property
    def seats(self) -> int | None:
        """How many entrants the prizes bear at these odds; None: as many as come."""
        pieces = 0
        for prize in self.prizes:
            if prize.pieces is None:
                return None
            pieces += prize.pieces
        return floor(pieces / self.odds)


class Dividend(Struct, frozen=True):
    """On the first day of `month`, a share of what was counted of `of` last year is paid.

    `pays` is the redeemable unit it is paid in; `least` (fixed point of `of`) must have been
    counted. What is counted is net of returns, also of returns that come after the payment.
    """

    pays: str
    of: str
    share: Fraction
    month: Month = "March"
    least: int = 0


class Leaderboard(Struct, frozen=True):
    """The order of members by what they earned of a unit, afresh each period. A figure."""

    unit: str
    every: Calendar = "week"
