"""Titles in one or several languages, and the closed lists of words the contract declares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

from habitue.core.document import page, phrases
from habitue.core.document.forms import BAD, Choice, Schema, entries
from habitue.core.document.page import Node, Sheet

LANGUAGES: Final = ("en", "fr", "it")


@dataclass(frozen=True)
class Title:
    """`Beauty Insider`, or `{en: …, fr: …, it: …}`; a plain text counts as `en`."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        if not isinstance(node, page.Mapping):
            text = phrases.TEXT.read(node, path, sheet)
            return BAD if text is BAD else {"en": text}
        read = {
            language: phrases.TEXT.read(value, under, sheet)
            for language, value, under in entries(node, path, sheet, LANGUAGES)
        }
        return BAD if BAD in read.values() or not read else read

    def write(self, value: Any, _sheet: Sheet) -> Any:
        return value["en"] if tuple(value) == ("en",) else dict(value)

    def schema(self) -> Schema:
        text = phrases.TEXT.schema()
        languages = dict.fromkeys(LANGUAGES, text)
        full = {"type": "object", "properties": languages, "additionalProperties": False}
        return {"anyOf": [text, full | {"minProperties": 1}]}


TITLE: Final = Title()


def choice(struct: type[Any], attribute: str) -> Choice:
    """The closed list of words that a field of the contract declares."""
    return Choice(tuple(_words(get_type_hints(struct)[attribute])))


def _words(hint: Any) -> list[str]:
    if get_origin(hint) is Literal:
        return list(get_args(hint))
    return [word for part in get_args(hint) for word in _words(part)]
