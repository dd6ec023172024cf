"""Rewards on the page, and units as money at the till."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from habitue.core import program
from habitue.core.document import awards, conditions, events, gifts, page, phrases, texts
from habitue.core.document.forms import BAD, Key, Many, Schema, Table
from habitue.core.document.page import Node, Sheet

# --- rewards -----------------------------------------------------------------------------------

REWARD: Final = Table(
    program.Reward,
    {
        "id": Key(phrases.ID, "The reward's name in the file.", required=True, example="coffee"),
        "title": Key(texts.TITLE, "The reward's name for people.", example="A coffee"),
        "cost": Key(awards.Amounts(), "What it costs.", example="{points: 100}"),
        "automatic": Key(
            events.AUTOMATIC,
            "The event or action that brings it; threshold: as soon as the balance is its cost.",
            example="birthday",
        ),
        "where": Key(
            conditions.CONDITION,
            "What else must hold of the event that brings it.",
            example="{channel: online, first_purchase: true}",
        ),
        "gives": Key(gifts.GIFT, "What it gives.", example="{product: a coffee}"),
        "choose": Key(
            Many(gifts.GIFT, least=2),
            "What the member can choose from, instead of gives.",
            example="[{product: a coffee}, {points: 50}]",
        ),
        "tiers": Key(conditions.TIERS, "Only for these tiers.", example="[silver, gold]"),
        "dates": Key(conditions.DATES, "When it can be taken.", example="{since: 2026-06-01}"),
        "limit": Key(awards.LIMIT, "How often it can be taken.", example="{times: 2, per: month}"),
        "stock": Key(phrases.whole(1, 10**9), "How many there are in all.", example="50"),
        "valid_for": Key(phrases.PERIOD, "How long its voucher is good.", example="1 month"),
    },
)


def _reward(
    gives: program.Gift | None = None, choose: tuple[program.Gift, ...] = (), **values: Any
) -> Any:
    chosen = (gives,) if gives is not None else choose
    return program.Reward(gifts=chosen, **values) if chosen else BAD


_READER: Final = awards.Counted(Table(_reward, REWARD.keys), "cost", tuple)


@dataclass(frozen=True)
class RewardForm:
    """A catalogue item; `gives` one thing or lets the member `choose` among several."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        read = _READER.read(node, path, sheet)
        given = {page.word(name) for name, _ in page.pairs(node)}
        if isinstance(node, page.Mapping) and len(given & {"gives", "choose"}) != 1:
            sentence = "say what it gives: either gives or choose"
            sheet.fault(node, path, sentence, word="" if "gives" in given else "gives")
            return BAD
        return read

    def write(self, value: Any, sheet: Sheet) -> Any:
        shown = {name: key for name, key in REWARD.keys.items() if name not in ("gives", "choose")}
        counting = value.cost[0] if value.cost else next(iter(sheet.decimals), "")
        written = Table(program.Reward, shown).write(value, sheet.counting_in(counting))
        chosen = [gifts.GIFT.write(gift, sheet) for gift in value.gifts]
        return written | ({"gives": chosen[0]} if len(chosen) == 1 else {"choose": chosen})

    def schema(self) -> Schema:
        one = {"oneOf": [{"required": ["gives"]}, {"required": ["choose"]}]}
        return REWARD.schema() | one


REWARDS: Final = Many(RewardForm())

# --- units as money ----------------------------------------------------------------------------


def paying_in(unit: str) -> Table:
    """How units pay at the till, with the least of them counted in a unit."""
    return Table(
        program.PayWith,
        {
            "unit": Key(
                awards.UNIT, "Which unit; it needs a worth.", required=True, example="points"
            ),
            "least": Key(phrases.amount_of(unit), "Not fewer than this at a time.", example="5"),
            "most": Key(phrases.SHARE, "For at most this share of an order.", example="50%"),
            "when_short": Key(
                texts.choice(program.PayWith, "when_short"),
                "When the member has too few: refuse, or take what there is (clamp).",
                example="clamp",
            ),
        },
    )


@dataclass(frozen=True)
class PayWithForm:
    """`{unit: credit, least: 5, most: 50%}`."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        return paying_in(page.word(page.peek(node, "unit"))).read(node, path, sheet)

    def write(self, value: Any, sheet: Sheet) -> Any:
        return paying_in(value.unit).write(value, sheet)

    def schema(self) -> Schema:
        return paying_in("").schema()


PAY_WITH: Final = PayWithForm()
