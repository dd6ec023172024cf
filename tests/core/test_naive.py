"""The engine against a second model so simple that it can be read at a glance (naive.py)."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as some

from habitue.core import facts, program
from habitue.core.program import Period
from tests.core import cast, naive
from tests.core.cast import PER_EURO, SPEND, YEARLY, Stage, at, buys
from tests.core.drawn import lawful
from tests.core.naive import Naive

STEPS = some.lists(
    some.tuples(
        some.sampled_from([0, 0, 1, 7, 27, 60, 150, 366]),
        some.sampled_from(["buy", "buy", "scan", "take", "look"]),
        some.integers(0, 3_000),
    ),
    min_size=1,
    max_size=25,
)


def written(months: int) -> program.Program:
    expiry = program.After(Period(months, "month"), "month")
    return cast.cafe(
        units=(program.Unit("points", expiry=expiry), program.Unit("stamps"), SPEND),
        rules=(
            PER_EURO,
            YEARLY,
            program.EarnRule("scan", "visit", (program.PerItem("stamps", Fraction(1)),)),
        ),
        tiers=program.Ladder(
            (
                program.Level("basic"),
                program.Level("silver", ((("spend", naive.SILVER),),)),
                program.Level("gold", ((("spend", naive.GOLD),),)),
            )
        ),
        rewards=(
            cast.COFFEE,
            program.Reward(
                "cake",
                (program.Gift("product", "cake"),),
                cost=("stamps", naive.CAKE),
                automatic="threshold",
            ),
        ),
    )


@lawful
@given(some.integers(1, 14), STEPS)
def test_the_engine_and_the_naive_model_agree_at_every_step(
    months: int, steps: list[tuple[int, str, int]]
) -> None:
    stage, model, day = Stage(written(months)), Naive(months), date(2027, 11, 28)
    stage.post(at(day, 6), facts.Enrolment())
    for place, (days, kind, number) in enumerate(steps):
        day += timedelta(days=days)
        moment = at(day) + timedelta(minutes=place)
        match kind:
            case "buy":
                stage.post(moment, buys(number))
                model.buys(day, number)
            case "scan":
                stage.post(moment, facts.Visit(number % 25 + 1))
                model.scans(number % 25 + 1)
            case "take":
                outcome = stage.post(moment, facts.Redemption("coffee"))
                assert model.takes(day) is (outcome.refused is None)
            case "look":
                stage.post(moment, facts.Passage())
        account = cast.as_of(stage.book, stage.account(), day)
        points = [lot for lot in account.lots or () if lot.unit == 0 and lot.remaining]
        assert sorted((lot.remaining, lot.expires_on) for lot in points) == sorted(model.lots(day))
        assert account.usable(0) == model.points(day)
        assert account.usable(1) == model.stamps()
        assert sum(each.reward == "cake" for each in account.vouchers or ()) == model.cakes()
        assert account.level == model.tier(day)
