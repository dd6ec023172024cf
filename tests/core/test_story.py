"""Stories are read with care, and a `then` that is not so is found and named."""

from __future__ import annotations

import pytest

from habitue.core import document, program, story
from habitue.core.story import doings

CARD = """\
program: stamp-card
title: Stamp card
currency: EUR
timezone: Europe/Paris
units:
  stamps: {decimals: 1, expiry: 12 months}
  spend: {qualifying: true, decimals: 2}
earn:
  - {id: scan, when: visit, award: {stamps: 1, per: item}}
  - {id: share, when: share, award: {stamps: 0.5}, limit: {times: 1}, on_limit: refuse}
  - {id: year, when: purchase, award: {spend: 1, per: 1.00, step: proportional}}
tiers:
  basis: {unit: spend}
  levels: [{id: base, from: 0}, {id: gold, from: 50}]
rewards:
  - {id: coffee, cost: {stamps: 10}, gives: {product: coffee}}
"""


def card() -> program.Program:
    found = document.read(CARD)
    assert isinstance(found, program.Program)
    return found


def refused(text: str) -> list[str]:
    found = story.parse(text, card())
    assert isinstance(found, list), "nothing was refused"
    return [f"{problem.line} {problem.text()}" for problem in found]


def played(text: str) -> story.Played:
    told = story.parse(text, card())
    assert isinstance(told, story.Story), [problem.text() for problem in told]
    return story.play([card()], told)


FAULTS = {
    "an unknown unit": (
        "- {at: 2026-02-01, alice: scans,\n   then: {stamp: 1}}",
        [
            '2 [0].then.stamp: unknown word "stamp"; did you mean "stamps"? Allowed: stamps, '
            "spend, tier, tier_until, rewards, refused, because, expires, money, pending"
        ],
    ),
    "an unknown deed": (
        "- {at: 2026-02-01, alice: scan}",
        [
            f'1 [0].alice: nobody knows what "scan" means; did you mean "scans 3"? '
            f"Allowed: {', '.join(doings.VERBS)}"
        ],
    ),
    "an unknown reward": (
        "- {at: 2026-02-01, alice: takes cofee}",
        ['1 [0].alice: unknown reward "cofee"; did you mean "coffee"? Allowed: coffee'],
    ),
    "no time": ("- {alice: scans}", ['1 [0]: "at" is missing']),
    "a time that is none": (
        "- {at: 2026-02-30, alice: scans}",
        ["1 [0].at: there is no day 2026-02-30 in the calendar"],
    ),
    "two people at once": (
        "- {at: 2026-02-01, alice: scans, bruno: scans}",
        ["1 [0].bruno: a step is about one person"],
    ),
    "too many decimals": (
        "- {at: 2026-02-01, alice: buys 1.005}",
        ["1 [0].alice: 1.005 has more decimals than the currency, which has 2 decimals"],
    ),
    "no list": (
        "at: 2026-02-01",
        ["1 expected a list of steps, each beginning with -, found a mapping"],
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_story_is_refused_with_its_line(fault: str) -> None:
    text, said = FAULTS[fault]
    assert refused(text) == said


WRONG = {
    "{stamps: 2}": "alice's stamps: expected 2, got 1",
    "{stamps: 1.5}": "alice's stamps: expected 1.5, got 1",
    "{tier: gold}": "alice's tier: expected gold, got base",
    "{tier_until: 2026-12-31}": "alice's tier_until: expected 2026-12-31, got none",
    "{rewards: [coffee]}": "alice's rewards: expected coffee, got none",
    "{refused: insufficient}": "alice's refused: expected insufficient, got none",
    "{because: thirst}": "alice's because: expected thirst, got becomes a member; tier base; "
    "+1 stamps (scan: 1 → 1)",
    "{expires: never}": "alice's expires: expected none, got 2027-02-01",
}


@pytest.mark.parametrize("then", WRONG)
def test_a_then_that_is_not_so_is_named(then: str) -> None:
    (failure,) = played(f"# one\n- {{at: 2026-02-01, alice: scans, then: {then}}}").failures
    assert failure.located("card.story.yaml") == f"card.story.yaml:2  {WRONG[then]}"


def test_a_then_that_is_so_is_silent() -> None:
    then = "{stamps: 1, tier: base, tier_until: never, rewards: [], because: scan}"
    assert not played(f"- {{at: 2026-02-01, alice: scans, then: {then}}}").failures


def test_time_passes_for_the_member_who_acted_last() -> None:
    told = played(
        "- {at: 2026-02-01, alice: scans}\n"
        "- {at: 2027-02-01, then: {stamps: 1}}\n"
        "- {at: 2027-02-02, then: {stamps: 0, because: expiry}}\n"
    )
    assert not told.failures
    assert told.rows[2].effects == ("−1 stamps expiry",)


def test_a_refusal_shows_the_balance_of_that_day() -> None:
    told = played(
        "- {at: 2026-02-01, alice: scans 10}\n"
        "- {at: 2027-02-02, alice: takes coffee, then: {refused: insufficient, stamps: 0}}\n"
    )
    assert not told.failures


def test_mapping_forms_say_what_a_phrase_cannot() -> None:
    told = played(
        "- {at: 2026-02-01, alice: {buys: [{amount: 40.00, sku: tea, labels: new},"
        " {amount: 20.00, quantity: 2}], place: quay}, then: {spend: 60, tier: gold}}\n"
        "- {at: 2026-02-02, alice: {returns: [{line: 2, quantity: 1}], of: 2026-02-01},"
        " then: {spend: 50, tier: gold}}\n"
        "- {at: 2026-02-03, alice: {adjusts: {stamps: 2.5}, reason: sorry}, then: {stamps: 2.5}}\n"
        "- {at: 2026-02-04, alice: acts share, then: {stamps: 3}}\n"
        "- {at: 2026-02-05, alice: acts share, then: {refused: limit, stamps: 3}}\n"
    )
    assert not told.failures


def test_nothing_bought_that_day_cannot_be_returned() -> None:
    told = played("- {at: 2026-02-01, alice: returns everything of 2026-01-31}")
    assert [failure.got for failure in told.failures] == ["nothing bought on 2026-01-31"]


def test_a_guest_never_becomes_a_member() -> None:
    told = played(
        "- guests: [chiara]\n- {at: 2026-02-01, chiara: scans, then: {refused: not_a_member}}\n"
    )
    assert not told.failures
