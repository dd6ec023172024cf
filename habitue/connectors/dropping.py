"""The drop folder, for tills without a connection: files in it come in by themselves.

A worker looks once a minute. A file that lies still, and whose columns are known from an import
before or from a platform's export, goes the way of any import; then it is moved to `done` with a
note of what became of it. What cannot be brought in is moved to `unclear`, with a sentence.

A file is known by its place on the disk, its size and time; so one that was begun by a worker that
died is gone on with. Links are never followed: whoever writes here may not read elsewhere.
"""

from __future__ import annotations

import fcntl
import logging
import os
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from django.conf import settings
from django.utils import translation

from habitue.connectors import bringing, checking, reading, running, uploads
from habitue.connectors.models import Import
from habitue.connectors.text import Unusable
from habitue.members.models import Business

QUIET: Final = 60
"""Seconds for which nothing may have changed: then nobody writes any more."""

DONE: Final = "done"
UNCLEAR: Final = "unclear"
README: Final = "README.txt"
SHOWN: Final = 20
_CHUNK: Final = 1 << 20
_NOTE: Final = ".txt"
_UNFINISHED: Final = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", ".lock")

NO_FILE: Final = "a link or device, and not a file of its own: it is not followed"
NOT_READABLE: Final = "may not be read by Habitué: allow its account to"
TOO_LARGE: Final = "larger than 100 MB: cut it into several"
TOO_LONG: Final = "of more than 1,000,000 rows: cut it into several"
NOT_KNOWN: Final = "its columns are not known yet: settle them on the page Import, where it waits"
NO_UNIT: Final = (
    "its rows do not say of which unit they are, and the program has several: add a column “unit”,"
    " or choose the unit on the page Import, where it waits"
)
ALL_WRONG: Final = "none of its rows can be taken: look at them on the page Import, where it waits"
STOPPED: Final = "its import stopped before its end: go on with it on the page Import"

State = Import.State
log = logging.getLogger(__name__)


class Words(Protocol):
    """What is written beside the files, in the language that is active."""

    def sentence(self, reason: str) -> str:
        """Why a file is unclear."""

    def result(self, one: Import) -> str:
        """What became of the rows."""

    def readme(self) -> str:
        """What the folder is for."""


class Note(NamedTuple):
    """A file that could not be brought in, and why."""

    name: str
    sentence: str


class _Place(NamedTuple):
    """A business's folder while it is looked at: itself and its two rooms, as descriptors."""

    business: Business
    folder: int
    done: int
    unclear: int
    now: datetime
    words: Words


def sweep(*, now: datetime, words: Words) -> int:
    """Look into every business's folder; answers how many files were moved out of the way."""
    if settings.HABITUE_DROP is None:
        return 0
    moved = 0
    for business in Business.objects.order_by("pk"):
        try:
            moved += _look(business, now, words)
        except OSError as error:
            log.warning("The drop folder of %s: %s", business.slug, error.strerror or error)
    return moved


def folder(business: Business) -> Path | None:
    """Where a business's tills leave their files; None where there is no such folder."""
    return None if settings.HABITUE_DROP is None else Path(settings.HABITUE_DROP) / business.slug


def unclear(business: Business) -> list[Note]:
    """The files that wait for somebody to look, with their sentences."""
    place = folder(business)
    if place is None or not (place / UNCLEAR).is_dir() or (place / UNCLEAR).is_symlink():
        return []
    names = sorted(os.listdir(place / UNCLEAR))
    notes = [name for name in names if name.endswith(_NOTE) and name.removesuffix(_NOTE) in names]
    found = []
    for name in notes[:SHOWN]:
        handle = os.open(place / UNCLEAR / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, encoding="utf-8", errors="replace") as file:
            found.append(Note(_plain(name.removesuffix(_NOTE)), file.read(1_000).strip()))
    return found


def forget(business: int) -> None:
    """Delete what was brought in and lies there still: somebody in it may have been erased."""
    place = folder(Business.objects.get(pk=business))
    if place is None or not (place / DONE).is_dir() or (place / DONE).is_symlink():
        return
    for name in os.listdir(place / DONE):
        (place / DONE / name).unlink(missing_ok=True)


def _look(business: Business, now: datetime, words: Words) -> int:
    path = folder(business)
    assert path is not None
    with translation.override(business.language):
        _prepare(path, words)
        rooms = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
        handles = [os.open(path, os.O_RDONLY | os.O_DIRECTORY)]
        try:
            handles += [os.open(name, rooms, dir_fd=handles[0]) for name in (DONE, UNCLEAR)]
            place = _Place(business, handles[0], handles[1], handles[2], now, words)
            moved = sum(_advance(place, name) for name in _waiting(place.folder))
            moved += sum(_settled(place, name) for name in _waiting(place.unclear))
            _tidy(place)
        finally:
            for handle in handles:
                os.close(handle)
    return moved


def _prepare(path: Path, words: Words) -> None:
    for one in (path, path / DONE, path / UNCLEAR):
        one.mkdir(mode=0o770, parents=True, exist_ok=True)
    if not (path / README).exists():
        (path / README).write_text(words.readme(), encoding="utf-8")


def _waiting(folder: int) -> Iterator[str]:
    """The names of what lies there, but for ours, hidden ones and those being written."""
    for name in sorted(os.listdir(folder)):
        hidden = name.startswith((".", "~")) or name.lower().endswith(_UNFINISHED)
        if name not in (README, DONE, UNCLEAR) and not hidden:
            yield name


def _advance(place: _Place, name: str) -> bool:
    """Bring a file one step further; answers whether it was moved away."""
    seen = os.stat(name, dir_fd=place.folder, follow_symlinks=False)
    if stat.S_ISDIR(seen.st_mode):
        return False
    if not stat.S_ISREG(seen.st_mode):
        return _set_aside(place, name, NO_FILE)
    if place.now.timestamp() - max(seen.st_mtime, seen.st_ctime) < QUIET:
        return False
    held = Import.objects.filter(business=place.business, dropped=_mark(seen))
    one = held.select_related("business").order_by("-pk").first()
    if one is None or one.state == State.COLUMNS:  # or one whose worker died in between
        if one is not None:
            uploads.drop(one.pk)
            one.delete()
        brought = _brought(place, name, seen)
        if isinstance(brought, str):
            return _set_aside(place, name, brought)
        one = brought
    return one is not None and _worked(place, name, one)


def _brought(place: _Place, name: str, seen: os.stat_result) -> Import | str | None:
    """A file as an import that was looked at; why it is unclear; None: it is not done yet."""
    try:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        handle = os.open(name, flags, dir_fd=place.folder)
    except PermissionError:
        return NOT_READABLE
    with os.fdopen(handle, "rb") as file:
        if not _at_rest(handle, seen):
            return None
        if seen.st_size > uploads.LARGEST:
            return TOO_LARGE
        one = Import(
            business=place.business,
            what=Import.What.PURCHASES,
            filename=_plain(name),
            brought_at=place.now,
            dropped=_mark(seen),
        )
        one.save()  # first, so that what is kept of it is never forgotten
        one.sha256 = uploads.keep(one.pk, iter(lambda: file.read(_CHUNK), b""))
        if not _at_rest(handle, seen):
            return None
    return _looked(one)


def _at_rest(handle: int, seen: os.stat_result) -> bool:
    """Whether it is the file that was seen, as it was seen, and nobody has locked it."""
    now = os.fstat(handle)
    if _mark(now) != _mark(seen) or not stat.S_ISREG(now.st_mode):
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(handle, fcntl.LOCK_UN)
    return True


def _looked(one: Import) -> Import | str:
    """Say what it holds and look at all its rows, if that is known and not guessed."""
    try:
        known = bringing.recognise(one, finished=True)
        said = reading.of(one)
        readable = not reading.missing(one.what, said.columns)
        if readable and _unit_missing(one):
            one.save()
            return NO_UNIT
        if not (known and readable):
            one.save()
            return NOT_KNOWN
        one.rows = reading.survey(uploads.path(one.pk), one.what, said).rows
    except Unusable as error:
        reason = str(error).replace(uploads.path(one.pk).name, one.filename)
        uploads.drop(one.pk)
        one.delete()
        return reason
    if one.rows > uploads.MOST_ROWS:
        uploads.drop(one.pk)
        one.delete()
        return TOO_LONG
    running.look(one)
    return one


def _unit_missing(one: Import) -> bool:
    said = reading.of(one)
    if one.what != Import.What.BALANCES or "unit" in said.columns or said.unit:
        return False
    return len(reading.units(one.business)) != 1


def _worked(place: _Place, name: str, one: Import) -> bool:
    """Bring its rows in, or see how far that is."""
    if one.failed:
        return _set_aside(place, name, STOPPED)
    small = one.rows <= running.SMALL
    if one.state in (State.CHECKING, State.RUNNING) and small:
        running.run(one.pk)  # whoever was at it has died: large ones are the worker's
        one.refresh_from_db()
    if one.state == State.CHECKED:
        found = checking.of(one)
        if found is not None and found.wrong == found.rows:
            return _set_aside(place, name, ALL_WRONG)
        try:
            running.start(one, None, at_once=small)
        except running.Busy:  # it waits for its turn
            return False
        one.refresh_from_db()
    return _finished(place, place.folder, name, one)


def _settled(place: _Place, name: str) -> bool:
    """Whether somebody has brought in what was unclear: then it is done."""
    if name.endswith(_NOTE):
        return False
    seen = os.stat(name, dir_fd=place.unclear, follow_symlinks=False)
    one = (
        Import.objects.filter(business=place.business, dropped=_mark(seen)).order_by("-pk").first()
    )
    if one is None or not _finished(place, place.unclear, name, one):
        return False
    if f"{name}{_NOTE}" in os.listdir(place.unclear):
        os.unlink(f"{name}{_NOTE}", dir_fd=place.unclear)
    return True


def _finished(place: _Place, where: int, name: str, one: Import) -> bool:
    if one.state not in (State.FINISHED, State.UNDOING, State.UNDONE):
        return False
    new = _free(place.done, name)
    _write(place.done, f"{new}.result.txt", place.words.result(one).encode())
    if (rejected := uploads.rejected(one.pk)).exists():
        _write(place.done, f"{new}.rejected.csv", rejected.read_bytes())
    os.rename(name, new, src_dir_fd=where, dst_dir_fd=place.done)
    return True


def _set_aside(place: _Place, name: str, reason: str) -> bool:
    """Move a file to those that somebody has to look at, with the reason beside it."""
    new = _free(place.unclear, name)
    _write(place.unclear, f"{new}{_NOTE}", place.words.sentence(reason).encode())
    os.rename(name, new, src_dir_fd=place.folder, dst_dir_fd=place.unclear)
    return True


def _free(folder: int, name: str) -> str:
    """A name that no file has there yet, short enough for what is written beside it."""
    stem, suffix = os.path.splitext(name)
    stem, there, number = stem[:60], set(os.listdir(folder)), 1
    new = f"{stem}{suffix[:12]}"
    while new in there:
        number += 1
        new = f"{stem} ({number}){suffix[:12]}"
    return new


def _write(folder: int, name: str, content: bytes) -> None:
    """Write a note anew: one that is there without its file is of a worker that died."""
    if name in os.listdir(folder):
        os.unlink(name, dir_fd=folder)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(name, flags, 0o640, dir_fd=folder), "wb") as file:
        file.write(content)


def _tidy(place: _Place) -> None:
    """Delete what was brought in long enough ago."""
    oldest = place.now.timestamp() - uploads.KEPT.total_seconds()
    for name in os.listdir(place.done):
        seen = os.stat(name, dir_fd=place.done, follow_symlinks=False)
        if max(seen.st_ctime, seen.st_mtime) < oldest and not stat.S_ISDIR(seen.st_mode):
            os.unlink(name, dir_fd=place.done)


def _mark(seen: os.stat_result) -> str:
    """What tells a file from every other, also after it was moved."""
    return f"{seen.st_dev:x}.{seen.st_ino:x}.{seen.st_size:x}.{seen.st_mtime_ns:x}"


def _plain(name: str) -> str:
    """A name as it can be shown and stored."""
    shown = "".join(sign if sign.isprintable() else "?" for sign in name)
    return shown.encode("utf-8", "replace").decode()[-200:] or "?"
