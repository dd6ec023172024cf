"""The headache test: sums that do not agree, odd prices, empty tiers, no head start."""

from __future__ import annotations

import pytest

from habitue.core import advice, document, program

SHOP = """\
program: shop
title: Shop
currency: EUR
timezone: Europe/Paris
units:
  points: {worth: 0.05}
  spend: {qualifying: true, decimals: 2}
earn:
  - {id: base, when: purchase, award: {points: 1, per: 1.00}}
  - {id: year, when: purchase, award: {spend: 1, per: 1.00, step: proportional}}
  - {id: hello, when: enrolment, award: {points: 10}}
tiers:
  basis: {unit: spend}
  levels: [{id: base, from: 0}, {id: gold, from: 100}]
rewards:
  - {id: off, cost: {points: 100}, gives: {money_off: 5.00}}
benefits:
  - {id: wifi, title: Wi-Fi, tiers: gold}
"""


def read(text: str) -> program.Program:
    found = document.read(text)
    assert isinstance(found, program.Program), [problem.text() for problem in found]
    return found


def test_a_plain_program_needs_no_advice() -> None:
    assert advice.on(read(SHOP)) == []
    assert advice.first_reward(read(SHOP)) == "100.00 EUR"


ODD = {
    "sums that do not agree": (
        ("money_off: 5.00", "money_off: 4.00"),
        ["rewards[0].cost: 100 points are worth 5 by `worth`, yet give 4.00"],
    ),
    "a price that is not round": (
        ("{points: 100}, gives: {money_off: 5.00}", "{points: 123}, gives: {product: tea}"),
        ["rewards[0].cost: 123 points is not a round price"],
    ),
    "a sum nobody does": (
        ("{points: 1, per: 1.00}", "{points: 3, per: 7.00}"),
        ["earn[0].award: 3 points per 7.00 is a sum nobody does at the counter"],
    ),
    "decimals in a balance": (
        ("{worth: 0.05}", "{worth: 0.05, decimals: 1}"),
        ["units.points.decimals: a balance with decimals is harder to read than a whole number"],
    ),
    "an empty tier": (
        (", tiers: gold", ""),
        ['tiers.levels[1]: nothing depends on the tier "gold": it gives its holders nothing'],
    ),
    "no head start": (
        ("when: enrolment", "when: birthday"),
        [f"earn: {advice.HEAD_START}"],
    ),
    "too much to collect": (
        ("units:\n", "units:\n  a: {}\n  b: {}\n"),
        ["units: 3 things to collect at once (a, b, points) is a lot to follow"],
    ),
}


@pytest.mark.parametrize("oddity", ODD)
def test_an_oddity_is_named(oddity: str) -> None:
    (old, new), said = ODD[oddity]
    assert old in SHOP
    found = advice.on(read(SHOP.replace(old, new, 1)))
    assert [f"{one.path}: {one.sentence}" for one in found] == said
