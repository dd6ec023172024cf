"""The files that owners bring: kept for as long as they are needed, readable by nobody else.

A file lies under `HABITUE_HOME/imports` until its rows are in, at most for `KEPT`; of a workbook
also the sheet that was chosen, as a table of text. The rows that were rejected and the sheet of
balances lie beside it for `KEPT`. What quotes the file in the tables goes with it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import Q, QuerySet

from habitue.connectors import sheets, text
from habitue.connectors.models import Change, Import

LARGEST: Final = 100 * 1024 * 1024
"""Bytes of a file."""

MOST_ROWS: Final = 1_000_000
KEPT: Final = timedelta(days=7)
UNDO_WITHIN: Final = timedelta(hours=24)


class TooLarge(Exception):
    """More bytes than are taken."""


def keep(key: int, chunks: Iterable[bytes]) -> str:
    """Write a file's bytes; answers their SHA-256. Nothing stays of one that is too large."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    seen, mark = 0, hashlib.sha256()
    target = path(key)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        for chunk in chunks:
            seen += len(chunk)
            if seen > LARGEST:
                target.unlink()
                raise TooLarge
            mark.update(chunk)
            file.write(chunk)
    return mark.hexdigest()


def unfold(key: int, name: str, sheet: str = "") -> sheets.Unfolded:
    """Make an import's file a table of text if it is a workbook; `name` is the file's for people.

    `Unusable` says why it cannot be read; without a sheet's name the first with rows is taken.
    """
    kept = book(key)
    if not kept.exists():
        if not sheets.is_book(path(key)):
            return sheets.Unfolded()
        path(key).rename(kept)
    try:
        return sheets.unfold(kept, path(key), sheet)
    except text.Unusable as error:
        raise text.Unusable(str(error).replace(kept.name, name)) from None


def path(key: int) -> Path:
    """Where the file of an import lies, as a table of text."""
    return _folder() / f"{key}.csv"


def book(key: int) -> Path:
    """Where the workbook lies that an import was brought as, if it was one."""
    return _folder() / f"{key}.book"


def reconciled(key: int) -> Path:
    """Where it lies what became of each customer's balance."""
    return _folder() / f"{key}.balances.csv"


def rejected(key: int) -> Path:
    """Where the rows that were rejected lie."""
    return _folder() / f"{key}.rejected.csv"


def drop(key: int) -> None:
    """Delete an import's own file; its rows are in, or nobody wants them."""
    path(key).unlink(missing_ok=True)
    book(key).unlink(missing_ok=True)


def forget_old(*, now: datetime) -> int:
    """Delete what has lain for long enough; answers how many imports it was."""
    old = Import.objects.filter(brought_at__lt=now - KEPT)
    quoting = old.filter(Q(found__isnull=False) | ~Q(corrections={}))
    count = _forget(quoting)
    for one in old.values_list("pk", flat=True):
        _delete(one)
    ended = Import.objects.filter(finished_at__lt=now - UNDO_WITHIN)
    ended = ended.exclude(state=Import.State.UNDOING)
    Change.objects.filter(of__in=ended).exclude(before=None, after=None).update(
        before=None, after=None
    )
    return count


def forget(business: int, customers: Sequence[int]) -> None:
    """Somebody is erased: what any file or table here says of them goes, files as a whole.

    An import that waits must be brought again; one that runs goes on and its file goes at its end.
    """
    held = Change.objects.filter(customer__in=customers)
    held.update(before=None, after=None, reference="")
    working = [Import.State.RUNNING, Import.State.UNDOING]
    waiting = Import.objects.filter(business=business).exclude(state__in=working)
    _forget(waiting.filter(Q(found__isnull=False) | ~Q(corrections={})))
    for one in waiting.values_list("pk", flat=True):
        _delete(one)


def _forget(imports: QuerySet[Import]) -> int:
    keys = [one.pk for one in imports]
    Import.objects.filter(pk__in=keys).update(found=None, corrections={})
    return len(keys)


def _delete(key: int) -> None:
    drop(key)
    reconciled(key).unlink(missing_ok=True)
    rejected(key).unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.HABITUE_HOME) / "imports"
