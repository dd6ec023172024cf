"""`habitue program` checks a file with lines and plays its story; both without a database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from habitue.site.commands import program

CARD = """\
program: card
title: Card
currency: EUR
timezone: Europe/Paris
units: {stamps: {}}
earn:
  - {id: scan, when: visit, award: {stamps: 1, per: item}}
rewards:
  - {id: coffee, cost: {stamps: 10}, gives: {product: coffee}}
"""


@pytest.fixture
def card(tmp_path: Path) -> Path:
    path = tmp_path / "card.yaml"
    path.write_text(CARD, "utf-8")
    return path


def habitue(*arguments: str | Path) -> Result:
    return CliRunner().invoke(program.command, [str(argument) for argument in arguments])


def test_a_good_file_is_called_so(card: Path) -> None:
    result = habitue("check", card)
    assert result.exit_code == 0
    assert "is well written: 1 unit, 1 rule, 0 tiers, 1 reward." in result.stdout
    assert "The nearest reward is visit × 10 away." in result.stdout


def test_a_fault_is_shown_with_file_and_line(card: Path) -> None:
    card.write_text(CARD.replace("when:", "wen:"), "utf-8")
    result = habitue("check", card)
    assert result.exit_code == 1
    assert f'{card}:7  earn[0].wen: unknown word "wen"; did you mean "when"?' in result.stderr


def test_a_story_that_goes_as_told_shows_its_trace(card: Path) -> None:
    told = card.with_name("card.story.yaml")
    told.write_text("- {at: 2026-02-01, alice: scans 3, then: {stamps: 3}}\n", "utf-8")
    result = habitue("run", card)
    assert result.exit_code == 0, result.output
    assert "alice: scans 3" in result.stdout
    assert "All 1 steps went as told." in result.stdout


def test_a_story_that_goes_otherwise_ends_with_one(card: Path) -> None:
    told = card.with_name("other.yaml")
    told.write_text("- {at: 2026-02-01, alice: scans 3, then: {stamps: 4}}\n", "utf-8")
    result = habitue("run", card, "--story", told)
    assert result.exit_code == 1
    assert f"{told}:1  alice's stamps: expected 4, got 3" in result.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "No such file or directory"), (b"\xff\xfe", "this is not UTF-8 text (byte 1)")],
)
def test_a_file_that_cannot_be_read_is_one_sentence(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "x.yaml"
    if content is not None:
        path.write_bytes(content)
    result = habitue("check", path)
    assert (result.exit_code, result.stderr) == (1, f"{path}: {said}\n")


def test_the_schema_is_printed() -> None:
    assert json.loads(habitue("schema").stdout)["title"] == "A loyalty program"
