"""What a reward or a prize gives, on the page: `{product: coffee}`, `{money_off: 5.00}`,
`{donation: 5.00, cause: giving-fund}`, `{entries: 2, draw: weekly}`, `{points: 250}`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from habitue.core import program
from habitue.core.document import awards, page, phrases
from habitue.core.document.forms import BAD, Form, Key, Known, Named, Schema, Table, Variants
from habitue.core.document.page import Node, Sheet

MOST_ENTRIES: Final = 1_000
CAUSE: Final = Known("cause", lambda sheet: sheet.causes)
DRAW: Final = Known("draw", lambda sheet: sheet.draws)
PARTNER: Final = Known("partner", lambda sheet: sheet.partners)


def _gift(kind: Any) -> Callable[..., program.Gift]:
    return partial(program.Gift, kind)


def _named(kind: str, word: str, says: str, example: str) -> Table:
    """A gift that is a thing with a name."""
    return Table(
        _gift(kind), {word: Key(phrases.TEXT, says, "name", required=True, example=example)}
    )


def _valued(kind: str, word: str, form: Form, says: str, example: str, **beside: Key) -> Table:
    """A gift that is a number, perhaps with a name and someone it goes to."""
    value = Key(form, says, "value", required=True, example=example)
    name = Key(phrases.TEXT, "What it is called.", example="something sweet")
    return Table(_gift(kind), {word: value, "name": name} | beside)


KINDS: Final[dict[str, Table]] = {
    "product": _named("product", "product", "A thing, free.", "a coffee"),
    "experience": _named("experience", "experience", "Something to live through.", "a tasting"),
    "access": _named("access", "access", "Being let in.", "the summer sale, a day early"),
    "upgrade": _named("upgrade", "upgrade", "Something better than was paid for.", "first class"),
    "money_off": _valued("money off", "money_off", phrases.CASH, "Money off an order.", "5.00"),
    "percent_off": _valued(
        "percent off", "percent_off", phrases.WHOLE_PERCENT, "A share off an order.", "20%"
    ),
    "donation": _valued(
        "donation",
        "donation",
        phrases.CASH,
        "Money that goes to a cause, all of it.",
        "5.00",
        cause=Key(CAUSE, "Which cause.", "to", required=True, example="giving-fund"),
    ),
    "entries": _valued(
        "draw entry",
        "entries",
        phrases.whole(1, MOST_ENTRIES),
        "Entries in a draw.",
        "2",
        draw=Key(DRAW, "Which draw.", "to", required=True, example="weekly"),
    ),
    "partner_units": Table(
        _gift("partner units"),
        {
            "partner_units": Key(
                phrases.whole(1, 10**9),
                "Units of a partner's own program.",
                "value",
                required=True,
                example="1000",
            ),
            "name": Key(
                phrases.TEXT, "What they are called there.", required=True, example="miles"
            ),
            "partner": Key(PARTNER, "Which partner.", "to", required=True, example="airline"),
        },
    ),
}
_WORDS: Final = {
    "money off": "money_off",
    "percent off": "percent_off",
    "draw entry": "entries",
    "partner units": "partner_units",
}
_GIFTS: Final = Variants(
    "what it gives, such as {product: coffee}",
    KINDS,
    lambda gift: _WORDS.get(gift.kind, gift.kind),
)


@dataclass(frozen=True)
class GiftForm:
    """A thing, money or a share off, a donation, entries in a draw, or units."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        given = [page.word(key) for key, _ in page.pairs(node)]
        if not any(key in sheet.decimals for key in given) or any(key in KINDS for key in given):
            return _GIFTS.read(node, path, sheet)
        amount = awards.Amounts().read(node, path, sheet)
        if amount is BAD:
            return BAD
        return program.Gift("units", value=amount[1], unit=amount[0])

    def write(self, value: Any, sheet: Sheet) -> Any:
        if value.kind == "units":
            return awards.Amounts().write((value.unit, value.value), sheet)
        return _GIFTS.write(value, sheet)

    def schema(self) -> Schema:
        units = awards.Amounts().schema() | {
            "not": {"anyOf": [{"required": [kind]} for kind in KINDS]},
        }
        return {"oneOf": [*_GIFTS.schema()["oneOf"], units]}


GIFT: Final = Named("gift", GiftForm)
