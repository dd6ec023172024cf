"""What an owner may want to think over in a program that is otherwise well written.

The headache test: could a customer work out, standing at the counter, what they have and what
it gets them? Each piece of advice says what it saw; none of it stops a program.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from msgspec import Struct

from habitue.core import money, program

MANY_UNITS: Final = 2
FIGURES: Final = 2
"""A price with more significant figures than this (275 points) is hard to keep in mind."""


class Advice(Struct, frozen=True):
    """One thing to think over, and where it stands in the file."""

    path: str
    sentence: str


def on(of: program.Program) -> list[Advice]:
    """All advice on a program, in the order of its file."""
    return [*_units(of), *_rules(of), *_tiers(of), *_rewards(of)]


def first_reward(of: program.Program) -> str | None:
    """How far away the nearest reward is, in words: `visit × 10`, `100.00 EUR`."""
    ways = [way for reward in of.rewards if reward.cost for way in [_way(of, *reward.cost)] if way]
    return min(ways)[1] if ways else None


def _units(of: program.Program) -> Iterator[Advice]:
    spent = [unit.id for unit in of.units if unit.redeemable]
    if len(spent) > MANY_UNITS:
        named = ", ".join(spent)
        yield Advice(
            "units", f"{len(spent)} things to collect at once ({named}) is a lot to follow"
        )
    for unit in of.units:
        if unit.redeemable and unit.decimals:
            sentence = "a balance with decimals is harder to read than a whole number"
            yield Advice(f"units.{unit.id}.decimals", sentence)


def _rules(of: program.Program) -> Iterator[Advice]:
    for index, rule in enumerate(of.rules):
        for award in rule.awards:
            if not isinstance(award, program.PerMoney):
                continue
            unit = of.units[of.unit_index(award.unit)]
            one = 10 ** money.decimals(of.currency)
            if unit.redeemable and award.amount != 1 and award.per != one:
                per = money.written(award.per, money.decimals(of.currency))
                sentence = f"{award.amount} {unit.id} per {per} is a sum nobody does at the counter"
                yield Advice(f"earn[{index}].award", sentence)


def _tiers(of: program.Program) -> Iterator[Advice]:
    """A tier that nothing depends on gives its holders nothing."""
    if of.tiers is None:
        return
    named = {tier for reward in of.rewards for tier in reward.tiers}
    named |= {tier for benefit in of.benefits for tier in benefit.tiers}
    named |= {tier for rule in of.rules for tier in _tiers_in(rule.where)}
    for index, level in enumerate(of.tiers.levels[1:], 1):
        if level.id not in named:
            path = f"tiers.levels[{index}]"
            yield Advice(
                path, f'nothing depends on the tier "{level.id}": it gives its holders nothing'
            )


def _tiers_in(where: program.Condition | None) -> Iterator[str]:
    match where:
        case program.TierIs(values):
            yield from values
        case program.All(of) | program.Any(of):
            for part in of:
                yield from _tiers_in(part)
        case program.Not(of):
            yield from _tiers_in(of)
        case _:
            return


def _rewards(of: program.Program) -> Iterator[Advice]:
    for index, reward in enumerate(of.rewards):
        if reward.cost is None:
            continue
        unit = of.units[of.unit_index(reward.cost[0])]
        cost = Fraction(reward.cost[1], 10**unit.decimals)
        path = f"rewards[{index}].cost"
        if _figures(cost) > FIGURES:
            yield Advice(path, f"{_plain(cost)} {unit.id} is not a round price")
        for gift in reward.gifts:
            if gift.kind == "money off" and unit.worth is not None:
                yield from _worth(of, unit, cost, gift.value, path)
    begins = any(reward.automatic == "enrolment" for reward in of.rewards)
    if of.rewards and not begins and not any(rule.when == "enrolment" for rule in of.rules):
        yield Advice("earn", HEAD_START)


HEAD_START: Final = (
    "nothing is given on enrolment; a head start brings more people to the first reward "
    "(34 % against 19 %, Nunes and Drèze 2006)"
)


def _worth(
    of: program.Program, unit: program.Unit, cost: Fraction, given: int, path: str
) -> Iterator[Advice]:
    """The price in units and the money it gives must tell the same story as `worth`."""
    assert unit.worth is not None
    places = money.decimals(of.currency)
    worth = cost * unit.worth * 10**places
    if worth != given:
        said = f"{_plain(cost)} {unit.id} are worth {_plain(worth / 10**places)} by `worth`"
        yield Advice(path, f"{said}, yet give {money.written(given, places)}")


def _way(of: program.Program, unit: str, cost: int) -> tuple[Fraction, str] | None:
    """The shortest way to a cost by rules that always apply; visits come before money."""
    amount = Fraction(cost, 10 ** of.units[of.unit_index(unit)].decimals)
    places = money.decimals(of.currency)
    for rule in of.rules:
        for award in rule.awards:
            if isinstance(award, program.Multiply | program.Bonus) or award.unit != unit:
                continue
            times = -(-amount // award.amount)
            if isinstance(award, program.PerMoney):
                spent = amount * award.per / award.amount
                return spent, f"{money.written(int(-(-spent // 1)), places)} {of.currency}"
            return Fraction(times), f"{rule.when} × {times}"
    return None


def _figures(value: Fraction) -> int:
    digits = _plain(value).replace(".", "").strip("0")
    return len(digits)


def _plain(value: Fraction) -> str:
    """A number as people write it, to four decimals."""
    whole = round(value * 10_000)
    return money.written(whole, 4).rstrip("0").rstrip(".")
