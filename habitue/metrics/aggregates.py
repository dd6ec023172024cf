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
from functools import reduce
from typing import Final, TypeVar

from msgspec import Struct


class Counts(Struct, frozen=True, kw_only=True):
    """People and orders. Two purchases on one day are two orders; a card's scan without an amount
    (a visit, as a stamp card has them) is an order without money.
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
    returning_triers: int = 0  # of the other buyers, those who bought such a product
    one_group: int = 0  # of the buyers, those whose lines name exactly one category
    many_groups: int = 0  # those whose lines name several
    customers: int = 0  # everybody known at the end, buyer or not
    members: int = 0  # of these, enrolled by the end
    member_buyers: int = 0  # members by the end who bought in the period
    member_orders: int = 0  # orders in the period on or after the day their customer enrolled
    subscribers: int = 0  # customers who agree at the end to be written to
    referrers: int = 0  # buyers who ever brought somebody who bought, by the end
    referred: int = 0  # the customers whom the buyers brought and who bought, by the end
    promoters: int = 0  # answers of 9 or 10 to "would you recommend us?"
    passives: int = 0  # 7 or 8
    detractors: int = 0  # 0 to 6
    satisfied: int = 0  # answers of 4 or 5 on a satisfaction scale of 5
    satisfaction_answers: int = 0  # answers on that scale
    effort: int = 0  # sum of answers on an effort scale of 7
    effort_answers: int = 0  # answers on that scale
    redemptions: int = 0  # rewards taken in the period
    redeemers: int = 0  # members who took one
    referrals: int = 0  # invitations that led to a member in the period
    messages_answered: int = 0  # clicks and answers, an action each
    clickers: int = 0  # people who clicked in a message
    ideas: int = 0
    social: int = 0  # shares, reviews, follows
    rewarded: int = 0  # members who took their first reward in the period
    reward_days: int = 0  # days from enrolment to it, summed
    complaints: int = 0
    complaints_answered: int = 0
    complaints_resolved: int = 0
    answer_minutes: int = 0  # from complaint to answer, summed over those answered
    complainers: int = 0  # customers at the start who complained in the period before it
    complainers_back: int = 0  # of these, kept
    contented: int = 0  # customers at the start who never complained
    contented_back: int = 0  # of these, kept
    contracts: int = 0  # paid memberships at the start
    contracts_kept: int = 0  # of these, still paid at the end


class Money(Struct, frozen=True, kw_only=True):
    """What was sold in the period in one currency; money in minor units.

    A refund lowers `revenue` on the day of the refund and takes no order away; an undone
    purchase counts for nothing.
    """

    revenue: int = 0
    orders: int = 0
    buyers: int = 0
    first_revenue: int = 0  # of the revenue, that of first buyers
    base: int = 0  # revenue in the equally long span before the period, of who bought there (net)
    expansion: int = 0  # by how much those who bought more than there did so
    contraction: int = 0  # by how much those who bought less did
    churned: int = 0  # what those had bought who bought nothing (net) in the period


class Units(Struct, frozen=True, kw_only=True):
    """What happened to one unit of a program in the period: whole units in fixed point, and money.

    Money is in minor units of the business's currency, at the unit's worth.
    """

    issued: int = 0
    redeemed: int = 0
    lapsed: int = 0
    open: int = 0  # at the end
    value_issued: int = 0
    value_redeemed: int = 0
    liability: int = 0  # what the open ones are worth, as far as they will be redeemed
    sales: int = 0  # revenue of members in the period


class Aggregates(Struct, frozen=True, kw_only=True):
    """Everything that figures may ask for. Currencies stand beside each other, never summed."""

    counts: Counts = Counts()
    money: dict[str, Money] = {}
    units: dict[str, Units] = {}


Sums = TypeVar("Sums", Counts, Money, Units)

NAMES: Final = frozenset(Counts.__struct_fields__) | {"revenue"}
"""The words a figure may use in `needs`."""


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
    sums = {name: getattr(one, name) + getattr(other, name) for name in one.__struct_fields__}
    return type(one)(**sums)
