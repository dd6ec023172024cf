"""The sums that figures are made of: whole numbers that add up across partitions of customers.

A lowering (`lowerings/`) reads them from a history; a figure (`figures/`) divides them, once.
Who was a customer "at" a day is said by purchases: somebody who bought within the window of W
days before it. Every customer known by the period's end is in exactly one of four states:

    new          bought for the first time in the period, customer at its end
    kept         customer at the start and at the end
    reactivated  bought before, no customer at the start, customer at the end
    dormant      no customer at the end (of these, `lost` were customers at the start)
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import reduce
from typing import Final, TypeVar

from msgspec import Struct


class Counts(Struct, frozen=True, kw_only=True):
    """People and orders. Two purchases on one day are two orders; a card's scan without an amount
    (a visit, as stamp cards have them) is an order without money. Orders are counted by line 0.

    "By the end" is before the period's day `until`. Of actions, their quantities are summed,
    except those of complaints, which are counted by rows. Somebody erased still counts.
    """

    known: int = 0  # customers who ever bought before the period's end
    start: int = 0  # customers at the start
    end: int = 0  # customers at the end
    new: int = 0
    kept: int = 0
    reactivated: int = 0
    dormant: int = 0
    lost: int = 0
    buyers: int = 0  # customers who bought in the period
    repeaters: int = 0  # of these, those who bought at least twice in it
    orders: int = 0  # purchases and scans in the period
    first_buyers: int = 0  # of the buyers, those who had never bought before the period
    first_triers: int = 0  # of these, those who bought a product that is new in the period
    returning_triers: int = 0  # of the other buyers, those who bought such a product (see `tables`)
    one_group: int = 0  # of the buyers, those whose lines in it name exactly one category
    many_groups: int = 0  # those whose lines name several; a category of '' is none
    customers: int = 0  # everybody who joined, subscribed or bought by the end
    members: int = 0  # of these, enrolled by the end
    member_buyers: int = 0  # members by the end who bought in the period
    member_orders: int = 0  # orders in the period on or after the day their customer enrolled
    subscribers: int = 0  # customers who agreed by the end to be written to, and still do
    referrers: int = 0  # buyers who ever brought somebody who bought, by the end
    referred: int = 0  # the customers whom the buyers brought and who bought, by the end
    repeaters_referred: int = 0  # of these, those whom repeaters brought
    promoters: int = 0  # answers of 9 or 10 to the question `nps` in the period
    passives: int = 0  # 7 or 8
    detractors: int = 0  # 0 to 6
    satisfied: int = 0  # answers of 4 or 5 to the question `csat` on a scale of 5
    satisfaction_answers: int = 0  # answers on that scale
    effort: int = 0  # sum of answers to the question `ces` on a scale of 7
    effort_squares: int = 0  # sum of their squares
    effort_answers: int = 0  # answers on that scale
    redemptions: int = 0  # rewards taken in the period
    redeemers: int = 0  # members by the end who took one in the period
    referrals: int = 0  # customers who were invited and enrolled in the period
    messages_answered: int = 0  # clicks and answers in the period (tables.ANSWERED)
    clickers: int = 0  # people who clicked in a message in the period
    clicking_subscribers: int = 0  # of these, subscribers
    ideas: int = 0
    social: int = 0  # shares, reviews, follows (tables.SOCIAL)
    rewarded: int = 0  # members whose first reward ever was taken in the period, once enrolled
    reward_days: int = 0  # days from enrolment to it, summed
    complaints: int = 0  # in the period
    complaints_answered: int = 0  # answered in the period
    complaints_resolved: int = 0  # resolved in the period
    answer_minutes: int = 0  # from complaint to answer, summed over those answered
    complainers: int = 0  # customers at the start who complained in the equally long span before
    complainers_back: int = 0  # of these, kept
    contented: int = 0  # customers at the start who had never complained before the period
    contented_back: int = 0  # of these, kept
    contracts: int = 0  # customers whose paid membership covers the period's first day
    contracts_kept: int = 0  # of these, those it covers on the day `until` as well


class Money(Struct, frozen=True, kw_only=True):
    """What was sold in one currency; money in minor units. A currency is there if any line or
    refund in it is dated in the period or in the equally long span before.

    A refund lowers `revenue` on the day of the refund and takes no order away; an undone
    purchase counts for nothing. "Net" is less refunds dated in the same span.
    """

    revenue: int = 0  # net, in the period
    orders: int = 0
    buyers: int = 0
    first_buyers: int = 0  # of these, those who had never bought before the period (in any)
    first_revenue: int = 0  # of the revenue, that of first buyers (as in Counts)
    base: int = 0  # net revenue in the span before, of those for whom it is more than 0
    expansion: int = 0  # by how much those of them who bought more in the period did so
    contraction: int = 0  # by how much those who bought less, yet more than 0 net, did
    churned: int = 0  # the base of those who bought nothing (net) in the period


class Units(Struct, frozen=True, kw_only=True):
    """What happened to one unit of a program in the period: units in fixed point, and money.

    Money is in minor units of the business's currency, at the unit's worth; a unit without a
    known worth has no money: all of it is 0, `worth_known` and `sales` too.
    """

    issued: int = 0
    redeemed: int = 0
    lapsed: int = 0
    open: int = 0  # at the end
    value_issued: int = 0
    value_redeemed: int = 0
    liability: int = 0  # the contract liability at the end: of members' sales, what is still owed
    sales: int = 0  # revenue of members in the period
    worth_known: int = 0  # 1 if the unit has a worth
    decimals: int = 0  # of its fixed point


class Aggregates(Struct, frozen=True, kw_only=True):
    """Everything that figures may ask for. Currencies stand beside each other, never summed."""

    counts: Counts = Counts()
    money: dict[str, Money] = {}
    units: dict[str, Units] = {}


MOST: Final = 2**63 - 1
"""No sum is greater: every engine counts so far."""


class Uncountable(ValueError):
    """More was sold than can be counted, in a sentence."""

    def __init__(self) -> None:
        super().__init__("More was sold here than can be counted: no figure could be trusted.")


def whole(number: float | Decimal) -> int:
    """A sum as engines give it, as a whole number; `Uncountable` where it is too great."""
    found = int(number)
    if abs(found) > MOST:
        raise Uncountable
    return found


Sums = TypeVar("Sums", Counts, Money, Units)


def counted(sums: Sums) -> Sums:
    """The same, if none of them is too great; else `Uncountable`."""
    for name in sums.__struct_fields__:
        whole(getattr(sums, name))
    return sums


_ALIKE: Final = frozenset(["worth_known", "decimals"])
"""What a unit is, the same in every part."""

NAMES: Final = frozenset(
    [
        *Counts.__struct_fields__,
        *(f"money.{name}" for name in Money.__struct_fields__),
        *(f"units.{name}" for name in Units.__struct_fields__),
    ]
)
"""Every sum by the name under which a figure reads it: `start`, `money.revenue`, `units.open`."""


def total(parts: Iterable[Aggregates]) -> Aggregates:
    """The aggregates of a whole from those of its partitions (no customer in two of them)."""
    return reduce(_plus, parts, Aggregates())


def _plus(one: Aggregates, other: Aggregates) -> Aggregates:
    return Aggregates(
        counts=_added(one.counts, other.counts),
        money=_beside(one.money, other.money),
        units=_beside(one.units, other.units),
    )


def _beside(one: dict[str, Sums], other: dict[str, Sums]) -> dict[str, Sums]:
    both = dict(one)
    for name, sums in other.items():
        both[name] = _added(both[name], sums) if name in both else sums
    return both


def _added(one: Sums, other: Sums) -> Sums:
    sums = {
        name: whole(getattr(one, name) + (0 if name in _ALIKE else getattr(other, name)))
        for name in one.__struct_fields__
    }
    return type(one)(**sums)
