"""Excel and OpenDocument files: read as the table that a person sees, or refused in a sentence."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from habitue.connectors import purchases, sheets, text, unfolding
from habitue.connectors.purchases import Bought
from tests.connectors.test_page import PARIS, TODAY

Table = list[list[Any]]


def book(path: Path, *tables: tuple[str, Table, str]) -> Path:
    """A workbook of sheets, each with its name, rows, and whether it is visible."""
    made = openpyxl.Workbook()
    assert made.active is not None
    made.remove(made.active)
    for name, rows, state in tables:
        sheet = made.create_sheet(name)
        sheet.sheet_state = state
        for row in rows:
            sheet.append(row)
            for cell in sheet[sheet.max_row] if row else ():
                if cell.data_type == "f" and cell.value != "=1+1":
                    cell.data_type = "s"  # typed as text, whatever it begins with
    made.save(path)
    return path


def one_sheet(path: Path, rows: Table) -> Path:
    return book(path, ("Sheet", rows, "visible"))


def read(path: Path, sheet: str = "") -> list[list[str]]:
    """The rows as they are written for the readers of text."""
    target = path.with_suffix(".csv")
    sheets.unfold(path, target, sheet)
    with target.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def refusal(path: Path) -> str:
    with pytest.raises(text.Unusable) as refused:
        sheets.unfold(path, path.with_suffix(".csv"))
    return str(refused.value)


def test_every_kind_of_cell_is_read_as_it_is_seen(tmp_path: Path) -> None:
    row = [
        "00042",
        12.300000000000001,
        12.3,
        1.234,
        7.0,
        123456789012,
        0.1 + 0.2,
        1e-7,
        True,
        date(2026, 3, 4),
        datetime.fromisoformat("2026-03-04 17:05:59"),
        "a\nb",
        "=1+1",
        None,
    ]
    path = one_sheet(tmp_path / "cells.xlsx", [row])
    assert read(path) == [
        [
            "00042", "12.3", "12.3", "1.2340", "7", "123456789012", "0.3", "0.0000001", "true",
            "2026-03-04", "2026-03-04 17:05:59", "a b",
        ]
    ]  # fmt: skip


def test_a_formula_is_what_it_came_to_and_an_error_is_nothing(tmp_path: Path) -> None:
    path = one_sheet(tmp_path / "sums.xlsx", [["x"]])
    rows = (
        '<row r="1"><c r="A1" t="e"><v>#REF!</v></c><c r="B1"><f>6*7</f><v>42</v></c>'
        '<c r="C1" t="str"><f>"a"</f><v>abc</v></c></row>'
    )
    replaced(path, "xl/worksheets/sheet1.xml", rows)
    assert read(path) == [["", "42", "abc"]]


def replaced(path: Path, part: str, rows: str) -> None:
    """Give a sheet other rows, as no library would write them."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    whole = f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'
    kept = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in kept.namelist():
            archive.writestr(name, whole if name == part else kept.read(name))


def test_lines_are_numbered_as_the_rows_are(tmp_path: Path) -> None:
    rows: Table = [["a", "b"], [], ["c\r\nd", "e"], [None, None], ["f", "g"]]
    path = one_sheet(tmp_path / "gaps.xlsx", rows)
    assert read(path) == [["a", "b"], [], ["c d", "e"], [], ["f", "g"]]


def test_the_first_visible_sheet_with_rows_is_taken_and_any_other_on_request(
    tmp_path: Path,
) -> None:
    path = book(
        tmp_path / "many.xlsx",
        ("Notes", [["secret"]], "hidden"),
        ("Empty", [], "visible"),
        ("Sales", [["x", 1]], "visible"),
        ("Old", [["y", 2]], "visible"),
    )
    found = sheets.unfold(path, tmp_path / "out.csv")
    assert found.chosen == "Sales"
    assert [(one.name, one.hidden) for one in found.sheets] == [
        ("Notes", True), ("Empty", False), ("Sales", False), ("Old", False),
    ]  # fmt: skip
    assert read(path, "Old") == [["y", "2"]]
    assert read(path, "Notes") == [["secret"]]


def test_a_merged_cell_stands_once(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(["Alice", 12.5])
    sheet.append([None, 3])
    sheet.merge_cells("A1:A2")
    made.save(tmp_path / "merged.xlsx")
    assert read(tmp_path / "merged.xlsx") == [["Alice", "12.5"], ["", "3"]]


def test_opendocument_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "table.ods"
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    grid = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
    words = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    cells = (
        '<table:table-cell office:value-type="string"><text:p>00042</text:p></table:table-cell>'
        '<table:table-cell office:value-type="float" office:value="12.3"/>'
        '<table:table-cell office:value-type="date" office:date-value="2026-03-04"/>'
    )
    content = (
        f'<office:document-content xmlns:office="{office}" xmlns:table="{grid}"'
        f' xmlns:text="{words}"><office:body><office:spreadsheet><table:table table:name="T">'
        f"<table:table-row>{cells}</table:table-row></table:table></office:spreadsheet>"
        "</office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    assert sheets.is_book(path)
    assert read(path) == [["00042", "12.3", "2026-03-04"]]


# --- hostile files ------------------------------------------------------------------------------


def test_a_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_UNPACKED", 32 * 1024 * 1024)
    path = one_sheet(tmp_path / "bomb.xlsx", [["x"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", bytes(40 * 1024 * 1024))
    assert path.stat().st_size < 3_000_000
    assert refusal(path) == "bomb.xlsx is larger unpacked than can be opened: save it as CSV."


def test_a_sheet_with_two_cells_a_world_apart_ends_its_own_process_only(tmp_path: Path) -> None:
    path = one_sheet(tmp_path / "wide.xlsx", [["x"]])
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    )
    replaced(path, "xl/worksheets/sheet1.xml", rows)
    assert "damaged, or larger than can be opened" in refusal(path)


def test_whoever_opens_a_workbook_may_take_so_much_and_no_more() -> None:
    greedy = "from habitue.connectors import unfolding as u; u.limit(); bytearray(u.MEMORY)"
    done = subprocess.run([sys.executable, "-c", greedy], capture_output=True, check=False)
    assert done.returncode == 1
    assert b"MemoryError" in done.stderr


def test_a_sheet_of_more_rows_than_an_import_takes_is_refused(tmp_path: Path) -> None:
    path = one_sheet(tmp_path / "long.xlsx", [["x"]])
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"/></row>'
    replaced(path, "xl/worksheets/sheet1.xml", rows.replace("/></row>", "><v>2</v></c></row>"))
    assert "more than 1,000,000 rows" in refusal(path)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"PK\x03\x04 and then nothing", ""),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "damaged"),
    ],
)
def test_what_is_damaged_is_a_sentence(tmp_path: Path, content: bytes, word: str) -> None:
    path = tmp_path / "broken.xlsx"
    path.write_bytes(content)
    assert sheets.is_book(path) == bool(word)
    if word:
        assert word in refusal(path)


def test_a_directory_of_a_later_version_is_a_sentence(tmp_path: Path) -> None:
    """A reader of ZIP files says of those that it does not know the version."""
    path = tmp_path / "later.xls"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("content.xml", b"x")
    later = bytearray(packed.getvalue())
    later[later.index(b"PK\x01\x02") + 6] = 99
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + later)
    with pytest.raises(RuntimeError, match="version"):
        zipfile.ZipFile(path)
    assert sheets.is_book(path)
    assert "damaged" in refusal(path)


def test_a_truncated_workbook_is_a_sentence(tmp_path: Path) -> None:
    rows: Table = [["x", 1]] * 500
    path = one_sheet(tmp_path / "cut.xlsx", rows)
    whole = path.read_bytes()
    kept = zipfile.ZipFile(io.BytesIO(whole))
    with zipfile.ZipFile(path, "w") as archive:
        for name in kept.namelist():
            data = kept.read(name)
            archive.writestr(name, data[: len(data) // 2] if "sheet1" in name else data)
    assert "damaged" in refusal(path)


def test_what_asks_for_a_password_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "locked.ods"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:size="9">'
        '<manifest:encryption-data manifest:checksum="x"/></manifest:file-entry>'
        "</manifest:manifest>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", b"\x01\x02\x03")
        archive.writestr("META-INF/manifest.xml", manifest)
    assert refusal(path) == "locked.ods is locked by a password: save it without one."


def test_an_encrypted_excel_file_is_a_sentence(tmp_path: Path) -> None:
    """It is an old container with the packed workbook as a stream, named in its directory."""
    path = tmp_path / "locked.xlsx"
    name = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + name + bytes(600))
    assert refusal(path) == "locked.xlsx is locked by a password: save it without one."


def test_a_workbook_needs_no_name_to_be_known(tmp_path: Path) -> None:
    path = one_sheet(tmp_path / "sales.xlsx", [["x", 1]])
    for name in ("11.book", "sales.csv", "sales"):
        other = tmp_path / name
        other.write_bytes(path.read_bytes())
        assert sheets.is_book(other)
        sheets.unfold(other, tmp_path / "out.txt")
        assert (tmp_path / "out.txt").read_text() == "x,1\n"


def test_a_workbook_without_rows_and_a_sheet_that_is_not_there(tmp_path: Path) -> None:
    path = one_sheet(tmp_path / "empty.xlsx", [])
    assert refusal(path) == "empty.xlsx holds no sheet with rows."
    with pytest.raises(text.Unusable, match="has no such sheet"):
        sheets.unfold(path, tmp_path / "out.csv", "Sales")


def test_a_zip_that_is_no_workbook_is_none(tmp_path: Path) -> None:
    path = tmp_path / "photos.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("photo.jpg", b"x")
    assert not sheets.is_book(path)
    with pytest.raises(text.Unusable, match=r"photos.zip is a ZIP file, not a table"):
        text.encoding_of(path)


# --- the law: a table is the same table, whatever it was saved as -------------------------------

customer = st.text("Aé '\",;|=+-07", min_size=1, max_size=12)
cents = st.integers(0, 10**9)
# The last second of a day, not the first: in a spreadsheet midnight is how a day is written.
moments = st.datetimes(
    datetime.fromisoformat("2000-01-01 00:00:01"), datetime.fromisoformat("2026-11-20")
).map(lambda at: at.replace(microsecond=0, second=at.second or 59))


def bought(path: Path) -> list[Any]:
    shape = purchases.survey(path)
    rows = purchases.read(path, shape, currency="EUR", zone=PARIS, today=TODAY, day_first=True)
    return [row if isinstance(row, Bought) else row and (row.line, row.reason) for row in rows]


@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(customer, moments, cents, st.booleans()), min_size=1, max_size=12))
def test_a_table_is_the_same_as_text_and_as_a_workbook(
    tmp_path: Path, rows: list[tuple[str, datetime, int, bool]]
) -> None:
    header = ["customer", "date", "amount"]
    plain, typed = tmp_path / "plain.csv", tmp_path / "typed.xlsx"
    with plain.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for who, at, amount, _ in rows:
            writer.writerow([who, at.isoformat(sep=" "), f"{Decimal(amount) / 100:f}"])
    one_sheet(typed, [header, *(
        [who, at.isoformat(sep=" ") if written else at,
         f"{Decimal(amount) / 100:f}" if written else amount / 100]
        for who, at, amount, written in rows
    )])  # fmt: skip
    target = tmp_path / "unfolded.csv"
    sheets.unfold(typed, target)
    assert bought(target) == bought(plain)


@given(st.decimals(-(10**12), 10**12, places=2, allow_nan=False))
def test_a_number_is_the_decimals_that_were_typed(value: Decimal) -> None:
    assert Decimal(unfolding.number(float(value))) == value
