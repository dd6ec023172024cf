"""A file of balances brought in by a command: the same import as on the page, done before it ends.

It is kept track of, stands on the page and in the journal, and can be taken back there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from django.utils import timezone
from msgspec import structs

from habitue.connectors import reading, running, uploads
from habitue.connectors.models import Import
from habitue.connectors.reading import Reading
from habitue.connectors.text import Unusable
from habitue.members.models import Business

_CHUNK: Final = 1 << 20
_WHOSE: Final = "No column says whose balance it is: call one email, phone, number or external id."
_TOO_LARGE: Final = "The file is larger than 100 MB: cut it into several."
_TOO_LONG: Final = "The file has more than 1,000,000 rows: cut it into several."

State = Import.State


def look(
    business: Business, path: Path, *, sheet: str = "", unit: str = "", welcome: bool = False
) -> Import:
    """A file as an import all of whose rows were looked at; `Unusable` says why it cannot be one.

    The file that a killed command had begun to bring in is gone on with: then that import.
    """
    one = Import(
        business=business,
        what=Import.What.BALANCES,
        filename=_plain(path.name),
        brought_at=timezone.now(),
    )
    try:
        one.sha256 = _kept(one, path)
        begun = Import.objects.filter(
            business=business, what=one.what, sha256=one.sha256, state=State.RUNNING
        ).first()
        if begun is not None:
            uploads.drop(one.pk)
            return begun
        _read(one, sheet, unit, welcome)
    except Unusable as error:
        uploads.drop(one.pk)
        raise Unusable(str(error).replace(uploads.path(one.pk).name, one.filename)) from None
    one.state = State.CHECKING
    one.save()
    running.run(one.pk)
    one.refresh_from_db()
    return one


def bring(one: Import) -> None:
    """Bring its rows in, or go on with it; `running.Busy` while another import is at work."""
    if one.state == State.RUNNING:
        running.run(one.pk)
    else:
        running.start(one, None, at_once=True)
    one.refresh_from_db()


def drop(one: Import) -> None:
    """Leave no trace of one of which nothing was brought in."""
    uploads.drop(one.pk)
    one.delete()


def _kept(one: Import, path: Path) -> str:
    try:
        with path.open("rb") as file:
            return uploads.keep(one.pk, iter(lambda: file.read(_CHUNK), b""))
    except uploads.TooLarge:
        raise Unusable(_TOO_LARGE) from None
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}.") from None


def _read(one: Import, sheet: str, unit: str, welcome: bool) -> None:
    """Say how the file is read: as the last one with its columns, but for what is said here."""
    path = uploads.path(one.pk)
    unfolded = uploads.unfold(one.pk, one.filename, sheet)
    if sheet and not unfolded.chosen:
        raise Unusable(f"{one.filename} has no sheets: it is no workbook.")
    said = reading.recognised(path, one.what, reading.unfolded(Reading(), unfolded))
    last = reading.remembered(one.business, said)
    if last is not None and last.what == one.what:
        said = reading.as_before(said, reading.of(last))
    said = structs.replace(said, unit=unit or said.unit, welcome=welcome)
    missing = reading.missing(one.what, said.columns)
    if missing and "amount" not in missing:  # which `survey` says
        raise Unusable(_WHOSE)
    _check_unit(one.business, said)
    one.rows = reading.survey(path, one.what, said).rows
    if one.rows > uploads.MOST_ROWS:
        raise Unusable(_TOO_LONG)
    one.header = reading.mark(said.header)
    reading.keep(one, said)


def _check_unit(business: Business, said: Reading) -> None:
    units = [unit.id for unit in reading.units(business)]
    if not units:
        raise Unusable(f"{business.name} has no program with units to hold. Publish one first.")
    if said.unit and said.unit not in units:
        raise Unusable(f"There is no unit {said.unit!r}; there is {', '.join(units)}.")
    if not said.unit and len(units) > 1 and "unit" not in said.columns:
        raise Unusable(f"Say which unit the balances are of: --unit {' or '.join(units)}.")


def _plain(name: str) -> str:
    """A file's name without what no screen should show."""
    return "".join(sign for sign in name if sign.isprintable())[-200:] or "?"
