"""A simpler program that is proposed gives every member the same: both are run, step by step."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as some
from msgspec import structs

from habitue.core import program
from habitue.core.account import Account
from habitue.core.advice import headache, simpler
from habitue.core.program import Period
from tests.core.cast import ALICE, Stage, cafe
from tests.core.drawn import dated, lawful, moves, resolved, sensible

FACTORS = some.sampled_from(
    [
        program.Multiply(Fraction(2)),
        program.Multiply(Fraction(3, 2)),
        program.Bonus("points", Fraction(1, 5)),
        program.Bonus("points", Fraction(1)),
    ]
)


@some.composite
def programs(draw: Any) -> program.Program:
    """Programs that count points by the tens or hundreds, and so may be said shorter."""
    many: int = draw(some.sampled_from([1, 2, 10, 100]))
    decimals = draw(some.sampled_from([0, 0, 1]))

    def points(least: int, most: int) -> int:
        return many * int(draw(some.integers(least, most)))

    def fixed(least: int, most: int) -> int:
        return points(least, most) * int(10**decimals)

    step = draw(some.sampled_from(["whole", "whole", "proportional"]))
    per = program.PerMoney(
        "points", Fraction(points(1, 3)), draw(some.sampled_from([100, 250])), step
    )
    limits = (program.Limit(amount=fixed(5, 40), per="day"),) if draw(some.booleans()) else ()
    rules = [
        program.EarnRule("base", "purchase", (per,), limits=limits),
        program.EarnRule("scan", "visit", (program.PerItem("points", Fraction(points(1, 3))),)),
        program.EarnRule("share", "share", (program.Fixed("points", Fraction(points(1, 5))),)),
    ]
    if draw(some.booleans()):
        rules.append(program.EarnRule("more", "purchase", (draw(FACTORS),)))
    choice = (
        program.Gift("product", "candle"),
        program.Gift("units", unit="points", value=fixed(1, 9)),
    )
    rewards = (
        program.Reward(
            "coffee", (program.Gift("product", "coffee"),), cost=("points", fixed(2, 9))
        ),
        program.Reward("birthday", choice, automatic="birthday"),
    )
    needs = ((("points", fixed(20, 60)),),)
    return cafe(
        units=(
            program.Unit(
                "points",
                qualifying=True,
                decimals=decimals,
                worth=draw(some.none() | some.just(Fraction(1, 20))),
                rounding=draw(some.sampled_from(["floor", "half-up", "ceil"])),
                carry=draw(some.booleans()),
                expiry=draw(some.none() | some.just(program.After(Period(2, "month")))),
            ),
        ),
        rules=tuple(rules),
        tiers=draw(
            some.none()
            | some.just(program.Ladder((program.Level("base"), program.Level("gold", needs))))
        ),
        rewards=rewards,
        undo_within=Period(10, "year"),
    )


KINDS = (
    "buy",
    "buy",
    "buy",
    "visit",
    "share",
    "birthday",
    "take",
    "take now",
    "use",
    "return",
    "undo",
)


@lawful
@given(programs(), moves(*KINDS, least=3, most=14))
def test_everybody_gets_the_same_under_every_equivalent(of: program.Program, history: Any) -> None:
    for other in simpler.equivalents(of, of.units[0]):
        by = of.units[0], other.units[0]
        step = _step(of, other)
        first, second = Stage(of), Stage(other)
        for stage in (first, second):
            stage.accounts[ALICE] = Account.blank(ALICE, 1)
        for event, move in zip(sensible(of, dated(history)), history, strict=False):
            said = resolved(first, event, move)
            one, same = first.run([said])[0], second.run([resolved(second, event, move)])[0]
            assert (one.refused and one.refused.code) == (same.refused and same.refused.code)
            assert (one.level, one.money) == (same.level, same.money)
        held = Fraction(first.account().balances[0], 10 ** by[0].decimals)
        again = Fraction(second.account().balances[0], 10 ** by[1].decimals)
        assert held == again * step
        assert first.vouchers() == second.vouchers()
        assert [day for _, day in first.lots()] == [day for _, day in second.lots()]


def _step(of: program.Program, other: program.Program) -> Fraction:
    """How many old points a new one is, by what a share earns."""
    old, new = of.rules[2].awards[0], other.rules[2].awards[0]
    assert isinstance(old, program.Fixed)
    assert isinstance(new, program.Fixed)
    return old.amount / new.amount


@lawful
@given(programs())
def test_what_is_proposed_is_easier_and_there_is_something_to_propose(of: program.Program) -> None:
    better = headache.easier(of, of.units[0])
    if better is not None:
        assert headache.ache(better, "points") < headache.ache(of, "points")
    whole = all(getattr(award, "step", "whole") == "whole" for award in of.rules[0].awards)
    if whole and len(of.rules) == 3 and not of.units[0].decimals:
        step = simpler.step(of, of.units[0])
        assert step is not None
        assert step >= 1


def test_a_unit_that_a_dividend_pays_is_left_alone() -> None:
    dividend = program.Dividend("points", "points", Fraction(1, 10))
    tens = (program.EarnRule("base", "purchase", (program.PerMoney("points", Fraction(10), 100),)),)
    reward = program.Reward("tea", (program.Gift("product", "tea"),), cost=("points", 500))
    of = cafe(rules=tens, rewards=(reward,))
    assert simpler.equivalents(of, of.units[0])
    of = structs.replace(of, dividend=dividend)
    assert simpler.equivalents(of, of.units[0]) == []
