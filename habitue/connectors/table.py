"""From lines to rows of cells: which sign separates the columns, quotes, and what is no row."""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from msgspec import Struct

from habitue.connectors.text import Line, Unusable

SEPARATORS: Final = (";", "\t", ",", "|")
WHITESPACE: Final = ""
NAMES: Final = {
    ";": "semicolons",
    "\t": "tabs",
    ",": "commas",
    "|": "vertical bars",
    WHITESPACE: "spaces",
}
QUOTE_SPAN: Final = 20
"""A quoted cell may run over so many lines; then its quotation mark counts as never closed."""


class Rejected(Struct, frozen=True, kw_only=True):
    """A row that was not taken: where, which value, why, and the row as it was (shortened).

    `column`: the place of the value that is to blame, from 0; -1 where no single one is.
    """

    line: int
    value: str
    reason: str
    text: str = ""
    column: int = -1


Reject = Callable[[Rejected], None]
"""Told which row is left out."""

Tell = Callable[[int], None]
"""Told how many more rows are done."""


class Row(NamedTuple):
    """The cells of one row, stripped, with the number of its first line."""

    line: int
    cells: list[str]
    text: str


def separator_of(sample: Sequence[str]) -> str:
    """The sign that cuts at least half of the sample into the same, largest number of columns."""
    best, columns = WHITESPACE, 1
    for sign in SEPARATORS:
        usual = _usual_columns(sample, sign)
        if usual > columns:
            best, columns = sign, usual
    if columns < 3 and _usual_columns(sample, WHITESPACE) >= 3:
        return WHITESPACE
    if columns < 2:
        raise Unusable(
            "The file has no columns: separate them by commas, semicolons or tabs, one purchase"
            " a line."
        )
    return best


def rows(lines: Iterable[Line], separator: str) -> Iterator[Row | Rejected | None]:
    """Every row, or why it is none; None stands for an empty line."""
    ahead: deque[Line] = deque()
    source = iter(lines)
    while line := ahead.popleft() if ahead else next(source, None):
        if line.problem:
            yield Rejected(
                line=line.number, value=_shown(line.text), reason=line.problem, text=line.text[:500]
            )
            continue
        if '"' in line.text and separator != WHITESPACE:
            found = _quoted(line, separator, source, ahead)
        else:
            cells = line.text.split(separator) if separator else line.text.split()
            found = Row(line.number, [cell.strip() for cell in cells], line.text)
        yield found if isinstance(found, Rejected) or any(found.cells) else None


def _quoted(
    line: Line, separator: str, source: Iterator[Line], ahead: deque[Line]
) -> Row | Rejected:
    """A row with quotation marks; lines that were looked at in vain go back to `ahead`."""
    text, seen, reason = line.text, list[Line](), ""
    while True:
        try:
            cells = next(csv.reader([text], delimiter=separator, strict=True))
            return Row(line.number, [cell.strip() for cell in cells], text)
        except csv.Error as error:
            open_ended = "end of data" in str(error)
        reason = reason or (
            "a quotation mark is not closed" if open_ended else "a stray quotation mark"
        )
        following = (ahead.popleft() if ahead else next(source, None)) if open_ended else None
        if following is None or following.problem or len(seen) == QUOTE_SPAN:
            ahead.extendleft(reversed([*seen, *([following] if following else [])]))
            return Rejected(
                line=line.number, value=_shown(line.text), reason=reason, text=line.text[:500]
            )
        seen.append(following)
        text = f"{text}\n{following.text}"


def _usual_columns(sample: Sequence[str], sign: str) -> int:
    """The number of columns that at least every other line has, else 1."""
    if not sample:
        return 1
    columns, times = Counter(len(_cut(text, sign)) for text in sample).most_common(1)[0]
    return columns if 2 * times >= len(sample) else 1


def _cut(text: str, sign: str) -> list[str]:
    if sign == WHITESPACE:
        return text.split()
    if '"' in text:
        try:
            return next(csv.reader([text], delimiter=sign))
        except csv.Error:
            return []
    return text.split(sign)


def _shown(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()[:60]
