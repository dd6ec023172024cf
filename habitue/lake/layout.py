"""Where a lake's files lie, and the manifests that say which of them count.

    <lake>/manifests/<business>.json
    <lake>/order_lines/business=<business>/month=1998-01/<digest>.parquet
    <lake>/customers/business=<business>/<digest>.parquet

A manifest describes one consistent state of one business and is replaced whole: its files are
there, complete and on disk, before it names them, and stay for `GRACE` after it does no longer.
Files are named after their content and never change. What no manifest names does not count.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from habitue.metrics import tables

FORMAT: Final = 1
GRACE: Final = timedelta(hours=1)
"""How long a file stays that was replaced: whoever reads by the manifest before may go on."""

DAMAGED: Final = "{path} is damaged or missing: run `habitue lake refresh`, it is made anew."

WHOLE: Final = ""
"""Stands for the month of a table that is not kept by month, or that has no rows."""


class File(Struct, frozen=True):
    """A Parquet file: its path from the lake's folder, with slashes."""

    path: str
    rows: int
    bytes: int


class Position(Struct, frozen=True):
    """Which state of the database a copy is of.

    `lineage` is the server's history of transactions, `snapshot` what was visible of it, `anchor`
    the newest posting in it, and `shape` a digest of what the views mean.
    """

    lineage: str
    snapshot: str
    anchor: int
    shape: str

    @property
    def needed_from(self) -> int:
        """What transactions from this number on wrote may not have been seen yet."""
        return int(self.snapshot.partition(":")[0])


class Unreadable(Exception):
    """What of a lake cannot be read, and what to do about it, in a sentence."""


class Manifest(Struct, frozen=True, kw_only=True):
    """The files of one business: by table, then by month (`1998-01`)."""

    format: int = FORMAT
    business: int
    as_of: datetime
    position: Position
    tables: dict[str, dict[str, File]]
    retired: dict[str, datetime] = {}  # files that were replaced, and when


def files(folder: Path | str, table: str, business: int | None = None) -> list[str]:
    """The files that hold a canonical table now, of one business or of all, in a fixed order.

    None at all where nothing was copied yet; else at least one a business, if without rows.
    """
    if table not in tables.TABLES:
        raise ValueError(f"{table!r} is no canonical table; these are: {', '.join(tables.TABLES)}")
    base = Path(folder)
    return [
        str(base / file.path)
        for manifest in manifests(base, business)
        for _, file in sorted(manifest.tables[table].items())
    ]


def manifests(folder: Path, business: int | None = None) -> Iterator[Manifest]:
    """The manifests of a lake in the order of their businesses; `Unreadable` has a sentence."""
    found = (path.stem for path in (folder / "manifests").glob("[0-9]*.json"))
    keys = (
        sorted(int(stem) for stem in found if stem.isdecimal()) if business is None else [business]
    )
    for key in keys:
        manifest = read(folder, key)
        if manifest is not None:
            yield manifest


def read(folder: Path, business: int) -> Manifest | None:
    """The manifest of a business; None if there is none, or one of another format.

    `Unreadable` carries a sentence where it is damaged: a refresh makes it anew.
    """
    path = _manifest(folder, business)
    try:
        text = path.read_bytes()
        if msgspec.json.decode(text, type=_Format).format != FORMAT:
            return None
        manifest = msgspec.json.decode(text, type=Manifest)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise Unreadable(DAMAGED.format(path=path)) from None
    if manifest.business != business or manifest.tables.keys() != tables.TABLES.keys():
        raise Unreadable(DAMAGED.format(path=path))
    return manifest


def sound(folder: Path, file: File) -> bool:
    """Whether a file is there, as long as it was when it was written."""
    path = folder / file.path
    return path.is_file() and path.stat().st_size == file.bytes


def place(table: str, business: int, month: str) -> str:
    """The folder of a table's files, from the lake's folder."""
    whole = f"{table}/business={business}"
    return f"{whole}/month={month}" if month else whole


def publish(folder: Path, manifest: Manifest) -> None:
    """Let a manifest count from now on: the old one or the new one is there, never a part."""
    path = _manifest(folder, manifest.business)
    make(path.parent)
    draft = path.with_suffix(".draft")
    with draft.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest)))
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    settle(path.parent)


def clear(folder: Path, manifest: Manifest) -> None:
    """Remove what an interrupted refresh left, and what was replaced long enough ago.

    Only for whoever holds the lake's lock.
    """
    named = {file.path for months in manifest.tables.values() for file in months.values()}
    named |= manifest.retired.keys()
    for table in tables.TABLES:
        base = folder / place(table, manifest.business, WHOLE)
        for path in [each for each in base.rglob("*") if each.is_file()]:
            if path.relative_to(folder).as_posix() not in named:
                path.unlink()
        for path in [each for each in base.glob("month=*") if not any(each.iterdir())]:
            path.rmdir()


def make(folder: Path) -> None:
    """Make a folder that is still there after a power cut."""
    if not folder.is_dir():
        make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        settle(folder.parent)


def settle(folder: Path) -> None:
    """Let the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _Format(Struct):
    format: int = 0


def _manifest(folder: Path, business: int) -> Path:
    return folder / "manifests" / f"{business}.json"
