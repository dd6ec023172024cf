"""Benefits used: who may, how often, from what order on, and what they saved."""

from __future__ import annotations

from typing import Any

import pytest

from habitue.core import facts
from habitue.core.facts import BenefitUse, FeePaid, Undo
from habitue.core.program import Benefit, Fee, Ladder, Level, Limit, Price
from tests.core.cast import POINTS, SPEND, YEARLY, Stage, at, buys, cafe

LOUNGE = {"en": "Lounge"}


def lounge(**benefit: Any) -> Stage:
    """Alice is a silver member of a place with a lounge."""
    ladder = Ladder((Level("basic"), Level("silver", ((("spend", 5_000),),))))
    found = (Benefit("lounge", LOUNGE, **benefit),)
    stage = Stage(cafe(units=(POINTS, SPEND), rules=(YEARLY,), tiers=ladder, benefits=found))
    stage.post("2026-01-01", buys(5_000))
    return stage


def code(stage: Stage, day: str, what: facts.What) -> str:
    refused = stage.post(day, what).refused
    return refused.code if refused else ""


@pytest.mark.parametrize(
    ("benefit", "what", "refusal"),
    [
        ({}, BenefitUse("lounge"), ""),
        ({}, BenefitUse("spa"), "unknown_benefit"),
        ({}, BenefitUse("lounge", 0), "quantity"),
        ({"tiers": ("silver",)}, BenefitUse("lounge"), ""),
        ({"tiers": ("gold",)}, BenefitUse("lounge"), "tier"),
        ({"minimum_order": 4_900}, BenefitUse("lounge", order=4_900), ""),
        ({"minimum_order": 4_900}, BenefitUse("lounge", order=4_899), "minimum_order"),
        ({"uses": Limit(times=2)}, BenefitUse("lounge", 2), ""),
        ({"uses": Limit(times=2)}, BenefitUse("lounge", 3), "limit"),
    ],
)
def test_a_benefit_has_its_conditions(
    benefit: dict[str, Any], what: BenefitUse, refusal: str
) -> None:
    assert code(lounge(**benefit), "2026-01-02", what) == refusal


def test_two_uses_a_year_are_two_whatever_they_come_in() -> None:
    stage = lounge(uses=Limit(times=2, per="year"))
    once = BenefitUse("lounge")
    codes = [code(stage, day, once) for day in ("2026-02-01", "2026-03-01", "2026-04-01")]
    assert codes == ["", "", "limit"]
    assert code(stage, "2027-01-01", BenefitUse("lounge", 2)) == ""
    assert code(stage, "2027-01-02", once) == "limit"


def test_a_use_undone_is_a_use_left() -> None:
    stage = lounge(uses=Limit(times=1))
    used = stage.post(at("2026-02-01", 10), BenefitUse("lounge"))
    assert code(stage, "2026-02-01", BenefitUse("lounge")) == "limit"
    stage.post(at("2026-02-01", 13), Undo(used.event.id))
    assert code(stage, "2026-02-02", BenefitUse("lounge")) == ""


def test_a_benefit_without_a_limit_is_counted_all_the_same() -> None:
    stage = lounge()
    stage.post("2026-02-01", BenefitUse("lounge", 3))
    stage.post("2026-03-01", BenefitUse("lounge"))
    (usage,) = stage.account().memory.used["benefit lounge"].values()
    assert usage.amount == 4


def test_a_benefit_of_paid_membership_counts_what_it_saves_while_it_is_paid() -> None:
    delivery = Benefit("delivery", {"en": "Free delivery"}, saves=599)
    stage = Stage(cafe(benefits=(delivery,), fee=Fee((Price(4_900),))))
    assert code(stage, "2026-01-01", BenefitUse("delivery")) == "unpaid"
    stage.post("2026-01-02", FeePaid(4_900, "EUR"))
    stage.post("2026-01-03", BenefitUse("delivery", 2))
    fee = stage.account().memory.fee
    assert fee is not None
    assert (fee.used, fee.saved) == (2, 1_198)
    assert code(stage, "2027-01-02", BenefitUse("delivery")) == "unpaid"


def test_a_benefit_of_no_stated_worth_saves_nothing() -> None:
    stage = Stage(cafe(benefits=(Benefit("lounge", LOUNGE),), fee=Fee((Price(4_900),))))
    stage.post("2026-01-02", FeePaid(4_900, "EUR"))
    stage.post("2026-01-03", BenefitUse("lounge"))
    fee = stage.account().memory.fee
    assert fee is not None
    assert (fee.used, fee.saved) == (1, 0)
