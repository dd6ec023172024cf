"""The wizard with workbooks, exports of other platforms, balances and the drop folder."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client

from habitue import ledger
from habitue.connectors import checking, dropping, uploads
from habitue.members.models import Business, JournalLine
from tests.pages.conftest import unit_of
from tests.pages.imports.test_import import WAYS, body, bring_in, confirm, drop, shown

pytestmark = pytest.mark.django_db
HEADER = ["First name", "Last name", "Email", "Points balance", "Referral URL", "VIP tier"]


def workbook() -> bytes:
    made, file = openpyxl.Workbook(), io.BytesIO()
    first = made.active
    assert first is not None
    first.title = "Members"
    for row in (HEADER, ["Alice", "Martin", "alice@example.org", 1200, "x", "Gold"],
                ["Bruno", "Léger", "bruno@example.org", -3, "x", ""]):  # fmt: skip
        first.append(row)
    other = made.create_sheet("Sales")
    other.append(["Client", "Date", "Montant"])
    other.append(["Alice", "2026-01-02", 12.3])
    made.create_sheet("Old").sheet_state = "hidden"
    made.save(file)
    return file.getvalue()


def test_an_export_in_a_workbook_goes_through_all_four_steps(owner: Client, cafe: Business) -> None:
    one = drop(owner, workbook(), "smile.xlsx")
    page = body(owner, f"/import/{one.pk}/columns")
    assert "export de Smile" in page
    assert "Referral URL, VIP tier" in page
    assert "Old (masquée)" in page
    confirm(owner, one, unit=unit_of(cafe))
    page = body(owner, f"/import/{one.pk}/preview")
    assert "2 lignes de la feuille" in page
    assert "le solde est négatif" in page
    bring_in(owner, one)
    page = body(owner, f"/import/{one.pk}")
    assert "balances.csv" in page
    assert "ne concordent pas" not in page
    answer = owner.get(f"/import/{one.pk}/balances.csv")
    content = b"".join(answer).decode("utf-8-sig")
    by = {row["customer"]: row for row in csv.DictReader(io.StringIO(content))}
    alice, bruno = by["alice@example.org"], by["bruno@example.org"]
    assert (alice["in file"], alice["posted"], bruno["left out"]) == ("1200", "1200", "-3")
    assert JournalLine.objects.filter(business=cafe, kind="download").exists()
    assert not uploads.book(one.pk).exists()


def test_sums_that_do_not_agree_are_said_in_red(owner: Client, cafe: Business) -> None:
    one = drop(owner, workbook(), "smile.xlsx")
    confirm(owner, one, unit=unit_of(cafe))
    bring_in(owner, one)
    assert one.sheet is not None
    one.sheet["lines"][0]["posted"] -= 1
    one.save()
    assert "ne concordent pas" in body(owner, f"/import/{one.pk}")


def test_another_sheet_is_another_table(owner: Client) -> None:
    one = drop(owner, workbook(), "smile.xlsx")
    sent = shown(owner, one) | WAYS | {"sheet": "Sales", "again": "1"}
    answer = owner.post(f"/import/{one.pk}/columns", sent)
    assert answer.status_code == 422
    one.refresh_from_db()
    assert (one.what, one.reading["sheet"]) == ("purchases", "Sales")
    page = body(owner, f"/import/{one.pk}/columns")
    assert "12.3" in page
    assert "export de Smile" not in page
    confirm(owner, one)
    assert one.state == "checked"


def test_a_sheet_that_is_empty_is_refused_and_the_other_stays(owner: Client) -> None:
    one = drop(owner, workbook(), "smile.xlsx")
    sent = shown(owner, one) | WAYS | {"sheet": "Old", "again": "1"}
    answer = owner.post(f"/import/{one.pk}/columns", sent)
    assert answer.status_code == 422
    assert "ne contient aucune ligne" in answer.content.decode()


def test_columns_are_remembered_whatever_the_file_was_saved_as(owner: Client) -> None:
    text = "Wer;Wann;Wieviel\nAlice;02/01/2026;12,30\n"
    one = drop(owner, text)
    chosen = {"what": "purchases", "again": "1"}
    owner.post(f"/import/{one.pk}/columns", shown(owner, one) | WAYS | chosen)
    chosen = {"column-0": "customer", "column-1": "date", "column-2": "amount"}
    confirm(owner, one, **chosen)
    made, file = openpyxl.Workbook(), io.BytesIO()
    assert made.active is not None
    for row in (["Wer", "Wann", "Wieviel"], ["Bruno", "2026-01-03", 7.5]):
        made.active.append(row)
    made.save(file)
    again = drop(owner, file.getvalue(), "mehr.xlsx")
    assert again.what == "purchases"
    assert again.reading["columns"] == {"customer": 0, "date": 1, "amount": 2}


def test_balances_need_a_unit(owner: Client, cafe: Business) -> None:
    program = ledger.program(cafe.pk)
    assert program is not None
    one = drop(owner, "E-mail;Solde\nalice@example.org;5\n")
    assert one.what == "balances"
    sent = shown(owner, one) | WAYS | {"unit": ""}
    answer = owner.post(f"/import/{one.pk}/columns", sent)
    assert answer.status_code == 422
    assert "Choisissez de quoi" in answer.content.decode()


def test_the_list_shows_the_drop_folder_and_what_is_unclear(
    owner: Client, cafe: Business, settings: Any, tmp_path: Path
) -> None:
    settings.HABITUE_DROP = tmp_path
    assert "Dossier de dépôt" not in body(owner, "/import")
    place = tmp_path / cafe.slug / dropping.UNCLEAR
    place.mkdir(parents=True)
    (place / "<b>.csv").write_text("x")
    (place / "<b>.csv.txt").write_text("un PDF <script>")
    page = body(owner, "/import")
    assert "Dossier de dépôt" in page
    assert "1 fichier n’a pas pu" in page
    assert "&lt;b&gt;.csv" in page
    assert "un PDF &lt;script&gt;" in page
    settings.HABITUE_DROP = None
    assert "Dossier de dépôt" not in body(owner, "/import")


def test_a_sample_of_balances_is_read_whole(owner: Client, cafe: Business) -> None:
    content = owner.get("/import/sample/balances.csv").content
    one = drop(owner, content, "balances.csv")
    assert one.what == "balances"
    confirm(owner, one, unit=unit_of(cafe))
    seen = checking.of(one)
    assert seen is not None
    assert seen.new == 2
