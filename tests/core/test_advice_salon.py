"""A salon with a bit of everything, and all that there is to say about it, to the last figure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from msgspec import structs

from habitue.core import advice, document, facts, program
from habitue.core.advice import basket, customer, generosity, headache, reach, saying
from habitue.core.advice.saying import Cash, Name, Said, Share
from tests.core.cast import cafe

SALON = """\
program: salon
title: Salon
currency: EUR
timezone: Europe/Paris
fee:
  every: month
  prices: [{price: 12.00}, {price: 15.00, since: 2026-03-01, at_renewal_since: 2026-06-01}]
units:
  points: {worth: 0.04, expiry: 6 months}
  gems: {decimals: 1}
  stamps: {}
  spend: {qualifying: true, decimals: 2}
causes: [{id: fund, title: The fund}]
earn:
  - {id: base, when: purchase, award: {points: 5, per: 2.00}}
  - id: tea
    when: purchase
    lines: {category: tea, excluding: {label: sale}}
    award: {points: 4, per: 1.00, step: proportional}
  - id: sku
    when: purchase
    lines: {sku: [ESP, TEA], label: fair}
    award: {multiply: 2, unit: points}
  - id: app
    when: purchase
    where: {any: [{channel: app}, {not: {tender: cash}}]}
    award: {points: 1}
  - {id: gem, when: purchase, award: {gems: 1.5, per: item}}
  - {id: scan, when: visit, award: {stamps: 2}}
  - {id: year, when: purchase, award: {spend: 1, per: 1.00, step: proportional}}
  - id: vip
    when: purchase
    where: {all: [{tier: gold}, {minimum_order: 10.00}]}
    award: {bonus: 50%, unit: points}
tiers:
  basis: {unit: spend}
  levels:
    - {id: base, from: 0}
    - {id: silver, from: 150}
    - {id: gold, from: 300}
    - {id: top, from: 99000}
pay_with: {unit: points}
rewards:
  - {id: cut, cost: {points: 275}, gives: {money_off: 10.00}}
  - {id: big, cost: {points: 550}, gives: {money_off: 20.00}}
  - {id: bigger, cost: {points: 825}, gives: {money_off: 25.00}}
  - {id: mask, cost: {gems: 12.5}, gives: {product: mask}}
  - {id: give, cost: {points: 100}, gives: {donation: 4.00, cause: fund}}
  - {id: tenth, cost: {points: 40}, gives: {percent_off: 10%}, tiers: [silver, gold, top]}
  - {id: more, cost: {gems: 10}, gives: {points: 60}}
  - {id: pick, cost: {points: 90}, choose: [{product: tea}, {money_off: 3.00}]}
  - id: spring
    cost: {points: 20}
    gives: {product: seeds}
    dates: {since: 2026-04-01, until: 2026-05-01}
benefits: [{id: wifi, title: Wi-Fi}, {id: seat, title: A seat, saves: 0.70}]
"""
TODAY = date(2026, 3, 2)
TWICE = advice.Typical(1250, Fraction(2))
SELDOM = advice.Typical(300, Fraction(1, 2))


@cache
def salon() -> program.Program:
    found = document.read(SALON)
    assert isinstance(found, program.Program), [problem.text() for problem in found]
    return found


def report(*, seldom: bool = False) -> advice.Report:
    return advice.report(salon(), SELDOM if seldom else TWICE, on=TODAY)


def told(found: advice.Report) -> list[str]:
    return [f"{one.path}: {one.sentence}" for one in found.advice]


def reached(found: dict[str, reach.Reached]) -> dict[str, tuple[int, int]]:
    assert all(name == one.id for name, one in found.items())
    return {name: (one.visits, one.days) for name, one in found.items()}


def earned(found: advice.Report) -> Iterator[str]:
    for rate in found.generosity.rates:
        shares = " ".join(str(share) for share in (rate.share, rate.least, rate.most))
        kind = f" with {rate.with_}" if rate.with_ else ""
        yield f"{rate.tier}: {rate.per_money} {rate.unit}{kind}: {shares}"


SAID = [
    "units: 3 things to collect at once (points, gems, stamps) is a lot to follow; stamps "
    "could go: nothing can be had for it",
    "units.gems.decimals: a balance with decimals is harder to read than a whole number",
    "earn[0].award: 5 points per 2.00 is a sum nobody does at the counter",
    "rewards[0].cost: 275 points is not a round price; 270 is, and gives 1.85 % more back",
    "rewards[0].cost: 275 points are worth 11.00 EUR by `worth`, yet give 10.00 EUR",
    "rewards[1].cost: 550 points are worth 22.00 EUR by `worth`, yet give 20.00 EUR",
    "rewards[2].cost: 825 points is not a round price; 820 is, and gives 0.61 % more back",
    "rewards[2].cost: 825 points are worth 33.00 EUR by `worth`, yet give 25.00 EUR",
    "rewards[3].cost: 12.5 gems is not a round price; 12 is, and gives 4.17 % more back",
    "rewards[7].cost: 90 points are worth 3.60 EUR by `worth`, yet give 3.00 EUR",
    "earn: nothing is given on joining; a head start brings more people to the first reward "
    "(34 % against 19 %, Nunes and Drèze 2006)",
    'rewards[2]: nobody should take "bigger": "cut" taken 3 times gives as much or more for '
    "825 points",
    'rewards[2].cost: "bigger" takes 15 months to earn for a typical customer, and points '
    "lapse before that",
    'tiers.levels[3].from: "top" is out of reach even for somebody who spends 5 times as much '
    "as a typical customer",
]
SAID_TO_WHO_COMES_SELDOM = [
    'rewards[2]: nobody should take "bigger": "cut" taken 3 times gives as much or more for '
    "825 points",
    'rewards[0].cost: "cut" takes more than 5 years to earn for a typical customer',
    'rewards[1].cost: "big" takes more than 5 years to earn for a typical customer',
    'rewards[2].cost: "bigger" takes more than 5 years to earn for a typical customer',
    'rewards[4].cost: "give" takes 34 months to earn for a typical customer, and points lapse '
    "before that",
    'rewards[7].cost: "pick" takes 30 months to earn for a typical customer, and points lapse '
    "before that",
    'rewards[8].cost: "spring" takes more than 5 years to earn for a typical customer',
    'tiers.levels[1].from: "silver" is out of reach even for somebody who spends 5 times as '
    "much as a typical customer",
    'tiers.levels[2].from: "gold" is out of reach even for somebody who spends 5 times as '
    "much as a typical customer",
    'tiers.levels[3].from: "top" is out of reach even for somebody who spends 5 times as much '
    "as a typical customer",
]
EARNED = [
    "base: 5/2 points: 1/10 5/66 1/10",
    "base: 3/25 gems: 18/625 18/625 18/625",
    "base: 13/2 points with category tea: 13/50 13/66 13/50",
    "base: 4/25 stamps with a scan at each visit: None None None",
    "silver: 5/2 points: 1/10 5/66 1/10",
    "silver: 3/25 gems: 18/625 18/625 18/625",
    "silver: 13/2 points with category tea: 13/50 13/66 13/50",
    "silver: 4/25 stamps with a scan at each visit: None None None",
    "gold: 15/4 points: 3/20 5/44 3/20",
    "gold: 3/25 gems: 18/625 18/625 18/625",
    "gold: 39/4 points with category tea: 39/100 13/44 39/100",
    "gold: 4/25 stamps with a scan at each visit: None None None",
    "top: 5/2 points: 1/10 5/66 1/10",
    "top: 3/25 gems: 18/625 18/625 18/625",
    "top: 13/2 points with category tea: 13/50 13/66 13/50",
    "top: 4/25 stamps with a scan at each visit: None None None",
]
TAKEN = [
    "275 points: 10.00 EUR off: 2/55",
    "550 points: 20.00 EUR off: 2/55",
    "825 points: 25.00 EUR off: 1/33",
    "25/2 gems: mask: None",
    "100 points: 4.00 EUR given: 1/25",
    "40 points: 10 % off: None",
    "10 gems: 60 points: 6/25",
    "90 points: tea or 3.00 EUR off: None",
    "1 points: part of the price: 1/25",
]
PASTED = {
    "units.gems.decimals": (
        "gems: {}",
        "- {id: gem, when: purchase, award: {gems: 15, per: item}}",
        "- {id: mask, cost: {gems: 125}, gives: {product: mask}}",
        "- {id: more, cost: {gems: 100}, gives: {points: 60}}",
    ),
    "rewards[0].cost": ("- {id: cut, cost: {points: 270}, gives: {money_off: 10.00}}",),
    "rewards[2].cost": ("- {id: bigger, cost: {points: 820}, gives: {money_off: 25.00}}",),
    "rewards[3].cost": ("- {id: mask, cost: {gems: 12.0}, gives: {product: mask}}",),
}


def test_everything_there_is_to_say_is_said_in_the_order_of_the_file() -> None:
    found = report()
    assert told(found) == SAID
    assert {one.path: one.instead for one in found.advice if one.instead} == PASTED
    assert [one.path for one in found.advice if one.same] == ["units.gems.decimals"]
    assert told(report(seldom=True))[11:] == SAID_TO_WHO_COMES_SELDOM


def test_what_spending_earns_is_said_at_each_tier_for_each_kind_of_purchase() -> None:
    found = report().generosity
    assert list(earned(report())) == EARNED
    assert [f"{one.cost} {one.unit}: {one.gives}: {one.per_unit}" for one in found.rewards] == TAKEN
    assert [one.reward for one in found.rewards if one.tiers] == ["tenth"]
    assert (found.rewards[-1].reward, found.unknown) == ("at the till", ("stamps",))
    assert found.fee == generosity.Membership(1500, "month", {"seat": 22})
    assert (found.dividend, report().draws) == (None, ())


def test_a_customer_reaches_rewards_and_tiers_at_a_visit_and_a_day() -> None:
    pace = report().pace
    assert reached(pace.rewards) == {
        "pick": (3, 30),
        "spring": (3, 30),
        "give": (8, 106),
        "more": (11, 152),
        "cut": (13, 182),
        "mask": (13, 182),
        "tenth": (16, 228),
        "big": (55, 821),
    }
    assert reached(pace.tiers) == {"base": (1, 0), "silver": (16, 228), "gold": (45, 669)}
    assert pace.first == reach.Reached("pick", 3, 30)
    assert pace.earned == {"points", "gems", "stamps", "spend"}
    seldom = report(seldom=True).pace
    assert reached(seldom.rewards) == {"more": (8, 426), "mask": (10, 547)}
    assert reached(seldom.tiers) == {"base": (1, 0)}


def test_kinds_of_purchases_are_those_that_rules_tell_apart() -> None:
    assert [kind.said for kind in basket.kinds(salon())] == [
        "category tea",
        "sku ESP",
        "sku TEA",
        "label fair",
        "channel app",
        "tender cash",
    ]
    bodies = [kind.body(500, "EUR", 2) for kind in basket.kinds(salon())]
    lines = [body.lines[0] for body in bodies]
    assert {(line.amount, line.quantity) for line in lines} == {(500, 2)}
    assert [(line.category, line.sku, line.labels) for line in lines] == [
        ("tea", "", ()),
        ("", "ESP", ()),
        ("", "TEA", ()),
        ("", "", ("fair",)),
        ("", "", ()),
        ("", "", ()),
    ]
    assert [(body.channel, body.tender) for body in bodies[4:]] == [("app", ""), ("", "cash")]
    assert {body.currency for body in bodies} == {"EUR"}


def test_the_usual_purchase_is_the_ordinary_one_unless_that_earns_nothing() -> None:
    assert basket.usual(salon(), 1250, TODAY) is basket.ORDINARY
    rule = program.PerMoney("points", Fraction(1), 100)
    one, two = (
        program.EarnRule(word, "purchase", (rule, *more), where=program.Among("channel", (word,)))
        for word, more in (("shop", ()), ("app", (rule,)))
    )
    assert basket.usual(cafe(rules=(one, two)), 1250, TODAY).said == "channel app"
    assert basket.usual(cafe(rules=()), 1250, TODAY) is basket.ORDINARY
    scan = program.EarnRule("scan", "visit", (program.Fixed("points", Fraction(1)),))
    assert basket.usual(cafe(rules=(one, scan)), 1250, TODAY) is basket.ORDINARY


@pytest.mark.parametrize(
    ("currency", "spent"), [("EUR", 1250), ("JPY", 1250), ("KWD", 12500), ("ISK", 1250)]
)
def test_the_assumed_customer_spends_so_much_twice_a_month(currency: str, spent: int) -> None:
    assert customer.assumed(currency) == advice.Typical(spent, Fraction(2), assumed=True)


def test_a_customers_visits_are_spread_evenly_from_the_first_day() -> None:
    assert [TWICE.day(visit, TODAY).isoformat() for visit in (1, 2, 3, 25)] == [
        "2026-03-02",
        "2026-03-17",
        "2026-04-01",
        "2027-03-02",
    ]
    assert TWICE.times(5) == advice.Typical(6250, Fraction(2))


def test_life_lasts_five_years_at_most_and_a_thousand_visits() -> None:
    held = [one.account.usable(0) for one in customer.life(cafe(), TWICE, TODAY)]
    assert held[:3] == [12, 24, 36]
    seen = list(customer.life(cafe(), TWICE, TODAY))
    assert (len(seen), seen[0].visit, seen[0].on) == (121, 1, TODAY)
    assert seen[-1].on == date(2031, 3, 2)
    assert [len(one.outcomes) for one in seen[:3]] == [2, 1, 1]  # joins with the first
    daily = advice.Typical(100, Fraction(31))
    assert [one.visit for one in customer.life(cafe(), daily, TODAY)][-1] == 1000


FEES = {
    "once": [("2026-03-02", 1500)],
    "year": [("2026-03-02", 1500), ("2027-03-02", 1500), ("2028-03-02", 1500)],
    "month": [("2026-03-02", 1500), ("2026-04-02", 1500), ("2026-05-02", 1500)],
}


@pytest.mark.parametrize("every", FEES)
def test_the_fee_is_paid_as_often_as_it_falls_due(every: Any) -> None:
    fee = program.Fee((program.Price(1500),), every=every)
    paid = [
        (one.on.isoformat(), outcome.event.what.amount)
        for one in customer.life(cafe(fee=fee), advice.Typical(100, Fraction(31)), TODAY)
        for outcome in one.outcomes
        if isinstance(outcome.event.what, facts.FeePaid) and outcome.refused is None
    ]
    assert paid[: len(FEES[every])] == FEES[every]
    assert len(paid) == {"once": 1, "year": 3, "month": 33}[every]  # in a thousand days


PRICES = program.Fee(
    (
        program.Price(1200),
        program.Price(1500, date(2026, 3, 1), date(2026, 6, 1)),
        program.Price(1800, date(2027, 1, 1)),
    )
)


@pytest.mark.parametrize(
    ("day", "joining", "renewing"),
    [
        ("2026-02-28", 1200, 1200),
        ("2026-03-01", 1500, 1200),
        ("2026-05-31", 1500, 1200),
        ("2026-06-01", 1500, 1500),
        ("2026-12-31", 1500, 1500),
        ("2027-01-01", 1800, 1800),
    ],
)
def test_the_price_of_a_day_is_the_last_that_holds(day: str, joining: int, renewing: int) -> None:
    on = date.fromisoformat(day)
    assert customer.price_on(PRICES, on) == joining
    assert customer.price_on(PRICES, on, renewal=True) == renewing


def test_what_a_units_numbers_ask_of_a_customer_adds_up() -> None:
    assert headache.ache(salon(), "points") == 3 + 2 + 1 + 1  # a sum, by four, 275 and 825
    assert headache.ache(salon(), "gems") == 2 + 1  # decimals, and 12.5; pieces are counted
    assert headache.ache(salon(), "stamps") == 0


def test_the_unit_that_is_needed_least_could_go() -> None:
    tea = program.Reward("tea", (program.Gift("product", "tea"),), cost=("b", 5))
    units = tuple(program.Unit(name) for name in ("a", "b", "c"))
    rules = tuple(
        program.EarnRule(f"{name}{number}", "visit", (program.Fixed(name, Fraction(1)),))
        for name, times in (("a", 1), ("b", 2), ("c", 3))
        for number in range(times)
    )
    rewards = tuple(
        structs.replace(tea, id=f"{name}{n}", cost=(name, 5))
        for name in "abc"
        for n in (1, 2)
        if (name, n) != ("b", 2)
    )
    of = cafe(units=units, rules=rules, rewards=rewards)
    sentence = headache.test(of)[0].sentence
    assert sentence.endswith("b could go: only 1 reward and 2 rules need it")
    paid = structs.replace(of, pay_with=program.PayWith("b"))
    assert headache.test(paid)[0].sentence.endswith("a could go: only 2 rewards and 1 rule need it")
    two = structs.replace(of, units=(*units[:2], structs.replace(units[2], redeemable=False)))
    assert "units" not in [one.path for one in headache.test(two)]


def names(value: Any) -> Iterator[Name]:
    """Every name within what is said."""
    if isinstance(value, Name):
        yield value
    elif isinstance(value, Said):
        for each in value.values.values():
            yield from names(each)
    elif isinstance(value, tuple):
        for each in value:
            yield from names(each)


def test_what_is_named_is_there_under_its_kind() -> None:
    of = salon()
    assert of.tiers is not None
    known = {
        "unit": {unit.id for unit in of.units},
        "reward": {reward.id for reward in of.rewards},
        "tier": {level.id for level in of.tiers.levels},
    }
    found = [
        name
        for seldom in (False, True)
        for one in report(seldom=seldom).advice
        for name in names(one.said)
    ]
    assert {name.kind for name in found} == set(known)
    assert all(name.id in known[name.kind] for name in found)


@pytest.mark.parametrize(
    ("cost", "near"),
    [("55", "55"), ("99", "99"), ("100", "100"), ("105", "100"), ("106", "110"), ("995", "990"),
     ("996", "1000"), ("0.125", "0.12"), ("0.5", "0.5"), ("9.96", "10"), ("10", "10")],
)  # fmt: skip
def test_a_round_price_has_two_figures(cost: str, near: str) -> None:
    assert headache.round_price(Fraction(cost)) == Fraction(near)


def test_prices_are_looked_at_whatever_stands_before_them() -> None:
    tea = (program.Gift("product", "tea"),)
    cake = program.Reward("cake", tea, automatic="birthday")
    odd = program.Reward("odd", tea, cost=("points", 123))
    assert [one.path for one in headache.test(cafe(rewards=(cake, odd)))] == [
        "rewards[1].cost",
        "earn",
    ]
    hello = program.Reward("hello", tea, automatic="enrolment")
    assert [one.path for one in headache.test(cafe(rewards=(hello, odd)))] == ["rewards[1].cost"]
    assert headache.test(cafe(rewards=(cake,))) == []
    joins = program.EarnRule("joins", "enrolment", (program.Fixed("points", Fraction(5)),))
    assert (
        headache.test(cafe(rewards=(structs.replace(odd, cost=("points", 12)),), rules=(joins,)))
        == []
    )


@pytest.mark.parametrize("per", [100, 700, 1_300, 99_991])
def test_a_slope_is_exact_whatever_the_steps(per: int) -> None:
    base = program.EarnRule("base", "purchase", (program.PerMoney("points", Fraction(3), per),))
    of = cafe(rules=(base,))
    assert basket.slope(of, 1250, TODAY, "", basket.ORDINARY) == {"points": Fraction(300, per)}


def test_a_slope_of_many_steps_is_exact_enough() -> None:
    base = program.EarnRule("base", "purchase", (
        program.PerMoney("points", Fraction(1), 99_991),
        program.PerMoney("points", Fraction(1), 99_989),
    ))  # fmt: skip
    found = basket.slope(cafe(rules=(base,)), 1250, TODAY, "", basket.ORDINARY)["points"]
    exact = Fraction(100, 99_991) + Fraction(100, 99_989)
    assert 0 <= exact - found < Fraction(1, 10**8)


def test_the_first_price_is_asked_before_any_holds() -> None:
    fee = program.Fee((program.Price(1200, date(2027, 1, 1)),))
    assert customer.price_on(fee, TODAY) == 1200


ENGLISH: list[tuple[saying.Value, str]] = [
    (12, "12"),
    (Fraction(5, 2), "2.5"),
    (Fraction(1, 3), "0.3333"),
    (Fraction(20), "20"),
    (Cash(1250, "EUR"), "12.50 EUR"),
    (Cash(1250, "EUR", bare=True), "12.50"),
    (Cash(1250, "JPY"), "1250 JPY"),
    (Share(Fraction(1, 40)), "2.5 %"),
    (Share(Fraction(1, 3)), "33.33 %"),
    (Name("unit", "points"), "points"),
    (program.Period(1, "month"), "1 month"),
    (program.Period(2, "month"), "2 months"),
    ((Name("unit", "a"), Name("unit", "b")), "a, b"),
    (Said("one reward"), "1 reward"),
    (Said("rewards", {"count": 3}), "3 rewards"),
]


@pytest.mark.parametrize(("value", "english"), ENGLISH)
def test_a_value_is_said_in_english(value: saying.Value, english: str) -> None:
    assert saying.english(value) == english


def test_money_is_what_is_worth_one_or_counts_what_was_spent_with_its_decimals() -> None:
    spent = program.PerMoney("points", Fraction(1), 100, "proportional")
    unit = program.Unit("points", decimals=2)

    def is_money(award: program.PerMoney, unit: program.Unit) -> bool:
        rule = program.EarnRule("base", "purchase", (award,))
        return saying.is_money(cafe(units=(unit,), rules=(rule,)), unit)

    assert is_money(spent, unit)
    assert not is_money(spent, structs.replace(unit, decimals=1))
    assert not is_money(structs.replace(spent, step="whole"), unit)
    assert not is_money(structs.replace(spent, amount=Fraction(2)), unit)
    assert not is_money(structs.replace(spent, per=10), unit)
    fifth = structs.replace(spent, amount=Fraction(1, 20))
    assert is_money(fifth, structs.replace(unit, worth=Fraction(1)))
    assert not is_money(fifth, structs.replace(unit, worth=Fraction(1, 2)))
