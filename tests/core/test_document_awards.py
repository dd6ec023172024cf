"""Awards, limits, costs and conditions: each form means one thing, and a wrong one is answered."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from habitue.core import document, program
from habitue.core.program import Limit, Period
from tests.core.test_document import refused

SHOP = """\
program: shop
title: Shop
currency: EUR
timezone: Europe/Paris
units: {points: {}, miles: {decimals: 1}, spend: {qualifying: true, decimals: 2}}
earn:
  - {id: base, when: purchase, award: {points: 1, per: 1.00}}
  - {id: more, when: purchase, award: {points: 5}}
  - {id: year, when: purchase, award: [{spend: 1, per: 1.00}, {miles: 1}]}
rewards:
  - {id: tea, cost: {points: 10}, gives: {product: tea}}
benefits: [{id: wifi, title: Wi-Fi}]
"""


def with_award(award: str, more: str = "") -> str:
    return SHOP.replace("award: {points: 5}", f"award: {award}{more}")


def read(text: str) -> program.Program:
    found = document.read(text)
    assert isinstance(found, program.Program), [problem.text() for problem in found]
    return found


ONE = Fraction(1)
AWARDS: dict[str, tuple[program.Award, str]] = {
    "{points: 5}": (program.Fixed("points", Fraction(5)), "{points: 5}"),
    "{points: 1/3}": (program.Fixed("points", Fraction(1, 3)), "{points: 1/3}"),
    "{points: 1, per: 2.50}": (program.PerMoney("points", ONE, 250), "{points: 1, per: 2.50}"),
    "{points: 1, per: 1.00, step: whole}": (
        program.PerMoney("points", ONE, 100, "whole"), "{points: 1, per: 1.00}"
    ),
    "{points: 1, per: 1.00, step: proportional}": (
        program.PerMoney("points", ONE, 100, "proportional"),
        "{points: 1, per: 1.00, step: proportional}",
    ),
    "{miles: 0.5, per: item}": (
        program.PerItem("miles", Fraction(1, 2)), "{miles: 0.5, per: item}"
    ),
    "{miles: 2, per: distance}": (
        program.PerAttribute("miles", Fraction(2), "distance"), "{miles: 2, per: distance}"
    ),
    "{multiply: 1.5}": (program.Multiply(Fraction(3, 2)), "{multiply: 1.5}"),
    "{multiply: 2, unit: points}": (
        program.Multiply(Fraction(2), "points"), "{multiply: 2, unit: points}"
    ),
    "{bonus: 30%, unit: points}": (
        program.Bonus("points", Fraction(3, 10)), "{bonus: 30%, unit: points}"
    ),
    "{points: 5, source: the owner, assumed: true}": (
        program.Fixed("points", Fraction(5)), "{points: 5}"
    ),
}  # fmt: skip


@pytest.mark.parametrize("written", AWARDS)
def test_an_award_means_one_thing_and_is_written_in_one_way(written: str) -> None:
    meant, again = AWARDS[written]
    found = read(with_award(written))
    assert found.rules[1].awards == (meant,)
    assert f"- id: more\n  when: purchase\n  award: {again}\n" in document.write(found)


WRONG: dict[str, list[str]] = {
    "{points: 1, step: whole}": [".step: step goes with an amount of money: per: 1.00"],
    "{points: 1, per: item, step: whole}": [".step: step goes with an amount of money: per: 1.00"],
    "{points: 1, per: distance, step: proportional}": [
        ".step: step goes with an amount of money: per: 1.00"
    ],
    "{points: 1, per: 0}": [".per: 0 is not above 0"],
    "{points: 1, per: 1.00, step: half}": [
        '.step: unknown word "half". Allowed: whole, proportional'
    ],
    "{points: 1, miles: 2}": [": expected an amount of one unit, found a mapping"],
    "{per: 1.00}": [": expected an amount of one unit, found a mapping"],
    "{}": [": expected an amount of one unit, found a mapping"],
    "{point: 1}": [
        '.point: unknown word "point"; did you mean "points"? '
        "Allowed: points, miles, spend, per, step, multiply, bonus"
    ],
    "{points: 0}": [".points: 0 is not above 0"],
    "points": [': expected a mapping such as {points: 1, per: 1.00}, found "points"'],
    "{bonus: 30%}": [': "unit" is missing'],
    "{bonus: 30, unit: points}": ['.bonus: expected a percentage such as 30%, found "30"'],
    "{multiply: 2, unit: point}": [
        '.unit: unknown unit "point"; did you mean "points"? Allowed: points, miles, spend'
    ],
    "{multiply: 2, per: 1.00}": ['.per: unknown word "per". Allowed: multiply, unit'],
}


@pytest.mark.parametrize("award", WRONG)
def test_a_wrong_award_is_answered(award: str) -> None:
    assert refused(with_award(award)) == [f"8 earn[1].award{said}" for said in WRONG[award]]


LIMITS: dict[str, tuple[tuple[Limit, ...], str]] = {
    "{times: 1}": ((Limit(times=1),), "{times: 1}"),
    "{times: 1000000, per: day}": (
        (Limit(times=1_000_000, per="day"),), "{times: 1000000, per: day}"
    ),
    "{times: 2, per: 7 days}": (
        (Limit(times=2, per=Period(7, "day")),), "{times: 2, per: 7 days}"
    ),
    "{points: 500, per: month, total: true}": (
        (Limit(amount=500, per="month", total=True),), "{per: month, total: true, points: 500}"
    ),
    "{points: 500, total: false}": ((Limit(amount=500),), "{points: 500}"),
    "[{times: 1, per: day}, {points: 9}]": (
        (Limit(times=1, per="day"), Limit(amount=9)),
        "limit: - {times: 1, per: day} - {points: 9}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("written", LIMITS)
def test_a_limit_means_one_thing_and_is_written_in_one_way(written: str) -> None:
    meant, again = LIMITS[written]
    found = read(with_award("{points: 5}", f", limit: {written}"))
    assert found.rules[1].limits == meant
    assert again in " ".join(document.write(found).split())


def test_a_bare_limit_counts_in_the_unit_that_is_awarded_first() -> None:
    found = read(with_award("[{miles: 5}, {points: 1}]", ", limit: {miles: 2.5}"))
    assert found.rules[1].limits == (Limit(amount=25),)
    assert "limit: {miles: 2.5}" in document.write(found)
    doubled = read(with_award("{multiply: 2}", ", limit: {points: 9}"))
    assert doubled.rules[1].limits == (Limit(amount=9),)
    assert "limit: {points: 9}" in document.write(doubled)
    for award in ("{miles: 5}", "[{miles: 5}, {points: 1}]"):
        assert (
            refused(with_award(award, ", limit: {points: 2}"))
            == [
                '8 earn[1].limit.points: unknown word "points". Allowed: times, per, total, miles',
                "8 earn[1].limit: expected times or units, found a mapping",
            ][::-1]
        )


FORMS: list[tuple[str, str, str | None]] = [
    ("benefits:", "fee: {every: month, price: 9.00}\nbenefits:",
     "fee: {price: 9.00, every: month}"),
    ("benefits:", "fee: {prices: [{price: 9.00}]}\nbenefits:", "fee: {price: 9.00}"),
    ("benefits:", "fee: {prices: [{price: 9.00, since: 2026-01-01}]}\nbenefits:", None),
    ("title: Shop", "title: {en: Shop}", "title: Shop"),
    ("title: Shop", "title: {fr: Boutique}", "title: {fr: Boutique}"),
    ("title: Shop", "title: '12'", "title: '12'"),
    ("{id: tea, cost", "{id: tea, tiers: [], cost", None),
    ("gives: {product: tea}", "choose: [{product: tea}, {points: 5}]", None),
    ("gives: {product: tea}", "gives: {miles: 2.5}", "gives: {miles: 2.5}"),
    ("gives: {product: tea}", "gives: {money_off: 5, name: five}",
     "gives: {money_off: 5.00, name: five}"),
    ("gives: {product: tea}", "gives: {percent_off: 20%}", "gives: {percent_off: 20%}"),
    ("{points: {}", "{points: {expiry: 18 months}", "points: {expiry: 18 months}"),
    ("{points: {}", "{points: {expiry: {after: 18 months}}", "points: {expiry: 18 months}"),
    ("{points: {}", "{points: {pending: until delivery}", "points: {pending: until delivery}"),
    ("{points: {}", "{points: {pending: {until: delivery, within: 9 days}}",
     "pending: {until: delivery, within: 9 days}"),
    ("{points: {}", "{points: {pending: until 2026-05-01}", "points: {pending: until 2026-05-01}"),
    ("{points: {}", "{points: {pending: until approval}", "points: {pending: until approval}"),
    ("{points: {}", "{points: {qualifying: true, redeemable: true}",
     "points: {qualifying: true, redeemable: true}"),
    ("{points: {}", "{points: {redeemable: true}", "points: {}"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line"), FORMS)
def test_what_can_be_said_in_two_ways_is_written_in_the_shorter(
    old: str, new: str, line: str | None
) -> None:
    assert old in SHOP
    found: Any = document.read(SHOP.replace(old, new, 1))
    if isinstance(found, list):
        assert [problem.sentence for problem in found] == ["the list is empty; it needs 1 or more"]
        return
    text = document.write(found)
    assert document.read(text) == found
    if line is not None:
        assert line in text
    else:
        assert "prices:" in text or "choose:" in text


CONDITIONS: dict[str, tuple[program.Condition, str]] = {
    "{channel: online}": (program.Among("channel", ("online",)), "{channel: online}"),
    "{channel: [online]}": (program.Among("channel", ("online",)), "{channel: online}"),
    "{place: a, tender: b}": (
        program.All((program.Among("place", ("a",)), program.Among("tender", ("b",)))),
        "all: - {place: a} - {tender: b}",
    ),
    "{weekday: [monday, sunday]}": (program.Weekday((0, 6)), "weekday: [monday, sunday]"),
    "{each: 24 December}": (program.EachYear(((12, 24),)), "{each: 24 December}"),
    "{attribute: {class: [J, 1, true]}}": (
        program.Attribute("class", ("J", 1, True)), "class: [J, 1, true]"
    ),
    "{attribute: {metres: {least: -5}}}": (
        program.Within("metres", least=-5), "metres: {least: -5}"
    ),
    "{attribute: {metres: {least: 0, most: 0}}}": (
        program.Within("metres", least=0, most=0), "metres: {least: 0, most: 0}"
    ),
    "{not: {first_purchase: true}}": (
        program.Not(program.FirstTime(True)), "not: {first_purchase: true}"
    ),
    "{member_for: 1 year}": (program.MemberFor(Period(1, "year")), "{member_for: 1 year}"),
    "{minimum_order: 20}": (program.MinimumOrder(2000), "{minimum_order: 20.00}"),
    "{segment: [a, b]}": (program.InSegment(("a", "b")), "segment: [a, b]"),
}  # fmt: skip


@pytest.mark.parametrize("written", CONDITIONS)
def test_a_condition_means_one_thing_and_is_written_in_one_way(written: str) -> None:
    meant, again = CONDITIONS[written]
    found = read(with_award("{points: 5}", f", where: {written}"))
    assert found.rules[1].where == meant
    assert again in " ".join(document.write(found).split())


ANSWERS = {
    ("cost: {points: 10}", "cost: {points: 10, miles: 5}"): (
        "11 rewards[0].cost: expected an amount of one unit, found a mapping"
    ),
    ("cost: {points: 10}", "cost: {}"): (
        "11 rewards[0].cost: expected an amount of one unit, found a mapping"
    ),
    ("award: {points: 5}", "award: {points: 5}, where: {attribute: {a: 1, b: 2}}"): (
        "8 earn[1].where.attribute: expected the name of one attribute with its values, "
        "found a mapping"
    ),
    ("award: {points: 5}", "award: {points: 5}, where: {attribute: {a: {least: x}}}"): (
        '8 earn[1].where.attribute.a.least: expected a whole number, found "x"'
    ),
    ("benefits:", "fee: {every: year}\nbenefits:"): (
        "12 fee: say what it costs: either price or prices"
    ),
}


@pytest.mark.parametrize("change", ANSWERS)
def test_one_thing_where_one_is_asked_for(change: tuple[str, str]) -> None:
    old, new = change
    assert old in SHOP
    assert ANSWERS[change] in refused(SHOP.replace(old, new, 1))
