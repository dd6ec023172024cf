"""Opening a file of rows: encoding, separator, header; and the rows that do not fit the header."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from habitue.connectors import columns, table, text
from habitue.connectors.table import Rejected, Row
from habitue.connectors.text import Unusable

T = TypeVar("T")
SAMPLE: Final = 200

Corrections = Mapping[int, Mapping[int, str]]
"""What a person wrote instead, by line and column (from 0)."""

_DISARMED: Final = ("'=", "'+", "'-", "'@")


class Opened(NamedTuple):
    """How a file is written; `header` is empty where its first row names no columns."""

    encoding: str
    separator: str
    header: tuple[str, ...]
    first: list[Row]


class Dialect(NamedTuple):
    """How a person says that a file is to be read; None: as it looks."""

    encoding: str | None = None
    separator: str | None = None
    columns: Mapping[str, int] | None = None


def look(path: Path, words: columns.Vocabulary, dialect: Dialect | None = None) -> Opened:
    """Look at the beginning of a file; `Unusable` says why nothing can be done with it."""
    said = dialect or Dialect()
    encoding = said.encoding or text.encoding_of(path)
    sample = list(islice(_texts(path, encoding), SAMPLE))
    if not sample:
        raise Unusable(f"{path.name} holds no rows.")
    separator = table.separator_of(sample) if said.separator is None else said.separator
    first = list(islice(_rows(path, encoding, separator), SAMPLE))
    if not first:
        raise Unusable(f"{path.name} holds no row that can be read.")
    header = tuple(first[0].cells) if columns.is_header(first[0].cells, words) else ()
    return Opened(encoding, separator, header, first)


def rows(
    lines: Iterator[text.Line], separator: str, corrections: Corrections
) -> Iterator[Row | Rejected | None]:
    """Every row as it was corrected; the sign that disarms a formula in our files is taken off."""
    for row in table.rows(lines, separator):
        if isinstance(row, Row):
            if "'" in row.text:
                cells = [cell[1:] if cell.startswith(_DISARMED) else cell for cell in row.cells]
                row = Row(row.line, cells, row.text)
            if row.line in corrections:
                row = _corrected(row, corrections[row.line])
        yield row


def taken(
    found: Iterable[Row | Rejected | None], take: Callable[[Row], T], *, header: bool
) -> Iterator[T | Rejected | None]:
    """Each row as `take` reads it, in order, without the header; None is an empty line."""
    for row in found:
        if not isinstance(row, Row):
            yield row
        elif header:
            header = False
        else:
            yield take(row)


def misfit(cells: Sequence[str], header: tuple[str, ...], needed: int) -> str:
    """Why a row does not fit the columns, or "" (a comma in a number shifts columns)."""
    if len(cells) < needed:
        return f"the row has {len(cells)} values, {needed} are needed"
    if header and len(cells) > len(header) and any(cells[len(header) :]):
        return f"the row has {len(cells)} values, the header {len(header)} columns"
    if header and tuple(cells) == header:
        return "the header again"
    return ""


def rejected(row: Row, value: str, reason: str, column: int = -1) -> Rejected:
    """A row that is not taken, with the value that is to blame."""
    return Rejected(
        line=row.line, value=value[:60], reason=reason, text=row.text[:500], column=column
    )


def _corrected(row: Row, instead: Mapping[int, str]) -> Row:
    width = max(len(row.cells), max(instead, default=-1) + 1)
    cells = row.cells + [""] * (width - len(row.cells))
    for place, value in instead.items():
        cells[place] = value.strip()
    return Row(row.line, cells, row.text)


def _texts(path: Path, encoding: str) -> Iterator[str]:
    lines = text.lines(path, encoding)
    return (line.text for line in lines if not line.problem and line.text.strip())


def _rows(path: Path, encoding: str, separator: str) -> Iterator[Row]:
    rows = table.rows(text.lines(path, encoding), separator)
    return (row for row in rows if isinstance(row, Row))
