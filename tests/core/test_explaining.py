"""An entry is explained in one sentence: rule, base, what it gave, rounding, lot and dates."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from habitue.core import explaining, program
from habitue.core.account import Step
from habitue.core.calendar import FOREVER
from tests.core.cast import COFFEE, cafe

POINTS = program.Unit("points")
MILES = program.Unit("miles", decimals=1, rounding="ceil")
IDLE = program.Unit("idle", expiry=program.Inactivity(program.Period(18, "month")))
YEAR = program.Unit("year", expiry=program.Inactivity(program.Period(1, "year")))


def rule(name: str, *awards: program.Award) -> program.EarnRule:
    return program.EarnRule(name, "purchase", awards)


OF = cafe(
    units=(POINTS, MILES, IDLE, YEAR),
    rules=(
        rule("base", program.PerMoney("points", Fraction(1, 3), 150)),
        rule("half", program.PerMoney("miles", Fraction(3, 2), 100)),
        rule("piece", program.PerItem("points", Fraction(2))),
        rule("leg", program.PerAttribute("miles", Fraction(1, 2), "distance")),
        rule("twice", program.Multiply(Fraction(2))),
        rule("thrice", program.Multiply(Fraction(5, 2), "points")),
        rule("gold", program.Bonus("miles", Fraction(1, 8))),
        rule("hello", program.Fixed("points", Fraction(5))),
        rule("both", program.Fixed("miles", Fraction(5)), program.PerItem("points", Fraction(3))),
    ),
)
LOT = (date(2026, 3, 2), date(2027, 3, 2))
TOLD: list[tuple[str, str, int, tuple[Step, ...], tuple[date, date] | None, str]] = [
    (
        "points", "accrual", 33, (("base", 15_000, 33),), LOT,
        "+33 points: earned by rule base: 150.00 EUR at 0.333333 per 1.50 gives 33; "
        "lot of 2026-03-02, usable through 2027-03-02.",
    ),
    (
        "miles", "accrual", 15, (("half", 1_000, 15),), None,
        "+1.5 miles: earned by rule half: 10.00 EUR at 1.5 per 1.00 gives 1.5.",
    ),
    (
        "points", "accrual", 6, (("piece", 3, 6),), None,
        "+6 points: earned by rule piece: 3 at 2 each gives 6.",
    ),
    (
        "miles", "accrual", 50, (("leg", 10, 50),), None,
        "+5.0 miles: earned by rule leg: 10 at 0.5 each gives 5.0.",
    ),
    (
        "points", "accrual", 12, (("piece", 3, 6), ("twice", 6, 6)), None,
        "+12 points: earned by rule piece: 3 at 2 each gives 6; rule twice: ×2 adds 6.",
    ),
    (
        "points", "accrual", 15, (("piece", 3, 6), ("thrice", 6, 9)), None,
        "+15 points: earned by rule piece: 3 at 2 each gives 6; rule thrice: ×2.5 adds 9.",
    ),
    (
        "miles", "accrual", 57, (("leg", 10, 50), ("gold", 50, 6)), None,
        "+5.7 miles: earned by rule leg: 10 at 0.5 each gives 5.0; rule gold: +12.5 % adds 0.6; "
        "5.6 before rounding (ceil).",
    ),
    (
        "points", "accrual", 5, (("hello", 1, 5),), None,
        "+5 points: earned by rule hello: 5.",
    ),
    (
        "points", "accrual", 3, (("both", 1, 3),), None,
        "+3 points: earned by rule both: 1 at 3 each gives 3.",
    ),
    (
        "points", "accrual", 250, (("birthday", 0, 250),), None,
        "+250 points: earned by birthday: 250.",
    ),
    ("points", "accrual", 1, (), None, "+1 points: earned."),
    (
        "points", "redemption", -10, (("coffee", 0, -10),), None,
        "-10 points: taken for a reward by coffee: -10.",
    ),
    (
        "points", "redemption", -40, (("payment", 200, -40),), None,
        "-40 points: taken as money by a payment of 2.00 EUR: -40.",
    ),
    (
        "points", "reversal", 40, (("payment", 200, 40),), None,
        "+40 points: corrected after a return or a mistake by a payment of 2.00 EUR: 40.",
    ),
    ("points", "expiry", -7, (), LOT,
     "-7 points: lapsed; lot of 2026-03-02, usable through 2027-03-02."),
    ("points", "settlement", -7, (), None, "-7 points: settled against units owed."),
    ("points", "adjustment", 7, (), None, "+7 points: corrected by hand."),
    ("points", "donation", -7, (), None, "-7 points: given to a cause."),
    ("points", "transfer", -7, (), None, "-7 points: passed from member to member."),
    ("points", "adjustment", 0, (), None, "0 points: corrected by hand."),
    (
        "points", "accrual", 1, (), (date(2026, 3, 2), FOREVER),
        "+1 points: earned; lot of 2026-03-02, without expiry.",
    ),
    (
        "idle", "accrual", 1, (), (date(2026, 3, 2), FOREVER),
        "+1 idle: earned; lot of 2026-03-02, lapses after 18 months of inactivity.",
    ),
    (
        "year", "accrual", 1, (), (date(2026, 3, 2), FOREVER),
        "+1 year: earned; lot of 2026-03-02, lapses after 1 year of inactivity.",
    ),
    (
        "idle", "accrual", 1, (), LOT,
        "+1 idle: earned; lot of 2026-03-02, usable through 2027-03-02.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("unit", "kind", "amount", "why", "lot", "sentence"), TOLD)
def test_an_entry_says_why_it_is_what_it_is(
    unit: str,
    kind: str,
    amount: int,
    why: tuple[Step, ...],
    lot: tuple[date, date] | None,
    sentence: str,
) -> None:
    assert explaining.Explainer(OF).sentence(unit, kind, amount, why, lot) == sentence


def test_a_reward_called_payment_is_a_reward() -> None:
    reward = program.Reward("payment", COFFEE.gifts, cost=("points", 10))
    of = cafe(rewards=(reward,))
    told = explaining.Explainer(of).sentence("points", "redemption", -10, (("payment", 0, -10),))
    assert told == "-10 points: taken for a reward by payment: -10."


def test_a_rule_called_payment_is_a_rule() -> None:
    of = cafe(rules=(rule("payment", program.Fixed("points", Fraction(5))),))
    told = explaining.Explainer(of).sentence("points", "accrual", 5, (("payment", 1, 5),))
    assert told == "+5 points: earned by rule payment: 5."


def test_only_what_is_earned_is_rounded() -> None:
    told = explaining.Explainer(OF).sentence("points", "redemption", -10, (("coffee", 0, -9),))
    assert told == "-10 points: taken for a reward by coffee: -9."
