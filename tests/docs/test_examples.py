"""The examples in the documents run: Python as it stands, program files with their stories."""

from __future__ import annotations

from pathlib import Path

import pytest

from habitue.core import document, program, story
from tests.docs import markdown
from tests.docs.markdown import ROOT

BLOCKS = [
    pytest.param(body, id=f"{path.relative_to(ROOT)} {number}")
    for path in markdown.documents()
    if path != ROOT / "docs" / "api.md"  # whose examples need the API: test_api.py
    for number, body in enumerate(markdown.fences(path.read_text("utf-8"), "python"), 1)
]
PAGES = [path for path in markdown.documents() if markdown.fences(path.read_text("utf-8"), "yaml")]


@pytest.mark.parametrize("source", BLOCKS)
def test_python_runs_as_it_stands(source: str) -> None:
    exec(compile(source, "example", "exec"), {"__name__": "example"})


def told(blocks: list[str]) -> list[str]:
    """What is wrong with program files, and with the stories that follow them, as sentences."""
    wrong: list[str] = []
    rules: program.Program | None = None
    for body in blocks:
        if not body.lstrip("# \n").startswith("-") and "program:" in body:
            found = document.read(body)
            if isinstance(found, program.Program):
                rules = found
            else:
                wrong.extend(str(problem) for problem in found)
        elif rules is not None:
            read = story.parse(body, rules)
            if isinstance(read, story.Story):
                failures = story.play([rules], read).failures
                wrong.extend(failure.located("example") for failure in failures)
            else:
                wrong.extend(str(problem) for problem in read)
        else:
            wrong.append("a story without a program before it")
    return wrong


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_programs_and_stories_go_as_told(path: Path) -> None:
    assert told(markdown.fences(path.read_text("utf-8"), "yaml")) == []


def test_there_are_examples() -> None:
    assert BLOCKS
    assert PAGES


def test_each_rule_sees_its_fault() -> None:
    good = (ROOT / "programs" / "stamp-card.yaml").read_text("utf-8")
    then = "- {at: 2026-03-02, alice: scans, then: {stamps: %d}}\n"
    assert told([good, then % 1]) == []
    assert len(told([good, then % 2])) == 1
    assert len(told([good.replace("earn:", "urn:")])) >= 1
    assert told([then % 1]) == ["a story without a program before it"]
    assert markdown.fences("```python\na\n```\n```sh\nb\n```\n", "python") == ["a\n"]
