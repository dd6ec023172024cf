"""Every story of `programs/` goes as it is told; a failure names the line, and both values."""

from __future__ import annotations

from pathlib import Path

import pytest

from habitue.core import document, program, story

PROGRAMS = Path(__file__).parents[2] / "programs"
STORIES = sorted(PROGRAMS.glob("*.story.yaml"))


def _program(path: Path) -> program.Program:
    file = path.with_name(path.name.replace(".story.yaml", ".yaml"))
    found = document.read(file.read_text("utf-8"))
    assert isinstance(found, program.Program), [problem.located(file.name) for problem in found]
    return found


def test_every_program_has_its_story() -> None:
    programs = {path.stem for path in PROGRAMS.glob("*.yaml") if ".story." not in path.name}
    assert programs == {path.name.removesuffix(".story.yaml") for path in STORIES}


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.name.removesuffix(".story.yaml"))
def test_it_goes_as_the_story_says(path: Path) -> None:
    of = _program(path)
    told = story.parse(path.read_text("utf-8"), of)
    assert isinstance(told, story.Story), [problem.located(path.name) for problem in told]
    failures = [
        failure.located(f"programs/{path.name}") for failure in story.play([of], told).failures
    ]
    assert not failures, "\n".join(["the story goes otherwise:", *failures])
