"""A file of answers to questions of satisfaction: what kind of file it is, then its rows.

A row is one answer: date and score; if present, question, scale, customer, comment, reference.
Every row is accepted or rejected with its line, value and reason; empty lines are only counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

from habitue.connectors import columns, dates, opening, table, text
from habitue.connectors.table import Rejected, Row
from habitue.connectors.text import Unusable
from habitue.metrics import satisfaction

LONGEST_ID: Final = 200
LONGEST_COMMENT: Final = 2_000
MADE: Final = "row:"

_SCORE: Final = re.compile(
    r"(?P<score>\d{1,3})(?:[.,]0{1,3})?(?: ?(?:/|out of|sur|su) ?(?P<of>\d{1,3}))?", re.ASCII
)
_SCALE: Final = re.compile(
    r"(?:(?P<low>\d{1,2}) ?(?:-|–|\.\.|to|à|a) ?)?(?P<high>\d{1,3})", re.ASCII
)


class Given(NamedTuple):
    """One accepted row. `customer` is as written, perhaps empty; `at` None: no time was given."""

    question: str
    score: int
    scale: int
    on: date
    at: datetime | None
    customer: str
    comment: str
    reference: str
    line: int
    text: str


class Shape(Struct, frozen=True, kw_only=True):
    """What was found out about a file by reading it once. `question` may follow from a column."""

    encoding: str
    separator: str
    header: tuple[str, ...]
    columns: dict[str, int]
    rows: int
    order: dates.Order
    question: str

    def sentences(self, *, day_first: bool) -> list[str]:
        """How the file is read, for the person who knows whether that is right."""
        placed = sorted((place + 1, role) for role, place in self.columns.items())
        listed = ", ".join(f"{place} {role}" for place, role in placed)
        found = [
            f"{self.rows:,} rows in {self.encoding}, separated by"
            f" {table.NAMES[self.separator]}; columns: {listed}.",
            self.order.sentence(day_first=day_first),
        ]
        return [sentence for sentence in found if sentence]


def survey(path: Path, dialect: opening.Dialect | None = None) -> Shape:
    """Read the whole file once; `Unusable` says why the file as a whole cannot be used."""
    encoding, separator, header, _ = opening.look(path, columns.ANSWERS, dialect)
    if not header:
        raise Unusable("The file has no header: put a first line such as date,score,customer.")
    scores = [cell for cell in header if columns.plain(cell) in columns.QUESTIONS]
    if len(scores) > 1 and not (dialect and dialect.columns is not None):
        raise Unusable(
            f"The header has several columns of scores ({', '.join(map(repr, scores[:5]))}): put"
            " one score a row, with its question beside it."
        )
    if dialect and dialect.columns is not None:
        placed = dict(dialect.columns)
    else:
        placed = columns.by_header(header, columns.ANSWERS)
    rows, order = -1, dates.Order()
    for row in table.rows(text.lines(path, encoding), separator):
        rows += row is not None
        if isinstance(row, Row) and len(row.cells) > placed["date"]:
            order.look(row.cells[placed["date"]])
    return Shape(
        encoding=encoding,
        separator=separator,
        header=header,
        columns=placed,
        rows=rows,
        order=order,
        question=columns.QUESTIONS.get(columns.plain(header[placed["score"]]), ""),
    )


class Wanted(NamedTuple):
    """How rows are read: the business's own day, and what holds where the file does not say."""

    zone: ZoneInfo
    today: date
    day_first: bool
    question: str = ""
    scale: int = 0


def read(
    path: Path, shape: Shape, wanted: Wanted, corrections: opening.Corrections | None = None
) -> Iterator[Given | Rejected | None]:
    """Every row in the file's order; None is an empty line."""
    found = opening.rows(text.lines(path, shape.encoding), shape.separator, corrections or {})
    return opening.taken(found, _Taker(shape, wanted), header=True)


class _Taker:
    """Turns a row's cells into an answer, or into the reason why not."""

    def __init__(self, shape: Shape, wanted: Wanted) -> None:
        self.shape = shape
        self.wanted = wanted
        self.when = dates.Reader(zone=wanted.zone, today=wanted.today, day_first=wanted.day_first)
        self.needed = max(shape.columns["date"], shape.columns["score"]) + 1
        self.alike: Counter[bytes] = Counter()

    def __call__(self, row: Row) -> Given | Rejected:
        if problem := opening.misfit(row.cells, self.shape.header, self.needed):
            return opening.rejected(row, row.text, problem)
        role, cell = "", ""
        try:
            role = "date"
            cell = self._cell(row, role)
            instant = self.when.read(cell)
            at = instant if dates.is_timed(cell) else None
            role = "question"
            cell = self._cell(row, role)
            question = self._question(cell)
            role = "score"
            cell = self._cell(row, role)
            score, of = _score(cell)
            role = "scale"
            scale = self._scale(self._cell(row, role), question, of)
            role = "score"
            _check(score, scale, question)
            role = "customer"
            cell = customer = self._cell(row, role)
            _check_text(customer, "customer", LONGEST_ID)
            role = "comment"
            cell = comment = self._cell(row, role)
            if len(comment) > LONGEST_COMMENT:
                raise dates.Unread(f"the comment is longer than {LONGEST_COMMENT:,} characters")
            role = "reference"
            cell = reference = self._cell(row, role)
            _check_text(reference, "reference", LONGEST_ID)
            if reference.startswith(MADE):
                raise dates.Unread(f"a reference must not begin with {MADE}")
        except dates.Unread as reason:
            place = self.shape.columns.get(role, -1)
            return opening.rejected(row, cell, str(reason), place)
        on = instant.astimezone(self.wanted.zone).date()
        given = Given(
            question, score, scale, on, at, customer, comment, reference, row.line, row.text
        )
        return given if reference else given._replace(reference=self._made(given))

    def _cell(self, row: Row, role: str) -> str:
        place = self.shape.columns.get(role, -1)
        return row.cells[place] if 0 <= place < len(row.cells) else ""

    def _question(self, cell: str) -> str:
        """The question of a row: its own, else the column's, else as asked for."""
        if cell:
            found = columns.QUESTIONS.get(columns.plain(cell), "")
            if not found:
                raise dates.Unread("not a question that is known: nps, csat or ces")
            return found
        if not (self.shape.question or self.wanted.question):
            raise dates.Unread("the question is missing: nps, csat or ces")
        return self.shape.question or self.wanted.question

    def _scale(self, cell: str, question: str, of: int) -> int:
        """The scale of a row: its own, else as asked for, else the usual one of its question."""
        match = _SCALE.fullmatch(cell)
        if cell and match is None:
            raise dates.Unread(f"not a scale that can be read: {cell[:30]}")
        low = satisfaction.lowest(question)
        if match and match["low"] and int(match["low"]) != low:
            raise dates.Unread(f"a scale of {question} begins with {low}")
        own = int(match["high"]) if match else of
        if of and of != own:
            raise dates.Unread("the score and the scale do not agree")
        return own or self.wanted.scale or satisfaction.SCALES[question]

    def _made(self, given: Given) -> str:
        """The permanent name of a row that has none: what it says, and the how manieth it is.

        The same file read again gives the same names, so nothing is counted twice.
        """
        said = f"{given[:4]}\n{given.at}\n{given.customer}\n{given.comment}"
        digest = blake2b(said.encode(), digest_size=12).digest()
        self.alike[digest] += 1
        return f"{MADE}{digest.hex()}.{self.alike[digest]}"


def _score(cell: str) -> tuple[int, int]:
    """A score, and out of how many where it says so (else 0)."""
    if not cell:
        raise dates.Unread("the score is missing")
    match = _SCORE.fullmatch(cell)
    if match is None:
        raise dates.Unread("not a whole score")
    return int(match["score"]), int(match["of"] or 0)


def _check(score: int, scale: int, question: str) -> None:
    if not satisfaction.admitted(question, scale):
        only = "0 to 10" if question == "nps" else "1 to at least 2 and at most 10"
        raise dates.Unread(f"the scale of {question} is {only}, not up to {scale}")
    low = satisfaction.lowest(question)
    if not low <= score <= scale:
        raise dates.Unread(f"a score of {question} is between {low} and {scale}")


def _check_text(value: str, what: str, longest: int) -> None:
    if len(value) > longest or not value.isprintable():
        raise dates.Unread(f"not a {what} that can be kept")
