"""Membership on the page: what it costs, and the benefits that members have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from habitue.core import program
from habitue.core.document import conditions, page, phrases, texts
from habitue.core.document.forms import BAD, Key, Many, Schema, Table
from habitue.core.document.page import Node, Sheet

# --- the fee -----------------------------------------------------------------------------------

PRICE: Final = Table(
    program.Price,
    {
        "price": Key(phrases.CASH, "What it costs.", required=True, example="139.00"),
        "since": Key(phrases.DAY, "For whoever joins from this day on.", example="2026-02-18"),
        "at_renewal_since": Key(
            phrases.DAY,
            "For members already: at their first renewal from this day on; since, if not given.",
            example="2026-03-25",
        ),
    },
)
_ONE_PRICE: Final = {
    "price": Key(phrases.CASH, "What it costs, if that never changed.", example="20.00")
}
FEE: Final = Table(
    program.Fee,
    {
        "every": Key(
            texts.choice(program.Fee, "every"), "Paid once, or each month or year.", example="once"
        ),
        "trial": Key(phrases.DAYS, "A free time before the first payment.", example="30 days"),
        "refund": Key(
            texts.choice(program.Fee, "refund"),
            "When cancelling gives back the last payment.",
            example="never",
        ),
        "grace": Key(
            phrases.DAYS, "How long membership holds after the last paid day.", example="7 days"
        ),
        "prices": Key(
            Many(PRICE),
            "What it costs and has cost, oldest first, instead of price.",
            required=True,
            example="[{price: 119.00}, {price: 139.00, since: 2026-02-18}]",
        ),
    },
)
FEE_KEYS: Final = {**_ONE_PRICE, **FEE.keys}


def _fee(price: int = 0, prices: tuple[program.Price, ...] = (), **values: Any) -> Any:
    steps = prices or ((program.Price(price),) if price else ())
    return program.Fee(steps, **values) if steps else BAD


_OPTIONAL: Final = Key(FEE.keys["prices"].form)
_READER: Final = Table(_fee, FEE_KEYS | {"prices": _OPTIONAL})


@dataclass(frozen=True)
class FeeForm:
    """`{price: 20.00, every: once}`; or `prices` with the days from which they hold."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        read = _READER.read(node, path, sheet)
        given = {page.word(name) for name, _ in page.pairs(node)}
        if isinstance(node, page.Mapping) and len(given & {"price", "prices"}) != 1:
            sentence = "say what it costs: either price or prices"
            sheet.fault(node, path, sentence, word="" if "price" in given else "price")
            return BAD
        return read

    def write(self, value: Any, sheet: Sheet) -> Any:
        written = FEE.write(value, sheet)
        if value.prices == (program.Price(value.prices[0].price),):
            written.pop("prices")
            return {"price": phrases.CASH.write(value.prices[0].price, sheet), **written}
        return written

    def schema(self) -> Schema:
        one = {"oneOf": [{"required": ["price"]}, {"required": ["prices"]}]}
        return _READER.schema() | one


FEE_FORM: Final = FeeForm()

# --- benefits ----------------------------------------------------------------------------------

USES: Final = Table(
    program.Limit,
    {
        "times": Key(
            phrases.whole(1, 1_000_000), "At most so many times.", required=True, example="2"
        ),
        "per": Key(
            phrases.PER,
            "In each of these: by the calendar (year), or whichever (12 months); else ever.",
            example="year",
        ),
    },
)
BENEFIT: Final = Table(
    program.Benefit,
    {
        "id": Key(phrases.ID, "The benefit's name in the file.", required=True, example="upgrade"),
        "title": Key(
            texts.TITLE, "What it is, for people.", required=True, example="A better room"
        ),
        "tiers": Key(conditions.TIERS, "Only for these tiers.", example="gold"),
        "uses": Key(
            USES,
            "How often a member may use it; without, any number.",
            example="{times: 2, per: year}",
        ),
        "saves": Key(phrases.CASH, "What one use saves the member.", example="5.99"),
        "minimum_order": Key(
            phrases.CASH, "It holds for orders from this much on.", example="49.00"
        ),
    },
)
BENEFITS: Final = Many(BENEFIT)
