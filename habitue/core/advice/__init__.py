"""What an owner may want to know and think over in a program that is otherwise well written.

`on` is the advice: the headache test, what is out of reach, rewards that nobody should take,
tiers that give nothing. `report` adds the figures: generosity, pace, odds. Nothing here stops a
program; what is wrong is refused when its file is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msgspec import Struct, structs

from habitue.core import program
from habitue.core.advice import basket, customer, generosity, headache, odds, reach
from habitue.core.advice.customer import Typical
from habitue.core.advice.generosity import Generosity
from habitue.core.advice.headache import HEAD_START
from habitue.core.advice.odds import Odds
from habitue.core.advice.reach import Pace
from habitue.core.advice.saying import Advice, Name, Said

__all__ = ["HEAD_START", "Advice", "Report", "Typical", "on", "report"]


class Report(Struct, frozen=True):
    """A program as its owner should know it, on a day, for a typical customer."""

    program: program.Program
    on: date
    pace: Pace
    generosity: Generosity
    draws: tuple[Odds, ...]
    advice: tuple[Advice, ...]


def report(of: program.Program, typical: Typical | None = None, *, on: date) -> Report:
    """Everything that `habitue program check` says about a program that is well written."""
    typical = typical or customer.assumed(of.currency)
    typical = structs.replace(typical, buys=basket.usual(of, typical.basket, on))
    pace = reach.pace(of, typical, on)
    advice = [*_plain(of), *reach.out_of_reach(of, pace, on)]
    return Report(
        of,
        on,
        pace,
        generosity.of_program(of, typical, on),
        tuple(map(odds.of_draw, of.draws)),
        tuple(advice),
    )


def on(of: program.Program) -> list[Advice]:
    """The advice that needs no customer and no day."""
    return list(_plain(of))


def _plain(of: program.Program) -> Iterator[Advice]:
    yield from headache.test(of)
    yield from _tiers(of)
    yield from reach.dominated(of)


def _tiers(of: program.Program) -> Iterator[Advice]:
    """A tier that nothing depends on gives its holders nothing."""
    if of.tiers is None:
        return
    named = {tier for reward in of.rewards for tier in reward.tiers}
    named |= {tier for benefit in of.benefits for tier in benefit.tiers}
    named |= {tier for rule in of.rules for tier in _tiers_in(rule.where)}
    named |= {tier for reward in of.rewards for tier in _tiers_in(reward.where)}
    named |= {level.id for level in of.tiers.levels if level.expiry}
    for index, level in enumerate(of.tiers.levels[1:], 1):
        if level.id not in named:
            said = Said("empty tier", {"tier": Name("tier", level.id)})
            yield Advice(f"tiers.levels[{index}]", said)


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
