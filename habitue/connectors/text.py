"""From a file's bytes to numbered lines of text, whatever wrote it, in bounded memory.

A line that is no text is handed on with its problem: one bad line never stops its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

LINE_LIMIT: Final = 65_536
"""Longest line read, in characters; what is longer is skipped and rejected."""

_LONG: Final = f"the line is longer than {LINE_LIMIT:,} characters"
_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_NO_TABLES: Final = (
    (b"PK\x03\x04", "a ZIP file"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"\x1f\x8b", "a compressed file"),
    (b"%PDF", "a PDF"),
)
_UNREADABLE: Final = re.compile("[\ud800-\udfff\ufffd]")
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# A western single-byte file holds these beside ASCII; anything else there is no text.
_WESTERN: Final = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŸàáâãäåæçèéêëìíîïñòóôõöøùúûüýŒœŠšŽžß€£¥«»‹›‘’‚“”„–—…°ºª²³·•§±©®™¿¡¼½¾\xa0\xad"
)


class Unusable(Exception):
    """The file as a whole cannot be used; its text is a sentence for the person."""


class Line(NamedTuple):
    """One line. `problem` says why it is no text, else it is empty."""

    number: int
    text: str
    problem: str = ""


def encoding_of(path: Path) -> str:
    """The encoding: by its mark, by its zeros, else UTF-8 unless most lines say otherwise."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
            file.seek(0)
            return _by_mark(head, path) or _by_zeros(head) or _by_lines(file)
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}.") from None


def lines(path: Path, encoding: str) -> Iterator[Line]:
    """Every line with its number from 1, ended by any of the usual line ends."""
    errors = "replace" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
    with path.open(encoding=encoding, errors=errors, newline=None) as file:
        number = 0
        while text := file.readline(LINE_LIMIT):
            number += 1
            problem = ""
            if len(text) == LINE_LIMIT and text[-1] != "\n":
                problem = _LONG
                while (rest := file.readline(LINE_LIMIT)) and rest[-1] != "\n":
                    pass
            text = text.rstrip("\n")
            yield Line(number, text, problem or _problem(text, encoding))


def stretches(path: Path, encoding: str, count: int) -> list[tuple[int, int]]:
    """The file cut into half-open stretches of bytes that `stretch` reads side by side.

    One only, where line ends are not plain to see in its bytes.
    """
    with path.open("rb") as file:
        head = file.read(LINE_LIMIT)
    if encoding.startswith(("utf-16", "utf-32")) or b"\n" not in head:
        count = 1
    size = path.stat().st_size
    bounds = [size * place // count for place in range(count + 1)]
    return [(since, until) for since, until in pairwise(bounds) if since < until]


def stretch(path: Path, encoding: str, since: int, until: int) -> Iterator[Line]:
    """The lines that begin in a stretch of bytes, numbered from 1 in it.

    All stretches of a file together hold its lines, each once.
    """
    if since == 0 and until >= path.stat().st_size:
        yield from lines(path, encoding)
        return
    codec = "utf-8" if encoding == "utf-8-sig" else encoding
    with path.open("rb") as file:
        if since:
            file.seek(since - 1)
            file.readline()  # the line before, unless it ends right here
        number, place = 0, file.tell()
        while place < until and (raw := file.readline()):
            text = raw.rstrip(b"\r\n").decode(codec, "surrogateescape")
            if place == 0:
                text = text.removeprefix("\ufeff")
            number, place = number + 1, place + len(raw)
            problem = "" if len(text) < LINE_LIMIT else _LONG
            yield Line(number, text[:LINE_LIMIT], problem or _problem(text, encoding))


def _by_mark(head: bytes, path: Path) -> str:
    for start, what in _NO_TABLES:
        if head.startswith(start):
            raise Unusable(
                f"{path.name} is {what}, not a table: save it as Excel, OpenDocument or CSV."
            )
    return next((name for mark, name in _MARKS if head.startswith(mark)), "")


def _by_zeros(head: bytes) -> str:
    """UTF-16 without a mark: every other byte of western text is zero."""
    half = len(head) // 2
    if half and head[0::2].count(0) > 0.6 * half:
        return "utf-16-be"
    if half and head[1::2].count(0) > 0.6 * half:
        return "utf-16-le"
    return ""


def _by_lines(file: BinaryIO) -> str:
    good = bad = 0
    while line := file.readline(LINE_LIMIT):
        if line.isascii() or len(line) == LINE_LIMIT:
            continue
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            bad += 1
        else:
            good += 1
    # Western text hardly ever happens to be valid UTF-8: one good line weighs as much as ten bad.
    return "cp1252" if bad > 10 * good else "utf-8"


def _problem(text: str, encoding: str) -> str:
    if not text.isascii():
        if _UNREADABLE.search(text):
            return "the line holds bytes that are no text"
        if encoding == "cp1252" and not all(sign in _WESTERN or sign < "\x7f" for sign in text):
            return "the line holds bytes that are no text"
    return "the line holds a control character" if _CONTROL.search(text) else ""
