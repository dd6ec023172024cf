"""The vocabulary of a program file: which keys there are, what each says, what it becomes.

These tables are the one source of truth: the reader, the writer and the published JSON Schema
are all made from them. A default marked ★ in the design is the value's own default.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from habitue.core import facts, program
from habitue.core.document import awards, conditions, ladder, page, phrases, places, texts
from habitue.core.document.forms import (
    BAD,
    NAME,
    Choice,
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

EARNED_ON: Final = ("purchase", "visit", "enrolment", "birthday", "anniversary", "date")
RESTARTS: Final = (*EARNED_ON, "redemption", "refund")
NOT_EARNED_ON: Final = tuple(
    kind for kind in facts.KINDS.values() if kind not in (*EARNED_ON, "action")
)
LIKELY_TYPO: Final = 0.8
_TIERS: Final = Many(conditions.TIER, alone=True)


# --- units -------------------------------------------------------------------------------------


def _event(text: str, sheet: Sheet) -> str:
    known = page.nearest(text, RESTARTS)
    if text in RESTARTS or known is None:
        return phrases.name(text, sheet)
    raise ValueError(f'unknown event "{text[:40]}"')


_EVENT: Final = Phrase("the name of an event", _event, allowed=RESTARTS)
_EVENTS: Final = Key(Many(_EVENT, alone=True), "What counts as activity.")
_EXPIRY: Final = Variants(
    "an expiry such as {inactivity: 18 months}",
    {
        "after": Table(
            program.After,
            {
                "after": Key(phrases.PERIOD, "So long after earning.", "period", required=True),
                "end_of": Key(texts.choice(program.After, "end_of"), "To the end of that one."),
            },
        ),
        "inactivity": Table(
            program.Inactivity,
            {
                "inactivity": Key(
                    phrases.PERIOD, "The whole balance, so long idle.", "period", required=True
                ),
                "restarted_by": _EVENTS,
            },
        ),
        "redated": Table(
            program.Redated,
            {
                "redated": Key(
                    phrases.PERIOD,
                    "Every activity gives all lots so long.",
                    "period",
                    required=True,
                ),
                "restarted_by": _EVENTS,
                "cap": Key(phrases.PERIOD, "Never longer than this after earning."),
            },
        ),
        "dates": Table(
            program.FixedDates,
            {"dates": Key(Many(phrases.MONTH_DAY, alone=True), "Each year.", required=True)},
        ),
    },
    lambda value: str(value.__struct_config__.tag),
)


def _brief(value: Any) -> Any:
    return value.period if isinstance(value, program.After) and value.end_of is None else None


EXPIRY: Final = Named("expiry", lambda: Short(phrases.PERIOD, _EXPIRY, _brief, program.After))
_UNIT: Final = Table(
    program.Unit,
    {
        "title": Key(texts.TITLE, "Its name for people."),
        "redeemable": Key(Flag(), "Rewards cost it; as a rule, unless it only qualifies."),
        "qualifying": Key(Flag(), "Tiers count it."),
        "decimals": Key(phrases.whole(0, 6), "How finely it is counted."),
        "worth": Key(phrases.EXACT, "Money per unit."),
        "rounding": Key(texts.choice(program.Unit, "rounding"), "How a share becomes whole."),
        "carry": Key(Flag(), "Whether the remainder waits for the next time."),
        "expiry": Key(EXPIRY, "When it lapses; never, if not given."),
        "expiry_from": Key(texts.choice(program.Unit, "expiry_from"), "Where expiry counts from."),
        "pending": Key(phrases.PENDING, "From when it can be used."),
        "order": Key(texts.choice(program.Unit, "order"), "Which lots are spent first."),
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
        table = Table(lambda **values: program.Unit(name, **values), _UNIT.keys)
        unit = table.read(node, path, sheet)
        if unit is BAD or page.peek(node, "redeemable") is not None:
            return unit
        return msgspec.structs.replace(unit, redeemable=not unit.qualifying)

    def write(self, value: Any, sheet: Sheet) -> Any:
        written = {}
        for unit in value:
            keys = _UNIT.write(unit, sheet)
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
            "additionalProperties": _UNIT.schema(),
        }


# --- earning -----------------------------------------------------------------------------------


def _trigger(text: str, sheet: Sheet) -> str:
    if text in NOT_EARNED_ON:
        raise ValueError(f'nothing is earned on "{text}"')
    near = page.nearest(text, EARNED_ON)
    if text not in EARNED_ON and near and page.alike(text, near) >= LIKELY_TYPO:
        raise ValueError(f'unknown event "{text}"')
    return phrases.name(text, sheet)


WHEN: Final = Phrase(
    "an event such as purchase, or the name of an action",
    _trigger,
    described=phrases.ID.schema(),
    allowed=(*EARNED_ON, "the name of an action"),
)
_LIMITS: Final = Many(awards.LIMIT, alone=True)
_RULE: Final = Table(
    program.EarnRule,
    {
        "id": Key(phrases.ID, "The rule's name in the file.", required=True),
        "title": Key(texts.TITLE, "The rule's name for people."),
        "when": Key(WHEN, "What has to happen.", required=True),
        "award": Key(Many(awards.AWARD, alone=True), "What is earned.", "awards", required=True),
        "lines": Key(conditions.LINES, "Which lines of the purchase count."),
        "where": Key(conditions.CONDITION, "What else must hold."),
        "dates": Key(conditions.DATES, "A rule with dates is a promotion."),
        "base": Key(texts.choice(program.EarnRule, "base"), "The amount of a line that counts."),
        "limit": Key(_LIMITS, "How much a member can earn by it.", "limits"),
        "cool_down": Key(phrases.PERIOD, "How long before it counts again."),
        "on_limit": Key(texts.choice(program.EarnRule, "on_limit"), "What happens beyond it."),
        "group": Key(phrases.ID, "Rules of a group combine as `combine` says."),
        "expiry": Key(EXPIRY, "Instead of the unit's own."),
        "pending": Key(phrases.PENDING, "Instead of the unit's own."),
    },
)


@dataclass(frozen=True)
class Counted:
    """A table whose bare limits count in the unit that the entry itself names first."""

    table: Table
    key: str
    units: Any

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        under = page.peek(node, self.key)
        nodes = [] if under is None else [under, *page.items(under)]
        return self.table.read(node, path, sheet.counting_in(awards.first_unit(nodes, sheet)))

    def write(self, value: Any, sheet: Sheet) -> Any:
        named = [unit for unit in self.units(value) if unit in sheet.decimals]
        counting = named[0] if named else next(iter(sheet.decimals))
        return self.table.write(value, sheet.counting_in(counting))

    def schema(self) -> Schema:
        return self.table.schema()


def _awarded(rule: program.EarnRule) -> list[str]:
    plain = program.PerMoney | program.PerItem | program.PerAttribute | program.Fixed
    return [award.unit for award in rule.awards if isinstance(award, plain)]


RULE: Final = Counted(_RULE, "award", _awarded)


# --- rewards -----------------------------------------------------------------------------------

AUTOMATIC: Final = Phrase(
    "an event such as birthday, the name of an action, or threshold",
    lambda text, sheet: text if text == "threshold" else _trigger(text, sheet),
    described=phrases.ID.schema(),
    allowed=("threshold", *EARNED_ON, "the name of an action"),
)
_REWARD: Final = Table(
    program.Reward,
    {
        "id": Key(phrases.ID, "The reward's name in the file.", required=True),
        "title": Key(texts.TITLE, "The reward's name for people."),
        "cost": Key(awards.Amounts(), "What it costs."),
        "automatic": Key(AUTOMATIC, "What brings it by itself, or threshold."),
        "gives": Key(awards.GIFT, "What it gives."),
        "choose": Key(Many(awards.GIFT, least=2), "What the member can choose from."),
        "tiers": Key(_TIERS, "Only for these tiers."),
        "dates": Key(conditions.DATES, "When it can be taken."),
        "limit": Key(awards.LIMIT, "How often a member can take it."),
        "valid_for": Key(phrases.PERIOD, "How long its voucher is good."),
    },
)


def _reward(
    gives: program.Gift | None = None, choose: tuple[program.Gift, ...] = (), **values: Any
) -> Any:
    gifts = (gives,) if gives is not None else choose
    return program.Reward(gifts=gifts, **values) if gifts else BAD


_REWARD_READER: Final = Counted(Table(_reward, _REWARD.keys), "cost", tuple)


@dataclass(frozen=True)
class RewardForm:
    """A catalogue item; `gives` one thing or lets the member `choose` among several."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        read = _REWARD_READER.read(node, path, sheet)
        given = {page.word(name) for name, _ in page.pairs(node)}
        if isinstance(node, page.Mapping) and len(given & {"gives", "choose"}) != 1:
            sentence = "say what it gives: either gives or choose"
            sheet.fault(node, path, sentence, word="" if "gives" in given else "gives")
            return BAD
        return read

    def write(self, value: Any, sheet: Sheet) -> Any:
        shown = {name: key for name, key in _REWARD.keys.items() if name not in ("gives", "choose")}
        counting = value.cost[0] if value.cost else next(iter(sheet.decimals))
        written = Table(program.Reward, shown).write(value, sheet.counting_in(counting))
        gifts = [awards.GIFT.write(gift, sheet) for gift in value.gifts]
        return written | ({"gives": gifts[0]} if len(gifts) == 1 else {"choose": gifts})

    def schema(self) -> Schema:
        one = {"oneOf": [{"required": ["gives"]}, {"required": ["choose"]}]}
        return _REWARD.schema() | one


_BENEFIT: Final = Table(
    program.Benefit,
    {
        "id": Key(phrases.ID, "The benefit's name in the file.", required=True),
        "title": Key(texts.TITLE, "What it is, for people.", required=True),
        "tiers": Key(_TIERS, "Only for these tiers."),
    },
)


# --- the program -------------------------------------------------------------------------------


_COMBINE: Final = Choice(("sum", "best", "first"))


@dataclass(frozen=True)
class Groups:
    """`{drinks: best}`: how the rules of each group combine."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        if not isinstance(node, page.Mapping):
            return expected("a mapping such as {drinks: best}", node, path, sheet)
        read = {
            name: _COMBINE.read(value, under, sheet)
            for name, value, under in entries(node, path, sheet, (), closed=False)
        }
        return {name: word for name, word in read.items() if word is not BAD}

    def write(self, value: Any, _sheet: Sheet) -> Any:
        return dict(value)

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": _COMBINE.schema()}


def _currency(text: str, _sheet: Sheet) -> str:
    if text not in places.CURRENCIES:
        raise ValueError(f'"{text[:40]}" is not a currency of ISO 4217 such as EUR')
    return text


def _timezone(text: str, _sheet: Sheet) -> str:
    if text in places.timezones():
        return text
    near = page.nearest(text, places.timezones())
    hint = f'; did you mean "{near}"?' if near else ""
    raise ValueError(f'unknown time zone "{text[:40]}"; write it like Europe/Paris{hint}')


PROGRAM: Final = Table(
    program.Program,
    {
        "program": Key(phrases.ID, "The program's name in the file.", "id", required=True),
        "title": Key(texts.TITLE, "The program's name for people.", required=True),
        "since": Key(phrases.DAY, "The day this version takes effect."),
        "currency": Key(
            Phrase("a currency such as EUR", _currency, described={"enum": [*places.CURRENCIES]}),
            "The currency it counts in.",
            required=True,
        ),
        "timezone": Key(
            Phrase("a time zone such as Europe/Paris", _timezone),
            "Where its days begin.",
            required=True,
        ),
        "enrolment": Key(texts.choice(program.Program, "enrolment"), "Who becomes a member."),
        "refund_of_spent": Key(
            texts.choice(program.Program, "refund_of_spent"),
            "What becomes of a balance when goods come back after their units were spent.",
        ),
        "undo_within": Key(phrases.PERIOD, "How long a mistake at the counter can be undone."),
        "units": Key(Units(), "What members hold and collect.", required=True),
        "earn": Key(Many(RULE), "How it is earned.", "rules"),
        "combine": Key(Groups(), "How the rules of a group combine."),
        "tiers": Key(ladder.LadderForm(), "The tiers."),
        "rewards": Key(Many(RewardForm()), "What it can be exchanged for."),
        "benefits": Key(Many(_BENEFIT), "What members of a tier always have."),
    },
)
