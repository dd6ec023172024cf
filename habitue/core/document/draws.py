"""Games of chance on the page: what brings an entry, the prizes, and the odds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import yaml
from msgspec import Struct

from habitue.core import program
from habitue.core.document import conditions, events, gifts, page, phrases, texts
from habitue.core.document.forms import BAD, Bare, Key, Many, Phrase, Schema, Table, expected
from habitue.core.document.page import Node, Sheet

MOST_ENTRANTS: Final = 10_000_000
NEEDED: Final = "as many as needed"

# --- prizes ------------------------------------------------------------------------------------


def _pieces(text: str, sheet: Sheet) -> int | None:
    return None if text == NEEDED else _COUNT.parse(text, sheet)


def _show_pieces(value: int | None, _sheet: Sheet) -> str:
    return NEEDED if value is None else Bare(str(value))


_COUNT: Final = phrases.whole(1, MOST_ENTRANTS)


class _Beside(Struct, frozen=True):
    """What a prize says beside what it gives."""

    pieces: int | None = 1
    worth: int = 0


BESIDE: Final = Table(
    _Beside,
    {
        "pieces": Key(
            Phrase(
                f"a whole number, or {NEEDED}",
                _pieces,
                _show_pieces,
                {"anyOf": [{"type": "integer", "minimum": 1}, {"const": NEEDED}]},
                (NEEDED,),
            ),
            f"How many there are; {NEEDED}: what the odds ask beside the others.",
            example=NEEDED,
        ),
        "worth": Key(phrases.CASH, "What one is worth.", example="20.00"),
    },
)


@dataclass(frozen=True)
class PrizeForm:
    """`{experience: a trip, worth: 10000.00}`, `{money_off: 20.00, pieces: 9}`."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        if not isinstance(node, page.Mapping):
            return expected("a prize such as {product: a cake, pieces: 9}", node, path, sheet)
        beside = BESIDE.read(_part(node, beside=True), path, sheet)
        gift = gifts.GIFT.read(_part(node, beside=False), path, sheet)
        if beside is BAD or gift is BAD:
            return BAD
        return program.Prize(gift, beside.pieces, beside.worth)

    def write(self, value: Any, sheet: Sheet) -> Any:
        beside = BESIDE.write(_Beside(value.pieces, value.worth), sheet)
        return {**gifts.GIFT.write(value.gift, sheet), **beside}

    def schema(self) -> Schema:
        beside = BESIDE.schema()["properties"]
        several = []
        for shown in gifts.GiftForm().schema()["oneOf"]:
            several.append(shown | {"properties": shown["properties"] | beside})
        return {"oneOf": several}


def _part(node: Node, *, beside: bool) -> Node:
    """The entries of a mapping that say how many, or those that say what."""
    kept = [pair for pair in page.pairs(node) if (page.word(pair[0]) in BESIDE.keys) is beside]
    return yaml.MappingNode(node.tag, kept, node.start_mark, node.end_mark)


# --- draws -------------------------------------------------------------------------------------


class _MostEntries(Struct, frozen=True):
    entries: int


_ENTRIES: Final = phrases.whole(1, gifts.MOST_ENTRIES)
MOST: Final = Table(
    _MostEntries,
    {"entries": Key(_ENTRIES, "Entries of one member in one draw.", required=True, example="5")},
)


@dataclass(frozen=True)
class MostEntries:
    """`{entries: 5}`: what a member may have in one draw."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        read = MOST.read(node, path, sheet)
        return BAD if read is BAD else read.entries

    def write(self, value: Any, sheet: Sheet) -> Any:
        return MOST.write(_MostEntries(value), sheet)

    def schema(self) -> Schema:
        return MOST.schema()


DRAW: Final = Table(
    program.Draw,
    {
        "id": Key(phrases.ID, "The draw's name in the file.", required=True, example="weekly"),
        "title": Key(
            texts.TITLE, "The draw's name for people.", required=True, example="Draw of the week"
        ),
        "every": Key(
            texts.choice(program.Draw, "every"), "How often it is drawn.", example="month"
        ),
        "when": Key(
            events.WHEN,
            "What brings entries; without, only rewards do ({entries: 2, draw: weekly}).",
            example="check-in",
        ),
        "where": Key(conditions.CONDITION, "What else must hold.", example="{place: the market}"),
        "entries": Key(_ENTRIES, "How many entries it brings.", example="2"),
        "limit": Key(
            MostEntries(), "How many a member may have in one draw.", example="{entries: 5}"
        ),
        "prizes": Key(
            Many(PrizeForm(), most=100),
            "What can be won; nobody wins twice in one draw.",
            required=True,
            example="[{experience: a trip}, {money_off: 20.00, pieces: as many as needed}]",
        ),
        "odds": Key(
            phrases.SHARE, "The least share of entrants that wins; never below 25%.", example="50%"
        ),
        "expects": Key(
            phrases.whole(1, MOST_ENTRANTS),
            "How many entrants the prizes are planned for.",
            example="40",
        ),
        "claim_within": Key(phrases.DAYS, "How long a prize waits.", example="14 days"),
    },
)
DRAWS: Final = Many(DRAW, most=50)
