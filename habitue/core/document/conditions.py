"""Conditions on the page: `where: {channel: online, weekday: [monday, tuesday]}`.

Several keys in one mapping must all hold; `all`, `any` and `not` join further conditions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from habitue.core import facts, program
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
TIERS: Final = Many(TIER, alone=True)
TEXTS: Final = Many(phrases.TEXT, alone=True)


@dataclass(frozen=True)
class Dated:
    """`{since: 2026-06-01, until: 2026-06-08}`, half-open: `until` is the first day after."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        read = SPAN.read(node, path, sheet)
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
        return SPAN.write(value, sheet)

    def schema(self) -> Schema:
        return SPAN.schema()


SPAN: Final = Table(
    program.Dates,
    {
        "since": Key(phrases.DAY, "The first day.", example="2026-06-01"),
        "until": Key(
            phrases.DAY, "The first day on which it no longer holds.", example="2026-06-08"
        ),
    },
)
DATES: Final = Named("dates", Dated)

LINES: Final[Named] = Named("lines", lambda: LINES_TABLE)
LINES_TABLE: Final[Table] = Table(
    program.Lines,
    {
        "sku": Key(TEXTS, "Only these articles.", example="[ESP-1, ESP-2]"),
        "category": Key(TEXTS, "Only these categories.", example="coffee"),
        "label": Key(
            TEXTS, "Only lines that carry one of these labels.", example="[organic, fair]"
        ),
        "excluding": Key(
            LINES, "Without lines that any of these keys names.", example="{category: gift card}"
        ),
    },
)


def _bounds(**values: int) -> dict[str, int]:
    return values


_FAR: Final = phrases.whole(-facts.MAX_AMOUNT, facts.MAX_AMOUNT)
BOUNDS: Final = Table(
    _bounds,
    {
        "least": Key(_FAR, "It is at least this.", example="2"),
        "most": Key(_FAR, "It is at most this.", example="500"),
    },
)


@dataclass(frozen=True)
class OneAttribute:
    """`{class: [J, D]}`: one attribute of the event and the values that match; or `{metres:
    {most: 500}}`, between bounds.
    """

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        found = list(entries(node, path, sheet, (), closed=False))
        if len(found) != 1:
            return expected("the name of one attribute with its values", node, path, sheet)
        name, value, under = found[0]
        if isinstance(value, page.Mapping):
            return self._within(name, value, under, sheet)
        values = _VALUES.read(value, under, sheet)
        return BAD if values is BAD else program.Attribute(name, values)

    def _within(self, name: str, node: Node, path: str, sheet: Sheet) -> Any:
        bounds = BOUNDS.read(node, path, sheet)
        if bounds is BAD or not bounds:
            return BAD if bounds is BAD else expected("least, most or both", node, path, sheet)
        if len(bounds) == 2 and bounds["least"] > bounds["most"]:
            sentence = f"nothing is at least {bounds['least']} and at most {bounds['most']}"
            sheet.fault(node, path, sentence)
            return BAD
        return program.Within(name, **bounds)

    def write(self, value: Any, sheet: Sheet) -> Any:
        if isinstance(value, program.Attribute):
            return {value.name: _VALUES.write(value.values, sheet)}
        bounds = {"least": value.least, "most": value.most}
        written = {word: _FAR.write(to, sheet) for word, to in bounds.items() if to is not None}
        return {value.name: written}

    def schema(self) -> Schema:
        held = {"anyOf": [_VALUES.schema(), BOUNDS.schema()]}
        return {"type": "object", "additionalProperties": held, "minProperties": 1}


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
    says: str
    example: str


def _same(held: Any) -> Any:
    return held


def _of(held: Any) -> Any:
    return held.of


def _values(held: Any) -> Any:
    return held.values


def _among(what: Any, says: str, example: str) -> Word:
    return Word(TEXTS, lambda values: program.Among(what, values), _values, says, example)


def _weekdays(names: tuple[str, ...]) -> program.Condition:
    return program.Weekday(tuple(phrases.WEEKDAYS.index(name) for name in names))


def _names(held: program.Weekday) -> tuple[str, ...]:
    return tuple(phrases.WEEKDAYS[index] for index in held.days)


CONDITION: Final = Named("condition", lambda: _CONDITIONS)
_SEVERAL: Final = Many(CONDITION)
WORDS: Final[dict[str, Word]] = {
    "all": Word(
        _SEVERAL,
        program.All,
        _of,
        "Every one of these holds.",
        "[{weekday: monday}, {not: {tender: cash}}]",
    ),
    "any": Word(
        _SEVERAL,
        program.Any,
        _of,
        "At least one of these holds.",
        "[{weekday: monday}, {hours: 14:00-16:00}]",
    ),
    "not": Word(CONDITION, program.Not, _of, "This does not hold.", "{channel: online}"),
    "channel": _among("channel", "How it was bought.", "online"),
    "place": _among("place", "Where it happened.", "[rue Dupont, the market]"),
    "partner": _among("partner", "At which partner it happened.", "airline"),
    "tender": _among("tender", "What it was paid with.", "preloaded card"),
    "weekday": Word(
        Many(Choice(phrases.WEEKDAYS), alone=True),
        _weekdays,
        _names,
        "The local weekday.",
        "[monday, tuesday]",
    ),
    "hours": Word(
        phrases.HOURS,
        _same,
        _same,
        "Local time of day; past midnight if the end comes before the start.",
        "14:00-16:00",
    ),
    "dates": Word(DATES, _same, _same, "Local dates.", "{since: 2026-06-01, until: 2026-06-08}"),
    "each": Word(
        Many(phrases.YEAR_DAY, alone=True),
        program.EachYear,
        lambda held: held.dates,
        "On these days of every year.",
        "[24 December, end of February]",
    ),
    "tier": Word(TIERS, program.TierIs, _values, "The member's tier.", "[silver, gold]"),
    "segment": Word(
        TEXTS,
        program.InSegment,
        _values,
        "The member is in one of these segments; with `when: segments`, comes into one.",
        "regulars",
    ),
    "paid": Word(
        Flag(),
        program.Paid,
        lambda held: held.value,
        "The member's fee is paid, or the trial runs.",
        "true",
    ),
    "minimum_order": Word(
        phrases.CASH,
        program.MinimumOrder,
        lambda held: held.amount,
        "The purchase comes to at least this much.",
        "20.00",
    ),
    "first_purchase": Word(
        Flag(),
        program.FirstTime,
        lambda held: held.value,
        "It is the first purchase since joining.",
        "true",
    ),
    "member_for": Word(
        phrases.PERIOD,
        program.MemberFor,
        lambda held: held.period,
        "Joined at least so long ago.",
        "1 year",
    ),
    "streak": Word(
        phrases.STREAK,
        _same,
        _same,
        "It has come on so many days (or weeks) in a row, today included.",
        "3 days",
    ),
    "attribute": Word(
        OneAttribute(),
        _same,
        _same,
        "An attribute of the event has one of these values, or lies between bounds.",
        "{class: [J, D]}",
    ),
}
KINDS: Final[dict[type[Any], str]] = {
    program.All: "all",
    program.Any: "any",
    program.Not: "not",
    program.Weekday: "weekday",
    program.Hours: "hours",
    program.Dates: "dates",
    program.EachYear: "each",
    program.TierIs: "tier",
    program.InSegment: "segment",
    program.Paid: "paid",
    program.MinimumOrder: "minimum_order",
    program.FirstTime: "first_purchase",
    program.MemberFor: "member_for",
    program.Streak: "streak",
    program.Attribute: "attribute",
    program.Within: "attribute",
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
        name = value.what if isinstance(value, program.Among) else KINDS[type(value)]
        return {name: WORDS[name].form.write(WORDS[name].held(value), sheet)}

    def schema(self) -> Schema:
        known = {
            name: word.form.schema() | {"description": word.says} for name, word in WORDS.items()
        }
        notes = {name: key.form.schema() for name, key in NOTES.items()}
        return {
            "type": "object",
            "properties": known | notes,
            "minProperties": 1,
            "additionalProperties": False,
        }


_CONDITIONS: Final[Form] = Conditions()
