"""One thing changes in a program's text; every other character stays as its owner wrote it."""

import difflib
from fractions import Fraction
from pathlib import Path

import pytest
from msgspec import structs

from habitue.core import document, program
from habitue.core.document import editing
from habitue.core.program import EarnRule, Fixed, Limit, Period, Program

FOLDER = Path(__file__).parents[2] / "programs"
FILES = [path for path in sorted(FOLDER.glob("*.yaml")) if ".story." not in path.name]

NOTED = """\
# Our card, begun in May.
program: cafe
title: {en: Points}   # the name on the poster
currency: EUR
timezone: Europe/Paris
units:
  points: {}

earn:
  # As much as we can afford.
  - id: base
    when: purchase
    award:
      points: 1
      per: 1.00
  - {id: joy, when: birthday, award: {points: 5}}   # since 2025
rewards: [{id: tea, cost: {points: 20}, gives: {product: tea}}]
# The end.
"""


def read(text: str) -> Program:
    found = document.read(text)
    assert isinstance(found, Program), found
    return found


def touched(old: str, new: str) -> list[str]:
    return [line for line in difflib.ndiff(old.splitlines(), new.splitlines()) if line[0] in "+-"]


def with_rule(of: Program, place: int, rule: EarnRule) -> Program:
    return structs.replace(of, rules=(*of.rules[:place], rule, *of.rules[place + 1 :]))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_limit_on_any_rule_touches_only_its_lines(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    of = read(text)
    assert editing.changed(text, of, of) == text
    for place, rule in enumerate(of.rules[:2]):
        made = with_rule(of, place, structs.replace(rule, limits=(Limit(times=7, per="week"),)))
        out = editing.changed(text, of, made)
        assert read(out) == made
        assert len(touched(text, out)) <= 4


def test_a_value_is_replaced_and_the_notes_beside_it_stay() -> None:
    of = read(NOTED)
    made = with_rule(
        of, 0, structs.replace(of.rules[0], awards=(program.PerMoney("points", Fraction(3), 100),))
    )
    out = editing.changed(NOTED, of, made)
    assert sorted(touched(NOTED, out)) == [
        "+     award: {points: 3, per: 1.00}",
        "-       per: 1.00",
        "-       points: 1",
        "-     award:",
    ]


def test_things_are_added_before_between_and_after() -> None:
    of = read(NOTED)
    new = EarnRule("visit", "visit", (Fixed("points", Fraction(2)),))
    for place in range(3):
        rules = (*of.rules[:place], new, *of.rules[place:])
        out = editing.changed(NOTED, of, structs.replace(of, rules=rules))
        assert read(out).rules == rules
        assert all(line.startswith("+") for line in touched(NOTED, out))


def test_things_go_with_their_lines_and_the_last_with_its_section() -> None:
    of = read(NOTED)
    out = editing.changed(NOTED, of, structs.replace(of, rules=of.rules[:1]))
    assert touched(NOTED, out) == [
        "-   - {id: joy, when: birthday, award: {points: 5}}   # since 2025"
    ]
    out = editing.changed(NOTED, of, structs.replace(of, rewards=()))
    assert touched(NOTED, out) == [
        "- rewards: [{id: tea, cost: {points: 20}, gives: {product: tea}}]"
    ]


def test_what_stands_between_brackets_is_changed_there() -> None:
    of = read(NOTED)
    two = program.Reward("cake", (program.Gift("product", name="a, [b]: {c}"),), cost=("points", 9))
    out = editing.changed(NOTED, of, structs.replace(of, rewards=(*of.rewards, two)))
    assert read(out).rewards[1] == two
    back = editing.changed(out, read(out), of)
    assert back == NOTED


def test_a_section_that_was_not_there_is_added_at_the_end() -> None:
    of = read(NOTED)
    made = structs.replace(of, undo_within=Period(2, "hour"))
    assert touched(NOTED, editing.changed(NOTED, of, made)) == ["+ undo_within: 2 hours"]


def test_a_file_without_a_last_line_feed_and_with_foreign_ones_is_changed_too() -> None:
    for text in (NOTED.rstrip("\n").removesuffix("# The end."), NOTED.replace("\n", "\r\n")):
        of = read(text)
        made = structs.replace(of, undo_within=Period(2, "hour"), rewards=())
        assert read(editing.changed(text, of, made)) == made


def test_another_programs_text_is_refused() -> None:
    of = read(NOTED)
    with pytest.raises(ValueError, match="not the text of that program"):
        editing.changed(NOTED.replace("points: 20", "points: 30"), of, of)


def test_the_terms_of_all_levels_change_without_the_levels() -> None:
    text = (FOLDER / "sephora.yaml").read_text(encoding="utf-8")
    of = read(text)
    assert of.tiers is not None
    made = structs.replace(of, tiers=structs.replace(of.tiers, kept=program.Always()))
    assert sorted(touched(text, editing.changed(text, of, made))) == [
        "+   kept: for ever",
        "-   kept: rest of this and next year",
    ]
