"""What counting in bigger steps does to every number of a program, and which reward beats which."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from msgspec import structs

from habitue.core import document, program
from habitue.core.advice import odds, reach, simpler
from tests.core.cast import cafe

TENS = """\
program: tens
title: Tens
currency: EUR
timezone: Europe/Paris
units:
  points: {worth: 0.01, qualifying: true, redeemable: true}
  spend: {qualifying: true, decimals: 2, redeemable: false}
partners: [{id: air, title: Air, issuing: 0.02, redeeming: 0.01}]
earn:
  - id: base
    when: purchase
    award: {points: 10, per: 1.00}
    limit: [{points: 500, per: day}, {times: 3, per: day}]
  - {id: piece, when: purchase, award: {points: 20, per: item}}
  - {id: leg, when: leg, award: {points: 30, per: distance}}
  - {id: hello, when: enrolment, award: {points: 100}}
  - {id: twice, when: purchase, award: {multiply: 2}}
  - {id: year, when: purchase, award: {spend: 1, per: 1.00, step: proportional}}
  - {id: cap, when: purchase, award: {spend: 1, per: 5.00}, limit: {spend: 50, per: day}}
tiers:
  basis: {unit: points}
  levels: [{id: base, from: 0}, {id: gold, from: {any: [{points: 500}, {spend: 30}]}}]
pay_with: {unit: points, least: 100}
rewards:
  - {id: tea, cost: {points: 50}, gives: {product: tea}, limit: {points: 500, per: year}}
  - {id: once, cost: {points: 70}, gives: {product: cake}, limit: {times: 1}}
  - {id: gift, automatic: birthday, gives: {points: 250}}
draws:
  - id: weekly
    title: Weekly
    when: purchase
    prizes: [{points: 1000, pieces: 30}, {product: a cake}]
"""


def read(text: str) -> program.Program:
    found = document.read(text)
    assert isinstance(found, program.Program), [problem.text() for problem in found]
    return found


def tens(**changed: Any) -> program.Program:
    return structs.replace(read(TENS), **changed)


TENTH = (
    ("points: {worth: 0.01,", "points: {worth: 0.1,"),
    ("issuing: 0.02, redeeming: 0.01", "issuing: 0.2, redeeming: 0.1"),
    ("points: 10, per: 1.00", "points: 1, per: 1.00"),
    ("{points: 500, per: day}", "{points: 50, per: day}"),
    ("points: 20, per: item", "points: 2, per: item"),
    ("points: 30, per: distance", "points: 3, per: distance"),
    ("award: {points: 100}", "award: {points: 10}"),
    ("{any: [{points: 500}", "{any: [{points: 50}"),
    ("least: 100", "least: 10"),
    ("cost: {points: 50}", "cost: {points: 5}"),
    ("limit: {points: 500, per: year}", "limit: {points: 50, per: year}"),
    ("cost: {points: 70}", "cost: {points: 7}"),
    ("gives: {points: 250}", "gives: {points: 25}"),
    ("{points: 1000, pieces: 30}", "{points: 100, pieces: 30}"),
)


def test_every_number_of_the_unit_is_a_tenth_and_nothing_else_changes() -> None:
    text = TENS
    for old, new in TENTH:
        assert old in text, old
        text = text.replace(old, new, 1)
    of = tens()
    assert simpler.step(of, of.units[0]) == 10
    assert simpler.counted(of, of.units[0], Fraction(10)) == read(text)
    assert simpler.equivalents(of, of.units[0]) == [read(text)]


def test_what_cannot_be_spent_has_no_price_at_partners() -> None:
    of = tens(rewards=(), draws=(), pay_with=None)
    counter = structs.replace(of.units[0], redeemable=False, worth=None)
    of = structs.replace(of, units=(counter, of.units[1]))
    (air,) = simpler.counted(of, counter, Fraction(10)).partners
    assert (air.issuing, air.redeeming) == (Fraction(2, 100), Fraction(1, 100))


BASE = program.PerMoney("points", Fraction(12), 100)
STEPS: list[tuple[tuple[program.Award, ...], int, Fraction | None]] = [
    ((BASE,), 60, Fraction(12)),
    ((BASE,), 18, Fraction(6)),
    ((BASE,), 7, Fraction(1)),
    ((structs.replace(BASE, step="proportional"),), 60, Fraction(12, 100)),
    ((BASE, program.Multiply(Fraction(3, 2))), 60, Fraction(6)),
    ((BASE, program.Bonus("points", Fraction(1, 4))), 60, Fraction(3)),
    ((BASE, program.Multiply(Fraction(3, 2)), program.Bonus("points", Fraction(1, 4))), 60,
     Fraction(3, 2)),
]  # fmt: skip


@pytest.mark.parametrize(("awards", "cost", "step"), STEPS)
def test_the_largest_step_measures_everything_that_can_be_given(
    awards: tuple[program.Award, ...], cost: int, step: Fraction | None
) -> None:
    tea = program.Reward("tea", (program.Gift("product", "tea"),), cost=("points", cost))
    of = cafe(rules=(program.EarnRule("base", "purchase", awards),), rewards=(tea,))
    assert simpler.step(of, of.units[0]) == step


def test_factors_of_two_triggers_do_not_come_together() -> None:
    half = program.Multiply(Fraction(1, 2))
    rules = (
        program.EarnRule("base", "purchase", (BASE,)),
        program.EarnRule("half", "purchase", (half,)),
        program.EarnRule("other", "visit", (half,)),
    )
    of = cafe(rules=rules, rewards=())
    assert simpler.step(of, of.units[0]) == 6
    assert simpler.step(cafe(rules=(), rewards=()), of.units[0]) is None


MILES = program.Unit("miles")
MIXED = program.EarnRule(
    "mixed",
    "purchase",
    (BASE, program.Fixed("miles", Fraction(1))),
    limits=(program.Limit(amount=5),),
)
ALL = program.EarnRule(
    "all", "purchase", (program.Multiply(Fraction(2)),), limits=(program.Limit(amount=5),)
)
PARTNER = program.Partner("air", {"en": "Air"}, issuing=Fraction(1, 100))


def dividend(pays: str, of: str) -> dict[str, Any]:
    return {"dividend": program.Dividend(pays, of, Fraction(1, 10))}


APART: dict[str, tuple[dict[str, Any], bool]] = {
    "by itself": ({}, True),
    "a dividend pays it": (dividend("points", "spend"), False),
    "a dividend counts it": (dividend("spend", "points"), False),
    "a dividend of others": (dividend("miles", "spend"), True),
    "a partner, and one unit": ({"partners": (PARTNER,)}, True),
    "a partner, and two units": (
        {"partners": (PARTNER,), "units": (program.Unit("points"), MILES)}, False
    ),
    "given freely": ({"transfers": program.Transfers(("points",))}, True),
    "given so many": (
        {"transfers": program.Transfers(("points",), limit=program.Limit(times=1))}, False
    ),
    "others given so many": (
        {"transfers": program.Transfers(("miles",), limit=program.Limit(times=1))}, True
    ),
    "a limit of two units": ({"rules": (MIXED,)}, False),
    "two units, and how often": (
        {"rules": (structs.replace(MIXED, limits=(program.Limit(times=5),)),)}, True
    ),
    "a limit on all units": ({"rules": (ALL,)}, False),
    "a limit of another unit": (
        {"rules": (structs.replace(MIXED, awards=MIXED.awards[1:]),)}, True
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", APART)
def test_a_unit_that_is_mixed_with_others_is_left_alone(case: str) -> None:
    given, apart = APART[case]
    rules = (program.EarnRule("base", "purchase", (BASE,)),)
    of = cafe(**{"rules": rules, **given})
    assert (simpler.step(of, program.Unit("points")) is not None) is apart


# --- rewards that beat others ------------------------------------------------------------------


def off(name: str, cost: int, value: int = 0, **more: Any) -> program.Reward:
    gift = program.Gift("money off", value=value) if value else program.Gift("product", "tea")
    return program.Reward(name, (gift,), cost=("points", cost), **more)


A_MONTH = program.Period(1, "month")
BEATEN: dict[str, tuple[program.Reward, program.Reward, str | None]] = {
    "the same for less": (
        off("a", 10), off("b", 11),
        'nobody should take "b": "a" gives as much or more for 10 points',
    ),
    "the same for the same": (off("a", 10), off("b", 10), None),
    "more for the same": (
        off("a", 10, 500), off("b", 10, 499),
        'nobody should take "b": "a" gives as much or more for 10 points',
    ),
    "more for more": (off("a", 11, 500), off("b", 10, 499), None),
    "twice": (
        off("a", 10, 500), off("b", 20, 999),
        'nobody should take "b": "a" taken 2 times gives as much or more for 20 points',
    ),
    "twice is the same": (off("a", 10, 500), off("b", 20, 1000), None),
    "twice for less": (
        off("a", 10, 500), off("b", 21, 1000),
        'nobody should take "b": "a" taken 2 times gives as much or more for 20 points',
    ),
    "twice, but it is limited": (
        off("a", 10, 500, limit=program.Limit(times=1)), off("b", 21, 1000), None
    ),
    "no more often than needed": (
        off("a", 10, 500), off("b", 50, 900),
        'nobody should take "b": "a" taken 2 times gives as much or more for 20 points',
    ),
    "another kind of thing": (off("a", 10, 500), off("b", 11), None),
    "only for some": (off("a", 10, tiers=("gold",)), off("b", 11), None),
    "for the same and more": (
        off("a", 10, tiers=("gold", "top")), off("b", 11, tiers=("top",)),
        'nobody should take "b": "a" gives as much or more for 10 points',
    ),
    "for fewer": (off("a", 10, tiers=("gold",)), off("b", 11, tiers=("gold", "top")), None),
    "good for less long": (off("a", 10, valid_for=A_MONTH), off("b", 11), None),
    "good as long": (
        off("a", 10, valid_for=A_MONTH), off("b", 11, valid_for=A_MONTH),
        'nobody should take "b": "a" gives as much or more for 10 points',
    ),
    "for longer": (
        off("a", 10), off("b", 11, valid_for=A_MONTH),
        'nobody should take "b": "a" gives as much or more for 10 points',
    ),
    "on condition": (off("a", 10, where=program.Paid(True)), off("b", 11), None),
    "by itself": (
        program.Reward("a", off("x", 1).gifts, automatic="birthday"), off("b", 11), None
    ),
    "comes by itself at a number": (off("a", 10, automatic="threshold"), off("b", 11), None),
}  # fmt: skip


@pytest.mark.parametrize("case", BEATEN)
def test_a_reward_is_beaten_by_what_gives_as_much_for_less(case: str) -> None:
    better, worse, sentence = BEATEN[case]
    said = [(one.path, one.sentence) for one in reach.dominated(cafe(rewards=(better, worse)))]
    assert said == ([("rewards[1]", sentence)] if sentence else [])


def test_a_share_off_does_not_add_up_and_things_are_told_by_their_names() -> None:
    def gives(reward: str, cost: int, **gift: Any) -> program.Reward:
        return program.Reward(reward, (program.Gift(**gift),), cost=("points", cost))

    tenth = gives("a", 10, kind="percent off", value=10)
    assert not list(
        reach.dominated(cafe(rewards=(tenth, gives("b", 30, kind="percent off", value=20))))
    )
    assert list(reach.dominated(cafe(rewards=(tenth, gives("b", 11, kind="percent off", value=9)))))
    tea = gives("a", 10, kind="product", name="tea")
    assert not list(
        reach.dominated(cafe(rewards=(tea, gives("b", 11, kind="product", name="ham"))))
    )
    five = gives("a", 10, kind="money off", value=500, name="five")
    assert list(reach.dominated(cafe(rewards=(five, off("b", 11, 500)))))
    lots = gives("a", 10, kind="units", value=5, unit="points", name="five")
    assert list(
        reach.dominated(cafe(rewards=(lots, gives("b", 11, kind="units", value=5, unit="points"))))
    )
    miles = gives("a", 10, kind="units", value=5, unit="points")
    other = gives("b", 20, kind="units", value=9, unit="miles")
    assert not list(reach.dominated(cafe(rewards=(miles, other))))


@pytest.mark.parametrize(
    ("pieces", "asked", "expects", "told"),
    [
        ((1, 9), (1, 4), 40, (10, (1, 4), 0)),
        ((9,), (1, 4), 40, (9, (9, 40), 1)),
        ((5, None), (1, 4), 40, (None, (1, 4), 0)),
        ((20, None), (1, 4), 40, (None, (1, 2), 0)),
        ((90, None), (1, 4), 40, (None, (1, 1), 0)),
        ((90,), (1, 4), 40, (90, (1, 1), 0)),
        ((10,), (1, 4), 41, (10, (10, 41), 1)),
        ((), (1, 3), 10, (0, (0, 1), 4)),
    ],
)
def test_odds_count_what_can_be_won_among_those_who_are_expected(
    pieces: tuple[int | None, ...],
    asked: tuple[int, int],
    expects: int,
    told: tuple[int | None, tuple[int, int], int],
) -> None:
    cake = program.Gift("product", "a cake")
    draw = program.Draw(
        "weekly",
        {"en": "Weekly"},
        every="month",
        prizes=tuple(program.Prize(cake, each) for each in pieces),
        odds=Fraction(*asked),
        expects=expects,
    )
    there, won, missing = told
    assert odds.of_draw(draw) == odds.Odds(
        "weekly", "month", expects, there, Fraction(*asked), Fraction(*won), missing
    )
