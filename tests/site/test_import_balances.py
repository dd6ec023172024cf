"""`habitue import balances`: a dry run, the sheet that balances, once however often it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings
from typer.testing import CliRunner, Result

from habitue import ledger
from habitue.connectors import running, uploads
from habitue.connectors.models import Import
from habitue.ledger import posted
from habitue.members import businesses
from habitue.members.models import Business, Customer
from habitue.site import cli
from tests.connectors.conftest import PROGRAM
from tests.connectors.test_sheets import book

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("running")]

LIST = """\
E-mail,Name,Balance,Unit,Expires on
alice@example.org,Alice Martin,120,points,2039-06-30
alice@example.org,Alice Martin,12.50,avoir,
bruno@example.org,Bruno Léger,1 000,points,
chiara@example.org,Chiara Rossi,-5,points,
"""


@pytest.fixture
def club(db: None, tmp_path: Path, settings: Settings) -> Business:
    settings.HABITUE_HOME = tmp_path / "home"
    made = businesses.create(name="Club", kind="cafe", country="FR", slug="club")
    assert not ledger.publish(made.pk, PROGRAM).problems
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def typed(*words: str) -> Result:
    return CliRunner().invoke(cli.app, ["import", "balances", *words, "--business", "club"])


def plain(shown: Result) -> str:
    return " ".join(shown.output.split())


def held() -> dict[str, tuple[int, ...]]:
    """What everybody holds of points and credit, by name."""
    people = {one.pk: one for one in Customer.objects.all()}
    if not people:
        return {}
    business = next(iter(people.values())).business_id
    standings = ledger.standings(business, list(people), now=timezone.now())
    return {people[key].name: tuple(one.balances.values())[:2] for key, one in standings.items()}


BROUGHT = {"Alice Martin": (120, 1250), "Bruno Léger": (1000, 0)}


def test_a_dry_run_says_what_would_follow_and_leaves_nothing(club: Business, file: Path) -> None:
    shown = typed(str(file), "--dry-run")
    assert shown.exit_code == 0, shown.output
    assert "the balance is below zero" in plain(shown)
    assert "Nothing was done: this was a dry run." in shown.output
    assert "1120" in shown.output
    assert not Customer.objects.exists()
    assert not Import.objects.exists()
    assert list(uploads.path(0).parent.glob("*")) == []


def test_balances_come_in_once_and_the_sheet_balances(club: Business, file: Path) -> None:
    first = typed(str(file))
    assert first.exit_code == 0, first.output
    assert "The sheet balances." in first.output
    assert "3 rows brought in, 0 there already, 1 rejected; 2 new customers." in plain(first)
    assert held() == BROUGHT
    one = Import.objects.get()
    assert (one.state, one.what, one.filename) == (Import.State.FINISHED, "balances", "list.csv")
    assert running.may_be_undone(one, now=timezone.now())
    assert "Chiara" in file.with_suffix(".rejected.csv").read_text("utf-8")
    assert "alice@example.org,credit,1,12.50" in file.with_suffix(".balances.csv").read_text(
        "utf-8"
    )
    again = typed(str(file))
    assert "0 rows brought in, 3 there already, 1 rejected; 0 new customers." in plain(again)
    assert held() == BROUGHT


def test_a_command_that_was_killed_goes_on_when_it_is_typed_again(
    club: Business, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*given: Any, **named: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "post", killed)
        assert typed(str(file)).exit_code != 0
    assert Import.objects.get().state == Import.State.RUNNING
    dry = typed(str(file), "--dry-run")
    assert (dry.exit_code, "is being brought in already" in plain(dry)) == (2, True)
    shown = typed(str(file))
    assert "going on where that stopped" in plain(shown)
    assert "3 rows brought in" in plain(shown), shown.output
    assert Import.objects.get().state == Import.State.FINISHED
    assert held() == BROUGHT


def test_a_sheet_that_does_not_balance_is_said_and_ends_badly(
    club: Business, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posted, "given", lambda pairs: {0: 1_119, 1: 1250})
    shown = typed(str(file))
    assert (shown.exit_code, "The sheet does not balance" in shown.output) == (1, True)


def test_whoever_is_new_is_welcomed_only_if_asked(club: Business, file: Path) -> None:
    file.write_text("email,balance\nbruno@example.org,5\n")
    assert typed(str(file), "--unit", "points", "--welcome").exit_code == 0
    assert list(held().values()) == [(55, 0)]


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        ("email,balance\na@example.org,5\n", [], "--unit points or credit"),
        ("email,balance\na@example.org,5\n", ["--unit", "miles"], "There is no unit 'miles'"),
        ("unit,balance\npoints,5\n", [], "No column says whose balance it is"),
        ("email,unit\na@example.org,points\n", [], "No column says how much each customer has"),
        ("email,balance\na@example.org,-5\n", ["--unit", "points"], "None of its rows"),
        ("email,balance\na@example.org,5\n", ["--sheet", "Mai"], "it is no workbook"),
    ],
)
def test_a_file_of_no_use_says_why(
    club: Business, file: Path, text: str, words: list[str], sentence: str
) -> None:
    file.write_text(text)
    shown = typed(str(file), *words)
    assert (shown.exit_code, sentence in plain(shown)) == (2, True), shown.output
    assert not Import.objects.exists()
    assert list(uploads.path(0).parent.glob("*")) == []


def test_what_is_not_there_or_busy_says_so(club: Business, file: Path) -> None:
    shown = typed(str(file.with_name("other.csv")))
    assert (shown.exit_code, "cannot be read" in plain(shown)) == (2, True)
    other = Import.objects.create(
        business=club, what="customers", filename="x", brought_at=timezone.now(), state="running"
    )
    shown = typed(str(file))
    assert (shown.exit_code, "Another import" in shown.output) == (2, True)
    assert list(Import.objects.all()) == [other]


def test_a_sheet_of_a_workbook_is_read_as_any_file(club: Business, tmp_path: Path) -> None:
    rows: list[list[Any]] = [["email", "balance"], ["alice@example.org", 7]]
    path = book(
        tmp_path / "old.xlsx", ("Notes", [["to do"]], "visible"), ("Points", rows, "visible")
    )
    shown = typed(str(path), "--sheet", "Points", "--unit", "points")
    assert shown.exit_code == 0, shown.output
    assert list(held().values()) == [(7, 0)]
