"""What a program says in words: every rule and reward of the known programs has its sentence."""

from pathlib import Path

import msgspec
import pytest

from habitue.core import describing, document
from habitue.core.program import Program

TEXT = """
program: points
title: Points
currency: EUR
timezone: Europe/Paris
units:
  points: {worth: 0.05}
  spend: {qualifying: true, redeemable: false, decimals: 2}
earn:
  - {id: base, when: purchase, award: {points: 1, per: 1.00}, where: {channel: online},
     limit: {times: 3, per: day}, dates: {since: 2026-03-01}}
  - {id: year, when: purchase, award: {spend: 1, per: 1.00}}
tiers:
  basis: {unit: spend, window: lifetime}
  levels: [{id: basic, from: 0}, {id: gold, from: 100}]
rewards:
  - {id: tea, cost: {points: 10}, gives: {product: tea}}
  - {id: cake, automatic: birthday, gives: {product: cake}, where: {first_purchase: true}}
  - {id: mug, cost: {points: 5}, automatic: threshold, gives: {product: mug}}
"""


def told() -> Program:
    """The program of the text."""
    found = document.read(TEXT)
    assert isinstance(found, Program), found
    return found


def test_a_rule_is_one_sentence_with_all_that_limits_it() -> None:
    said, _ = describing.rules(told())
    assert said == (
        "A purchase earns 1 points per 1.00; since 2026-03-01; only with channel online;"
        " at most 3 times per day."
    )


def test_a_reward_says_what_it_gives_and_how_it_is_had() -> None:
    assert describing.rewards(told()) == [
        "Tea for 10 points.",
        "Cake by itself on a birthday; only with first purchase true.",
        "Mug for 5 points by itself, once there are so many.",
    ]


def test_a_ladder_says_over_what_it_counts_and_how_long_it_is_kept() -> None:
    assert describing.ladder(told()) == {
        "window": "lifetime",
        "kept": "rest of this and next year",
    }


@pytest.mark.parametrize("path", sorted(Path("programs").glob("[a-z]*.yaml")), ids=lambda p: p.stem)
def test_every_known_program_is_told_whole_and_fits_json(path: Path) -> None:
    found = document.read(path.read_text(encoding="utf-8"))
    if not isinstance(found, Program):
        assert ".story" in path.name
        return
    assert len(describing.rules(found)) == len(found.rules)
    assert len(describing.rewards(found)) == len(found.rewards)
    plain = msgspec.json.decode(msgspec.json.encode(describing.plain(found)))
    assert plain["currency"] == found.currency
