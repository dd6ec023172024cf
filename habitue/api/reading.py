"""What came in, read strictly: what is not exactly as declared is refused with a sentence."""

from __future__ import annotations

import functools
import re
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
import msgspec.inspect

from habitue.api import doubled, problems, sentences
from habitue.api.problems import Problem
from habitue.api.routing import Operation

MOST_BODY: Final = 4 * 1024 * 1024
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s;\"]*)")
_UTF_8 = frozenset({"utf-8", "utf8", "us-ascii"})
_DIGITS = re.compile(r"-?[0-9]+")


def body(operation: Operation, raw: bytes, media: str) -> Any:
    """The JSON body as the operation's type."""
    assert operation.decode is not None
    kind, _, said = media.lower().partition(";")
    if kind.strip() != "application/json" or not _UTF_8.issuperset(_CHARSET.findall(said)):
        raise Problem(
            415, "media_type", "Send JSON in UTF-8, with the header Content-Type: application/json."
        )
    if not raw.strip():
        raise Problem(400, "no_json", "There is no body. Send one: a JSON text in UTF-8.")
    try:
        found = operation.decode(raw)
    except msgspec.ValidationError as error:
        raise _invalid("/body", str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, "no_json", f"The body is no JSON text in UTF-8: {error}.") from None
    if twice := doubled.field(raw):
        pointer, name = twice
        detail = f"The field {name[:60]!r} is given twice. Give it once."
        raise problems.wrong(f"/body{pointer}", detail)
    if rb"\u0000" in raw and _has_nul(msgspec.to_builtins(found)):
        raise problems.wrong("/body", "A text holds the character NUL (U+0000); leave it out.")
    return found


def plain(coding: str) -> None:
    """Refuse a body that says to be compressed: nobody knows how long it would get."""
    if coding.strip().lower() not in ("", "identity"):
        raise Problem(415, "media_type", "Send the body as it is, without Content-Encoding.")


def query(operation: Operation, text: str) -> Any:
    """The query as the operation's type: every parameter known, and given once."""
    if "\0" in text or "%00" in text:
        raise problems.wrong("/query", "The query holds the character NUL; leave it out.")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise problems.wrong("/query", "The query is not written in UTF-8, or too long.") from None
    given = dict(pairs)
    if len(given) < len(pairs):
        raise problems.wrong("/query", "A parameter of the query is given twice.")
    if operation.asked is None:
        if given:
            raise problems.wrong(f"/query/{next(iter(given))}", "This takes no parameters.")
        return None
    for name in _instants(operation.asked) & given.keys():
        if not _INSTANT.match(given[name]):
            raise problems.wrong(f"/query/{name}", "Write an instant as 2026-03-02T12:00:00Z.")
    found = _converted(given, operation.asked, "/query")
    for name, written in given.items():
        if type(getattr(found, name, None)) is int and not _DIGITS.fullmatch(written):
            raise problems.wrong(f"/query/{name}", "Write a whole number with digits only.")
    return found


def where(operation: Operation, blanks: dict[str, str]) -> Any:
    """What stands in the address; what cannot be there is not found."""
    if any("\0" in blank for blank in blanks.values()):
        raise problems.unknown("thing")
    try:
        return msgspec.convert(blanks, operation.where, strict=False)
    except msgspec.ValidationError as error:
        how = sentences.sentence(sentences.parted(str(error))[0])
        raise Problem(404, "not_found", f"There is no such thing here. {how}") from None


@functools.cache
def _instants(wanted: Any) -> frozenset[str]:
    """The parameters that are instants: a number would be read as seconds since 1970."""
    fields = msgspec.inspect.type_info(wanted)
    assert isinstance(fields, msgspec.inspect.StructType)
    return frozenset(one.name for one in fields.fields if "DateTimeType" in repr(one.type))


def _converted(given: dict[str, str], wanted: Any, place: str) -> Any:
    try:
        return msgspec.convert(given, wanted, strict=False)
    except msgspec.ValidationError as error:
        raise _invalid(place, str(error)) from None


def _invalid(start: str, message: str) -> Problem:
    """A 422 out of the decoder's words: what was expected, and a pointer to where."""
    said, place = sentences.parted(message)
    pointer = start + "".join(f"/{name or number}" for name, number in _STEP.findall(place))
    return problems.wrong(pointer, sentences.sentence(said))


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_has_nul(part) for pair in value.items() for part in pair)
    return isinstance(value, list | tuple) and any(_has_nul(part) for part in value)
