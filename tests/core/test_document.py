"""A program file is read exactly, refused with the line and a sentence, and written back."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from habitue.core import document, program

CARD = """\
program: stamp-card
title: Stamp card
currency: EUR
timezone: Europe/Paris
units:
  stamps: {}
earn:
  - id: scan
    when: visit
    award: {stamps: 1, per: item}
rewards:
  - id: coffee
    cost: {stamps: 10}
    gives: {product: coffee}
"""


def read(text: str) -> program.Program:
    found = document.read(text)
    assert isinstance(found, program.Program), [problem.text() for problem in found]
    return found


def refused(text: str) -> list[str]:
    """Every problem as `line path: sentence…`."""
    found = document.read(text)
    assert isinstance(found, list), "nothing was refused"
    return [f"{problem.line} {problem.text()}" for problem in found]


def changed(old: str, new: str, text: str = CARD) -> str:
    assert old in text, f"the fault cannot be planted: {old!r} is not there"
    return text.replace(old, new, 1)


def with_tiers(levels: str, *, unit: str = "spend") -> str:
    earn = f"  - {{id: {unit}, when: purchase, award: {{{unit}: 1, per: 1.00}}}}\n"
    tiers = f"tiers:\n  basis: {{unit: {unit}}}\n  levels:\n{levels}"
    units = f"units:\n  {unit}: {{qualifying: true, decimals: 2}}\n"
    return changed("units:\n", units).replace("earn:\n", f"earn:\n{earn}") + tiers


def test_a_card_is_read() -> None:
    card = read(CARD)
    assert card.units == (program.Unit("stamps"),)
    assert card.rules[0].awards == (program.PerItem("stamps", Fraction(1)),)
    assert card.rewards[0].cost == ("stamps", 10)
    assert card.title == {"en": "Stamp card"}


def test_defaults_are_the_starred_ones() -> None:
    card = read(CARD)
    assert (card.units[0].rounding, card.units[0].order) == ("floor", "nearest expiry")
    assert (card.refund_of_spent, card.enrolment) == ("never below zero", "on request")
    assert card.rules[0].base == "net"


def test_numbers_are_exact_and_never_floats() -> None:
    text = changed("per: item", "per: 0.10").replace("stamps: {}", "stamps: {worth: 0.1}")
    card = read(text.replace("stamps: 1,", "stamps: 0.1,"))
    assert card.units[0].worth == Fraction(1, 10)
    assert card.rules[0].awards == (program.PerMoney("stamps", Fraction(1, 10), 10),)


def test_a_unit_that_only_qualifies_is_a_counter() -> None:
    tiers = read(with_tiers("    - {id: base, from: 0}\n    - {id: gold, from: 99.5}\n"))
    assert tiers.units[0].redeemable is False
    assert tiers.tiers is not None
    assert tiers.tiers.levels[1].needs == ((("spend", 9950),),)


FAULTS = {
    "unknown word": (
        changed("when:", "wen:"),
        [
            '8 earn[0]: "when" is missing',
            '9 earn[0].wen: unknown word "wen"; did you mean "when"? Allowed: id, title, when, '
            "award, lines, where, dates, base, covered, limit, cool_down, on_limit, group, expiry, "
            "pending",
        ],
    ),
    "the key on": (
        changed("when:", "on:"),
        [
            '8 earn[0]: "when" is missing',
            '9 earn[0].on: YAML reads the key "on" as true or false, not as a word; '
            'write "when" instead',
        ],
    ),
    "a text for a number": (
        changed("stamps: 1,", "stamps: ten,"),
        ['10 earn[0].award.stamps: expected a number such as 1.5, found "ten"'],
    ),
    "a list for a mapping": (
        changed("stamps: {}", "stamps: [1]"),
        [
            "6 units.stamps: expected a mapping of title, redeemable, qualifying, decimals, "
            "worth, rounding, carry, expiry, expiry_from, pending, order, found a list"
        ],
    ),
    "a word for a flag": (
        changed("stamps: {}", "stamps: {redeemable: maybe}"),
        ['6 units.stamps.redeemable: expected true or false, found "maybe"'],
    ),
    "no number with a decimal comma": (
        changed("per: item", "per: '1,50'"),
        [
            "10 earn[0].award.per: expected an amount of money such as 1.00, item, or the name of "
            'an attribute, found "1,50"'
        ],
    ),
    "no exponent": (
        changed("stamps: 10", "stamps: 1E+300000"),
        ['13 rewards[0].cost.stamps: expected a number of stamps, found "1E+300000"'],
    ),
    "unknown unit": (
        changed("cost: {stamps", "cost: {stamp"),
        ['13 rewards[0].cost.stamp: unknown word "stamp"; did you mean "stamps"? Allowed: stamps'],
    ),
    "unknown event": (
        changed("when: visit", "when: visits"),
        [
            '9 earn[0].when: unknown event "visits"; did you mean "visit"? Allowed: purchase, '
            "visit, enrolment, birthday, anniversary, date, segments, the name of an action"
        ],
    ),
    "unknown currency": (
        changed("EUR", "EURO"),
        ['3 currency: "EURO" is not a currency of ISO 4217 such as EUR'],
    ),
    "unknown time zone": (
        changed("Europe/Paris", "Europe/Pari"),
        [
            '4 timezone: unknown time zone "Europe/Pari"; write it like Europe/Paris; '
            'did you mean "Europe/Paris"?'
        ],
    ),
    "the same key twice": (
        changed("currency: EUR", "currency: EUR\ncurrency: USD"),
        ['4 currency: "currency" is given twice'],
    ),
    "the same id twice": (
        CARD + "  - {id: coffee, cost: {stamps: 5}, gives: {product: tea}}\n",
        ['15 rewards[1].id: the id "coffee" is used twice'],
    ),
    "an empty list": (
        changed(
            "earn:\n  - id: scan\n    when: visit\n    award: {stamps: 1, per: item}", "earn: []"
        ),
        ["7 earn: the list is empty; it needs 1 or more"],
    ),
    "more decimals than the unit has": (
        changed("stamps: 10", "stamps: 10.5"),
        [
            '13 rewards[0].cost.stamps: 10.5 has more decimals than the unit "stamps", '
            "which has no decimals"
        ],
    ),
    "a date that is none": (
        changed("title: Stamp card", "title: Stamp card\nsince: 2026-02-31"),
        ["3 since: there is no day 2026-02-31 in the calendar"],
    ),
    "reversed dates": (
        changed("when: visit", "when: visit\n    dates: {since: 2026-06-08, until: 2026-06-01}"),
        ["10 earn[0].dates: the dates are reversed: since 2026-06-08 is not before 2026-06-01"],
    ),
    "dates that overlap": (
        changed(
            "earn:\n",
            "earn:\n"
            "  - {id: june, when: visit, award: {multiply: 2},\n"
            "     dates: {since: 2026-06-01, until: 2026-06-16}}\n"
            "  - {id: june, when: visit, award: {multiply: 3},\n"
            "     dates: {since: 2026-06-15, until: 2026-06-30}}\n",
        ),
        [
            '11 earn[1].dates: the dates of the two rules "june" overlap: '
            "from 2026-06-01 until 2026-06-16 and from 2026-06-15 until 2026-06-30"
        ],
    ),
    "a reward whose unit no rule awards": (
        changed("stamps: {}", "stamps: {}\n  stars: {}").replace("cost: {stamps", "cost: {stars"),
        ['14 rewards[0].cost: nobody can reach "coffee": no rule awards stars'],
    ),
    "a reward whose limit is below its cost": (
        CARD + "    limit: {stamps: 9}\n",
        ['15 rewards[0].limit: nobody can reach "coffee": its limit of stamps is below its cost'],
    ),
    "a reward that is never given": (
        changed("    cost: {stamps: 10}\n", ""),
        ['12 rewards[0]: nobody can reach "coffee": it has no cost and is not given automatically'],
    ),
    "a reward that costs a counter": (
        changed("stamps: {}", "stamps: {qualifying: true}"),
        [
            '13 rewards[0].cost: nobody can reach "coffee": stamps is not redeemable; '
            "add redeemable: true"
        ],
    ),
    "a multiplier of nothing": (
        changed("award: {stamps: 1, per: item}", "award: {multiply: 2}"),
        [
            "10 earn[0].award: there is nothing to multiply: no rule awards anything on visit",
            '13 rewards[0].cost: nobody can reach "coffee": no rule awards stamps',
        ],
    ),
    "an unknown tier": (
        with_tiers("    - {id: base, from: 0}\n    - {id: gold, from: 99}\n").replace(
            "    gives:", "    tiers: [golden]\n    gives:"
        ),
        ['16 rewards[0].tiers[0]: unknown tier "golden"; did you mean "gold"? Allowed: base, gold'],
    ),
    "a first tier that is not free": (
        with_tiers("    - {id: base, from: 1}\n    - {id: gold, from: 99}\n"),
        ["20 tiers.levels[0].from: the first tier starts from 0: every member has it"],
    ),
    "tiers that do not rise": (
        with_tiers(
            "    - {id: base, from: 0}\n    - {id: gold, from: 99}\n    - {id: silver, from: 50}\n"
        ),
        ['22 tiers.levels[2].from: tiers rise: "silver" must need more than "gold"'],
    ),
    "a tier nobody can reach": (
        with_tiers("    - {id: base, from: 0}\n    - {id: gold, from: {stamps: 5}}\n"),
        [
            '21 tiers.levels[1].from: nobody can reach the tier "gold": stamps does not qualify; '
            "add qualifying: true"
        ],
    ),
    "an empty title": (
        changed("title: Stamp card", "title: {}"),
        ["2 title: this says nothing; fill it in or leave it out"],
    ),
    "a condition that only has a source": (
        changed("when: visit", "when: visit\n    where: {source: nobody}"),
        ["10 earn[0].where: this says nothing; fill it in or leave it out"],
    ),
    "a group without rules": (
        changed("when: visit", "when: visit\n    group: drinks") + "combine: {drink: best}\n",
        [
            '16 combine.drink: no rule is in the group "drink"; did you mean "drinks"? '
            "Allowed: drinks"
        ],
    ),
    "an alias": (
        changed("stamps: {}", "stamps: &bomb {}"),
        ["6 anchors and aliases (& and *) are not used here; write it out"],
    ),
    "no YAML": (
        changed("stamps: {}", "stamps: {"),
        ["8 this is not readable as YAML: expected the node content, but found '-'"],
    ),
    "nested too deep": (
        "program: " + "[" * 5_000,
        ["1 this is nested more than 20 levels deep"],
    ),
    "too long": ("#" * 300_000, ["1 the file is longer than 262,144 characters"]),
    "no text": (
        "program: a\0b",
        ["1 this is not readable as YAML: special characters are not allowed"],
    ),
    "nothing at all": ("", ["1 the file is empty"]),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_refused_with_its_line_and_a_sentence(fault: str) -> None:
    text, said = FAULTS[fault]
    assert refused(text) == said


def test_all_problems_are_told_at_once() -> None:
    text = changed("EUR", "EURO").replace("when:", "wen:").replace("stamps: 10", "stamps: ten")
    assert [said.split(" ")[0] for said in refused(text)] == ["3", "8", "9", "13"]


def test_a_problem_names_its_file() -> None:
    (problem,) = (one for one in _problems(changed("EUR", "EURO")))
    assert problem.located("programs/x.yaml").startswith("programs/x.yaml:3  currency: ")


def _problems(text: str) -> list[document.Problem]:
    found = document.read(text)
    assert isinstance(found, list)
    return found


def test_one_rule_may_change_from_a_date_on() -> None:
    text = changed(
        "    when: visit\n",
        "    when: visit\n    dates: {until: 2026-06-01}\n",
    ).replace(
        "rewards:",
        "  - {id: scan, when: visit, award: {stamps: 2, per: item}, dates: {since: 2026-06-01}}\n"
        "rewards:",
    )
    assert read(text).rules[1].dates == program.Dates(since=date(2026, 6, 1))


def test_sources_are_allowed_where_numbers_stand() -> None:
    text = changed("stamps: 10}", "stamps: 10, source: 'owner, 2026-01-01', assumed: true}")
    assert read(text) == read(CARD)
