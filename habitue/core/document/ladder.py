"""Tiers on the page: what they count, how long they are kept, and from where each level starts.

`from: 350` counts in the unit of the basis; `{nights: 10, legs: 4}` needs both;
`{any: [{nights: 10}, {points: 25000}]}` needs one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from msgspec import Struct, field

from habitue.core import program
from habitue.core.document import awards, page, phrases, texts, units
from habitue.core.document.forms import BAD, Bare, Key, Many, Schema, Table, expected
from habitue.core.document.page import Node, Sheet

Alternative = tuple[tuple[str, int], ...]


class _Basis(Struct, frozen=True):
    unit: str = ""
    window: program.Window = field(default_factory=program.CalendarYear)
    measure: Any = "count"


class _Tiers(Struct, frozen=True):
    levels: tuple[program.Level, ...]
    basis: _Basis = field(default_factory=_Basis)
    kept: program.Kept = program.UntilDate(12, 31, 1)
    downgrade: Any = "to level earned"
    upgrade: Any = "at once"
    grace: program.Period | None = None
    notice: program.Period | None = None
    rules_see: Any = "tier before"


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


_SEVERAL: Final = Many(awards.Amounts(single=False), most=50)


class _Any(Struct, frozen=True):
    any: tuple[Alternative, ...]


_ANY: Final = Table(
    _Any,
    {
        "any": Key(
            _SEVERAL,
            "One of these is enough.",
            required=True,
            example="[{points: 100, visits: 3}, {points: 250}]",
        )
    },
)
LEVEL: Final = Table(
    program.Level,
    {
        "id": Key(phrases.ID, "The tier's name in the file.", required=True, example="gold"),
        "title": Key(texts.TITLE, "The tier's name for people.", example="{en: Gold, it: Oro}"),
        "from": Key(
            Needs(),
            "Reached from this much on; 0 for the first.",
            "needs",
            required=True,
            example="{any: [{points: 100, visits: 3}, {points: 250}]}",
        ),
        "window": Key(
            phrases.WINDOW, "Counted over this time, unlike the other tiers.", example="lifetime"
        ),
        "kept": Key(phrases.KEPT, "Kept so long, unlike the other tiers.", example="for ever"),
        "expiry": Key(
            units.Expiries(),
            "How what is earned in this tier lapses.",
            example="{points: never}",
        ),
    },
)
BASIS: Final = Table(
    _Basis,
    {
        "unit": Key(awards.UNIT, "The unit that a plain number counts in.", example="spend"),
        "window": Key(phrases.WINDOW, "Over which time it counts.", example="last 12 months"),
        "measure": Key(
            texts.choice(program.Ladder, "measure"),
            "What was counted in the window, or the balance that can be spent.",
            example="balance",
        ),
    },
)
TIERS: Final = Table(
    _Tiers,
    {
        "basis": Key(BASIS, "What is counted.", example="{unit: spend, window: membership year}"),
        "kept": Key(
            phrases.KEPT,
            "How long a tier is kept once it is reached.",
            example="until end of February, 2 years later",
        ),
        "downgrade": Key(
            texts.choice(program.Ladder, "downgrade"),
            "Where a member falls to.",
            example="one step",
        ),
        "upgrade": Key(
            texts.choice(program.Ladder, "upgrade"),
            "From when a tier that was reached holds.",
            example="at period end",
        ),
        "grace": Key(
            phrases.DAYS, "How much longer a tier is held after its last day.", example="2 months"
        ),
        "notice": Key(
            phrases.DAYS, "How long before its last day a member is told.", example="30 days"
        ),
        "rules_see": Key(
            texts.choice(program.Ladder, "rules_see"),
            "Which tier the rules of an event meet: before it, or the one it leads to.",
            example="tier after",
        ),
        "levels": Key(
            Many(LEVEL, most=50),
            "The tiers, lowest first.",
            required=True,
            example="[{id: basic, from: 0}, {id: silver, from: 100}]",
        ),
    },
)


@dataclass(frozen=True)
class LadderForm:
    """The tiers of a program."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        sheet = sheet.based_on(page.word(page.peek(node, "basis", "unit")))
        read = TIERS.read(node, path, sheet)
        if read is BAD or not read.levels:
            return BAD
        return program.Ladder(
            read.levels,
            read.basis.window,
            measure=read.basis.measure,
            **{name: getattr(read, name) for name in _ALIKE},
        )

    def write(self, value: Any, sheet: Sheet) -> Any:
        unit = _common_unit(value)
        basis = _Basis(unit, value.window, value.measure)
        alike = {name: getattr(value, name) for name in _ALIKE}
        return TIERS.write(_Tiers(value.levels, basis, **alike), sheet.based_on(unit))

    def schema(self) -> Schema:
        return TIERS.schema()


_ALIKE: Final = tuple(name for name in TIERS.keys if name not in ("basis", "levels"))
LADDER: Final = LadderForm()


def _common_unit(ladder: program.Ladder) -> str:
    named = {unit for level in ladder.levels for needs in level.needs for unit, _ in needs}
    return named.pop() if len(named) == 1 else ""
