"""The shapes of values in requests and answers: ids, references, amounts, instants.

Whole numbers that a browser could not hold exactly travel as text, amounts of a program's units
too: never a float.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct

from habitue.core import money

MOST_ID: Final = 2**63 - 1


def whole(pattern: str) -> str:
    """All of a text must look so: by itself the end would also stand before a last line break."""
    return rf"^({pattern})$(?!\n)"


Id = Annotated[
    str,
    Meta(
        pattern=whole("[0-9]{1,19}"),
        description="A number of ours, as text.",
        examples=["8231"],
    ),
]
CustomerReference = Annotated[
    str,
    Meta(
        pattern=whole("me|[0-9]{1,19}|(external|email|phone|number|code):.{1,254}"),
        max_length=270,
        description="A customer: our id, or `external:` (your id), `email:`, `phone:`, `number:`"
        " (on the card), `code:` (what the card shows or has printed); with a member's token `me`.",
        examples=["external:alice"],
    ),
]
EventReference = Annotated[
    str,
    Meta(
        pattern=whole("[0-9]{1,19}|reference:[A-Za-z0-9_.-]{1,40}:.{1,200}"),
        max_length=260,
        description="An event: our id, or `reference:SOURCE:REFERENCE` under which it was sent.",
        examples=["reference:till:T-1001"],
    ),
]
Source = Annotated[
    str,
    Meta(
        pattern=whole("[A-Za-z0-9_.-]{1,40}"),
        description="Which system says so; references are unique within it, for ever.",
        examples=["till"],
    ),
]
Reference = Annotated[
    str, Meta(min_length=1, max_length=200, description="The event's own number at its source.")
]
Text = Annotated[str, Meta(max_length=200)]
Name = Annotated[str, Meta(min_length=1, max_length=60)]
Cents = Annotated[
    int,
    Meta(ge=0, le=10**13, description="Money in minor units (cents; yen have none)."),
]
Quantity = Annotated[int, Meta(ge=1, le=10**6)]
Amount = Annotated[
    str,
    Meta(
        pattern=whole(r"-?[0-9]{1,13}(\.[0-9]{1,6})?"),
        description="An amount of a program's unit, exactly.",
        examples=["28.7"],
    ),
]
Currency = Annotated[str, Meta(pattern=whole("[A-Z]{3}"), examples=["EUR"])]
Instant = Annotated[
    datetime, Meta(tz=True, description="RFC 3339 with an offset, e.g. 2026-03-02T12:00:00+01:00.")
]
Cursor = Annotated[
    str, Meta(max_length=200, description="Where a page goes on, as the page before said it.")
]


class Said(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a caller sends. A field that is not known is refused, so a typing error is seen."""


class Given(Struct, frozen=True, kw_only=True):
    """What is answered."""


def number(text: str) -> int | None:
    """An id as the number it is; None if it cannot be one of ours."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        return None
    value = int(text)
    return value if value <= MOST_ID else None


def written(amount: int, decimals: int) -> str:
    """An amount in fixed point as text, without empty decimals: 2870 with two is "28.7"."""
    text = money.written(amount, decimals)
    return text.rstrip("0").removesuffix(".") if decimals else text
