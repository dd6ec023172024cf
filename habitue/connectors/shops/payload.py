"""Reading payloads: JSON from bytes, then fields by their type; whatever is wrong is `Unread`.

No number is ever read as a float: what a payload writes as one is kept as the text that it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from habitue.connectors.shops.order import Unread

_LONGEST_NUMBER: Final = 40


def read(body: bytes) -> Any:
    """A payload as Python values: UTF-8 (UTF-16 and UTF-32 as JSON allows), numbers as texts."""
    try:
        return json.loads(body, parse_float=_number, parse_int=_number, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise Unread("encoding", "The payload is not written in UTF-8.") from None
    except RecursionError:
        raise Unread("deep", "The payload is nested far too deeply.") from None
    except ValueError:
        raise Unread("json", "The payload is not JSON, or was cut off.") from None


def mapping(value: Any, name: str) -> dict[str, Any]:
    """An object."""
    if not isinstance(value, dict):
        raise missing(name)
    return value


def optional(value: Any) -> dict[str, Any]:
    """An object, or an empty one where there is none."""
    return value if isinstance(value, dict) else {}


def listed(of: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """A list of objects; none where the field is empty or absent."""
    found = of.get(name) or []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise missing(name)
    return found


def text(of: Mapping[str, Any], name: str) -> str:
    """A text or number as text; "" where it is empty or absent."""
    found = of.get(name)
    return str(found) if isinstance(found, str) else ""


def needed(of: Mapping[str, Any], name: str) -> str:
    """A text or number that must be there."""
    found = text(of, name)
    if not found or len(found) > 100 or not found.isprintable():
        raise missing(name)
    return found


def instant(of: Mapping[str, Any], *names: str) -> datetime:
    """The first of some instants that is there; without a zone it is UTC."""
    for name in names:
        if found := text(of, name):
            try:
                at = datetime.fromisoformat(found)
                return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
            except (ValueError, OverflowError):
                raise Unread("date", "A date cannot be read.", name) from None
    raise missing(names[0])


def yes(of: Mapping[str, Any], name: str) -> bool:
    """Whether a field says yes."""
    return of.get(name) is True


def missing(name: str) -> Unread:
    """The complaint that a field is not there, or is not what it should be."""
    return Unread("field", f"The payload has no {name!r} that can be read.", name)


def _number(written: str) -> str:
    if len(written) > _LONGEST_NUMBER:
        raise ValueError("a number of that length is none")
    return written


def _no_constant(written: str) -> str:
    raise ValueError(f"{written} is no JSON")
