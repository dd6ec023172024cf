"""A process of its own that opens one workbook: `python -m habitue.connectors.unfolding`.

It takes the workbook, the file to write, and the sheet (or ""), and answers with JSON. It limits
itself before it looks, so that a hostile file ends it and nothing else.
"""

from __future__ import annotations

import csv
import mmap
import os
import resource
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec

MEMORY: Final = 3 * 1024**3
"""Bytes of address space: a million rows of a dozen columns fit."""

PROCESSOR: Final = 200
WRITTEN: Final = 1024**3
MOST_ROWS: Final = 1_000_001
"""The header and as many rows as an import takes."""

Cell = str | int | float | bool | date | datetime | time | timedelta

_CONTAINER: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")
_BREAKS: Final = str.maketrans({"\r": " ", "\n": " "})


def main(book: Path, target: Path, wanted: str) -> dict[str, object]:
    """Write the rows; what is answered is read as `sheets.Unfolded`."""
    import python_calamine as calamine

    if _is_encrypted(book):
        return {"refused": "password"}
    try:
        with calamine.CalamineWorkbook.from_path(book) as workbook:
            return _unfolded(workbook, target, wanted)
    except calamine.PasswordError:
        return {"refused": "password"}
    except (calamine.CalamineError, OSError, ValueError):
        return {"refused": "unreadable"}


def _is_encrypted(book: Path) -> bool:
    """Whether it is the container in which Office locks a file: no reader looks into it."""
    with book.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        return whole[:8] == _CONTAINER and whole.find(_LOCKED) >= 0


def limit() -> None:
    """Take no more memory, time and room than one workbook may need."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR),
        (resource.RLIMIT_FSIZE, WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _unfolded(workbook: object, target: Path, wanted: str) -> dict[str, object]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    assert isinstance(workbook, CalamineWorkbook)
    listed = [
        (one.name, one.visible != SheetVisibleEnum.Visible)
        for one in workbook.sheets_metadata
        if one.typ == SheetTypeEnum.WorkSheet
    ]
    if wanted and wanted not in [name for name, _ in listed]:
        return {"refused": "no sheet"}
    tried = [wanted] if wanted else [name for name, hidden in listed if not hidden]
    for name in tried:
        sheet = workbook.get_sheet_by_name(name)
        if sheet.total_height > MOST_ROWS:
            return {"refused": "rows"}
        if sheet.height or wanted:
            _write(sheet.iter_rows(), target)
            sheets = [{"name": one, "hidden": hidden} for one, hidden in listed]
            return {"sheets": sheets, "chosen": name}
    return {"refused": "empty"}


def _write(rows: Iterator[Sequence[Cell]], target: Path) -> None:
    """Each row on a line of its own, so that lines are numbered as the sheet's rows are."""
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for row in rows:
            cells = [_text(cell) for cell in row]
            writer.writerow(cells if any(cells) else [])


def _text(cell: Cell) -> str:
    """What a person sees in a cell, so written that it can be read in one way only."""
    match cell:
        case str():
            return cell.translate(_BREAKS)
        case bool():
            return "true" if cell else "false"
        case int() | float():
            return number(cell)
        case datetime():
            return _moment(cell)
        case _:
            return str(cell)


def number(value: float) -> str:
    """The decimals that a spreadsheet shows: fifteen digits, none of them from the machine.

    Three decimals get a fourth, so that nobody takes their point for a mark of thousands.
    """
    text = f"{Decimal(f'{value:.15g}'):f}"
    whole, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0")
    if len(decimals) == 3:
        decimals += "0"
    return f"{whole}.{decimals}" if decimals else whole


def _moment(at: datetime) -> str:
    """To the second: spreadsheets count in days, which do not hit seconds exactly."""
    near = (at + timedelta(microseconds=500_000)).replace(microsecond=0)
    return near.isoformat(sep=" ") if near.time() != time.min else near.date().isoformat()


if __name__ == "__main__":
    limit()
    sys.stdout.buffer.write(
        msgspec.json.encode(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
    )
