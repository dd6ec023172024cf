"""The rules of a loyalty program as frozen typed values: units, earning, tiers, rewards, and more.

A program is read from YAML by `document` and applied by `engine`. Numbers are exact: amounts of
a unit are integers in its fixed point (`Unit.decimals`), money is in minor units, rates are
fractions. A default marked ★ in the design is the default here.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import floor
from typing import Literal

from msgspec import Struct, field

Text = dict[str, str]
"""Words per language: `{"en": …, "fr": …, "it": …}`."""

Rounding = Literal["floor", "half-up", "ceil"]
Calendar = Literal["day", "week", "month", "quarter", "half-year", "year"]
Month = Literal[
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip


class Period(Struct, frozen=True):
    """A length of time on the calendar: `18 months`. Months clamp (31 Jan + 1 month = 28 Feb)."""

    count: int
    unit: Literal["minute", "hour", "day", "week", "month", "year"]


# --- units -------------------------------------------------------------------------------------


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


# --- earning -----------------------------------------------------------------------------------


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


class Within(Struct, frozen=True, tag="within"):
    """A whole-number attribute of the event lies between two bounds, both included."""

    name: str
    least: int | None = None
    most: int | None = None


class InSegment(Struct, frozen=True, tag="segment"):
    """The member is in one of these segments, as last told by `facts.Segments`."""

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


class TierCycle(Struct, frozen=True, tag="tier cycle"):
    """Counted from the day the level held was reached (or enrolment), afresh each period."""

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
    window's period ends. `grace`: how much longer a level is held after its last day. `notice`:
    how long before its last day a member is told. `rules_see`: which level rules and bonuses of
    an event meet, the one before it ★ or the one it leads to.
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


# --- rewards and benefits ----------------------------------------------------------------------


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


# --- paid membership, causes, partners, games, cooperative -------------------------------------


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
