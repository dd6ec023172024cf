"""The headache test: could a customer work out, standing at the counter, what they have and what
it gets them? Where a simpler program comes to the same, its lines are given.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from msgspec import structs

from habitue.core import money, program
from habitue.core.advice import saying, simpler
from habitue.core.advice.saying import Advice, Cash, Name, Said, Share

MANY_UNITS: Final = 2
FIGURES: Final = 2
"""A price with more significant figures than this (275 points) is hard to keep in mind."""

SUM, MULTIPLE, DECIMALS, ODD_PRICE = 3, 2, 2, 1
"""How much each of these hurts: a sum nobody does, many units at once, decimals, an odd price."""

HEAD_START: Final = saying.SENTENCES["head start"]


def test(of: program.Program) -> list[Advice]:
    """All that makes a program hard to follow, in the order of its file."""
    return [*_units(of), *_rules(of), *_prices(of), *_head_start(of)]


def easier(of: program.Program, unit: program.Unit) -> program.Program | None:
    """The program that gives every member the same and is easiest to follow, if one is easier."""
    found = [(ache(each, unit.id), number, each) for number, each in _numbered(of, unit)]
    best = min(found, default=None, key=lambda one: one[:2])
    return best[2] if best is not None and best[0] < ache(of, unit.id) else None


def _numbered(of: program.Program, unit: program.Unit) -> Iterator[tuple[int, program.Program]]:
    yield from enumerate(simpler.equivalents(of, unit))


def ache(of: program.Program, unit_id: str) -> int:
    """How much a unit's numbers ask of a customer."""
    unit = of.units[of.unit_index(unit_id)]
    sums = sum(
        SUM if _hard(of, award) else MULTIPLE if _multiple(award) else 0
        for rule in of.rules
        for award in rule.awards
        if getattr(award, "unit", None) == unit_id
    )
    odd = sum(
        _figures(saying.amount(of, *reward.cost)) > FIGURES
        for reward in of.rewards
        if reward.cost is not None and reward.cost[0] == unit_id
    )
    return sums + DECIMALS * bool(unit.decimals) + ODD_PRICE * odd


# --- units -------------------------------------------------------------------------------------


def _units(of: program.Program) -> Iterator[Advice]:
    spent = [unit for unit in of.units if unit.redeemable]
    if len(spent) > MANY_UNITS:
        drop, why = _least_used(of, spent)
        named = tuple(Name("unit", unit.id) for unit in spent)
        values: dict[str, saying.Value] = {"count": len(spent), "units": named}
        yield Advice("units", Said("many units", values | {"unit": drop, "why": why}))
    for unit in spent:
        if unit.decimals and not saying.is_money(of, unit):
            better = easier(of, unit)
            yield Advice(
                f"units.{unit.id}.decimals",
                Said("decimals"),
                saying.lines(of, better) if better else (),
                same=better is not None,
            )


def _least_used(of: program.Program, units: list[program.Unit]) -> tuple[Name, Said]:
    """The unit whose going would be missed least, and why."""

    def uses(unit: program.Unit) -> tuple[int, int]:
        rewards = sum(bool(each.cost and each.cost[0] == unit.id) for each in of.rewards)
        paid = of.pay_with is not None and of.pay_with.unit == unit.id
        rules = sum(_gives(rule, unit.id) for rule in of.rules)
        return rewards + paid, rules

    drop = min(units, key=uses)
    rewards, rules = uses(drop)
    if rewards == 0:
        return Name("unit", drop.id), Said("unused")
    needed = {"rewards": _counted(rewards, "reward"), "rules": _counted(rules, "rule")}
    return Name("unit", drop.id), Said("little used", {**needed})


def _gives(rule: program.EarnRule, unit: str) -> bool:
    return any(getattr(award, "unit", None) == unit for award in rule.awards)


def _counted(number: int, what: str) -> Said:
    return Said(f"one {what}") if number == 1 else Said(f"{what}s", {"count": number})


# --- sums --------------------------------------------------------------------------------------


def _rules(of: program.Program) -> Iterator[Advice]:
    """Conversion sums: each unit's are named once, with what would spare them."""
    for unit in of.units:
        awards = [
            (index, award)
            for index, rule in enumerate(of.rules)
            for award in rule.awards
            if isinstance(award, program.PerMoney) and award.unit == unit.id
        ]
        if not unit.redeemable or not awards or saying.is_money(of, unit):
            continue
        better = None if unit.decimals else easier(of, unit)
        for index, award in awards:
            path = f"earn[{index}].award"
            if _hard(of, award):
                said = Said("sum", {"rate": _rate(of, award)})
                if better is not None:
                    yield _with(of, better, Advice(path, said))
                else:
                    yield Advice(path, _measured(of, unit, said))
            elif better is not None and _multiple(award):
                shorter = Said("shorter", {"rate": _rate(of, award)})
                yield _with(of, better, Advice(path, shorter))


def _with(of: program.Program, better: program.Program, advice: Advice) -> Advice:
    """Advice with the lines of a program that comes to the same."""
    index = int(advice.path.removeprefix("earn[").partition("]")[0])
    rates = tuple(
        _rate(better, award)
        for award in better.rules[index].awards
        if isinstance(award, program.PerMoney)
    )
    prices = tuple(
        Said(
            "price",
            {"reward": Name("reward", reward.id), "cost": saying.amount(better, *reward.cost)},
        )
        for reward, old in zip(better.rewards, of.rewards, strict=True)
        if reward.cost is not None and reward.cost != old.cost
    )
    values: dict[str, saying.Value] = {"sentence": advice.said, "rates": rates}
    said = Said("same with prices", values | {"prices": prices}) if prices else Said("same", values)
    return structs.replace(advice, said=said, instead=saying.lines(of, better), same=True)


def _measured(of: program.Program, unit: program.Unit, said: Said) -> Said:
    """Which prices would let the sum go, when those that there are do not."""
    amounts = [
        award.amount
        for rule in of.rules
        for award in rule.awards
        if isinstance(award, program.PerMoney) and award.unit == unit.id
    ]
    if len(amounts) != 1 or amounts[0] == 1 or amounts[0].denominator != 1:
        return said
    more: dict[str, saying.Value] = {"amount": amounts[0], "unit": Name("unit", unit.id)}
    return Said("sum or prices", said.values | more)


def _hard(of: program.Program, award: object) -> bool:
    one = 10 ** money.decimals(of.currency)
    return _multiple(award) and isinstance(award, program.PerMoney) and award.per != one


def _multiple(award: object) -> bool:
    return isinstance(award, program.PerMoney) and award.amount != 1


def _rate(of: program.Program, award: program.PerMoney) -> Said:
    per = Cash(award.per, of.currency, bare=True)
    unit = Name("unit", award.unit)
    return Said("rate", {"amount": award.amount, "unit": unit, "per": per})


# --- prices ------------------------------------------------------------------------------------


def _prices(of: program.Program) -> Iterator[Advice]:
    for index, reward in enumerate(of.rewards):
        if reward.cost is None:
            continue
        unit = of.units[of.unit_index(reward.cost[0])]
        cost = saying.amount(of, *reward.cost)
        path = f"rewards[{index}].cost"
        if _figures(cost) > FIGURES:
            yield _rounder(of, index, cost, path)
        for gift in reward.gifts:
            if gift.kind == "money off" and unit.worth is not None:
                yield from _worth(of, unit, cost, gift.value, path)


def _rounder(of: program.Program, index: int, cost: Fraction, path: str) -> Advice:
    """The nearest round price, and what it does to generosity."""
    reward = of.rewards[index]
    assert reward.cost is not None
    unit = of.units[of.unit_index(reward.cost[0])]
    near = round_price(cost)
    said: dict[str, saying.Value] = {"cost": cost, "unit": Name("unit", unit.id)}
    fixed = near * 10**unit.decimals
    if fixed.denominator != 1:
        return Advice(path, Said("odd price", said))
    change = cost / near - 1
    key = "odd price, more" if change > 0 else "odd price, less"
    new = structs.replace(reward, cost=(unit.id, int(fixed)))
    rewards = tuple(new if place == index else each for place, each in enumerate(of.rewards))
    pasted = saying.lines(of, structs.replace(of, rewards=rewards))
    return Advice(path, Said(key, said | {"near": near, "share": Share(abs(change))}), pasted)


def round_price(cost: Fraction) -> Fraction:
    """The nearest number of at most two figures; of two as near, the lower.

    >>> [int(round_price(Fraction(cost))) for cost in (123, 275, 1999, 40)]
    [120, 270, 2000, 40]
    """
    size = Fraction(1)
    while cost / size >= 10**FIGURES:
        size *= 10
    while cost / size < 10 ** (FIGURES - 1):
        size /= 10
    steps = cost / size
    low = steps.numerator // steps.denominator
    return (low if steps - low <= Fraction(1, 2) else low + 1) * size


def _worth(
    of: program.Program, unit: program.Unit, cost: Fraction, given: int, path: str
) -> Iterator[Advice]:
    """The price in units and the money it gives must tell the same story as `worth`."""
    assert unit.worth is not None
    places = money.decimals(of.currency)
    worth = cost * unit.worth * 10**places
    if worth != given:
        values: dict[str, saying.Value] = {"cost": cost, "unit": Name("unit", unit.id)}
        values |= {"worth": Cash(round(worth), of.currency), "given": Cash(given, of.currency)}
        yield Advice(path, Said("worth", values))


def _head_start(of: program.Program) -> Iterator[Advice]:
    begins = any(reward.automatic == "enrolment" for reward in of.rewards)
    asked = any(reward.cost for reward in of.rewards)
    if asked and not begins and not any(rule.when == "enrolment" for rule in of.rules):
        yield Advice("earn", Said("head start"))


def _figures(value: Fraction) -> int:
    digits = saying.plain(value).replace(".", "").strip("0")
    return len(digits)
