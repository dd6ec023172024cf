"""Advice on programs that are well written: headaches, reach, generosity, pace, odds."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from habitue.core import advice, document, program
from habitue.core.advice import generosity, headache, odds, reach
from tests.core.cast import COFFEE, PER_EURO, cafe

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
TODAY = date(2026, 3, 2)
TWICE = advice.Typical(1250, Fraction(2))


def read(text: str) -> program.Program:
    found = document.read(text)
    assert isinstance(found, program.Program), [problem.text() for problem in found]
    return found


def told(of: program.Program, typical: advice.Typical = TWICE) -> list[str]:
    """All advice as lines."""
    found = advice.report(of, typical, on=TODAY).advice
    return [f"{one.path}: {one.sentence}" for one in found]


def test_a_plain_program_needs_no_advice() -> None:
    assert told(read(SHOP)) == []


ODD = {
    "sums that do not agree": (
        ("money_off: 5.00", "money_off: 4.00"),
        ["rewards[0].cost: 100 points are worth 5.00 EUR by `worth`, yet give 4.00 EUR"],
    ),
    "a price that is not round": (
        ("{points: 100}, gives: {money_off: 5.00}", "{points: 123}, gives: {product: tea}"),
        [
            "rewards[0].cost: 123 points is not a round price; 120 is, and gives 2.5 % more back",
        ],
    ),
    "a sum nobody does": (
        ("{points: 1, per: 1.00}", "{points: 3, per: 7.00}"),
        [
            "earn[0].award: 3 points per 7.00 is a sum nobody does at the counter; with prices in "
            "multiples of 3, 1 points would do"
        ],
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
        [
            "units: 3 things to collect at once (a, b, points) is a lot to follow; a could go: "
            "nothing can be had for it"
        ],
    ),
    "a step above the basket": (
        ("{points: 1, per: 1.00}", "{points: 1, per: 20.00}"),
        [
            "earn[0].award.per: a purchase of 12.50 EUR earns nothing: the step is 20.00 EUR; "
            "`carry: true` on points keeps the rest for the next time",
            'rewards[0].cost: "off" takes more than 5 years to earn for a typical customer',
        ],
    ),
    "units that lapse too early": (
        ("{worth: 0.05}", "{worth: 0.05, expiry: 2 months}"),
        [
            'rewards[0].cost: "off" takes 3 months to earn for a typical customer, and points '
            "lapse before that"
        ],
    ),
    "a reward that takes for ever": (
        ("{points: 100}, gives: {money_off: 5.00}", "{points: 2000}, gives: {product: a horse}"),
        ['rewards[0].cost: "off" takes more than 5 years to earn for a typical customer'],
    ),
    "a tier out of reach": (
        ("{id: gold, from: 100}", "{id: gold, from: 1600}"),
        [
            'tiers.levels[1].from: "gold" is out of reach even for somebody who spends 5 times as '
            "much as a typical customer"
        ],
    ),
    "a reward that nobody should take": (
        ("benefits:", "  - {id: big, cost: {points: 200}, gives: {money_off: 8.00}}\nbenefits:"),
        [
            "rewards[1].cost: 200 points are worth 10.00 EUR by `worth`, yet give 8.00 EUR",
            'rewards[1]: nobody should take "big": "off" taken 2 times gives as much or more for '
            "200 points",
        ],
    ),
}


@pytest.mark.parametrize("oddity", ODD)
def test_an_oddity_is_named(oddity: str) -> None:
    (old, new), said = ODD[oddity]
    assert old in SHOP
    assert told(read(SHOP.replace(old, new, 1))) == said


# --- simpler equivalents -----------------------------------------------------------------------


def test_points_by_the_ten_are_said_shorter_with_lines_to_paste() -> None:
    tens = SHOP.replace("points: 1, per: 1.00", "points: 10, per: 1.00")
    tens = tens.replace("points: 100}", "points: 500}").replace("worth: 0.05", "worth: 0.01")
    (one,) = advice.on(read(tens))
    assert one.path == "earn[0].award"
    assert one.sentence == (
        "10 points per 1.00 can be said shorter; "
        "1 points per 1.00, with off for 50, comes to the same"
    )
    assert one.same
    assert one.instead == (
        "points: {worth: 0.1}",
        "- {id: base, when: purchase, award: {points: 1, per: 1.00}}",
        "- {id: hello, when: enrolment, award: {points: 1}}",
        "- {id: 'off', cost: {points: 50}, gives: {money_off: 5.00}}",
    )


def test_the_lines_can_be_pasted_over_the_old_ones() -> None:
    tens = read(SHOP.replace("points: 1, per: 1.00", "points: 10, per: 1.00"))
    unit = tens.units[0]
    better = headache.easier(tens, unit)
    assert better is not None
    assert headache.ache(better, "points") < headache.ache(tens, "points")
    text = document.write(tens)
    for old, new in (
        ("points: 10, per: 1.00", "points: 1, per: 1.00"),
        ("worth: 0.05", "worth: 0.5"),
    ):
        assert old in text
        text = text.replace(old, new)
    text = text.replace("award: {points: 10}", "award: {points: 1}").replace(
        "points: 100", "points: 10"
    )
    assert read(text) == better


def test_nothing_shorter_is_proposed_where_a_share_could_fall_between_two_steps() -> None:
    tens = SHOP.replace("points: 1, per: 1.00", "points: 10, per: 1.00, step: proportional")
    assert headache.easier(read(tens), read(tens).units[0]) is None
    tens = SHOP.replace("points: 1, per: 1.00", "points: 10, per: 1.00").replace(
        "tiers:\n", "  - {id: more, when: purchase, award: {bonus: 25%, unit: points}}\ntiers:\n", 1
    )
    better = headache.easier(read(tens), read(tens).units[0])
    assert better is None  # 10 and a quarter are 12; 1 and a quarter would be 1


@pytest.mark.parametrize(
    ("cost", "near"), [("123", "120"), ("275", "270"), ("276", "280"), ("1999", "2000"), ("7", "7")]
)
def test_the_nearest_round_price(cost: str, near: str) -> None:
    assert headache.round_price(Fraction(cost)) == Fraction(near)


# --- pace --------------------------------------------------------------------------------------


def test_the_first_reward_comes_when_the_engine_gives_it() -> None:
    found = reach.pace(read(SHOP), TWICE, TODAY)
    # 10 on joining and 12 a visit: 100 at the eighth, seven half-months after the first.
    assert found.first == reach.Reached("off", 8, 106)
    assert found.tiers == {
        "base": reach.Reached("base", 1, 0),
        "gold": reach.Reached("gold", 8, 106),
    }
    assert found.earned == {"points", "spend"}


def test_a_stamp_card_is_filled_scan_by_scan() -> None:
    stamp = program.PerItem("stamps", Fraction(1))
    card = cafe(
        units=(program.Unit("stamps"),),
        rules=(program.EarnRule("scan", "visit", (stamp,)),),
        rewards=(
            program.Reward(
                "coffee",
                (program.Gift("product", "coffee"),),
                cost=("stamps", 10),
                automatic="threshold",
            ),
        ),
    )
    weekly = advice.Typical(450, Fraction(1461, 336))
    assert reach.pace(card, weekly, TODAY).first == reach.Reached("coffee", 10, 63)


def test_who_must_buy_in_one_way_to_earn_anything_does() -> None:
    online = SHOP.replace(
        "when: purchase, award: {points", "when: purchase, where: {channel: online}, award: {points"
    )
    found = advice.report(read(online), TWICE, on=TODAY)
    assert found.pace.typical.buys.said == "channel online"
    assert found.pace.first == reach.Reached("off", 8, 106)


def test_what_is_not_for_sale_yet_or_any_more_is_not_called_out_of_reach() -> None:
    gone = SHOP.replace("{money_off: 5.00}}", "{money_off: 5.00}, dates: {until: 2020-01-01}}")
    assert told(read(gone)) == []


# --- generosity --------------------------------------------------------------------------------


def back(of: program.Program, typical: advice.Typical = TWICE) -> dict[tuple[str, str], Any]:
    """The share of the money that comes back, by tier and kind of purchase."""
    found = generosity.of_program(of, typical, TODAY)
    return {(rate.tier, rate.with_): rate.share for rate in found.rates}


def test_a_point_worth_five_cents_gives_five_percent_back_and_more_at_a_tier() -> None:
    gold = (
        "  - {id: gold, when: purchase, where: {tier: gold}, award: {bonus: 20%, unit: points}}\n"
    )
    found = back(read(SHOP.replace("tiers:\n", gold + "tiers:\n", 1)))
    assert found == {("base", ""): Fraction(5, 100), ("gold", ""): Fraction(6, 100)}


def test_a_category_that_earns_double_is_told_apart() -> None:
    double = "  - {id: tea, when: purchase, lines: {category: tea}, award: {multiply: 2}}\n"
    found = back(read(SHOP.replace("tiers:\n", double + "tiers:\n", 1)))
    assert found["base", ""] == Fraction(5, 100)
    assert found["base", "category tea"] == Fraction(10, 100)


def test_limits_and_welcome_gifts_have_no_slope() -> None:
    capped = SHOP.replace("per: 1.00}}", "per: 1.00}, limit: {points: 20, per: day}}", 1)
    extra = "  - {id: one, when: purchase, award: {points: 50}}\n"
    assert back(read(capped.replace("tiers:\n", extra + "tiers:\n", 1)))["gold", ""] == Fraction(
        1, 20
    )


def test_what_only_large_orders_earn_is_not_ordinary() -> None:
    large = "  - {id: big, when: purchase, where: {minimum_order: 50.00}, award: {multiply: 2}}\n"
    of = read(SHOP.replace("tiers:\n", large + "tiers:\n", 1))
    assert back(of)["base", ""] == Fraction(5, 100)
    assert back(of, advice.Typical(6000, Fraction(1)))["base", ""] == Fraction(10, 100)


def test_the_worst_and_the_best_reward_are_those_the_tier_may_take() -> None:
    more = "  - {id: top, cost: {points: 100}, gives: {money_off: 9.00}, tiers: gold}\nbenefits:"
    found = generosity.of_program(read(SHOP.replace("benefits:", more)), TWICE, TODAY)
    assert [(rate.tier, rate.least, rate.most) for rate in found.rates] == [
        ("base", Fraction(5, 100), Fraction(5, 100)),
        ("gold", Fraction(5, 100), Fraction(9, 100)),
    ]


def test_goods_without_a_worth_are_called_unknown() -> None:
    found = generosity.of_program(cafe(), TWICE, TODAY)
    assert found.unknown == ("points",)
    assert found.rates[0].share is None


def test_a_scan_at_each_visit_gives_its_worth_for_what_a_visit_spends() -> None:
    stamp = program.EarnRule("scan", "visit", (program.PerItem("points", Fraction(1)),))
    card = cafe(units=(program.Unit("points", worth=Fraction(1, 4)),), rules=(stamp,))
    assert back(card)["", generosity.A_VISIT] == Fraction(1, 50)  # 0.25 for 12.50


def test_a_fee_says_after_how_many_uses_it_has_paid() -> None:
    fee = program.Fee((program.Price(4900),))
    delivery = program.Benefit("delivery", {"en": "Delivery"}, saves=500)
    found = generosity.of_program(cafe(fee=fee, benefits=(delivery,)), TWICE, TODAY)
    assert found.fee == generosity.Membership(4900, "year", {"delivery": 10})


# --- draws -------------------------------------------------------------------------------------


def draw(*pieces: int | None) -> program.Draw:
    gift = program.Gift("product", "cake")
    prizes = tuple(program.Prize(gift, each) for each in pieces)
    return program.Draw("weekly", {"en": "Weekly"}, when="visit", prizes=prizes, expects=40)


@pytest.mark.parametrize(
    ("pieces", "there", "won", "missing"),
    [
        ((1, 9), 10, Fraction(1, 4), 0),
        ((1, 8), 9, Fraction(9, 40), 1),
        ((1, None), None, Fraction(1, 4), 0),
        ((50,), 50, Fraction(1), 0),
    ],
)
def test_forty_entrants_need_ten_prizes(
    pieces: tuple[int | None, ...], there: int | None, won: Fraction, missing: int
) -> None:
    found = odds.of_draw(draw(*pieces))
    assert (found.pieces, found.odds, found.missing) == (there, won, missing)


def test_a_reward_is_never_beaten_by_itself_nor_by_one_for_fewer_members() -> None:
    gold = program.Reward(
        "gold", (program.Gift("product", "coffee"),), cost=("points", 5), tiers=("gold",)
    )
    of = cafe(rules=(PER_EURO,), rewards=(COFFEE, gold))
    assert list(reach.dominated(of)) == []
    open_to_all = program.Reward("five", gold.gifts, cost=("points", 5))
    (one,) = reach.dominated(cafe(rewards=(COFFEE, open_to_all)))
    assert one.sentence.startswith('nobody should take "coffee"')


# --- fees, dividends, pieces -------------------------------------------------------------------


def test_a_typical_customer_pays_the_fee_and_waits_for_the_dividend() -> None:
    coop = read("""\
program: coop
title: Co-op
currency: EUR
timezone: Europe/Paris
fee: {price: 20.00, every: once}
units:
  eligible: {qualifying: true, decimals: 2}
  dividend: {decimals: 2, worth: 1}
earn:
  - {id: eligible, when: purchase, award: {eligible: 1, per: 1.00, step: proportional}}
dividend: {pays: dividend, share: 10%, of: eligible, least: 10.00}
rewards:
  - {id: spend, cost: {dividend: 1.00}, gives: {money_off: 1.00}}
""")
    found = reach.pace(coop, TWICE, TODAY)
    # From 2 March to December twice a month; the dividend comes on 1 March of the next year.
    assert found.first == reach.Reached("spend", 25, 365)


def test_pieces_are_counted_at_what_a_visit_spends() -> None:
    piece = program.EarnRule("item", "purchase", (program.PerItem("points", Fraction(1)),))
    card = cafe(units=(program.Unit("points", worth=Fraction(1, 4)),), rules=(piece,))
    assert back(card)["", ""] == Fraction(1, 50)


def test_what_counts_money_may_have_its_decimals() -> None:
    spent = SHOP.replace("{worth: 0.05}", "{decimals: 2}").replace(
        "award: {points: 1, per: 1.00}}", "award: {points: 1, per: 1.00, step: proportional}}"
    )
    assert told(read(spent)) == []
