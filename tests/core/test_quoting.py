"""What is quoted is what can be done: laws for payments, and for rewards of any cost."""

from __future__ import annotations

from copy import deepcopy
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from habitue.core import engine, facts, quoting
from habitue.core.facts import Event, Payment, Purchase, Redemption
from habitue.core.program import Gift, PayWith, Program, Reward, Unit
from habitue.core.quoting import Quoted
from tests.core.cast import ALICE, STEP, Stage, at, buys, cafe


def paying(worth: Fraction, most: Fraction, least: int, when_short: Any) -> Program:
    unit = Unit("points", decimals=1, worth=worth)
    pay_with = PayWith("points", most=most, least=least, when_short=when_short)
    rewards = tuple(
        Reward(f"gift {cost}", (Gift("product", "gift"),), cost=("points", cost))
        for cost in (1, 35, 350)
    )
    return cafe(units=(unit,), pay_with=pay_with, rewards=rewards)


def quote(stage: Stage, what: quoting.Basket) -> Quoted:
    event = Event(900 * STEP, ALICE, at("2026-03-01"), what)
    return quoting.quote(stage.book, deepcopy(stage.account()), event, stage.totals)


def tried(stage: Stage, what: facts.What) -> str | None:
    """Why an event would be refused now; nothing of it stays."""
    accounts = deepcopy(stage.accounts)
    event = Event(900 * STEP, ALICE, at("2026-03-01"), what)
    (outcome,) = engine.run(stage.book, accounts, [event], {ALICE: []}, {})
    return outcome.refused.code if outcome.refused else None


@given(
    worth=some.sampled_from([Fraction(1, 100), Fraction(1, 3), Fraction(7, 20)]),
    most=some.sampled_from([Fraction(1), Fraction(1, 2), Fraction(1, 7)]),
    least=some.sampled_from([0, 1, 40]),
    held=some.integers(1, 90),
    order=some.integers(1, 9_000),
    when_short=some.sampled_from(["refuse", "clamp"]),
)
def test_the_payment_quoted_is_accepted_and_no_larger_one(
    worth: Fraction, most: Fraction, least: int, held: int, order: int, when_short: str
) -> None:
    stage = Stage(paying(worth, most, least, when_short))
    stage.post("2026-02-01", facts.Enrolment())
    stage.post("2026-02-01", facts.Adjustment("points", held, "a start"))
    found = quote(stage, buys(order)).payment
    assert found is not None
    if isinstance(found, Payment):
        assert tried(stage, found) is None
        larger = Payment(found.money + 1, order)
        if when_short == "refuse" and larger.money <= order:
            assert tried(stage, larger) in ("share", "insufficient")
    elif when_short == "refuse":
        for money in range(1, min(order, 30)):
            assert tried(stage, Payment(money, order)) is not None


@given(held=some.integers(1, 400))
def test_a_reward_is_offered_where_it_could_be_taken(held: int) -> None:
    stage = Stage(paying(Fraction(1), Fraction(1), 0, "refuse"))
    stage.post("2026-02-01", facts.Enrolment())
    stage.post("2026-02-01", facts.Adjustment("points", held, "a start"))
    for offer in quote(stage, buys(100)).offers:
        assert offer.missing == max(offer.cost[1] - held, 0)
        code = offer.refused.code if offer.refused else None
        assert code == tried(stage, Redemption(offer.reward))


def test_a_quote_without_lots_says_the_same() -> None:
    stage = Stage(paying(Fraction(1), Fraction(1), 0, "refuse"))
    stage.post("2026-02-01", buys(7_700))
    whole = quote(stage, buys(500))
    account = stage.account()
    account.lots, account.vouchers = None, None
    assert quote(stage, buys(500)) == whole
    assert whole.after == [whole.usable[0] + 50]


def test_what_is_covered_already_is_not_paid_again() -> None:
    stage = Stage(paying(Fraction(1), Fraction(1), 0, "refuse"))
    stage.post("2026-02-01", buys(50_000))
    covered = Purchase((facts.Line(1_000),), "EUR", covered=400)
    assert quote(stage, covered).payment == Payment(600, 600, units=60)
