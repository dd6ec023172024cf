"""Tiers on the page: what they count, how long they are kept, and from where each level starts.

`from: 350` counts in the unit of the basis; `{nights: 10, legs: 4}` needs both;
`{any: [{nights: 10}, {points: 25000}]}` needs one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from msgspec import Struct, field

from habitue.core import program
from habitue.core.document import awards, page, phrases, texts
from habitue.core.document.forms import BAD, Bare, Key, Many, Schema, Table, expected
from habitue.core.document.page import Node, Sheet

Alternative = tuple[tuple[str, int], ...]


class _Basis(Struct, frozen=True):
    unit: str = ""
    window: program.Window = field(default_factory=program.CalendarYear)


class _Tiers(Struct, frozen=True):
    levels: tuple[program.Level, ...]
    basis: _Basis = field(default_factory=_Basis)
    kept: program.Kept = program.UntilDate(12, 31, 1)
    downgrade: Any = "to level earned"


@dataclass(frozen=True)
class Needs:
    """What reaches a level."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        if isinstance(node, page.Scalar):
            return self._number(node, path, sheet)
        if page.peek(node, "any") is not None:
            read = _ANY.read(node, path, sheet)
            return BAD if read is BAD else read.any
        alternative = awards.Amounts(single=False).read(node, path, sheet)
        return BAD if alternative is BAD else (alternative,)

    def _number(self, node: Node, path: str, sheet: Sheet) -> Any:
        if page.word(node) == "0":
            return ()
        if not sheet.basis:
            return expected("a unit with its number (the basis names none)", node, path, sheet)
        amount = phrases.amount_of(sheet.basis).read(node, path, sheet)
        return BAD if amount is BAD else (((sheet.basis, amount),),)

    def write(self, value: Any, sheet: Sheet) -> Any:
        if not value:
            return Bare("0")
        if len(value) > 1:
            return {"any": _SEVERAL.write(value, sheet)}
        if len(value[0]) == 1 and value[0][0][0] == sheet.basis:
            return phrases.amount_of(sheet.basis).write(value[0][0][1], sheet)
        return awards.Amounts(single=False).write(value[0], sheet)

    def schema(self) -> Schema:
        full = awards.Amounts(single=False).schema()
        full["properties"] = full["properties"] | {"any": _SEVERAL.schema()}
        return {"anyOf": [{"type": "number", "minimum": 0}, full]}


_SEVERAL: Final = Many(awards.Amounts(single=False))


class _Any(Struct, frozen=True):
    any: tuple[Alternative, ...]


_ANY: Final = Table(_Any, {"any": Key(_SEVERAL, required=True)})
_LEVEL: Final = Table(
    program.Level,
    {
        "id": Key(phrases.ID, "The tier's name in the file.", required=True),
        "title": Key(texts.TITLE, "The tier's name for people."),
        "from": Key(Needs(), "Reached from this much on; 0 for the first.", "needs", required=True),
    },
)
_TIERS: Final = Table(
    _Tiers,
    {
        "basis": Key(
            Table(
                _Basis,
                {
                    "unit": Key(awards.UNIT, "The unit a plain number counts in."),
                    "window": Key(phrases.WINDOW, "Over which time it counts."),
                },
            ),
            "What is counted.",
        ),
        "kept": Key(phrases.KEPT, "How long a tier is kept once it is reached."),
        "downgrade": Key(texts.choice(program.Ladder, "downgrade"), "Where a member falls to."),
        "levels": Key(Many(_LEVEL), "The tiers, lowest first.", required=True),
    },
)


@dataclass(frozen=True)
class LadderForm:
    """The tiers of a program."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        sheet = sheet.based_on(page.word(page.peek(node, "basis", "unit")))
        read = _TIERS.read(node, path, sheet)
        if read is BAD or not read.levels:
            return BAD
        return program.Ladder(read.levels, read.basis.window, read.kept, read.downgrade)

    def write(self, value: Any, sheet: Sheet) -> Any:
        unit = _common_unit(value)
        tiers = _Tiers(value.levels, _Basis(unit, value.window), value.kept, value.downgrade)
        return _TIERS.write(tiers, sheet.based_on(unit))

    def schema(self) -> Schema:
        return _TIERS.schema()


def _common_unit(ladder: program.Ladder) -> str:
    named = {unit for level in ladder.levels for needs in level.needs for unit, _ in needs}
    return named.pop() if len(named) == 1 else ""
