"""`habitue program what-if`: a file or a business replayed, as table, JSON and page."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from habitue import ledger
from habitue.core import facts
from habitue.core.facts import Line, Purchase
from habitue.ledger import Fact
from habitue.members import businesses, ids
from habitue.members.models import Customer
from habitue.site import cli, database

POINTS = """\
program: cafe
title: Café des Amis
currency: EUR
timezone: Europe/Paris
units: {points: {worth: 0.10}, spend: {qualifying: true, decimals: 2}}
earn:
  - {id: base, when: purchase, award: {points: 1, per: 1.00}}
  - {id: year, when: purchase, award: {spend: 1, per: 1.00, step: proportional}}
tiers:
  basis: {unit: spend, window: calendar year}
  kept: rest of this and next year
  levels: [{id: basic, from: 0}, {id: gold, from: 100}]
rewards:
  - {id: coffee, cost: {points: 10}, gives: {product: coffee}}
  - {id: five-off, cost: {points: 50}, gives: {money_off: 5.00}}
"""
SALES = """\
customer,date,amount
alice,2026-01-10,60.00
bruno,2026-01-11,5.00
alice,2026-02-10,70.00
diego,2026-02-30,1.00
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "one.yaml").write_text(POINTS)
    (tmp_path / "two.yaml").write_text(POINTS.replace("points: 1, per", "points: 2, per"))
    (tmp_path / "sales.csv").write_text(SALES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def what_if(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["program", "what-if", *arguments])


def rows(told: Result) -> dict[str, list[str]]:
    """The table's rows by month."""
    split = [line.split() for line in told.output.splitlines()]
    return {
        cells[0]: cells[1:] for cells in split if cells and cells[0].startswith(("2026", "all"))
    }


def test_a_file_is_replayed_month_by_month(folder: Path) -> None:
    told = what_if("one.yaml", "--purchases", "sales.csv")
    assert told.exit_code == 0, told.output
    assert rows(told)["2026-01"] == ["2", "65.00", "1", "1.00", "5.50", "0.00", "2", "0"]
    assert rows(told)["2026-02"] == ["1", "70.00", "1", "1.00", "11.50", "0.00", "1", "1"]
    assert rows(told)["all"] == ["3", "135.00", "2", "2.00", "0.00"]
    assert "2 customers, 3 events. Whoever comes takes the cheapest reward" in told.output
    assert "1 of 4 rows were left out (2026-02 has no day 30: 1)." in told.output


def test_behaviour_worth_and_cores_are_as_asked(folder: Path) -> None:
    dearest = what_if(
        "one.yaml", "--purchases", "sales.csv", "--take", "dearest", "--worth", "points=0.20",
        "--cores", "1",
    )  # fmt: skip
    assert rows(dearest)["2026-01"] == ["2", "65.00", "1", "5.00", "3.00", "0.00", "2", "0"]
    only = what_if("one.yaml", "--purchases", "sales.csv", "--take", "dearest", "--take", "coffee")
    assert rows(only)["all"][2:4] == ["2", "2.00"]
    never = what_if("one.yaml", "--purchases", "sales.csv", "--take", "never", "--cores", "2")
    assert rows(never)["all"][2:4] == ["0", "0.00"]
    rarely = what_if("one.yaml", "--purchases", "sales.csv", "--take", "0.0001%")
    assert rows(rarely)["all"][2:4] == ["0", "0.00"]


def test_two_programs_as_json_and_as_a_page(folder: Path) -> None:
    told = what_if(
        "one.yaml", "two.yaml", "--purchases", "sales.csv", "--take", "never",
        "--json", "out.json", "--page", "out.html",
    )  # fmt: skip
    assert told.exit_code == 0, told.output
    assert "The second against the first" in told.output
    data = json.loads(Path("out.json").read_text())
    assert data["compared"]["winners"] == 2
    assert data["compared"]["gained"] == 1_350
    assert data["compared"]["most_gained"][0] == [1_300, "alice"]
    assert [month["liability"] for month in data["trials"][1]["months"]] == [1_300, 2_700]
    assert Path("out.html").read_text("utf-8").count("<figure>") == 6  # nothing lapsed or was taken


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["one.yaml"], "Say what to replay"),
        (["one.yaml", "--purchases", "sales.csv", "--business", "cafe"], "Say what to replay"),
        (["current", "--purchases", "sales.csv"], "`current` is what a business has now"),
        (
            ["one.yaml", "--purchases", "sales.csv", "--take", "tea"],
            "--take 'tea' is none of: never",
        ),
        (["one.yaml", "--purchases", "sales.csv", "--take", "0%"], "A chance is more than 0%"),
        (["one.yaml", "--purchases", "sales.csv", "--take", "x%"], "is not a number"),
        (["one.yaml", "--purchases", "sales.csv", "--worth", "miles=1"], "names no unit"),
        (["one.yaml", "--purchases", "sales.csv", "--worth", "points=x"], "is not a number"),
        (["one.yaml", "--purchases", "sales.csv", "--cores", "-1"], "--cores is at least 1"),
        (["one.yaml", "--purchases", "none.csv"], "none.csv cannot be read"),
        (["one.yaml", "--purchases", "sales.csv", "--json", "no/where"], "cannot be written"),
        (["one.yaml", "usd.yaml", "--purchases", "sales.csv"], "in one currency"),
    ],
)
def test_what_cannot_be_meant_is_said_in_a_sentence(
    folder: Path, arguments: list[str], sentence: str
) -> None:
    (folder / "usd.yaml").write_text(POINTS.replace("EUR", "USD"))
    told = what_if(*arguments)
    assert told.exit_code == 2, told.output
    assert sentence in told.output


def test_members_who_share_a_stock_are_replayed_in_order(folder: Path) -> None:
    (folder / "stock.yaml").write_text(
        POINTS.replace("cost: {points: 10},", "cost: {points: 10}, stock: 1,")
    )
    told = what_if(
        "stock.yaml", "--purchases", "sales.csv", "--take", "coffee", "--take", "soonest"
    )
    assert rows(told)["all"][2] == "1"
    assert "replayed in the order of time by one process" in told.output


@pytest.mark.django_db
def test_a_business_is_replayed_under_its_own_program_and_another(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def there() -> AbstractContextManager[None]:
        return nullcontext()

    monkeypatch.setattr(database, "database", there)
    cafe = businesses.create(name="Café des Amis", kind="cafe", country="FR", slug="cafe")
    assert not ledger.publish(cafe.pk, POINTS + "enrolment: automatic\n").problems
    alice = ids.make()
    Customer.objects.create(id=alice, business=cafe)
    at = datetime(2026, 1, 10, 12, tzinfo=UTC)
    things: list[Any] = [Purchase((Line(6_000),), "EUR"), facts.Redemption("coffee")]
    for days, what in enumerate(things):
        when = at + timedelta(days=days)
        ledger.post(cafe.pk, [Fact(customer=alice, at=when, what=what)], now=when)
    told = what_if("current", "two.yaml", "--business", "cafe", "--cores", "1")
    assert told.exit_code == 0, told.output
    assert "1 customers, 2 events. Rewards are taken as the history says" in told.output
    assert "5.00" in told.output  # 50 points left at 0.10
    assert "11.00" in told.output  # 120 - 10
    (folder / "usd.yaml").write_text(POINTS.replace("EUR", "USD"))
    refused = what_if("usd.yaml", "--business", "cafe")
    assert "counts in EUR, the program does not" in refused.output
    assert what_if("current", "--business", "bar").exit_code == 2
