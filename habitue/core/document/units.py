"""Units on the page: how finely they are counted, when they can be used, how they lapse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from habitue.core import program
from habitue.core.document import awards, events, page, phrases, texts
from habitue.core.document.forms import (
    BAD,
    NAME,
    Flag,
    Key,
    Many,
    Named,
    Phrase,
    Schema,
    Short,
    Table,
    Variants,
    entries,
    expected,
)
from habitue.core.document.page import Node, Sheet

# --- how units lapse ---------------------------------------------------------------------------

_RESTARTED_BY: Final = Key(
    Many(events.ACTIVITY, alone=True), "What counts as activity.", example="[purchase, redemption]"
)
AFTER: Final = Table(
    program.After,
    {
        "after": Key(
            phrases.PERIOD,
            "Each lot lapses so long after it was earned.",
            "period",
            required=True,
            example="1 year",
        ),
        "end_of": Key(
            texts.choice(program.After, "end_of"),
            "But not before the end of that calendar period, or of the next such month.",
            example="March",
        ),
    },
)
INACTIVITY: Final = Table(
    program.Inactivity,
    {
        "inactivity": Key(
            phrases.PERIOD,
            "The whole balance lapses after so long without activity.",
            "period",
            required=True,
            example="18 months",
        ),
        "restarted_by": _RESTARTED_BY,
    },
)
REDATED: Final = Table(
    program.Redated,
    {
        "redated": Key(
            phrases.PERIOD,
            "Every activity gives all lots so long again.",
            "period",
            required=True,
            example="6 months",
        ),
        "restarted_by": _RESTARTED_BY,
        "cap": Key(phrases.PERIOD, "Never longer than this after earning.", example="2 years"),
    },
)
FIXED_DATES: Final = Table(
    program.FixedDates,
    {
        "dates": Key(
            Many(phrases.MONTH_DAY, alone=True),
            "All lots lapse on these days, each year: the last usable day.",
            required=True,
            example="[30 June, 31 December]",
        )
    },
)
_EXPIRY: Final = Variants(
    "an expiry such as {inactivity: 18 months}",
    {"after": AFTER, "inactivity": INACTIVITY, "redated": REDATED, "dates": FIXED_DATES},
    lambda value: str(value.__struct_config__.tag),
)


def _brief(value: Any) -> Any:
    return value.period if isinstance(value, program.After) and value.end_of is None else None


EXPIRY: Final = Named("expiry", lambda: Short(phrases.PERIOD, _EXPIRY, _brief, program.After))


@dataclass(frozen=True)
class Expiries:
    """`{points: never}`: how units lapse, by unit; an expiry, or never."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        if not isinstance(node, page.Mapping):
            return expected("a mapping such as {points: never}", node, path, sheet)
        read = {}
        for unit, value, under in entries(node, path, sheet, tuple(sheet.decimals)):
            never = page.word(value) == "never"
            expiry = None if never else EXPIRY.read(value, under, sheet)
            if expiry is not BAD:
                read[unit] = expiry
        return read or BAD

    def write(self, value: Any, sheet: Sheet) -> Any:
        return {
            unit: "never" if expiry is None else EXPIRY.write(expiry, sheet)
            for unit, expiry in value.items()
        }

    def schema(self) -> Schema:
        lapse = {"anyOf": [{"const": "never"}, EXPIRY.schema()]}
        return {"type": "object", "minProperties": 1, "additionalProperties": lapse}


# --- when units can be used --------------------------------------------------------------------

UNTIL: Final = "until "


def _pending(text: str, sheet: Sheet) -> program.Pending:
    """`14 days`, `until 2026-03-01`, `until delivery`, `until approval`."""
    if not text.startswith(UNTIL):
        return program.Pending(phrases.period(text))
    awaited = text.removeprefix(UNTIL)
    if awaited[:1].isdigit():
        return program.Pending(until=phrases.day(awaited))
    return _awaiting(events.AWAITED.parse(awaited, sheet))


def _show_pending(value: program.Pending, sheet: Sheet) -> str:
    if value.period is not None:
        return str(phrases.PERIOD.show(value.period, sheet))
    return f"{UNTIL}{value.until or value.event or events.APPROVAL}"


def _awaiting(until: str, within: program.Period | None = None) -> program.Pending:
    if until == events.APPROVAL:
        return program.Pending(approval=True, within=within)
    return program.Pending(event=until, within=within)


PENDING_PHRASE: Final = Phrase(
    "a period such as 14 days, or until and a date, an event or approval", _pending, _show_pending
)
AWAITING: Final = Table(
    _awaiting,
    {
        "until": Key(
            events.AWAITED,
            "Usable once this event came (for what it names), or a person approved.",
            required=True,
            example="delivery",
        ),
        "within": Key(
            phrases.DAYS,
            "What has not come within this time is cancelled; without it, it waits for ever.",
            example="30 days",
        ),
    },
)


@dataclass(frozen=True)
class PendingForm:
    """A phrase; or `{until: delivery, within: 30 days}` for what may never come."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        form = AWAITING if isinstance(node, page.Mapping) else PENDING_PHRASE
        return form.read(node, path, sheet)

    def write(self, value: Any, sheet: Sheet) -> Any:
        if value.within is None:
            return PENDING_PHRASE.write(value, sheet)
        within = phrases.DAYS.write(value.within, sheet)
        return {"until": value.event or events.APPROVAL, "within": within}

    def schema(self) -> Schema:
        return {"anyOf": [PENDING_PHRASE.schema(), AWAITING.schema()]}


PENDING: Final = Named("pending", PendingForm)

# --- units -------------------------------------------------------------------------------------

UNIT: Final = Table(
    program.Unit,
    {
        "title": Key(texts.TITLE, "Its name for people.", example="{en: points, it: punti}"),
        "redeemable": Key(
            Flag(), "Rewards cost it; as a rule, unless it only qualifies.", example="true"
        ),
        "qualifying": Key(Flag(), "Tiers count it.", example="true"),
        "decimals": Key(phrases.whole(0, 6), "How finely it is counted.", example="2"),
        "worth": Key(phrases.EXACT, "Money per unit.", example="0.02"),
        "rounding": Key(
            texts.choice(program.Unit, "rounding"),
            "How a share becomes whole: once per event.",
            example="half-up",
        ),
        "carry": Key(Flag(), "Whether the remainder waits for the next time.", example="true"),
        "expiry": Key(EXPIRY, "When it lapses; never, if not given.", example="18 months"),
        "expiry_from": Key(
            texts.choice(program.Unit, "expiry_from"), "Where expiry counts from.", example="event"
        ),
        "pending": Key(
            PENDING, "From when it can be used; at once, if not given.", example="until delivery"
        ),
        "order": Key(
            texts.choice(program.Unit, "order"), "Which lots are spent first.", example="first in"
        ),
    },
)


@dataclass(frozen=True)
class Units:
    """`points: {…}`: units by name. One that only says `qualifying` is not redeemable."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        if not isinstance(node, page.Mapping) or not node.value:
            return expected("a mapping of units such as points: {}", node, path, sheet)
        read = []
        for name, value, under in entries(node, path, sheet, (), closed=False):
            unit = self._unit(name, value, under, sheet)
            if unit is not BAD:
                read.append(unit)
        return tuple(read)

    def _unit(self, name: str, node: Node, path: str, sheet: Sheet) -> Any:
        if name in awards.RESERVED or not NAME.fullmatch(name):
            sheet.fault(node, path, f'a unit cannot be called "{name}"')
            return BAD
        table = Table(lambda **values: program.Unit(name, **values), UNIT.keys)
        unit = table.read(node, path, sheet)
        if unit is BAD or page.peek(node, "redeemable") is not None:
            return unit
        return msgspec.structs.replace(unit, redeemable=not unit.qualifying)

    def write(self, value: Any, sheet: Sheet) -> Any:
        written = {}
        for unit in value:
            keys = UNIT.write(unit, sheet)
            keys.pop("redeemable", None)
            if unit.redeemable == unit.qualifying:
                keys["redeemable"] = unit.redeemable
            written[unit.id] = keys
        return written

    def schema(self) -> Schema:
        named = {"type": "string", "pattern": f"^{NAME.pattern}$"}
        return {
            "type": "object",
            "minProperties": 1,
            "propertyNames": named,
            "additionalProperties": UNIT.schema(),
        }


UNITS: Final = Units()
