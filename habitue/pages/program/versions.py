"""The versions of a business's program as its pages list them: over, in force, still to come.

One that begins on the day of a later one never holds: it was replaced before it began.
"""

from datetime import date, datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from django.utils import timezone
from msgspec import Struct, structs

from habitue.core import document
from habitue.core.program import Program
from habitue.ledger import publishing
from habitue.members.models import Business

State = Literal["over", "in force", "to come", "replaced"]
_FIRST: Final = date.min


class Version(Struct, frozen=True):
    """One version with its state; `since` None: from the beginning."""

    number: int
    since: date | None
    published_at: datetime
    text: str
    state: State

    @property
    def program(self) -> Program:
        """The typed program; a published text was valid when it was published."""
        found = document.read(self.text)
        if isinstance(found, list):
            raise ValueError(f"version {self.number} cannot be read any more: {found[0].text()}")
        return structs.replace(found, since=self.since)


def today(business: Business) -> date:
    """The day it is in the shop."""
    return timezone.now().astimezone(ZoneInfo(business.timezone)).date()


def every(business: Business) -> list[Version]:
    """All versions, the one that holds last first."""
    published = publishing.versions(business.pk)
    day = today(business)
    begun = [one for one in published if (one.since or _FIRST) <= day]
    held = max(begun, key=lambda one: (one.since or _FIRST, one.number), default=None)
    found = []
    for one in published:
        state: State = "over" if one in begun else "to come"
        if held is not None and one.number == held.number:
            state = "in force"
        elif any(other.since == one.since and other.number > one.number for other in published):
            state = "replaced"
        found.append(Version(one.number, one.since, one.published_at, one.text, state))
    return sorted(found, key=lambda one: (one.since or _FIRST, one.number), reverse=True)


def current(found: list[Version]) -> Version | None:
    """The version in force; while there is none, the next one."""
    in_force = next((one for one in found if one.state == "in force"), None)
    return in_force or next((one for one in reversed(found) if one.state == "to come"), None)
