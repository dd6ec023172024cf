"""Conditions on the page: `where: {channel: online, weekday: [monday, tuesday]}`.

Several keys in one mapping must all hold; `all`, `any` and `not` join further conditions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from habitue.core import program
from habitue.core.document import page, phrases
from habitue.core.document.forms import (
    BAD,
    NOTES,
    Choice,
    Flag,
    Form,
    Key,
    Known,
    Many,
    Named,
    Phrase,
    Schema,
    Table,
    entries,
    expected,
)
from habitue.core.document.page import Node, Sheet

TIER: Final = Known("tier", lambda sheet: sheet.tiers)
TEXTS: Final = Many(phrases.TEXT, alone=True)


@dataclass(frozen=True)
class Dated:
    """`{since: 2026-06-01, until: 2026-06-08}`, half-open: `until` is the first day after."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        read = _DATES.read(node, path, sheet)
        if read is BAD:
            return BAD
        if read.since is None and read.until is None:
            return expected("since, until or both", node, path, sheet)
        if read.since and read.until and read.since >= read.until:
            sentence = f"the dates are reversed: since {read.since} is not before {read.until}"
            sheet.fault(node, path, sentence)
            return BAD
        return read

    def write(self, value: Any, sheet: Sheet) -> Any:
        return _DATES.write(value, sheet)

    def schema(self) -> Schema:
        return _DATES.schema()


_DATES: Final = Table(
    program.Dates,
    {
        "since": Key(phrases.DAY, "The first day."),
        "until": Key(phrases.DAY, "The first day on which it no longer holds."),
    },
)
DATES: Final = Dated()

LINES: Final[Named] = Named(
    "lines",
    lambda: Table(
        program.Lines,
        {
            "sku": Key(TEXTS, "Only these articles."),
            "category": Key(TEXTS, "Only these categories."),
            "label": Key(TEXTS, "Only lines that carry one of these labels."),
            "excluding": Key(LINES, "Without these lines."),
        },
    ),
)


@dataclass(frozen=True)
class OneAttribute:
    """`{class: [J, D]}`: one attribute of the event and the values that match."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        found = list(entries(node, path, sheet, (), closed=False))
        if len(found) != 1:
            return expected("the name of one attribute with its values", node, path, sheet)
        name, value, under = found[0]
        values = _VALUES.read(value, under, sheet)
        return BAD if values is BAD else program.Attribute(name, values)

    def write(self, value: Any, sheet: Sheet) -> Any:
        return {value.name: _VALUES.write(value.values, sheet)}

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": _VALUES.schema(), "minProperties": 1}


_VALUES: Final = Many(
    Phrase(
        "a value",
        phrases.attribute_value,
        phrases.show_attribute_value,
        {"type": ["string", "number", "boolean"]},
    ),
    alone=True,
)


@dataclass(frozen=True)
class Word:
    """One word of the condition language: its form, and the way to and from the typed value."""

    form: Form
    wrap: Callable[[Any], program.Condition]
    held: Callable[[Any], Any]
    says: str = ""


def _among(what: Any) -> Word:
    return Word(TEXTS, lambda values: program.Among(what, values), lambda held: held.values)


def _weekdays(names: tuple[str, ...]) -> program.Condition:
    return program.Weekday(tuple(phrases.WEEKDAYS.index(name) for name in names))


def _names(held: program.Weekday) -> tuple[str, ...]:
    return tuple(phrases.WEEKDAYS[index] for index in held.days)


CONDITION: Final = Named("condition", lambda: _CONDITIONS)
_SEVERAL: Final = Many(CONDITION)
WORDS: Final[dict[str, Word]] = {
    "all": Word(_SEVERAL, program.All, lambda held: held.of, "Every one of these holds."),
    "any": Word(_SEVERAL, program.Any, lambda held: held.of, "At least one of these holds."),
    "not": Word(CONDITION, program.Not, lambda held: held.of, "This does not hold."),
    "channel": _among("channel"),
    "place": _among("place"),
    "partner": _among("partner"),
    "tender": _among("tender"),
    "weekday": Word(Many(Choice(phrases.WEEKDAYS), alone=True), _weekdays, _names),
    "hours": Word(phrases.HOURS, lambda held: held, lambda held: held, "Local time of day."),
    "dates": Word(DATES, lambda held: held, lambda held: held, "Local dates, half-open."),
    "tier": Word(Many(TIER, alone=True), program.TierIs, lambda held: held.values),
    "minimum_order": Word(phrases.CASH, program.MinimumOrder, lambda held: held.amount),
    "first_purchase": Word(Flag(), program.FirstTime, lambda held: held.value),
    "member_for": Word(phrases.PERIOD, program.MemberFor, lambda held: held.period),
    "attribute": Word(OneAttribute(), lambda held: held, lambda held: held),
}
_KINDS: Final[dict[type[Any], str]] = {
    program.All: "all",
    program.Any: "any",
    program.Not: "not",
    program.Weekday: "weekday",
    program.Hours: "hours",
    program.Dates: "dates",
    program.TierIs: "tier",
    program.MinimumOrder: "minimum_order",
    program.FirstTime: "first_purchase",
    program.MemberFor: "member_for",
    program.Attribute: "attribute",
}


@dataclass(frozen=True)
class Conditions:
    """A mapping of condition words; several of them must all hold."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        if not isinstance(node, page.Mapping) or not node.value:
            return expected(f"a mapping of {', '.join(WORDS)}", node, path, sheet)
        read = []
        for name, value, under in entries(node, path, sheet, tuple(WORDS)):
            held = WORDS[name].form.read(value, under, sheet)
            if held is not BAD and held != ():
                read.append(WORDS[name].wrap(held))
        if not read:
            return BAD
        return read[0] if len(read) == 1 else program.All(tuple(read))

    def write(self, value: Any, sheet: Sheet) -> Any:
        name = value.what if isinstance(value, program.Among) else _KINDS[type(value)]
        return {name: WORDS[name].form.write(WORDS[name].held(value), sheet)}

    def schema(self) -> Schema:
        known = {
            name: word.form.schema() | ({"description": word.says} if word.says else {})
            for name, word in WORDS.items()
        }
        notes = {name: key.form.schema() for name, key in NOTES.items()}
        return {
            "type": "object",
            "properties": known | notes,
            "minProperties": 1,
            "additionalProperties": False,
        }


_CONDITIONS: Final[Form] = Conditions()
