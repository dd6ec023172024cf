"""The sketches are honest: each lacks exactly the words that docs/decisions lists for it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from habitue.core import document, program, story

ROOT = Path(__file__).parents[2]
SKETCHES = ROOT / "programs" / "sketches"
DECISION = ROOT / "docs" / "decisions" / "0010-vocabulary.md"
NAMES = sorted(p.stem for p in SKETCHES.glob("*.yaml") if ".story." not in p.name)
ROW = re.compile(r"\| ([a-z-]+) \| (?:`([a-z_-]+)`|—) \| (.+) \|")


def listed() -> dict[str, set[str]]:
    """The needed words by sketch, from the table in the decision."""
    needs: dict[str, set[str]] = {}
    for name, word, _ in ROW.findall(DECISION.read_text("utf-8")):
        needs.setdefault(name, set()).update({word} - {""})
    return needs


def test_ten_sketches_are_listed() -> None:
    assert sorted(listed()) == NAMES
    assert len(NAMES) == 10


@pytest.mark.parametrize("name", NAMES)
def test_a_sketch_lacks_exactly_the_words_listed(name: str) -> None:
    found = document.read((SKETCHES / f"{name}.yaml").read_text("utf-8"))
    problems = [] if isinstance(found, program.Program) else found
    assert {problem.word for problem in problems} == listed()[name], [
        problem.located(f"programs/sketches/{name}.yaml") for problem in problems
    ]


def test_a_sketch_that_lacks_nothing_runs_its_story() -> None:
    for name in (name for name, words in listed().items() if not words):
        found = document.read((SKETCHES / f"{name}.yaml").read_text("utf-8"))
        assert isinstance(found, program.Program)
        told = story.parse((SKETCHES / f"{name}.story.yaml").read_text("utf-8"), found)
        assert isinstance(told, story.Story), [problem.text() for problem in told]
        assert not story.play([found], told).failures
