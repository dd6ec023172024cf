"""What changes between two versions, in words: complete, and readable by an owner."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from msgspec import Struct, structs

from habitue.core import differences, document, program
from habitue.core.differences import sentences
from tests.core import whole

CARD = """\
program: card
title: Card
since: 2026-03-01
currency: EUR
timezone: Europe/Paris
units:
  points: {worth: 0.05}
  spend: {qualifying: true, decimals: 2}
earn:
  - {id: base, when: purchase, award: {points: 1, per: 1.00}}
  - {id: year, when: purchase, award: {spend: 1, per: 1.00, step: proportional}}
tiers:
  basis: {unit: spend}
  levels: [{id: base, from: 0}, {id: gold, from: 1000}]
rewards:
  - {id: coffee, cost: {points: 10}, gives: {product: a coffee}}
benefits:
  - {id: wifi, title: Wi-Fi, tiers: gold}
"""


def read(text: str) -> program.Program:
    found = document.read(text)
    assert isinstance(found, program.Program), [problem.text() for problem in found]
    return found


CHANGES = {
    "earning": (
        ("points: 1, per", "points: 2, per"),
        ["From 1 March 2026, a purchase earns 2 points per 1.00 instead of 1 (base)."],
    ),
    "a price": (
        ("cost: {points: 10}", "cost: {points: 12}"),
        [
            "From 1 March 2026, the reward coffee costs 12 points instead of 10; points that "
            "members hold stay."
        ],
    ),
    "a new tier": (
        (", from: 1000}", ", from: 1000}, {id: platinum, from: 5000}"),
        ["From 1 March 2026, there is a new tier platinum from 5000.00."],
    ),
    "a threshold": (
        ("from: 1000", "from: 800"),
        [
            "From 1 March 2026, the tier gold starts from 800.00 instead of 1000.00; who holds it "
            "keeps it until its last day."
        ],
    ),
    "expiry": (
        ("{worth: 0.05}", "{worth: 0.05, expiry: {after: 1 year, end_of: month}}"),
        [
            "From 1 March 2026, points earned from then on lapse like this: after 1 year, "
            "end of month, instead of never; what members hold keeps its dates."
        ],
    ),
    "a reward that goes, and one that comes": (
        ("{id: coffee, cost: {points: 10}, gives: {product: a coffee}}",
         "{id: five, cost: {points: 100}, gives: {money_off: 5.00}}"),
        [
            "From 1 March 2026, there is a new reward five: 5.00 off for 100 points.",
            "From 1 March 2026, the reward coffee cannot be had any more; vouchers that members "
            "hold stay good.",
        ],
    ),
    "who has a benefit": (
        (", tiers: gold}", "}"),
        ["From 1 March 2026, the benefit wifi is for everybody instead of gold."],
    ),
    "a fee": (
        ("units:", "fee: {price: 20.00, every: once}\nunits:"),
        ["From 1 March 2026, membership has a fee: price 20.00, every once."],
    ),
    "the order of units": (
        ("units:\n  points: {worth: 0.05}\n  spend: {qualifying: true, decimals: 2}",
         "units:\n  spend: {qualifying: true, decimals: 2}\n  points: {worth: 0.05}"),
        ["From 1 March 2026, the order of units is spend, points instead of points, spend."],
    ),
    "only the day": (
        ("since: 2026-03-01", "since: 2026-04-01"),
        ["From 1 April 2026, the rules hold from 2026-04-01 instead of 2026-03-01."],
    ),
    "a day that nobody named": (
        ("since: 2026-03-01\ncurrency: EUR", "currency: USD"),
        ["From the day it is published, money is counted in USD instead of EUR."],
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_told_in_a_sentence(change: str) -> None:
    (old, new), said = CHANGES[change]
    assert old in CARD
    found = differences.between(read(CARD), read(CARD.replace(old, new, 1)))
    assert [each.sentence for each in found] == said


def test_a_difference_has_what_a_page_needs_to_say_it_in_its_language() -> None:
    (one,) = differences.between(read(CARD), read(CARD.replace("points: 10}", "points: 12}")))
    assert (one.key, one.path, one.since) == (
        "reward.cost",
        "rewards.coffee.cost",
        date(2026, 3, 1),
    )
    assert one.values["id"] == "coffee"
    assert (one.values["new"], one.values["old"]) == ("12 points", "10")


@given(whole.whole_programs())
@settings(max_examples=20, deadline=None)
def test_equal_programs_have_no_difference(of: program.Program) -> None:
    assert differences.between(of, of) == []


@given(whole.whole_programs(), whole.whole_programs())
@settings(max_examples=20, deadline=None)
def test_programs_that_differ_have_differences_both_ways(
    old: program.Program, new: program.Program
) -> None:
    for one, other in ((old, new), (new, old)):
        found = differences.between(one, other)
        assert bool(found) is (one != other)
        assert all(each.sentence.endswith(".") for each in found)


def test_a_change_of_any_field_gives_a_sentence() -> None:
    """Each field of a program is changed alone; many fields, so that few kinds are left out."""
    changed: set[tuple[str, str]] = set()

    @given(whole.whole_programs(), whole.whole_programs())
    @settings(max_examples=8, deadline=None, derandomize=True, phases=[Phase.generate])
    def look(one: program.Program, other: program.Program) -> None:
        there = {place[-1]: value for place, value in _fields(other, ())}
        for place, _ in _fields(one, ()):
            field = place[-1]
            if field in changed or field not in there:
                continue
            new = _replaced(one, place, there[field])
            if new != one and _valid(new):
                assert differences.between(one, new), (place, there[field])
                changed.add(field)

    look()
    assert len(changed) > MANY


MANY = 100
Place = tuple[Any, ...]


def _fields(value: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    """Every field within a value: the way to it, ending with its type and name."""
    if isinstance(value, tuple | list):
        for number, part in enumerate(value):
            yield from _fields(part, (*place, number))
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _fields(part, (*place, key))
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            here = (*place, (type(value).__name__, name))
            held = getattr(value, name)
            yield here, held
            yield from _fields(held, here)


def _replaced(value: Any, place: Place, instead: Any) -> Any:
    """The value with what lies at a place replaced."""
    if not place:
        return instead
    here, *rest = place
    if isinstance(value, Struct):
        name = here[1]
        new = _replaced(getattr(value, name), tuple(rest), instead)
        return structs.replace(value, **{name: new})
    if isinstance(value, dict):
        return {**value, here: _replaced(value[here], tuple(rest), instead)}
    parts = list(value)
    parts[here] = _replaced(parts[here], tuple(rest), instead)
    return tuple(parts)


def _valid(of: program.Program) -> bool:
    """Whether a program can be written and read back: others cannot be published."""
    try:
        return document.read(document.write(of)) == of
    except (
        KeyError,
        StopIteration,
        AttributeError,
        AssertionError,
        TypeError,
        ValueError,
        IndexError,
    ):
        return False  # names something that it does not have


def test_every_word_of_a_file_has_a_sentence_of_its_own() -> None:
    """The sentence that names only a path is for what comes later."""
    told: set[str] = set()

    @given(whole.whole_programs(), whole.whole_programs())
    @settings(max_examples=20, deadline=None, derandomize=True, phases=[Phase.generate])
    def look(old: program.Program, new: program.Program) -> None:
        told.update(each.path for each in differences.between(old, new) if each.key == "otherwise")

    look()
    assert told == set()
    assert all(sentence for sentence in sentences.SENTENCES.values())
