"""The vocabulary of a program file: which keys there are, what each says, what it becomes.

These tables are the one source of truth: the reader, the writer, the published JSON Schema and
the reference page are all made from them. A default marked ★ in the design is the value's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from habitue.core import program
from habitue.core.document import (
    awards,
    club,
    conditions,
    draws,
    events,
    ladder,
    page,
    phrases,
    places,
    rewards,
    shared,
    texts,
    units,
)
from habitue.core.document.forms import (
    BAD,
    Choice,
    Key,
    Many,
    Phrase,
    Schema,
    Table,
    entries,
    expected,
)
from habitue.core.document.page import Node, Sheet

# --- earning -----------------------------------------------------------------------------------

_LIMITS: Final = Many(awards.LIMIT, alone=True, most=20)
RULE: Final = Table(
    program.EarnRule,
    {
        "id": Key(phrases.ID, "The rule's name in the file.", required=True, example="base"),
        "title": Key(texts.TITLE, "The rule's name for people.", example="A point per euro"),
        "when": Key(events.WHEN, "What has to happen.", required=True, example="purchase"),
        "award": Key(
            Many(awards.AWARD, alone=True),
            "What is earned.",
            "awards",
            required=True,
            example="{points: 1, per: 1.00}",
        ),
        "lines": Key(
            conditions.LINES, "Which lines of the purchase count.", example="{category: coffee}"
        ),
        "where": Key(
            conditions.CONDITION, "What else must hold.", example="{weekday: [monday, tuesday]}"
        ),
        "dates": Key(
            conditions.DATES,
            "A rule with dates is a promotion.",
            example="{since: 2026-06-01, until: 2026-06-08}",
        ),
        "base": Key(
            texts.choice(program.EarnRule, "base"),
            "The amount of a line that counts.",
            example="gross",
        ),
        "covered": Key(
            texts.choice(program.EarnRule, "covered"),
            "Whether the part of an order that was paid with units earns.",
            example="earns",
        ),
        "limit": Key(
            _LIMITS, "How much can be earned by it.", "limits", example="{points: 500, per: month}"
        ),
        "cool_down": Key(phrases.PERIOD, "How long before it counts again.", example="5 minutes"),
        "on_limit": Key(
            texts.choice(program.EarnRule, "on_limit"),
            "What happens beyond it: less is given, or the event is refused.",
            example="refuse",
        ),
        "group": Key(
            phrases.ID, "Rules of a group combine as `combine` says.", example="happy-hours"
        ),
        "expiry": Key(units.EXPIRY, "Instead of the unit's own.", example="30 days"),
        "pending": Key(units.PENDING, "Instead of the unit's own.", example="14 days"),
    },
)


def _awarded(rule: program.EarnRule) -> list[str]:
    plain = program.PerMoney | program.PerItem | program.PerAttribute | program.Fixed
    return [award.unit for award in rule.awards if isinstance(award, plain)]


RULES: Final = Many(awards.Counted(RULE, "award", _awarded))


# --- the program -------------------------------------------------------------------------------


COMBINE: Final = Choice(("sum", "best", "first"))


@dataclass(frozen=True)
class Groups:
    """`{drinks: best}`: how the rules of each group combine."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        if not isinstance(node, page.Mapping):
            return expected("a mapping such as {drinks: best}", node, path, sheet)
        read = {
            name: COMBINE.read(value, under, sheet)
            for name, value, under in entries(node, path, sheet, (), closed=False)
        }
        return {name: word for name, word in read.items() if word is not BAD}

    def write(self, value: Any, _sheet: Sheet) -> Any:
        return dict(value)

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": COMBINE.schema()}


GROUPS: Final = Groups()


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
        "program": Key(
            phrases.ID, "The program's name in the file.", "id", required=True, example="cafe"
        ),
        "title": Key(
            texts.TITLE, "The program's name for people.", required=True, example="Friends' card"
        ),
        "since": Key(phrases.DAY, "The day this version takes effect.", example="2026-09-01"),
        "currency": Key(
            Phrase("a currency such as EUR", _currency, described={"enum": [*places.CURRENCIES]}),
            "The currency it counts in.",
            required=True,
            example="EUR",
        ),
        "timezone": Key(
            Phrase("a time zone such as Europe/Paris", _timezone),
            "Where its days begin.",
            required=True,
            example="Europe/Paris",
        ),
        "enrolment": Key(
            texts.choice(program.Program, "enrolment"),
            "Who becomes a member.",
            example="automatic",
        ),
        "fee": Key(club.FEE_FORM, "What membership costs.", example="{price: 20.00, every: once}"),
        "refund_of_spent": Key(
            texts.choice(program.Program, "refund_of_spent"),
            "What becomes of a balance when goods come back after their units were spent.",
            example="negative",
        ),
        "undo_within": Key(
            phrases.PERIOD, "How long a mistake at the counter can be undone.", example="2 hours"
        ),
        "units": Key(units.UNITS, "What members hold and collect.", example="{points: {}}"),
        "causes": Key(
            shared.CAUSES,
            "What members can give to.",
            example="[{id: giving-fund, title: The giving fund}]",
        ),
        "partners": Key(
            shared.PARTNERS,
            "Other businesses in which units are earned and spent.",
            example="[{id: airline, title: Air Aosta, issuing: 0.01}]",
        ),
        "household": Key(
            shared.HOUSEHOLD, "Members who spend together.", example="{members: 9, pools: points}"
        ),
        "transfers": Key(
            shared.TRANSFERS_FORM,
            "Units that members may give each other.",
            example="{units: points}",
        ),
        "earn": Key(
            RULES,
            "How it is earned.",
            "rules",
            example="[{id: base, when: visit, award: {points: 1}}]",
        ),
        "combine": Key(GROUPS, "How the rules of a group combine.", example="{happy-hours: best}"),
        "tiers": Key(
            ladder.LADDER,
            "The tiers.",
            example="{basis: {unit: spend}, levels: [{id: basic, from: 0}, {id: silver, from: 9}]}",
        ),
        "pay_with": Key(
            rewards.PAY_WITH, "Units as money at the till.", example="{unit: points, most: 50%}"
        ),
        "rewards": Key(
            rewards.REWARDS,
            "What it can be exchanged for.",
            example="[{id: coffee, cost: {points: 10}, gives: {product: a coffee}}]",
        ),
        "benefits": Key(
            club.BENEFITS,
            "What members of a tier, or all who paid, always have.",
            example="[{id: delivery, title: Free delivery}]",
        ),
        "draws": Key(
            draws.DRAWS,
            "Games of chance.",
            example="[{id: weekly, title: Weekly, when: visit, prizes: [{product: a cake}]}]",
        ),
        "dividend": Key(
            shared.DIVIDEND,
            "A share of last year's count, paid to each member.",
            example="{pays: dividend, share: 10%, of: spend}",
        ),
        "leaderboard": Key(
            shared.LEADERBOARD, "Members in order of what they earned.", example="{unit: points}"
        ),
    },
)
