"""What comes, what goes and what becomes otherwise, in whole sentences; and the words of a file."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from habitue.core import differences, document, program
from habitue.core.differences import sentences, words
from tests.core.quarter import TEXT, quarter

CHANGES = (
    ("fee: {price: 49.00, every: year, trial: 30 days, grace: 5 days}\n", ""),
    ("  miles: {decimals: 1}\n", ""),
    ("award: {miles: 2.5}", "award: {points: 2}"),
    (", {id: trees, title: Trees}", ""),
    (
        "  - {id: plant, cost: {points: 60}, gives: {donation: 0.60, cause: trees}}\n",
        "  - {id: coins, cost: {points: 30}, gives: {money_off: 1.00}}\n",
    ),
    ("  - {id: airline, title: Air Aosta, issuing: 0.05, account: prepaid}\n", ""),
    ("transfers: {units: points}\n", ""),
    (
        "  - {id: parcel, when: survey, award: {points: 5}, pending: until delivery}\n",
        "  - {id: twice, when: purchase, award: [{multiply: 2}, {points: 5}], group: g}\n"
        "combine: {g: best}\n",
    ),
    (
        "  - {id: more, when: purchase, where: {tier: gold}, award: {bonus: 50%, unit: points}}\n",
        "",
    ),
    (
        "tiers:\n  basis: {unit: spend}\n"
        "  levels: [{id: base, from: 0}, {id: gold, from: 100}]\npay_with: {unit: points}\n",
        "",
    ),
    ("benefits: [{id: delivery, title: Delivery, saves: 4.90}]\n", ""),
    (
        TEXT[TEXT.index("draws:") :],
        "leaderboard: {unit: points}\nhousehold: {members: 4, pools: points}\n",
    ),
)
FORTH = """\
miles cannot be collected any more; what members hold stays
members can no longer give to Trees; what was given stays given
Air Aosta is no longer a partner
households spend together: members 4, pools points
"review" earns 2 points instead of 2.5 miles (late)
a purchase earns everything times 2 and 5 points (twice)
a purchase no longer earns 50% more points (more); what members hold stays
"survey" no longer earns 5 points (parcel); what members hold stays
the rules of the group g combine by best instead of by sum
there is a new reward coins: 1.00 off for 30 points
the reward plant cannot be had any more; vouchers that members hold stay good
there is a leaderboard: unit points
membership is free
members may no longer give each other units
there are no tiers any more
units no longer pay at the till
the benefit delivery ends
there is no draw weekly any more
no dividend is paid any more
"""
BACK = """\
membership has a fee: price 49.00, trial 30 days, grace 5 days
miles can be collected
members can give to Trees
Air Aosta is a partner
members may give each other units: units points
a purchase earns 50% more points (more)
"review" earns 2.5 miles instead of 2 points (late)
"survey" earns 5 points (parcel)
a purchase no longer earns everything times 2 and 5 points (twice); what members hold stays
there are tiers: base, gold
units pay at the till: unit points
there is a new reward plant: 0.60 given (cause trees) for 60 points
the reward coins cannot be had any more; vouchers that members hold stay good
there is a new benefit delivery: Delivery
there is a draw weekly: Weekly
a dividend is paid: pays dividend, share 10%, of spend
households no longer spend together
the rules of the group g combine by sum instead of by best
there is no leaderboard any more
"""
PATHS = """\
units.miles causes.trees partners.airline household earn.late.award earn.twice earn.more
earn.parcel combine.g rewards.coins rewards.plant leaderboard fee transfers tiers pay_with
benefits.delivery draws.weekly dividend
"""


def read(text: str) -> program.Program:
    found = document.read(text)
    assert isinstance(found, program.Program), [problem.text() for problem in found]
    return found


def changed() -> program.Program:
    text = TEXT
    for old, new in CHANGES:
        assert old in text, old
        text = text.replace(old, new, 1)
    return read(text)


def said(found: list[differences.Difference]) -> str:
    stem = "From the day it is published, "
    assert all(each.sentence.startswith(stem) for each in found)
    return "".join(f"{each.sentence.removeprefix(stem).rstrip('.')}\n" for each in found)


def test_all_that_comes_and_goes_is_told_in_the_order_of_the_file() -> None:
    forth = differences.between(quarter(), changed())
    assert said(forth) == FORTH
    assert said(differences.between(changed(), quarter())) == BACK
    assert [each.path for each in forth] == PATHS.split()
    assert [each.key for each in forth if each.path.startswith("tiers")] == ["tiers.goes"]


MORE = {
    "two rules of one name": (
        "  - {id: late, when: review, award: {miles: 2.5}, pending: until approval}\n",
        "  - {id: late, when: review, award: {miles: 2.5}, dates: {until: 2026-06-01}}\n"
        "  - {id: late, when: review, award: {miles: 3}, dates: {since: 2026-06-01}}\n",
        [
            "earn.late.dates: late runs until 2026-06-01 instead of always",
            "earn.late.pending: what late gives can be used after as the unit instead of until "
            "approval; what members hold keeps its dates",
            'earn.late#2: "review" earns 3 miles (late#2)',
        ],
    ),
    "the order of rewards": (
        "  - {id: give, cost: {points: 50}, gives: {donation: 0.50, cause: fund}}\n"
        "  - {id: five, cost: {points: 20}, gives: {money_off: 5.00}, valid_for: 1 month}\n",
        "  - {id: five, cost: {points: 20}, gives: {money_off: 5.00}, valid_for: 1 month}\n"
        "  - {id: give, cost: {points: 50}, gives: {donation: 0.50, cause: fund}}\n",
        ["rewards: the order of rewards is tea, plant, five, give instead of tea, plant, give, "
         "five"],
    ),
    "a threshold in a unit": (
        "{id: gold, from: 100}",
        "{id: gold, from: {any: [{spend: 100}, {spend: 90.50}]}}",
        [
            "tiers.levels.gold.from: the tier gold starts from 100.00 spend or 90.50 spend instead "
            "of 100.00; who holds it keeps it until its last day"
        ],
    ),
    "tiers over a lifetime": (
        "basis: {unit: spend}",
        "basis: {unit: spend, window: lifetime}",
        ["tiers.basis.window: tiers count over lifetime instead of calendar year"],
    ),
    "how long a tier is kept": (
        "  levels: [{id: base",
        "  kept: 12 months\n  levels: [{id: base",
        [
            "tiers.kept: a tier reached from then on is kept like this: 12 months, instead of rest "
            "of this and next year; tiers that members hold stay until their last day"
        ],
    ),
    "the price of membership": (
        "price: 49.00",
        "price: 59.00",
        [
            "fee.price: membership costs 59.00 instead of 49.00; what is paid stays paid",
        ],
    ),
    "a title": (
        "title: The quarter",
        "title: {en: The quarter, fr: Le quartier}",
        ["title: the program is called en The quarter, fr Le quartier instead of The quarter"],
    ),
    "a limit": (
        "{id: tea, cost: {points: 10}",
        "{id: tea, limit: {times: 2, per: week}, cost: {points: 12}",
        [
            "rewards.tea.cost: the reward tea costs 12 points instead of 10; points that members "
            "hold stay",
            "rewards.tea.limit: the reward tea can be had 2 times per week instead of any number "
            "of times",
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", MORE)
def test_what_becomes_otherwise_is_told_where_it_stands(change: str) -> None:
    old, new, told = MORE[change]
    assert old in TEXT
    found = differences.between(quarter(), read(TEXT.replace(old, new, 1)))
    assert [
        f"{each.path}: {line}" for each, line in zip(found, said(found).splitlines(), strict=True)
    ] == told


def test_only_the_first_day_is_a_change_where_nothing_else_is() -> None:
    later = read(TEXT.replace("currency:", "since: 2026-03-01\ncurrency:", 1))
    (one,) = differences.between(quarter(), later)
    assert (one.key, one.path, one.since) == ("program.since", "since", date(2026, 3, 1))
    assert one.values["old"] == "the first day"
    assert one.values["id"] == "quarter"
    assert one.sentence == (
        "From 1 March 2026, the rules hold from 2026-03-01 instead of the first day."
    )


def test_what_has_no_sentence_of_its_own_is_told_by_its_path() -> None:
    key, values = sentences.of_change("unit", "color", "red", None, {})
    assert (key, values) == ("otherwise", {"old": "red", "new": "not given"})
    one = differences.Difference(key, "units.points.color", values | {"path": "points.color"}, None)
    assert one.sentence == (
        "From the day it is published, points.color is not given instead of red."
    )


WORDS: list[tuple[Any, Any, str]] = [
    (words.said, "a", "a"),
    (words.said, ["a", "b"], "a, b"),
    (words.said, {"end_of": "month", "least": ["1", "2"]}, "end of month, least 1, 2"),
    (words.award, {"points": "2", "per": "1.00"}, "2 points per 1.00"),
    (words.award, {"points": "50"}, "50 points"),
    (words.award, {"points": "1", "per": "1.00", "step": "proportional"},
     "1 points per 1.00, shares counting"),
    (words.award, {"points": "1", "per": "1.00", "step": "whole"}, "1 points per 1.00"),
    (words.award, {"multiply": "2"}, "everything times 2"),
    (words.award, {"multiply": "2", "unit": "miles"}, "miles times 2"),
    (words.award, {"bonus": "30%", "unit": "miles"}, "30% more miles"),
    (words.award, [{"points": "1"}, {"miles": "2"}], "1 points and 2 miles"),
    (words.amounts, "100", "100"),
    (words.amounts, {"nights": "10", "legs": "4"}, "10 nights and 4 legs"),
    (words.amounts, {"any": [{"nights": "10"}, {"events": "3"}]}, "10 nights or 3 events"),
    (words.gift, {"product": "a coffee"}, "a coffee"),
    (words.gift, {"money_off": "5.00"}, "5.00 off"),
    (words.gift, {"percent_off": "20%"}, "20% off"),
    (words.gift, {"donation": "5.00", "cause": "fund"}, "5.00 given (cause fund)"),
    (words.gift, {"points": "250"}, "250 points"),
    (words.gift, {"miles": "2.5"}, "2.5 miles"),
    (words.gift, {"product": "1.2.3"}, "1.2.3"),
    (words.gift, [{"points": "250"}, {"product": "tea"}], "250 points or tea"),
    (words.limit, {"times": "1", "per": "day"}, "1 times per day"),
    (words.limit, {"points": "500", "per": "month"}, "500 points per month"),
    (words.limit, {"times": "20", "total": "true"}, "20 times in all for everybody together"),
    (words.limit, {"times": "20", "total": "false"}, "20 times in all"),
    (words.limit, {"times": "2", "points": "5"}, "2 times and 5 points in all"),
    (words.limit, [{"times": "1", "per": "day"}, {"times": "3", "per": "week"}],
     "1 times per day and 3 times per week"),
    (words.limit, "5", "5"),
    (words.event, "purchase", "a purchase"),
    (words.event, "check-in", '"check-in"'),
]  # fmt: skip


@pytest.mark.parametrize(("how", "value", "told"), WORDS)
def test_what_stands_in_a_file_is_said_in_words(how: Any, value: Any, told: str) -> None:
    assert how(value) == told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("1 point", "2 point", "1"),
        ("1 point per 1.00", "2 point per 1.00", "1"),
        ("1 point", "1 star", "1 point"),
        ("point", "2 point", "point"),
        ("1 point", "point", "1 point"),
        ("10 nights and 4 legs", "12 nights and 4 legs", "10"),
    ],
)
def test_the_old_amount_says_only_what_the_new_one_does_not(old: str, new: str, told: str) -> None:
    assert words.shorter(old, new) == told
