"""Exports of other platforms: known by their columns; customers and balances land, sums agree."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone

from habitue import ledger
from habitue.connectors import bringing, platforms, reading, running, text, uploads
from habitue.connectors.models import Import
from habitue.connectors.platforms.export import Export
from habitue.members.models import Business, Customer, Identity
from habitue.pages.imports import naming
from tests.connectors.test_running import finish

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*.csv"))
TITLES = {"smile": "Smile", "square": "Square", "loyaltylion": "LoyaltyLion", "yotpo": "Yotpo",
          "open_loyalty": "Open Loyalty", "voucherify": "Voucherify"}  # fmt: skip


def brought(shop: Business, path: Path) -> Import:
    """A file as the wizard and the drop folder take it."""
    one = Import(business=shop, filename=path.name, brought_at=timezone.now())
    one.sha256 = uploads.keep(one.pk, [path.read_bytes()])
    assert bringing.recognise(one)
    said = reading.of(one)
    said.unit = "points"
    reading.keep(one, said)
    one.rows = reading.survey(uploads.path(one.pk), one.what, said).rows
    one.save()
    running.look(one)
    return one


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_customers_and_balances_land_and_the_sheet_balances(club: Business, path: Path) -> None:
    one = brought(club, path)
    title = TITLES[path.stem.removesuffix("_cards")]
    assert (reading.of(one).platform, one.what) == (title, "balances")
    done = finish(one)
    people = Customer.objects.filter(business=club)
    standings = ledger.standings(club.pk, [each.pk for each in people], now=timezone.now())
    held = sorted(each.balances["points"] for each in standings.values())
    assert held[-2:] == [85, 1200]
    assert sum(held) == 1285
    one.refresh_from_db()
    sheet = running.sheet(one)
    assert sheet is not None
    assert sheet.balanced
    (line,) = sheet.lines
    assert (line.posted, line.rows) == (1285, done.rows)
    assert line.in_file == 1285 + line.left_out
    if path.stem != "voucherify_cards":
        assert {"Alice Martin", "Bruno Léger"} <= {each.name for each in people}
    assert finish(brought(club, path)).new == 0


def test_a_birthday_without_its_year_and_a_tier_that_stays_behind(club: Business) -> None:
    one = brought(club, FOLDER / "smile.csv")
    finish(one)
    alice = Customer.objects.get(business=club, name="Alice Martin")
    assert (alice.birth_day, alice.birth_month, alice.birth_year) == (27, 5, None)
    header = reading.of(one).header
    export = platforms.recognised(header)
    assert export is not None
    assert platforms.behind(export, header) == ["Referral URL", "VIP tier", "State"]


def test_months_come_first_where_the_platform_writes_them_so(club: Business) -> None:
    finish(brought(club, FOLDER / "yotpo.csv"))
    alice = Customer.objects.get(business=club, name="Alice Martin")
    assert (alice.birth_day, alice.birth_month, alice.birth_year) == (24, 12, 1980)


def test_a_balance_below_zero_is_left_out_and_said(club: Business) -> None:
    one = brought(club, FOLDER / "square.csv")
    assert finish(one).rejected == 1
    one.refresh_from_db()
    sheet = running.sheet(one)
    assert sheet is not None
    assert [left.reason for left in sheet.lines[0].left] == ["the balance is below zero"]


def test_cards_keep_their_last_day_and_the_number_of_the_customer(club: Business) -> None:
    finish(brought(club, FOLDER / "voucherify_cards.csv"))
    key = Identity.objects.get(business=club, kind="external", value="3011").customer_id
    (line,) = [each for each in ledger.entries(club.pk, key) if each.unit == "points"]
    assert ledger.lot_days(key, [line.lot])[line.lot][1] == date(2027, 12, 31)


def test_a_list_of_customers_is_one_of_customers(tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text("memberId,firstName,loyaltyCardNumber,birthDate,phone\n1,Alice,7,,\n")
    assert reading.holds(path) == "customers"


def test_a_list_of_movements_is_refused_with_what_to_bring_instead(tmp_path: Path) -> None:
    path = tmp_path / "transfers.csv"
    path.write_text("transferId,memberId,walletId,type,points\n1,2,3,adding,40\n")
    with pytest.raises(text.Unusable, match="bring the list of members"):
        reading.holds(path)


def test_an_ordinary_list_is_nobodys_export() -> None:
    for header in (["email", "points"], ["Name", "E-mail", "Balance"], ["customer", "date"]):
        assert platforms.recognised(header) is None


@pytest.mark.parametrize("one", platforms.exports(), ids=lambda one: f"{one.platform}-{one.what}")
def test_every_export_means_columns_that_there_are(one: Export) -> None:
    assert set(one.columns.values()) - {""} <= {*naming.ROLES[one.what]}
    assert one.instead or one.marks <= {*one.roles}
    assert one.platform in TITLES.values()
    assert platforms.recognised(one.known_by) is one
