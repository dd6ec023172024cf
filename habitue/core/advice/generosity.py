"""What a program gives back per unit of money spent: by tier, by reward, and beside the units."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Final

from msgspec import Struct

from habitue.core import conditions, money, program
from habitue.core.advice import basket, customer, saying
from habitue.core.advice.customer import Typical

A_VISIT: Final = "a scan at each visit"


class Back(Struct, frozen=True):
    """What a reward gives for its price: money per unit paid (currency units), None if unknown.

    `tiers`: who may take it; everybody when empty.
    """

    reward: str
    unit: str
    cost: Fraction
    gives: str
    per_unit: Fraction | None
    tiers: tuple[str, ...] = ()


class Rate(Struct, frozen=True):
    """What spending earns at a tier: units per unit of money, and their value as a share of it.

    `with_`: the kind of purchase that earns this, empty for an ordinary one. `share` is by the
    unit's value, `least` and `most` by its worst and best reward; None: the value is not known.
    """

    tier: str
    unit: str
    per_money: Fraction
    with_: str = ""
    share: Fraction | None = None
    least: Fraction | None = None
    most: Fraction | None = None


class Membership(Struct, frozen=True):
    """What membership costs now (minor units), and after how many uses a benefit has paid it."""

    price: int
    every: str
    uses: dict[str, int]


class Generosity(Struct, frozen=True):
    """All that comes back. `unknown`: units whose value cannot be said, for want of `worth`."""

    rates: tuple[Rate, ...]
    rewards: tuple[Back, ...]
    unknown: tuple[str, ...]
    fee: Membership | None = None
    dividend: Fraction | None = None


def of_program(of: program.Program, typical: Typical, on: date) -> Generosity:
    """The generosity of a program as it stands on a day."""
    backs = tuple(_backs(of, on))
    rates = tuple(_rates(of, typical, on, backs))
    unknown = tuple(dict.fromkeys(rate.unit for rate in rates if rate.share is None))
    return Generosity(rates, backs, unknown, _membership(of, on), _dividend(of))


# --- rewards -----------------------------------------------------------------------------------


def _backs(of: program.Program, on: date) -> Iterator[Back]:
    for reward in of.rewards:
        if reward.cost is None or not conditions.in_dates(reward.dates, on):
            continue
        unit, fixed = reward.cost
        cost = saying.amount(of, unit, fixed)
        known = [value for gift in reward.gifts if (value := _money(of, gift)) is not None]
        gives = " or ".join(_given(of, gift) for gift in reward.gifts)
        best = max(known) / cost if known and len(known) == len(reward.gifts) else None
        yield Back(reward.id, unit, cost, gives, best, reward.tiers)
    if of.pay_with is not None:
        worth = of.units[of.unit_index(of.pay_with.unit)].worth
        yield Back("at the till", of.pay_with.unit, Fraction(1), "part of the price", worth)


def _money(of: program.Program, gift: program.Gift) -> Fraction | None:
    """The money that a gift is, in currency units; None where the file does not say."""
    if gift.kind in ("money off", "donation"):
        return Fraction(gift.value, 10 ** money.decimals(of.currency))
    if gift.kind == "units":
        worth = of.units[of.unit_index(gift.unit)].worth
        return None if worth is None else worth * saying.amount(of, gift.unit, gift.value)
    return None


def _given(of: program.Program, gift: program.Gift) -> str:
    if gift.kind in ("money off", "donation"):
        return f"{saying.cash(of, gift.value)}{' off' if gift.kind == 'money off' else ' given'}"
    if gift.kind == "percent off":
        return f"{gift.value} % off"
    if gift.kind == "units":
        return f"{saying.plain(saying.amount(of, gift.unit, gift.value))} {gift.unit}"
    return gift.name or gift.kind


class Value(Struct, frozen=True):
    """What one unit is: by its `worth` or best reward, by the worst, and by the best."""

    usual: Fraction
    least: Fraction
    most: Fraction


def _value(of: program.Program, unit_id: str, tier: str, backs: tuple[Back, ...]) -> Value | None:
    """What a unit is to a member of a tier."""
    unit = of.units[of.unit_index(unit_id)]
    known = [
        back.per_unit
        for back in backs
        if back.unit == unit_id
        and back.per_unit is not None
        and (not back.tiers or tier in back.tiers)
    ]
    usual = unit.worth if unit.worth is not None else max(known, default=None)
    return None if usual is None else Value(usual, min(known or [usual]), max(known or [usual]))


# --- spending ----------------------------------------------------------------------------------


def _rates(
    of: program.Program, typical: Typical, on: date, backs: tuple[Back, ...]
) -> Iterator[Rate]:
    """What an ordinary purchase earns at each tier, and each kind of purchase that earns more."""
    for level in [level.id for level in of.tiers.levels] if of.tiers else [""]:
        ordinary = basket.slope(of, typical.basket, on, level, basket.ORDINARY)
        for unit, rate in ordinary.items():
            yield _rate(of, level, unit, rate, "", backs)
        for kind in basket.kinds(of):
            for unit, rate in basket.slope(of, typical.basket, on, level, kind).items():
                if rate > ordinary.get(unit, 0):
                    yield _rate(of, level, unit, rate, kind.said, backs)
        for unit, rate in basket.by_visit(of, typical.basket, on, level).items():
            yield _rate(of, level, unit, rate, A_VISIT, backs)


def _rate(
    of: program.Program,
    level: str,
    unit: str,
    per_money: Fraction,
    said: str,
    backs: tuple[Back, ...],
) -> Rate:
    value = _value(of, unit, level, backs)
    if value is None:
        return Rate(level, unit, per_money, said)
    shares = (per_money * each for each in (value.usual, value.least, value.most))
    return Rate(level, unit, per_money, said, *shares)


# --- beside the units --------------------------------------------------------------------------


def _membership(of: program.Program, on: date) -> Membership | None:
    if of.fee is None:
        return None
    price = customer.price_on(of.fee, on)
    uses = {each.id: -(-price // each.saves) for each in of.benefits if each.saves}
    return Membership(price, of.fee.every, uses)


def _dividend(of: program.Program) -> Fraction | None:
    """What a dividend adds, as a share of what it counts."""
    return of.dividend.share if of.dividend else None
