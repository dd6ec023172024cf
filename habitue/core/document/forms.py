"""The general forms a value can take on the page: text, number, choice, list, table.

Every form reads a node, writes a value, and describes itself as JSON Schema, so that reader,
writer and published schema cannot drift apart. A form that cannot read notes problems on the
sheet and answers `BAD`; it never raises.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Protocol

import msgspec

from habitue.core.document import page
from habitue.core.document.page import Node, Sheet

MAX_ITEMS: Final = 500
BOOLEAN_KEYS: Final = frozenset(("on", "off", "yes", "no", "y", "n", "true", "false"))
NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
Schema = dict[str, Any]


class Bad(enum.Enum):
    """What a form answers when it could not read; the problem is on the sheet."""

    BAD = 0


BAD: Final = Bad.BAD


class Bare(str):
    """Text written without quotes: a number, a date."""

    __slots__ = ()


class Form(Protocol):
    """How one value is read, written and described."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any: ...
    def write(self, value: Any, sheet: Sheet) -> Any: ...
    def schema(self) -> Schema: ...


def expected(what: str, node: Node, path: str, sheet: Sheet, allowed: Sequence[str] = ()) -> Bad:
    """Note that something else stands where `what` was expected."""
    sentence = f"expected {what}, found {page.found(node)}"
    sheet.fault(node, path, sentence, word=page.word(node), allowed=allowed)
    return BAD


def reading(form: Form, node: Node, path: str, sheet: Sheet) -> Any:
    """What a form reads; a form that cannot say why it read nothing is given a sentence."""
    before = len(sheet.problems)
    read = form.read(node, path, sheet)
    if read is BAD and len(sheet.problems) == before:
        sheet.fault(node, path, "this says nothing; fill it in or leave it out")
    return read


@dataclass(frozen=True)
class Phrase:
    """A scalar with a grammar of its own. `parse` raises `ValueError` on what it refuses."""

    what: str
    parse: Callable[[str, Sheet], Any]
    show: Callable[[Any, Sheet], str] = lambda value, _: str(value)
    described: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    allowed: tuple[str, ...] = ()

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        if not isinstance(node, page.Scalar) or not node.value:
            return expected(self.what, node, path, sheet)
        try:
            return self.parse(node.value, sheet)
        except ValueError as refused:
            if refused.args:
                sheet.fault(node, path, str(refused), word=node.value, allowed=self.allowed)
                return BAD
            return expected(self.what, node, path, sheet, self.allowed)

    def write(self, value: Any, sheet: Sheet) -> str:
        return self.show(value, sheet)

    def schema(self) -> Schema:
        return dict(self.described)


@dataclass(frozen=True)
class Choice:
    """One of a closed list of words."""

    words: tuple[str, ...]

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        if isinstance(node, page.Scalar) and node.value in self.words:
            return node.value
        if isinstance(node, page.Scalar) and node.value:
            sentence = f"unknown word {page.found(node)}"
            sheet.fault(node, path, sentence, word=node.value, allowed=self.words)
            return BAD
        return expected("one word", node, path, sheet, self.words)

    def write(self, value: Any, _sheet: Sheet) -> str:
        return str(value)

    def schema(self) -> Schema:
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class Flag:
    """`true` or `false`."""

    def read(self, node: Node, path: str, sheet: Sheet) -> bool | Bad:
        if isinstance(node, page.Scalar) and node.value in ("true", "false"):
            return bool(node.value == "true")
        return expected("true or false", node, path, sheet)

    def write(self, value: bool, _sheet: Sheet) -> bool:
        return value

    def schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Known:
    """The name of something declared elsewhere in the file: a unit, a tier."""

    what: str
    names: Callable[[Sheet], Sequence[str]]

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        names = self.names(sheet)
        if not isinstance(node, page.Scalar) or not node.value:
            return expected(f"the name of a {self.what}", node, path, sheet, names)
        if node.value in names:
            return node.value
        sentence = f"unknown {self.what} {page.found(node)}"
        sheet.fault(node, path, sentence, word=node.value, allowed=names)
        return BAD

    def write(self, value: Any, _sheet: Sheet) -> str:
        return str(value)

    def schema(self) -> Schema:
        return {"type": "string"}


@dataclass(frozen=True)
class Many:
    """A list, read into a tuple. `alone`: a single item may stand without its brackets."""

    form: Form
    alone: bool = False
    least: int = 1
    most: int = MAX_ITEMS

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        if not isinstance(node, page.Sequenced):
            if not self.alone:
                return expected("a list", node, path, sheet)
            value = reading(self.form, node, path, sheet)
            return BAD if value is BAD else (value,)
        given = page.items(node)
        if len(given) < self.least or len(given) > self.most:
            what = "the list is empty" if not given else f"the list has {len(given)} items"
            few = f"{what}; it needs {self.least} or more"
            sheet.fault(
                node, path, few if len(given) < self.least else f"{what}; at most {self.most}"
            )
            return BAD
        values = []
        for index, item in enumerate(given):
            sheet.mark(f"{path}[{index}]", item)
            values.append(reading(self.form, item, f"{path}[{index}]", sheet))
        sheet.kept[path] = [index for index, value in enumerate(values) if value is not BAD]
        return tuple(value for value in values if value is not BAD)

    def write(self, value: Any, sheet: Sheet) -> Any:
        written = [self.form.write(item, sheet) for item in value]
        return written[0] if self.alone and len(written) == 1 else written

    def schema(self) -> Schema:
        several = {
            "type": "array",
            "items": self.form.schema(),
            "minItems": self.least,
            "maxItems": self.most,
        }
        return {"anyOf": [self.form.schema(), several]} if self.alone else several


@dataclass(frozen=True)
class Named:
    """A form that is described once in the schema under its name, and may contain itself."""

    name: str
    form: Callable[[], Form]
    all: ClassVar[dict[str, Named]] = {}

    def __post_init__(self) -> None:
        self.all[self.name] = self

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        return self.form().read(node, path, sheet)

    def write(self, value: Any, sheet: Sheet) -> Any:
        return self.form().write(value, sheet)

    def schema(self) -> Schema:
        return {"$ref": f"#/$defs/{self.name}"}


# --- tables ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Key:
    """One key of a table: its form, what it says in words, and the attribute it fills.

    `example` is a value as it stands in a file, for the reference page.
    """

    form: Form
    says: str = ""
    attribute: str = ""
    required: bool = False
    example: str = ""


def _source(text: str, _sheet: Sheet) -> str:
    if len(text) > 300 or not text.isprintable():
        raise ValueError("a source is one line of at most 300 characters")
    return text


NOTES: Final[dict[str, Key]] = {
    "source": Key(
        Phrase("a text", _source),
        "Where a number comes from, and when.",
        example="the owner, May 2026",
    ),
    "assumed": Key(Flag(), "True where we made a number up.", example="true"),
}


def entries(
    node: Node, path: str, sheet: Sheet, allowed: Sequence[str], *, closed: bool = True
) -> Iterator[tuple[str, Node, str]]:
    """Key, value node and path of each entry of a mapping; faulty keys are noted and skipped.

    Notes (`source`, `assumed`) are checked here and not handed on.
    """
    seen: set[str] = set()
    for name, value in page.pairs(node):
        key = page.word(name)
        under = f"{path}.{key}" if path else key
        if not key:
            sheet.fault(name, path, f"a key is one word, found {page.found(name)}")
        elif key in seen:
            sheet.fault(name, under, f'"{key}" is given twice')
        elif key in NOTES and key not in allowed:
            NOTES[key].form.read(value, under, sheet)
        elif key in allowed or not closed:
            sheet.mark(under, value)
            yield key, value, under
        else:
            _unknown_key(name, key, under, sheet, allowed)
        seen.add(key)


def _unknown_key(name: Node, key: str, path: str, sheet: Sheet, allowed: Sequence[str]) -> None:
    plain = isinstance(name, page.Scalar) and not name.style
    if plain and key.lower() in BOOLEAN_KEYS:
        other = ' write "when" instead' if key.lower() == "on" else " choose another word"
        sentence = f'YAML reads the key "{key}" as true or false, not as a word;{other}'
        sheet.fault(name, path, sentence, word=key)
        return
    sheet.fault(name, path, f'unknown word "{key}"', word=key, allowed=allowed)


@dataclass(frozen=True)
class Table:
    """A mapping with known keys that builds one value.

    A key that is absent, or unreadable and not required, takes the value's own default.
    """

    build: Callable[..., Any]
    keys: Mapping[str, Key]
    notes: bool = True

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        if not isinstance(node, page.Mapping):
            return expected(f"a mapping of {', '.join(self.keys)}", node, path, sheet)
        values: dict[str, Any] = {}
        for name, value, under in entries(node, path, sheet, tuple(self.keys)):
            read = reading(self.keys[name].form, value, under, sheet)
            if read is not BAD:
                values[self.keys[name].attribute or name] = read
        given = {page.word(name) for name, _ in page.pairs(node)}
        return self._built(values, given, node, path, sheet)

    def _built(
        self, values: dict[str, Any], given: set[str], node: Node, path: str, sheet: Sheet
    ) -> Any:
        complete = True
        for name, key in self.keys.items():
            if key.required and (key.attribute or name) not in values:
                complete = False
                if name not in given:
                    sheet.fault(node, path, f'"{name}" is missing', word=name)
        return self.build(**values) if complete else BAD

    def write(self, value: Any, sheet: Sheet) -> dict[str, Any]:
        defaults = defaults_of(type(value))
        written = {}
        for name, key in self.keys.items():
            attribute = key.attribute or name
            held = getattr(value, attribute)
            if key.required or held != defaults.get(attribute, msgspec.UNSET):
                written[name] = key.form.write(held, sheet)
        return written

    def schema(self) -> Schema:
        keys = {**self.keys, **NOTES} if self.notes else self.keys
        return {
            "type": "object",
            "properties": {
                name: key.form.schema() | ({"description": key.says} if key.says else {})
                for name, key in keys.items()
            },
            "required": [name for name, key in self.keys.items() if key.required],
            "additionalProperties": False,
        }


def defaults_of(struct: type[Any]) -> dict[str, Any]:
    """The defaults of a value's attributes; what has none is required."""
    found = {}
    for known in msgspec.structs.fields(struct):
        if known.default is not msgspec.NODEFAULT:
            found[known.name] = known.default
        elif known.default_factory is not msgspec.NODEFAULT:
            found[known.name] = known.default_factory()
    return found


@dataclass(frozen=True)
class Variants:
    """A mapping whose leading key says which of several tables it is."""

    what: str
    tables: Mapping[str, Table]
    lead: Callable[[Any], str]

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        if not isinstance(node, page.Mapping) or not node.value:
            return expected(self.what, node, path, sheet)
        keys = [page.word(name) for name, _ in page.pairs(node)]
        leads = [key for key in keys if key in self.tables]
        if leads:
            return self.tables[leads[0]].read(node, path, sheet)
        first = page.pairs(node)[0][0]
        _unknown_key(first, keys[0], f"{path}.{keys[0]}", sheet, tuple(self.tables))
        return BAD

    def write(self, value: Any, sheet: Sheet) -> Any:
        return self.tables[self.lead(value)].write(value, sheet)

    def schema(self) -> Schema:
        return {"oneOf": [table.schema() for table in self.tables.values()]}


@dataclass(frozen=True)
class Short:
    """A fuller form that may be written as one phrase when the phrase says it all."""

    short: Form
    full: Form
    fits: Callable[[Any], Any | None]
    widen: Callable[[Any], Any] = lambda value: value

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        if isinstance(node, page.Scalar):
            value = self.short.read(node, path, sheet)
            return BAD if value is BAD else self.widen(value)
        return self.full.read(node, path, sheet)

    def write(self, value: Any, sheet: Sheet) -> Any:
        brief = self.fits(value)
        return self.full.write(value, sheet) if brief is None else self.short.write(brief, sheet)

    def schema(self) -> Schema:
        return {"anyOf": [self.short.schema(), self.full.schema()]}
