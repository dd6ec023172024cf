"""Rules that would loop or explode, and memories that would grow for ever: bounded, or refused."""

from __future__ import annotations

import time
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import msgspec
import pytest

from habitue.core import document, engine, facts, program
from habitue.core.program import (
    EarnRule,
    Fixed,
    Gift,
    Ladder,
    Level,
    Limit,
    Multiply,
    Period,
    PerMoney,
    Reward,
    Unit,
)
from habitue.core.redeeming import MOST_VOUCHERS
from tests.core.cast import ALICE, PER_EURO, STEP, Stage, as_of, at, buys, cafe, picture
from tests.faults.test_any_program import FULL_BASKET, fits

# --- rules that would loop or explode ----------------------------------------------------------


def seconds(work: Any) -> float:
    """Of this thread's own work: what else the machine does meanwhile is no part of it."""
    start = time.thread_time()
    work()
    return time.thread_time() - start


def tiny(rewards: int) -> Stage:
    """So many rewards that come by themselves at one point each."""
    cakes = tuple(
        Reward(f"cake {n}", (Gift("product", "cake"),), cost=("points", 1), automatic="threshold")
        for n in range(rewards)
    )
    return Stage(cafe(rewards=cakes))


@pytest.mark.parametrize("rewards", [1, 3])
def test_tiny_costs_issue_so_many_vouchers_at_a_time_and_the_rest_with_the_next(
    rewards: int,
) -> None:
    """Their numbers stay within those that belong to the event."""
    stage = tiny(rewards)
    assert seconds(lambda: stage.post("2026-01-01", FULL_BASKET)) < 10
    held = stage.account().vouchers or []
    assert len(held) == MOST_VOUCHERS
    assert {each.id & ~255 for each in held} == {STEP}
    stage.post("2026-01-02", facts.Passage())
    assert len(stage.account().vouchers or ()) == 2 * MOST_VOUCHERS
    numbers = [each.id for each in stage.account().vouchers or ()]
    assert len(set(numbers)) == len(numbers)


def test_more_gifts_of_one_event_than_it_has_numbers_are_not_issued() -> None:
    many = tuple(
        Reward(f"gift {n}", (Gift("product", "cake"),), automatic="purchase") for n in range(300)
    )
    stage = Stage(cafe(rewards=many))
    stage.post("2026-01-01", buys(100))
    stage.post("2026-01-02", buys(100))
    assert len({each.id for each in stage.account().vouchers or ()}) == 2 * MOST_VOUCHERS


def test_a_gift_of_points_that_pays_for_itself_does_not_loop() -> None:
    """A card that gives back more than it costs: handed in by people, one at a time."""
    gift = Reward("more", (Gift("units", unit="points", value=20),), cost=("points", 10),
                  automatic="threshold")  # fmt: skip
    stage = Stage(cafe(rewards=(gift,)))
    stage.post("2026-01-01", buys(1_000))
    for turn in range(1, 6):
        (voucher, *_) = [e for e in stage.account().vouchers or () if e.state == "issued"]
        stage.post("2026-01-02", facts.VoucherUse(voucher.id))
        open_ = [e for e in stage.account().vouchers or () if e.state == "issued"]
        assert len(open_) == turn + 1


def test_a_hundred_promotions_at_once_stay_exact_and_quick() -> None:
    """1.01 to the hundredth, of 100.00."""
    promotions = tuple(
        EarnRule(f"promotion {n}", "purchase", (Multiply(Fraction(101, 100)),)) for n in range(100)
    )
    stage = Stage(cafe(rules=(PER_EURO, *promotions)))
    assert seconds(lambda: stage.post("2026-01-01", buys(10_000))) < 10
    assert stage.has() == int(100 * Fraction(101, 100) ** 100)


def test_remainders_that_are_carried_stay_small_however_odd_the_rates() -> None:
    odd = tuple(
        EarnRule(f"odd {n}", "purchase", (Multiply(Fraction(10**13 + n, 10**13 + n + 7)),))
        for n in range(200)
    )
    third = EarnRule("base", "purchase", (PerMoney("points", Fraction(1, 3), 97),))
    stage = Stage(cafe(units=(Unit("points", carry=True),), rules=(third, *odd)))
    for _ in range(20):
        stage.post("2026-01-01", buys(1_234))
    fits(stage.account())
    assert stage.has() == 20 * 1_234 // 97 // 3
    day = date(2026, 1, 1)
    folded = engine.fold(stage.book, stage.histories[ALICE], day, customer=ALICE)
    assert picture(folded) == picture(as_of(stage.book, stage.account(), day))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("award: {points: 99999999999999999999}", "expected"),
        ("award: {points: 1e400}", "expected"),
        ("award: {multiply: 1000001}", "1,000,000"),
        ("award: {points: 1}, limit: {times: 9999999999999999999999}", "expected"),
        ("award: {points: 1}, cool_down: 9999 days", "1,200"),
        ("award: {points: 1}, where: " + "{not: " * 30 + "{weekday: [monday]}" + "}" * 30, "deep"),
    ],
)
def test_a_file_that_would_explode_is_refused_with_a_sentence(line: str, sentence: str) -> None:
    text = (
        "program: p\ntitle: P\ncurrency: EUR\ntimezone: Europe/Paris\n"
        "units:\n  points: {}\nearn:\n  - {id: base, when: purchase, award: {points: 1}}\n"
        f"  - {{id: huge, when: purchase, {line}}}\n"
    )
    started = time.thread_time()
    problems = document.read(text)
    assert time.thread_time() - started < 10
    assert isinstance(problems, list)
    assert any(sentence in problem.sentence for problem in problems), problems


def test_a_file_of_aliases_within_aliases_is_refused() -> None:
    layers = "".join(
        f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9) if n else '1'}]\n" for n in range(12)
    )
    problems = document.read("program: bomb\n" + layers)
    assert isinstance(problems, list)


# --- memory ------------------------------------------------------------------------------------


def test_what_is_remembered_of_years_of_visits_stays_small() -> None:
    """Streaks, limits by the day, cool-downs, rolling tiers: twelve years, every day."""
    rolling = Ladder((Level("basic"), Level("silver", ((("points", 100),),))), program.Rolling(3))
    rules = (
        EarnRule(
            "scan", "visit", (Fixed("points", Fraction(1)),), limits=(Limit(times=2, per="day"),),
            cool_down=Period(10, "minute"),
        ),
        EarnRule(
            "streak", "visit", (Fixed("points", Fraction(1)),), where=program.Streak(7),
            limits=(Limit(times=3, per=Period(1, "month")),),
        ),
    )  # fmt: skip
    unit = Unit("points", redeemable=False, qualifying=True)
    stage = Stage(cafe(units=(unit,), rules=rules, tiers=rolling, rewards=()))
    for day in range(0, 12 * 365, 3):
        for later in (0, 1, 2):
            stage.post(at("2026-01-01") + timedelta(days=day + later), facts.Visit())
    assert stage.account().level == "silver"
    assert len(msgspec.json.encode(stage.account().memory)) < 30_000
