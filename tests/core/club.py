"""A club at the café: three levels by what was spent, unless a test says otherwise."""

from __future__ import annotations

from typing import Any

from habitue.core.program import EarnRule, Ladder, Level, Period
from tests.core.cast import PER_EURO, POINTS, SPEND, YEARLY, Stage, cafe

LEVELS = (
    Level("basic"),
    Level("silver", ((("spend", 10_000),),)),
    Level("gold", ((("spend", 30_000),),)),
)


YEAR = Period(1, "year")


def club(*, rules: tuple[EarnRule, ...] = (PER_EURO, YEARLY), **ladder: Any) -> Stage:
    tiers = Ladder(ladder.pop("levels", LEVELS), **ladder)
    return Stage(cafe(units=(POINTS, SPEND), rules=rules, tiers=tiers))


def on(stage: Stage, *days: str) -> list[str]:
    return [stage.on(day).level for day in days]
