"""Bounds of a program file that are not about its form."""

from habitue.core import document
from habitue.core.rulebook import MOST_SLOTS

HEAD = """program: many
title: Many
currency: EUR
timezone: Europe/Paris
units:
  points: {}
earn:
"""


def test_a_program_has_so_many_kinds_of_lots_only() -> None:
    def text(count: int) -> str:
        rules = "".join(
            f"  - {{id: r{number}, when: visit, award: {{points: 1}}, expiry: {number} days}}\n"
            for number in range(1, count + 1)
        )
        return HEAD + rules

    assert not isinstance(document.read(text(MOST_SLOTS)), list)
    problems = document.read(text(MOST_SLOTS + 1))
    assert isinstance(problems, list)
    assert [problem.path for problem in problems] == [f"earn[{MOST_SLOTS}]"]
    assert "kinds of lots" in problems[0].sentence
