"""From a file's bytes to an import: its kind and columns as last time, else as they look."""

from __future__ import annotations

from habitue.connectors import reading, uploads
from habitue.connectors.models import Import
from habitue.connectors.reading import Reading
from habitue.connectors.text import Unusable


def recognise(one: Import, *, finished: bool = False) -> bool:
    """Say of a file that was kept what it holds and how it is read; the caller saves.

    Answers whether that is known and not guessed: from a file with the same columns that was
    brought before (`finished`: and whose rows are in), or because a platform writes it so.
    `Unusable` says why the file cannot be used; then nothing of it is kept.
    """
    path = uploads.path(one.pk)
    try:
        said = reading.unfolded(Reading(), uploads.unfold(one.pk, one.filename))
        known = look(one, said, finished=finished)
    except Unusable as error:
        uploads.drop(one.pk)
        raise Unusable(str(error).replace(path.name, one.filename)) from None
    return known


def look(one: Import, said: Reading, *, finished: bool = False) -> bool:
    """The same for a file that lies there; what is `said` of its sheet is kept."""
    path = uploads.path(one.pk)
    one.what = reading.holds(path, said)
    found = reading.recognised(path, one.what, said)
    last = reading.remembered(one.business, found, finished=finished)
    if last is not None:
        one.what = last.what
        found = reading.as_before(reading.recognised(path, one.what, said), reading.of(last))
    one.header = reading.mark(found.header)
    reading.keep(one, found)
    return last is not None or bool(found.platform)
