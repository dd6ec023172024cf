"""Pages by cursor: a page goes on where the one before ended, whatever was added meanwhile."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Final, Generic, TypeVar

import msgspec
from msgspec import Meta, Struct

from habitue.api import problems
from habitue.api.values import Cursor, Said

T = TypeVar("T")
Row = TypeVar("Row")
_position = msgspec.json.Decoder(list[int])

MOST: Final = 200
"""Things on one page."""


class Paged(Said, frozen=True, kw_only=True):
    """The query of whatever is answered page by page."""

    limit: Annotated[int, Meta(ge=1, le=MOST, description="How many at most.")] = 50
    cursor: Cursor = ""


class Page(Struct, Generic[T], frozen=True, kw_only=True):
    """One page; `next` is the cursor of the one that follows, null on the last."""

    items: list[T]
    next: str | None = None


def page(
    rows: Sequence[Row], limit: int, show: Callable[[Row], T], position: Callable[[Row], list[int]]
) -> Page[T]:
    """A page of rows of which one more than `limit` was asked for, to see whether any follow."""
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(
        items=[show(row) for row in shown], next=cursor(*position(shown[-1])) if more else None
    )


def cursor(*position: int) -> str:
    """A position in a list as a cursor."""
    return base64.urlsafe_b64encode(msgspec.json.encode(list(position))).decode().rstrip("=")


def position(text: str, length: int = 1) -> list[int] | None:
    """The position that a cursor means, of so many numbers; None for the first page.

    Raises a 422 for what no page ever gave.
    """
    if not text:
        return None
    try:
        found = _position.decode(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", True))
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        found = []
    if len(found) != length or any(not -(2**63) <= one < 2**63 for one in found):
        raise problems.wrong("/query/cursor", "This cursor is from no page. Leave it out to begin.")
    return found
