"""`habitue program` checks a file with lines and plays its story; both without a database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from habitue.core import document
from habitue.core.program import Program
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
    assert "The first reward, coffee, comes at visit 10, after 136 days." in result.stdout
    assert "What stamps are worth in money cannot be said" in result.stdout
    assert "to think over" in result.stdout.lower()


def test_a_stated_customer_is_taken_at_their_word(card: Path) -> None:
    weekly = habitue("check", card, "--basket", "4.50", "--visits", "1/week")
    assert "(as stated) spends 4.50 EUR at each of 4.3482 visits a month" in weekly.stdout
    assert "The first reward, coffee, comes at visit 10, after 63 days." in weekly.stdout


def test_what_a_program_gives_back_is_shown_and_handed_to_machines(card: Path) -> None:
    worth = CARD.replace("{stamps: {}}", "{stamps: {worth: 0.25}}")
    card.write_text(worth, "utf-8")
    shown = habitue("check", card, "--basket", "12.50", "--on", "2026-03-01").stdout
    assert "a scan at each visit" in shown
    assert "2 %" in shown
    told = json.loads(habitue("check", card, "--on", "2026-03-01", "--json").stdout)
    assert told["on"] == "2026-03-01"
    assert told["pace"]["first"] == {"id": "coffee", "visits": 10, "days": 136}
    assert told["generosity"]["rates"][0]["share"] == "1/50"
    assert told["advice"][0]["path"] == "earn"


def test_simpler_lines_are_printed_to_be_pasted(card: Path) -> None:
    points = """\
earn:
  - {id: base, when: purchase, award: {stamps: 10, per: 1.00}}
rewards:
  - {id: coffee, cost: {stamps: 500}, gives: {product: coffee}}
"""
    card.write_text(CARD[: CARD.index("earn:")] + points, "utf-8")
    shown = habitue("check", card).stdout
    assert "instead, with the same for everybody:" in shown
    assert "- {id: base, when: purchase, award: {stamps: 1, per: 1.00}}" in shown
    assert "- {id: coffee, cost: {stamps: 50}, gives: {product: coffee}}" in shown


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--basket", "twelve"], "--basket: 'twelve' is not a number written like 12.50"),
        (["--basket", "0"], "--basket: what a customer spends is above 0"),
        (["--visits", "often"], "--visits: write it like 2/month"),
        (["--visits", "0"], "--visits: write it like 2/month"),
        (["--on", "soon"], "--on: 'soon' is not a date such as 2026-03-01."),
    ],
)
def test_a_customer_that_makes_no_sense_is_a_misuse(
    card: Path, options: list[str], said: str
) -> None:
    result = habitue("check", card, *options)
    assert result.exit_code == 2
    assert said in result.stderr


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


def test_the_reference_page_is_printed_as_it_stands_in_the_documents() -> None:
    page = Path(__file__).parents[2] / "docs" / "vocabulary.md"
    assert habitue("reference").stdout == page.read_text("utf-8")


def test_what_changes_is_said_a_sentence_each(card: Path) -> None:
    new = card.with_name("new.yaml")
    new.write_text(CARD.replace("stamps: 10", "stamps: 12"), "utf-8")
    shown = habitue("diff", card, new)
    assert shown.exit_code == 0
    assert shown.stdout == (
        "From the day it is published, the reward coffee costs 12 stamps instead of 10; stamps "
        "that members hold stay.\n"
    )
    (told,) = json.loads(habitue("diff", card, new, "--json").stdout)
    assert (told["key"], told["values"]["new"]) == ("reward.cost", "12 stamps")
    assert habitue("diff", card, card).stdout == "Nothing changes.\n"


def test_the_programs_to_start_from_are_listed_with_their_sentences() -> None:
    shown = habitue("start").stdout.splitlines()
    assert len(shown) == 10
    assert "stamp-card: Every 10 visits, a coffee is free." in shown


def test_a_program_to_start_from_is_printed_with_its_blanks_filled(tmp_path: Path) -> None:
    filled = habitue(
        "start", "points", "--fill", "price=200", "--fill", "off=10.00", "--currency", "CHF"
    )
    assert filled.exit_code == 0
    path = tmp_path / "ours.yaml"
    path.write_text(filled.stdout, "utf-8")
    found = document.read(filled.stdout)
    assert isinstance(found, Program)
    assert found.currency == "CHF"
    assert found.rewards[0].cost == ("points", 200)
    assert "Nothing to think over." in habitue("check", path).stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["points", "--fill", "price=1"], 1, '"price" is between 10 and 2000'),
        (["points", "--fill", "price=many"], 1, '"price" is a number'),
        (["points", "--fill", "price"], 2, "--fill: write it like count=12, not 'price'."),
        (["pints"], 2, "There is no template 'pints'; there is cashback, cause"),
        (["points", "--currency", "EURO"], 2, "--currency: 'EURO' is not a currency"),
        (["points", "--language", "de"], 2, "--language: one of en, fr, it."),
        (["points", "--timezone", "Mars"], 2, "--timezone: 'Mars' is unknown"),
    ],
)
def test_what_cannot_fill_a_template_is_a_sentence(
    arguments: list[str], code: int, said: str
) -> None:
    result = habitue("start", *arguments)
    assert result.exit_code == code
    assert said in result.stderr
