"""Excel and OpenDocument files become tables of text, which are read as any other file.

Strangers' workbooks are opened by a process of their own (`unfolding`), which has so much memory
and time and no more: a file that would swell to fill the machine ends there. What its directory
says is looked at before anything is unpacked.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from habitue.connectors.text import Unusable

SUFFIXES: Final = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
ENCODING: Final = "utf-8"
SEPARATOR: Final = ","
MOST_UNPACKED: Final = 1024**3
"""Bytes that a file may hold once it is unpacked."""

MOST_PARTS: Final = 10_000
SECONDS: Final = 240

_OLD: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARTS: Final = {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}
"""One of these makes a ZIP file a workbook."""

_DAMAGED: Final = "is damaged, or larger than can be opened: save it anew, or as CSV"
_REASONS: Final = {
    "password": "is locked by a password: save it without one",
    "unreadable": _DAMAGED,
    "empty": "holds no sheet with rows",
    "no sheet": "has no such sheet",
    "rows": "has a sheet of more than 1,000,000 rows: cut it into several",
}


class Sheet(Struct, frozen=True):
    """A sheet of a workbook; `hidden` ones are read only if asked for."""

    name: str
    hidden: bool = False


class Unfolded(Struct, frozen=True):
    """What became of a workbook: its sheets, and the one whose rows were written."""

    sheets: list[Sheet] = []
    chosen: str = ""
    refused: str = ""


def is_book(path: Path) -> bool:
    """Whether a file is a workbook, by what it holds; its name says nothing."""
    with path.open("rb") as file:
        head = file.read(8)
    if head == _OLD:
        return True
    return head.startswith(b"PK\x03\x04") and any(part.filename in _PARTS for part in _parts(path))


def unfold(book: Path, target: Path, sheet: str = "") -> Unfolded:
    """Write a sheet's rows as CSV, line by line as in the sheet; without a name the first with any.

    `Unusable` says in a sentence why the file cannot be used.
    """
    _check_size(book)
    command = [sys.executable, "-m", "habitue.connectors.unfolding"]
    try:
        done = subprocess.run(
            [*command, str(book), str(target), sheet],
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unusable(f"{book.name} {_DAMAGED}.") from None
    if done.returncode:  # it wanted more than it may have, or the reader gave up
        raise Unusable(f"{book.name} {_DAMAGED}.")
    found = msgspec.json.decode(done.stdout, type=Unfolded)
    if found.refused:
        raise Unusable(f"{book.name} {_REASONS[found.refused]}.")
    return found


def _parts(path: Path) -> list[zipfile.ZipInfo]:
    """What a ZIP file's directory says is in it; nothing where none can be read.

    Besides damage there are directories of later versions, and names in no known letters.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, RuntimeError, ValueError):
        return []


def _check_size(book: Path) -> None:
    """Refuse what its own directory says is too much, before a byte of it is unpacked.

    An old workbook is no ZIP file and not packed.
    """
    parts = _parts(book)
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Unusable(f"{book.name} is larger unpacked than can be opened: save it as CSV.")
