"""`habitue liability`: on the screen, as JSON, and as files that a spreadsheet opens."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from habitue import ledger
from habitue.connectors import rejects
from habitue.core import facts
from habitue.core.facts import Line, Purchase
from habitue.ledger import Fact
from habitue.members import businesses, customers
from habitue.members.models import Business
from habitue.pages import accounts
from habitue.site import cli

PROGRAM = """\
program: cafe
title: Café des Amis
currency: EUR
timezone: Europe/Paris
enrolment: automatic
units: {points: {worth: 0.05, expiry: 12 months}}
earn: [{id: base, when: purchase, award: {points: 1, per: 1.00}}]
rewards: [{id: coffee, cost: {points: 10}, gives: {product: coffee}}]
"""
DAY = datetime(2026, 1, 10, 12, tzinfo=UTC)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("running")]


@pytest.fixture
def cafe(db: None) -> Business:
    made = businesses.create(name="Café des Amis", kind="cafe", country="FR", slug="cafe")
    assert not ledger.publish(made.pk, PROGRAM).problems
    email = "alice@example.org"
    alice = customers.find_or_create_many(made, "email", [email])[email]
    things: list[facts.What] = [Purchase((Line(200_000),), "EUR"), facts.Redemption("coffee")]
    for days, what in enumerate(things):
        at = DAY + timedelta(days=30 * days)
        (answer,) = ledger.post(made.pk, [Fact(customer=alice, at=at, what=what)], now=at)
        assert answer.refused is None
    return made


def told(*arguments: str) -> Result:
    given = ["liability", "--business", "cafe", "--on", "2026-02-28", *arguments]
    return CliRunner().invoke(cli.app, given)


def lines(result: Result) -> list[list[str]]:
    return [line.split() for line in result.output.splitlines() if line.split()]


def test_the_months_stand_in_units_and_in_money(cafe: Business) -> None:
    shown = told()
    assert shown.exit_code == 0, shown.output
    assert ["2026-01", "0", "2000", "0", "0", "0", "2000"] in lines(shown)
    assert ["2026-02", "2000", "0", "10", "0", "0", "1990"] in lines(shown)
    assert ["2026-02", "100.00", "0.00", "0.50", "0.00", "0.00", "99.50"] in lines(shown)
    assert ["2027-01", "1", "1", "1990", "99.50", "99.50"] in lines(shown)
    assert (
        "There is not enough history yet to say how many points are never redeemed" in shown.output
    )
    assert "(1 lots ended, 99.5 % still open): all are taken to be." in shown.output


def test_a_stated_share_lowers_what_is_expected_and_deferred(cafe: Business) -> None:
    shown = told("--redemption", "85%")
    assert "As stated, 85 % of points are ever redeemed." in shown.output
    assert ["all", "99.50", "84.58"] in lines(shown)
    # 2,000.00 sold, points worth 100.00 of which 85 % will be redeemed: 2,000 x 85 / 2,085.
    assert ["2026-01", "2000.00", "85.00", "81.53", "0.00", "81.53"] in lines(shown)


def test_json_says_all_of_it(cafe: Business) -> None:
    (points,) = json.loads(told("--json", "--redemption", "85").output)["holdings"]
    assert points["unit"] == "points"
    assert points["redemption"] == "17/20"
    assert [roll["closing"] for roll in points["rolls"]] == [2_000, 1_990]


def table(path: Path, separator: str = ";") -> list[list[str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=separator))


def test_the_accountants_file_is_as_the_spreadsheet_of_the_language_reads_it(
    cafe: Business, tmp_path: Path
) -> None:
    path = tmp_path / "months.csv"
    assert told("--csv", str(path), "--redemption", "85%").exit_code == 0
    header, january, february = table(path)
    assert header == list(accounts.HEADER)
    found = dict(zip(header, january, strict=True))
    assert (found["month"], found["issued (units)"], found["issued"]) == (
        "2026-01-01",
        "2000",
        "100,00",
    )
    assert (found["deferred"], found["currency"]) == ("81,53", "EUR")
    assert dict(zip(header, february, strict=True))["contract liability"] == "81,05"
    Business.objects.update(language="en")
    told("--csv", str(path))
    assert "100.00" in table(path, ",")[1]


def test_every_open_lot_goes_to_a_file(cafe: Business, tmp_path: Path) -> None:
    path = tmp_path / "lots.csv"
    assert told("--lots", str(path)).exit_code == 0
    header, lot = table(path)
    found: dict[str, str] = dict(zip(header, lot, strict=True))
    assert header == list(accounts.LOT_HEADER)
    assert (found["open"], found["last day"], found["value"]) == ("1990", "2027-01-10", "99,50")


def test_no_cell_of_text_begins_like_a_formula(cafe: Business, tmp_path: Path) -> None:
    def cells(rows: Sequence[Sequence[str]]) -> list[str]:
        return [cell for row in rows for cell in row]

    assert rejects.neutral("=1+1") == "'=1+1"
    path = tmp_path / "months.csv"
    told("--csv", str(path))
    assert not [cell for cell in cells(table(path)) if cell[:1] in "=+@\t\r" and cell]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--on", "2999-01-01"], "has not come yet"),
        (["--on", "yesterday"], "is no date"),
        (["--redemption", "120%"], "between 0% and 100%"),
        (["--redemption", "most"], "is not a number"),
        (["--months", "0"], "--months is between 1 and 1,200"),
        (["--business", "bar"], "no business 'bar'"),
        (["--csv", "/no/where.csv"], "cannot be written"),
    ],
)
def test_what_cannot_be_meant_is_said_in_a_sentence(
    cafe: Business, arguments: list[str], sentence: str
) -> None:
    refused = told(*arguments)
    assert refused.exit_code == 2
    assert sentence in refused.output


def test_units_without_worth_have_no_money_and_programs_without_units_owe_nothing(
    cafe: Business,
) -> None:
    bar = businesses.create(name="Bar", kind="cafe", country="FR", slug="bar")
    assert "Bar has no units that can be redeemed" in told("--business", "bar").output
    assert not ledger.publish(bar.pk, PROGRAM.replace("worth: 0.05, ", "")).problems
    assert "Nothing says what points are worth" in told("--business", "bar").output
