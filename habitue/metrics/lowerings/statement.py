"""A statement written once, with blanks for what differs between two calls: days, numbers, text.

Ibis turns an expression into SQL in tens of milliseconds, a blank is filled in microseconds. While
Ibis writes, each blank is a value that nobody would ever ask for (`DAYS`, `NUMBERS`, `TEXTS`);
`blanked` finds those in the text. What is filled in is a day, a whole number, or a code of letters
and digits: nothing that could be read as SQL.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

Value = date | int | str

DAYS: Final = {
    "since": date(1801, 1, 1),
    "until": date(1801, 1, 2),
    "start_since": date(1801, 1, 3),
    "end_since": date(1801, 1, 4),
    "base_since": date(1801, 1, 5),
    "shown_since": date(1801, 1, 6),
}
NUMBERS: Final = {"business": 7_770_000_000_000_001, "month": 777_000_001}
TEXTS: Final = {"currency": "BLANK1"}

_BLANK: Final = re.compile(
    r"MAKE_DATE\(1801, 1, (?P<day>\d)\)"
    r"|\b(?P<number>7770000000000001|777000001)\b"
    r"|'(?P<text>BLANK1)'"
)
_CODE: Final = re.compile(r"[A-Za-z0-9_]*")


class Statement:
    """SQL with blanks; `names` are those it has."""

    def __init__(self, pieces: tuple[str, ...], names: tuple[str, ...]) -> None:
        self._pieces, self.names = pieces, names

    def filled(self, values: Mapping[str, Value]) -> str:
        """The SQL of one call; a `ValueError` carries a sentence, a `KeyError` is a defect."""
        found = [self._pieces[0]]
        for name, piece in zip(self.names, self._pieces[1:], strict=True):
            found += _literal(values[name]), piece
        return "".join(found)


def blanked(sql: str) -> Statement:
    """The statement that an engine's SQL is when its blanks are taken out."""
    pieces, names, end = [], [], 0
    for found in _BLANK.finditer(sql):
        pieces.append(sql[end : found.start()])
        names.append(_name(found))
        end = found.end()
    return Statement((*pieces, sql[end:]), tuple(names))


def _name(found: re.Match[str]) -> str:
    blanks: dict[object, str] = {value: name for name, value in NUMBERS.items()}
    blanks |= {value: name for name, value in TEXTS.items()}
    blanks |= {value: name for name, value in DAYS.items()}
    if found["day"]:
        return blanks[date(1801, 1, int(found["day"]))]
    return blanks[int(found["number"])] if found["number"] else blanks[found["text"]]


def _literal(value: Value) -> str:
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, int):
        return str(int(value))
    if not _CODE.fullmatch(value):
        raise ValueError(f"A code has letters and digits only, which {value[:20]!r} has not.")
    return f"'{value}'"
