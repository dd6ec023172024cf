"""What members share, on the page: causes, partners, households, gifts to each other, the
cooperative's dividend and the leaderboard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from habitue.core import program
from habitue.core.document import awards, page, phrases, texts
from habitue.core.document.forms import Key, Many, Schema, Table
from habitue.core.document.page import Node, Sheet

MOST_IN_A_HOUSEHOLD: Final = 100

CAUSE: Final = Table(
    program.Cause,
    {
        "id": Key(
            phrases.ID, "The cause's name in the file.", required=True, example="giving-fund"
        ),
        "title": Key(
            texts.TITLE, "The cause's name for people.", required=True, example="The giving fund"
        ),
    },
)
PARTNER: Final = Table(
    program.Partner,
    {
        "id": Key(
            phrases.ID, "What events name it as their partner.", required=True, example="airline"
        ),
        "title": Key(
            texts.TITLE, "The partner's name for people.", required=True, example="Air Aosta"
        ),
        "issuing": Key(
            phrases.EXACT, "What it owes us for a unit that is earned there.", example="0.01"
        ),
        "redeeming": Key(
            phrases.EXACT, "What we owe it for a unit that is spent there.", example="0.008"
        ),
        "account": Key(
            texts.choice(program.Partner, "account"),
            "Billed afterwards, or paid in ahead: then nothing is earned beyond it.",
            example="prepaid",
        ),
    },
)
_UNITS: Final = Many(awards.UNIT, alone=True)
HOUSEHOLD: Final = Table(
    program.Household,
    {
        "members": Key(
            phrases.whole(2, MOST_IN_A_HOUSEHOLD),
            "How many members make a household at most.",
            required=True,
            example="9",
        ),
        "pools": Key(
            _UNITS, "The units that they spend together.", required=True, example="points"
        ),
    },
)
TRANSFERS: Final = Table(
    program.Transfers,
    {
        "units": Key(
            _UNITS, "The units that members may give each other.", required=True, example="points"
        ),
        "hold": Key(phrases.DAYS, "Only those held for so long.", example="30 days"),
        "limit": Key(
            awards.LIMIT, "How much a member may give.", example="{points: 500, per: month}"
        ),
    },
)


@dataclass(frozen=True)
class TransfersForm:
    """`{units: points, hold: 30 days, limit: {points: 500, per: month}}`."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        under = page.peek(node, "units")
        named = [page.word(under), *(page.word(each) for each in page.items(under))]
        known = [unit for unit in named if unit in sheet.decimals]
        return TRANSFERS.read(node, path, sheet.counting_in(known[0] if known else ""))

    def write(self, value: Any, sheet: Sheet) -> Any:
        return TRANSFERS.write(value, sheet.counting_in(value.units[0]))

    def schema(self) -> Schema:
        return TRANSFERS.schema()


def dividend_of(unit: str) -> Table:
    """A dividend whose least amount counts in a unit."""
    return Table(
        program.Dividend,
        {
            "pays": Key(awards.UNIT, "The unit it is paid in.", required=True, example="dividend"),
            "share": Key(
                phrases.SHARE, "How much of what was counted.", required=True, example="10%"
            ),
            "of": Key(
                awards.UNIT,
                "The unit that was counted last year, net of returns.",
                required=True,
                example="spend",
            ),
            "least": Key(
                phrases.amount_of(unit), "Only to who counted at least this.", example="10"
            ),
            "month": Key(
                texts.choice(program.Dividend, "month"), "Paid on its first day.", example="April"
            ),
        },
    )


@dataclass(frozen=True)
class DividendForm:
    """`{pays: dividend, share: 10%, of: eligible, least: 10.00, month: March}`."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        return dividend_of(page.word(page.peek(node, "of"))).read(node, path, sheet)

    def write(self, value: Any, sheet: Sheet) -> Any:
        return dividend_of(value.of).write(value, sheet)

    def schema(self) -> Schema:
        return dividend_of("").schema()


LEADERBOARD: Final = Table(
    program.Leaderboard,
    {
        "unit": Key(awards.UNIT, "By what they earned of this.", required=True, example="points"),
        "every": Key(
            texts.choice(program.Leaderboard, "every"), "Afresh each of these.", example="month"
        ),
    },
)
CAUSES: Final = Many(CAUSE)
PARTNERS: Final = Many(PARTNER)
TRANSFERS_FORM: Final = TransfersForm()
DIVIDEND: Final = DividendForm()
