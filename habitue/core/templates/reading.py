"""Reads a template file, by the same forms as a program file: every problem with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from msgspec import Struct, structs

from habitue.core.document import page, phrases, texts
from habitue.core.document.forms import (
    BAD,
    NAME,
    Choice,
    Key,
    Phrase,
    Schema,
    Table,
    entries,
    expected,
)
from habitue.core.document.page import Node, Problem, Sheet
from habitue.core.templates.blanks import LANGUAGES, Blank

HOLE: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_MOST_TEXT: Final = 200
_MOST_NUMBER: Final = 10**9


class Template(Struct, frozen=True):
    """A template: its sentence by language, its blanks by name, and the `text` of its file.

    `says` has the blanks that make the sentence; others are options that may stay as they are.
    """

    id: str
    title: dict[str, str]
    says: dict[str, str]
    blanks: dict[str, Blank]
    text: str = ""

    def named(self, language: str) -> list[str]:
        """The blanks in the order in which the sentence names them, then the options."""
        spoken = HOLE.findall(self.says[language])
        return list(dict.fromkeys([*spoken, *self.blanks]))


def read(text: str) -> Template | list[Problem]:
    """The template that a text describes, or all its problems in order of lines."""
    root = page.opened(text)
    if isinstance(root, Problem):
        return [root]
    sheet = Sheet()
    found = _TEMPLATE.read(root, "", sheet)
    if found is not BAD:
        _sense(found, sheet)
    if sheet.problems:
        return sorted(sheet.problems, key=lambda problem: (problem.line, problem.column))
    assert isinstance(found, Template)
    return structs.replace(found, text=text)


def _sense(found: Template, sheet: Sheet) -> None:
    """Every language says the same blanks, and names no other."""
    for path, said in (("title", found.title), ("says", found.says)):
        for language in LANGUAGES:
            if language not in said:
                sheet.fault_at(path, f"the language {language} is missing")
    for language, sentence in found.says.items():
        for name in HOLE.findall(sentence):
            if name not in found.blanks:
                sheet.fault_at(f"says.{language}", f'there is no blank "{name}"', word=name)
    spoken = {frozenset(HOLE.findall(said)) for said in found.says.values()}
    if len(spoken) > 1:
        sheet.fault_at("says", "the languages do not name the same blanks")
    for name, blank in found.blanks.items():
        if blank.kind != "text" and not blank.least <= Fraction(blank.start["en"]) <= blank.most:
            sheet.fault_at(f"blanks.{name}", "it starts with what does not fit")


# --- forms -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Start:
    """A number, or a text by language."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        if isinstance(node, page.Mapping):
            return texts.TITLE.read(node, path, sheet)
        text = phrases.TEXT.read(node, path, sheet)
        return BAD if text is BAD else {"en": text}

    def write(self, value: Any, sheet: Sheet) -> Any:
        return texts.TITLE.write(value, sheet)

    def schema(self) -> Schema:
        return texts.TITLE.schema()


def _number(text: str, _sheet: Sheet) -> Fraction:
    if not re.fullmatch(phrases.NUMBER, text) or not 0 <= Fraction(text) <= _MOST_NUMBER:
        raise ValueError
    return Fraction(text)


_NUMBER: Final = Phrase("a number of 0 or more", _number)
_BLANK: Final = Table(
    Blank,
    {
        "kind": Key(Choice(("whole", "money", "percent", "text")), required=True),
        "start": Key(_Start(), required=True),
        "least": Key(_NUMBER),
        "most": Key(_NUMBER),
    },
)


@dataclass(frozen=True)
class _Blanks:
    """Blanks by name."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        if not isinstance(node, page.Mapping):
            return expected("a mapping of blanks", node, path, sheet)
        return dict(self._each(node, path, sheet))

    def _each(self, node: Node, path: str, sheet: Sheet) -> Iterator[tuple[str, Blank]]:
        for name, value, under in entries(node, path, sheet, (), closed=False):
            if not NAME.fullmatch(name) or "-" in name:
                sheet.fault(value, under, f'a blank cannot be called "{name}"')
                continue
            blank = Table(lambda name=name, **values: Blank(name, **values), _BLANK.keys).read(
                value, under, sheet
            )
            if blank is BAD:
                continue
            if blank.kind == "text" and not 0 < blank.most <= _MOST_TEXT:
                sheet.fault(
                    value, under, f"a text has at most so many signs: most, up to {_MOST_TEXT}"
                )
                continue
            if blank.kind != "text" and not _numeric(blank.start["en"]):
                sheet.fault(value, under, "it starts with what is no number")
                continue
            yield name, blank

    def write(self, value: Any, sheet: Sheet) -> Any:
        return {name: _BLANK.write(blank, sheet) for name, blank in value.items()}

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": _BLANK.schema()}


def _numeric(text: str) -> bool:
    return re.fullmatch(phrases.NUMBER, text) is not None


@dataclass(frozen=True)
class _Program:
    """The program, which is read when its blanks are filled; only that it is there."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        if not isinstance(node, page.Mapping):
            return expected("a program", node, path, sheet)
        return ""

    def write(self, value: Any, _sheet: Sheet) -> Any:
        return value

    def schema(self) -> Schema:
        return {"type": "object"}


_TEMPLATE: Final = Table(
    Template,
    {
        "template": Key(phrases.ID, "The template's name.", "id", required=True),
        "title": Key(texts.TITLE, "What kind of program it is.", required=True),
        "says": Key(texts.TITLE, "The sentence, blanks in braces.", required=True),
        "blanks": Key(_Blanks(), "What can be filled in.", required=True),
        "program": Key(_Program(), "The program, blanks in braces.", "text", required=True),
    },
)
