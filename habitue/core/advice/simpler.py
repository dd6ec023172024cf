"""The same program counted in bigger steps: 1 point per 1.00 instead of 10, prices a tenth.

Counting in steps of `k` units changes nothing for anybody when no rounding can ever fall between
two steps: when everything that a rule can give, times everything that multiplies it, is a whole
number of steps, and so is every price, threshold and limit. `step` finds the largest such `k`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import reduce
from math import gcd, lcm
from typing import Any

from msgspec import structs

from habitue.core import program

Change = Callable[[Fraction], Fraction]
"""What becomes of an amount of a unit, in whole units."""


def equivalents(of: program.Program, unit: program.Unit) -> list[program.Program]:
    """Programs in which a unit is counted otherwise and every member gets the same."""
    largest = step(of, unit)
    if largest is None:
        return []
    finest = Fraction(1, 10**unit.decimals)
    steps = {finest, largest, *(award.amount for award in _awards(of, unit.id))}
    return [
        counted(of, unit, each)
        for each in sorted(steps, reverse=True)
        if each != 1 and _whole(each / finest) and (each == finest or _whole(largest / each))
    ]


def _whole(number: Fraction) -> bool:
    return number.denominator == 1


def step(of: program.Program, unit: program.Unit) -> Fraction | None:
    """The largest number of units that everything about a unit is a multiple of.

    None: something counts in it that cannot be rewritten (a limit shared with another unit).
    """
    if not _apart(of, unit.id):
        return None
    amounts: list[Fraction] = []

    def noted(amount: Fraction) -> Fraction:
        amounts.append(amount)
        return amount

    _mapped(of, unit, noted, unit.decimals)
    factors = lcm(1, *(_denominators(of)))
    given = [_quantum(award) / factors for award in _awards(of, unit.id)]
    measured = [each for each in (*amounts, *given) if each]
    return reduce(_common, measured) if measured else None


def counted(of: program.Program, unit: program.Unit, by: Fraction) -> program.Program:
    """The program with a unit counted in steps of `by`, without decimals."""
    return _mapped(of, unit, lambda amount: amount / by, 0, worth=by)


def _awards(of: program.Program, unit: str) -> Iterable[Any]:
    """What rules give of a unit, by itself."""
    for rule in of.rules:
        for award in rule.awards:
            if not isinstance(award, program.Multiply | program.Bonus) and award.unit == unit:
                yield award


def _quantum(award: Any) -> Fraction:
    """The amount that everything an award can give is a multiple of."""
    if isinstance(award, program.PerMoney) and award.step == "proportional":
        return award.amount / award.per
    return Fraction(award.amount)


def _denominators(of: program.Program) -> Iterable[int]:
    """What amounts may be divided by: all factors of a trigger may come together."""
    by_trigger: dict[str, int] = {}
    for rule in of.rules:
        for award in rule.awards:
            if isinstance(award, program.Multiply):
                more = award.factor.denominator
            elif isinstance(award, program.Bonus):
                more = award.share.denominator
            else:
                continue
            by_trigger[rule.when] = by_trigger.get(rule.when, 1) * more
    return by_trigger.values()


def _common(one: Fraction, other: Fraction) -> Fraction:
    """The greatest common measure of two amounts."""
    below = lcm(one.denominator, other.denominator)
    return Fraction(gcd(int(one * below), int(other * below)), below)


def _apart(of: program.Program, unit: str) -> bool:
    """Whether nothing mixes the unit with others: dividends, partners' prices, shared limits."""
    dividend = of.dividend
    if dividend is not None and unit in (dividend.pays, dividend.of):
        return False
    if of.partners and sum(each.redeemable for each in of.units) > 1:
        return False
    if of.transfers is not None and of.transfers.limit is not None:
        return unit not in of.transfers.units
    for rule in of.rules:
        if any(each.amount for each in rule.limits):
            named = {getattr(award, "unit", None) for award in rule.awards}
            if named != {unit} and (unit in named or None in named):
                return False
    return True


def _mapped(
    of: program.Program,
    unit: program.Unit,
    change: Change,
    decimals: int,
    *,
    worth: Fraction = Fraction(1),
) -> program.Program:
    """The program with every amount of a unit changed, and its `decimals` as given."""

    def fixed(amount: int) -> int:
        found = change(Fraction(amount, 10**unit.decimals)) * 10**decimals
        assert found.denominator == 1, "an amount between two steps"
        return int(found)

    prices = worth if unit.redeemable else Fraction(1)
    new_unit = structs.replace(
        unit, decimals=decimals, worth=None if unit.worth is None else unit.worth * worth
    )
    return structs.replace(
        of,
        units=tuple(new_unit if each.id == unit.id else each for each in of.units),
        rules=tuple(_rule(rule, unit.id, change, fixed) for rule in of.rules),
        tiers=_ladder(of.tiers, unit.id, fixed) if of.tiers else None,
        rewards=tuple(_reward(reward, unit.id, fixed) for reward in of.rewards),
        draws=tuple(_draw(draw, unit.id, fixed) for draw in of.draws),
        pay_with=structs.replace(of.pay_with, least=fixed(of.pay_with.least))
        if of.pay_with is not None and of.pay_with.unit == unit.id
        else of.pay_with,
        partners=tuple(
            structs.replace(each, issuing=each.issuing * prices, redeeming=each.redeeming * prices)
            for each in of.partners
        ),
    )


def _rule(
    rule: program.EarnRule, unit: str, change: Change, fixed: Callable[[int], int]
) -> program.EarnRule:
    plain = program.PerMoney | program.PerItem | program.PerAttribute | program.Fixed
    awards = tuple(
        structs.replace(award, amount=change(award.amount))
        if isinstance(award, plain) and award.unit == unit
        else award
        for award in rule.awards
    )
    ours = any(getattr(award, "unit", None) == unit for award in rule.awards)
    limits = tuple(_limit(each, fixed) for each in rule.limits) if ours else rule.limits
    return structs.replace(rule, awards=awards, limits=limits)


def _limit(limit: program.Limit, fixed: Callable[[int], int]) -> program.Limit:
    return limit if limit.amount is None else structs.replace(limit, amount=fixed(limit.amount))


def _ladder(ladder: program.Ladder, unit: str, fixed: Callable[[int], int]) -> program.Ladder:
    def needed(part: tuple[str, int]) -> tuple[str, int]:
        return (part[0], fixed(part[1])) if part[0] == unit else part

    levels = tuple(
        structs.replace(level, needs=tuple(tuple(map(needed, way)) for way in level.needs))
        for level in ladder.levels
    )
    return structs.replace(ladder, levels=levels)


def _reward(reward: program.Reward, unit: str, fixed: Callable[[int], int]) -> program.Reward:
    gifts = tuple(_gift(gift, unit, fixed) for gift in reward.gifts)
    if reward.cost is None or reward.cost[0] != unit:
        return structs.replace(reward, gifts=gifts)
    limit = _limit(reward.limit, fixed) if reward.limit else None
    return structs.replace(reward, gifts=gifts, cost=(unit, fixed(reward.cost[1])), limit=limit)


def _gift(gift: program.Gift, unit: str, fixed: Callable[[int], int]) -> program.Gift:
    if gift.kind != "units" or gift.unit != unit:
        return gift
    return structs.replace(gift, value=fixed(gift.value))


def _draw(draw: program.Draw, unit: str, fixed: Callable[[int], int]) -> program.Draw:
    prizes = tuple(
        structs.replace(prize, gift=_gift(prize.gift, unit, fixed)) for prize in draw.prizes
    )
    return structs.replace(draw, prizes=prizes)
