"""The sketches lack no word: each is read, and written back the same; their stories run."""

from __future__ import annotations

from pathlib import Path

import pytest

from habitue.core import document, program, story

SKETCHES = Path(__file__).parents[2] / "programs" / "sketches"
FILES = sorted(path for path in SKETCHES.glob("*.yaml") if ".story." not in path.name)


def read(path: Path) -> program.Program:
    found = document.read(path.read_text("utf-8"))
    assert isinstance(found, program.Program), [problem.located(path.name) for problem in found]
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.stem))
def test_a_sketch_lacks_no_word(path: Path) -> None:
    found = read(path)
    assert document.read(document.write(found)) == found


@pytest.mark.parametrize(
    "path", sorted(SKETCHES.glob("*.story.yaml")), ids=lambda path: str(path.stem)
)
def test_the_story_of_a_sketch_runs(path: Path) -> None:
    found = read(path.with_name(path.name.replace(".story", "")))
    told = story.parse(path.read_text("utf-8"), found)
    assert isinstance(told, story.Story), [problem.text() for problem in told]
    assert not story.play([found], told).failures
