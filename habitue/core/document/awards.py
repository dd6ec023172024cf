"""Awards, gifts, costs and limits on the page: everything that counts in a unit.

`award: {points: 1, per: 1.00}` · `{stamps: 1, per: item}` · `{points: 50}` · `{multiply: 2}` ·
`{bonus: 30%, unit: miles}` · `cost: {points: 100}` · `limit: {times: 1, per: day}`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any, Final

from habitue.core import program
from habitue.core.document import page, phrases
from habitue.core.document.forms import (
    BAD,
    NAME,
    NOTES,
    Choice,
    Key,
    Known,
    Named,
    Schema,
    Table,
    Variants,
    entries,
    expected,
)
from habitue.core.document.page import Node, Sheet

UNIT: Final = Known("unit", lambda sheet: tuple(sheet.decimals))
GIFTS: Final[dict[str, str]] = {
    "product": "name",
    "experience": "name",
    "access": "name",
    "money_off": "value",
    "percent_off": "value",
}
RESERVED: Final = frozenset(
    {"per", "step", "multiply", "bonus", "unit", "times", "any", "name", *NOTES, *GIFTS}
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

_MULTIPLY: Final = Table(
    program.Multiply,
    {
        "multiply": Key(phrases.EXACT, "The bases times this.", "factor", required=True),
        "unit": Key(UNIT, "Only of this unit."),
    },
)
_BONUS: Final = Table(
    program.Bonus,
    {
        "bonus": Key(phrases.PERCENT, "A share on top.", "share", required=True),
        "unit": Key(UNIT, "Of this unit.", required=True),
    },
)
_STEP: Final = Choice(("whole", "proportional"))


@dataclass(frozen=True)
class AwardForm:
    """Units for money, for pieces, for an attribute, or once; or a factor on the others."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        if not isinstance(node, page.Mapping):
            return expected("a mapping such as {points: 1, per: 1.00}", node, path, sheet)
        given = [page.word(key) for key, _ in page.pairs(node)]
        if "multiply" in given or "bonus" in given:
            return (_MULTIPLY if "multiply" in given else _BONUS).read(node, path, sheet)
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
            return _MULTIPLY.write(value, sheet)
        if isinstance(value, program.Bonus):
            return _BONUS.write(value, sheet)
        written = {value.unit: phrases.show_exact(value.amount)}
        if isinstance(value, program.PerItem):
            written["per"] = "item"
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
                "per": {"type": ["number", "string"], "description": "Money, item, or attribute."},
                "step": _STEP.schema(),
                **{name: key.form.schema() for name, key in NOTES.items()},
            },
            "not": {"anyOf": [{"required": ["multiply"]}, {"required": ["bonus"]}]},
            "additionalProperties": phrases.EXACT.schema(),
        }
        return {"oneOf": [plain, _MULTIPLY.schema(), _BONUS.schema()]}


def _per(unit: str, amount: Fraction, rest: dict[str, Any], sheet: Sheet) -> Any:
    """The award that `per` and `step` make of an amount."""
    money: int | None = None
    per = page.word(rest["per"][1]) if "per" in rest else ""
    named = NAME.fullmatch(per) is not None
    if "per" in rest and not named:
        _, node, under = rest["per"]
        money = phrases.CASH.read(node, under, sheet)
        if money is BAD:
            return BAD
    if "step" in rest:
        _, node, under = rest["step"]
        step = _STEP.read(node, under, sheet)
        if money is None:
            sheet.fault(node, under, "step goes with an amount of money: per: 1.00")
        if money is None or step is BAD:
            return BAD
        return program.PerMoney(unit, amount, money, step)
    if money is not None:
        return program.PerMoney(unit, amount, money)
    if not per:
        return program.Fixed(unit, amount)
    if per == "item":
        return program.PerItem(unit, amount)
    return program.PerAttribute(unit, amount, per)


AWARD: Final = Named("award", AwardForm)


# --- gifts -------------------------------------------------------------------------------------


def _gift(kind: Any) -> Callable[..., program.Gift]:
    return partial(program.Gift, kind.replace("_", " "))


_VALUES: Final = {"money_off": phrases.CASH, "percent_off": phrases.WHOLE_PERCENT}
_NAME: Final = {"name": Key(phrases.TEXT, "What it is called.")}
_GIFTS: Final = Variants(
    "what it gives, such as {product: coffee}",
    {
        kind: Table(
            _gift(kind),
            {kind: Key(_VALUES.get(kind, phrases.TEXT), "", attribute, required=True)}
            | (_NAME if attribute == "value" else {}),
        )
        for kind, attribute in GIFTS.items()
    },
    lambda gift: str(gift.kind.replace(" ", "_")),
)


@dataclass(frozen=True)
class GiftForm:
    """A product, money or a percentage off, an experience, access, or units."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        given = [page.word(key) for key, _ in page.pairs(node)]
        if not any(key in sheet.decimals for key in given) or any(key in GIFTS for key in given):
            return _GIFTS.read(node, path, sheet)
        amount = Amounts().read(node, path, sheet)
        if amount is BAD:
            return BAD
        return program.Gift("units", value=amount[1], unit=amount[0])

    def write(self, value: Any, sheet: Sheet) -> Any:
        if value.kind == "units":
            return Amounts().write((value.unit, value.value), sheet)
        return _GIFTS.write(value, sheet)

    def schema(self) -> Schema:
        units = Amounts().schema() | {
            "not": {"anyOf": [{"required": [kind]} for kind in GIFTS]},
        }
        return {"oneOf": [*_GIFTS.schema()["oneOf"], units]}


GIFT: Final = Named("gift", GiftForm)


# --- limits ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LimitForm:
    """`{times: 1, per: day}` or `{points: 500, per: month}`, for each member."""

    def _table(self, unit: str) -> Table:
        counted = Key(phrases.amount_of(unit), "At most so many units.", "amount")
        return Table(
            program.Limit,
            {
                "times": Key(phrases.whole(1, 1_000_000), "At most so many times."),
                "per": Key(phrases.PER, "In each of these; without it, ever."),
                unit: counted,
            },
        )

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        limit = self._table(sheet.counting).read(node, path, sheet)
        if limit is BAD or (limit.times is None and limit.amount is None):
            return BAD if limit is BAD else expected("times or units", node, path, sheet)
        return limit

    def write(self, value: Any, sheet: Sheet) -> Any:
        return self._table(sheet.counting).write(value, sheet)

    def schema(self) -> Schema:
        described = self._table("times").schema()
        described["properties"] = {
            "times": phrases.whole(1, 1_000_000).schema(),
            "per": phrases.PER.schema(),
            **{name: key.form.schema() for name, key in NOTES.items()},
        }
        return described | {"required": [], "additionalProperties": _NUMBERS}


LIMIT: Final = Named("limit", LimitForm)
