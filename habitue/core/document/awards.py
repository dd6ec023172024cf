"""Awards, costs and limits on the page: everything that counts in a unit.

`award: {points: 1, per: 1.00}` · `{stamps: 1, per: item}` · `{points: 50}` · `{multiply: 2}` ·
`{bonus: 30%, unit: miles}` · `cost: {points: 100}` · `limit: {times: 1, per: day}`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from habitue.core import program
from habitue.core.document import page, phrases
from habitue.core.document.forms import (
    BAD,
    NAME,
    NOTES,
    Choice,
    Flag,
    Key,
    Known,
    Named,
    Phrase,
    Schema,
    Table,
    entries,
    expected,
)
from habitue.core.document.page import Node, Sheet

UNIT: Final = Known("unit", lambda sheet: tuple(sheet.decimals))
GIFTS: Final = (
    "product", "experience", "access", "upgrade", "money_off", "percent_off", "donation",
    "entries", "partner_units",
)  # fmt: skip
"""The words that say what a gift is; everything else names a unit."""

RESERVED: Final = frozenset(
    {
        *("per", "step", "multiply", "bonus", "unit", "times", "total", "any", "name"),
        *("cause", "draw", "partner", "pieces", "worth"),
        *NOTES,
        *GIFTS,
    }
)
_NUMBERS: Final = {"type": "number", "minimum": 0}


def units_named(node: Node) -> list[str]:
    """The keys of a mapping that are no award words, so must name units."""
    return [page.word(key) for key, _ in page.pairs(node) if page.word(key) not in RESERVED]


def first_unit(nodes: list[Node], sheet: Sheet) -> str:
    """The unit that a rule's or a reward's limit counts in: the first it names."""
    named = [unit for node in nodes for unit in units_named(node) if unit in sheet.decimals]
    return named[0] if named else next(iter(sheet.decimals), "")


@dataclass(frozen=True)
class Amounts:
    """`{points: 100}`: amounts of units by name. `single`: exactly one, read as a pair."""

    single: bool = True

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        if not isinstance(node, page.Mapping):
            return expected("a mapping such as {points: 100}", node, path, sheet)
        read = []
        for unit, value, under in entries(node, path, sheet, tuple(sheet.decimals)):
            amount = phrases.amount_of(unit).read(value, under, sheet)
            if amount is not BAD:
                read.append((unit, amount))
        if not node.value or (self.single and len(read) > 1):
            return expected("an amount of one unit", node, path, sheet)
        if not read:
            return BAD
        return read[0] if self.single else tuple(read)

    def write(self, value: Any, sheet: Sheet) -> Any:
        given = (value,) if self.single else value
        return {unit: phrases.amount_of(unit).write(held, sheet) for unit, held in given}

    def schema(self) -> Schema:
        notes = {name: key.form.schema() for name, key in NOTES.items()}
        return {
            "type": "object",
            "properties": notes,
            "minProperties": 1,
            "additionalProperties": _NUMBERS,
        }


# --- awards ------------------------------------------------------------------------------------

MOST_TIMES: Final = 1_000_000


def _factor(text: str, sheet: Sheet) -> Fraction:
    """A factor: five hundred of them may meet in one event, and must stay a number to write."""
    value = phrases.exact(text, sheet)
    if value > MOST_TIMES:
        raise ValueError(f"{text} is more than {MOST_TIMES:,}")
    return value


_FACTOR: Final = Phrase(phrases.EXACT.what, _factor, phrases.EXACT.show, phrases.EXACT.described)
_OF_UNIT: Final = "Of this unit; multiply without it: of every unit."
MULTIPLY: Final = Table(
    program.Multiply,
    {
        "multiply": Key(_FACTOR, "The bases times this.", "factor", required=True, example="2"),
        "unit": Key(UNIT, _OF_UNIT, example="points"),
    },
)
BONUS: Final = Table(
    program.Bonus,
    {
        "bonus": Key(
            phrases.PERCENT,
            "A share of the (multiplied) bases on top.",
            "share",
            required=True,
            example="30%",
        ),
        "unit": Key(UNIT, _OF_UNIT, required=True, example="points"),
    },
)


def _for_every(text: str, sheet: Sheet) -> int | str:
    return text if NAME.fullmatch(text) else phrases.CASH.parse(text, sheet)


ITEM: Final = "item"
PLAIN: Final[dict[str, Key]] = {
    "points": Key(
        phrases.EXACT,
        "So many of a unit, whose name stands here; with nothing beside it, once an event.",
        example="50",
    ),
    "per": Key(
        Phrase(
            "an amount of money such as 1.00, item, or the name of an attribute",
            _for_every,
            lambda value, sheet: (
                value if isinstance(value, str) else phrases.CASH.show(value, sheet)
            ),
            {"type": ["number", "string"]},
        ),
        "For every so much money; item: for every piece; another name: for every 1 of that "
        "attribute of the event.",
        example="1.00",
    ),
    "step": Key(
        Choice(("whole", "proportional")),
        "Whether a part of that money counts in proportion.",
        example="proportional",
    ),
}
"""What an award that is no factor says. Any unit may stand in the place of points."""


@dataclass(frozen=True)
class AwardForm:
    """Units for money, for pieces, for an attribute, or once; or a factor on the others."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        if not isinstance(node, page.Mapping):
            return expected("a mapping such as {points: 1, per: 1.00}", node, path, sheet)
        given = [page.word(key) for key, _ in page.pairs(node)]
        if "multiply" in given or "bonus" in given:
            return (MULTIPLY if "multiply" in given else BONUS).read(node, path, sheet)
        allowed = (*sheet.decimals, "per", "step", "multiply", "bonus")
        parts = list(entries(node, path, sheet, allowed))
        named = [part for part in parts if part[0] in sheet.decimals]
        if len(named) != 1:
            unknown = [key for key in given if key not in RESERVED and key not in sheet.decimals]
            return BAD if unknown else expected("an amount of one unit", node, path, sheet)
        (unit, value, under), rest = named[0], {part[0]: part for part in parts}
        amount = phrases.EXACT.read(value, under, sheet)
        return BAD if amount is BAD else _per(unit, amount, rest, sheet)

    def write(self, value: Any, sheet: Sheet) -> Any:
        if isinstance(value, program.Multiply):
            return MULTIPLY.write(value, sheet)
        if isinstance(value, program.Bonus):
            return BONUS.write(value, sheet)
        written = {value.unit: phrases.show_exact(value.amount)}
        if isinstance(value, program.PerItem):
            written["per"] = ITEM
        elif isinstance(value, program.PerAttribute):
            written["per"] = value.attribute
        elif isinstance(value, program.PerMoney):
            written["per"] = phrases.CASH.write(value.per, sheet)
            if value.step != "whole":
                written["step"] = value.step
        return written

    def schema(self) -> Schema:
        plain = {
            "type": "object",
            "properties": {
                **{name: PLAIN[name].form.schema() for name in ("per", "step")},
                **{name: key.form.schema() for name, key in NOTES.items()},
            },
            "not": {"anyOf": [{"required": ["multiply"]}, {"required": ["bonus"]}]},
            "additionalProperties": phrases.EXACT.schema(),
        }
        return {"oneOf": [plain, MULTIPLY.schema(), BONUS.schema()]}


def _per(unit: str, amount: Fraction, rest: dict[str, Any], sheet: Sheet) -> Any:
    """The award that `per` and `step` make of an amount."""
    said = {}
    for word in ("per", "step"):
        if word in rest:
            _, node, under = rest[word]
            said[word] = PLAIN[word].form.read(node, under, sheet)
    per = said.get("per")
    if BAD in said.values():
        return BAD
    if "step" in said and not isinstance(per, int):
        _, node, under = rest["step"]
        sheet.fault(node, under, "step goes with an amount of money: per: 1.00")
        return BAD
    if isinstance(per, int):
        return program.PerMoney(unit, amount, per, said.get("step", "whole"))
    if per is None:
        return program.Fixed(unit, amount)
    return program.PerItem(unit, amount) if per == ITEM else program.PerAttribute(unit, amount, per)


AWARD: Final = Named("award", AwardForm)


# --- limits ------------------------------------------------------------------------------------

_TIMES: Final = phrases.whole(1, 1_000_000)


def limits_in(unit: str) -> Table:
    """A limit whose amount counts in a unit."""
    return Table(
        program.Limit,
        {
            "times": Key(_TIMES, "At most so many times.", example="1"),
            "per": Key(
                phrases.PER,
                "In each of these: by the calendar (month), or whichever (7 days); else ever.",
                example="month",
            ),
            "total": Key(Flag(), "For all members together instead of for each.", example="true"),
            unit: Key(
                phrases.amount_of(unit),
                "At most so many of the unit that the rule awards (the reward costs) first.",
                "amount",
                example="500",
            ),
        },
    )


@dataclass(frozen=True)
class LimitForm:
    """`{times: 1, per: day}` or `{points: 500, per: month}`, for each member or in total."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        limit = limits_in(sheet.counting).read(node, path, sheet)
        if limit is BAD or (limit.times is None and limit.amount is None):
            return BAD if limit is BAD else expected("times or units", node, path, sheet)
        if limit.total and isinstance(limit.per, program.Period):
            sentence = "a limit for all members together counts by the calendar: per: month"
            sheet.fault(node, path, sentence)
            return BAD
        return limit

    def write(self, value: Any, sheet: Sheet) -> Any:
        return limits_in(sheet.counting).write(value, sheet)

    def schema(self) -> Schema:
        described = limits_in("").schema()
        described["properties"].pop("")
        return described | {"additionalProperties": _NUMBERS}


LIMIT: Final = Named("limit", LimitForm)


@dataclass(frozen=True)
class Counted:
    """A table whose bare limits count in the unit that the entry itself names first."""

    table: Table
    key: str
    units: Any

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        under = page.peek(node, self.key)
        nodes = [] if under is None else [under, *page.items(under)]
        return self.table.read(node, path, sheet.counting_in(first_unit(nodes, sheet)))

    def write(self, value: Any, sheet: Sheet) -> Any:
        named = [unit for unit in self.units(value) if unit in sheet.decimals]
        counting = named[0] if named else next(iter(sheet.decimals), "")
        return self.table.write(value, sheet.counting_in(counting))

    def schema(self) -> Schema:
        return self.table.schema()
