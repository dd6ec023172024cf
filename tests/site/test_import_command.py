"""`habitue import answers`: on the screen, and as the file of rejected rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from habitue.members import businesses
from habitue.members.models import Answer, Business
from habitue.site import cli
from tests.connectors.test_sheets import book

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("running")]


@pytest.fixture
def cafe(db: None) -> Business:
    return businesses.create(name="Café des Amis", kind="cafe", country="FR", slug="cafe")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "answers.csv"
    path.write_text("date,score,client\n2026-02-28,9,alice\n2026-02-29,8,bruno\n")
    return path


def typed(*words: str) -> Result:
    return CliRunner().invoke(cli.app, ["import", "answers", *words])


def test_answers_are_brought_in_and_what_was_rejected_is_shown(cafe: Business, file: Path) -> None:
    shown = typed(str(file), "--business", "cafe", "--question", "nps")
    assert shown.exit_code == 0, shown.output
    assert Answer.objects.get().score == 9
    assert "2026-02 has no day 29" in shown.output
    assert "Answers brought into Café des Amis" in shown.output
    assert file.with_suffix(".rejected.csv").exists()
    typed(str(file), "--business", "cafe", "--question", "nps")
    assert Answer.objects.count() == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--business", "bar"], "There is no business 'bar'"),
        (["--business", "cafe", "--question", "mood"], "A question is nps, csat or ces"),
        (["--business", "cafe", "--scale", "11"], "A scale goes up to 2 at least"),
    ],
)
def test_wrong_uses_say_so(cafe: Business, file: Path, words: list[str], sentence: str) -> None:
    shown = typed(str(file), *words)
    assert (shown.exit_code, sentence in shown.output) == (2, True)


def test_a_file_of_no_use_says_why(cafe: Business, file: Path) -> None:
    file.write_text("comment\nfine\n")
    shown = typed(str(file), "--business", "cafe")
    assert shown.exit_code == 2
    file.unlink()
    assert "cannot be read" in typed(str(file), "--business", "cafe").output


def test_a_sheet_of_a_workbook_is_read_as_any_file(cafe: Business, tmp_path: Path) -> None:
    path = book(
        tmp_path / "answers.xlsx",
        ("Notes", [["to do"]], "visible"),
        ("Answers", [["date", "score"], [date(2026, 2, 28), 9], [date(2026, 3, 1), 11]], "visible"),
    )
    asked = [str(path), "--business", "cafe", "--question", "nps"]
    shown = typed(*asked, "--sheet", "Answers")
    assert shown.exit_code == 0, shown.output
    assert "Read from the sheet 'Answers' of 2." in shown.output
    assert Answer.objects.get().score == 9
    assert "a score of nps is between 0 and 10" in shown.output
    assert path.with_suffix(".rejected.csv").exists()
    assert "has no such sheet" in typed(*asked, "--sheet", "Answer").output


def test_a_table_of_text_has_no_sheets(cafe: Business, file: Path) -> None:
    shown = typed(str(file), "--business", "cafe", "--sheet", "Answers")
    assert (shown.exit_code, "it is no workbook" in shown.output) == (2, True)
