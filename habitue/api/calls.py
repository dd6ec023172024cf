"""One call: who asks, for which business, when, and the request as it came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

import msgspec
from msgspec import Struct

from habitue.api import replies
from habitue.api.problems import Problem
from habitue.ledger import books
from habitue.members.callers import Caller, Scope
from habitue.members.models import Business, Staff

EVERYBODY: Final = frozenset[Scope]({"owner", "till", "read", "partner", "member"})
READERS: Final = frozenset[Scope]({"owner", "till", "read"})
ANALYSTS: Final = frozenset[Scope]({"owner", "read"})
TILLS: Final = frozenset[Scope]({"owner", "till"})
OWNERS: Final = frozenset[Scope]({"owner"})


@dataclass(frozen=True)
class Request:
    """A request as the web server hands it over."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Call:
    """What an operation gets beside its parameters.

    `now` is the door's clock. `said` is a hash of the request, `key` its idempotency key if any,
    `match` what its If-Match says.
    """

    caller: Caller
    now: datetime
    said: bytes = b""
    key: str = ""
    match: str = ""

    @cached_property
    def business(self) -> Business:
        """The caller's business."""
        return Business.objects.get(pk=self.caller.business)

    @cached_property
    def shelf(self) -> books.Shelf:
        """The business's published programs."""
        return books.shelf(self.caller.business)

    @cached_property
    def staff(self) -> Staff | None:
        """Who works with this credential; a key is nobody's."""
        return Staff.objects.filter(pk=self.caller.staff or 0).first()

    @property
    def through(self) -> dict[str, str | int]:
        """What a line of the journal says of a program that is nobody's: its key's name."""
        return {"through": self.caller.name} if self.caller.key is not None else {}

    def fits(self, shown: Struct) -> None:
        """Raise a 412 where If-Match names another state than the one that is there now."""
        wanted = {one.strip() for one in self.match.split(",")}
        if self.match and not wanted & {"*", replies.tag(msgspec.json.encode(shown))}:
            raise Problem(412, "changed", "It has changed since you read it. Read it again.")

    @property
    def whose(self) -> str:
        """Within whose requests an idempotency key is one."""
        if self.caller.customer is not None:
            return f"customer:{self.caller.customer}"
        return f"partner:{self.caller.partner}" if self.caller.partner else ""


@dataclass(frozen=True)
class Asked:
    """One of several requests that a plural operation does together: its call and its body."""

    call: Call
    body: Any
