"""The versions of a business's program: over, in force, still to come; and another one.

One that begins on the day of a later one never holds: it was replaced before it began.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, Literal

from django.db import transaction
from msgspec import Struct, structs

from habitue.core import document
from habitue.core.program import Program
from habitue.ledger import books, publishing
from habitue.ledger.books import Published
from habitue.members import journal
from habitue.members.models import Business, Staff

State = Literal["over", "in force", "to come", "replaced"]

TOLD: Final = 2_000
"""Signs of the sentences that the journal keeps of a version; the version itself says all."""

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


def every(business: int, *, on: date) -> list[Version]:
    """All versions as they stand on a local day, the one that holds last first."""
    published = publishing.versions(business)
    begun = [one for one in published if (one.since or _FIRST) <= on]
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


def current(found: Sequence[Version]) -> Version | None:
    """The version in force; while there is none, the next one."""
    in_force = next((one for one in found if one.state == "in force"), None)
    return in_force or next((one for one in reversed(found) if one.state == "to come"), None)


def earliest(business: int, *, on: date) -> date:
    """The first day from which another may hold: tomorrow, once something happened today."""
    newest = books.newest_day(business)
    return on if newest is None else max(on, newest + timedelta(days=1))


def publish(
    business: Business,
    text: str,
    *,
    since: date,
    after: int,
    said: str,
    by: Staff | None,
    now: datetime,
    through: str = "",
) -> Published | None:
    """Publish a text that was looked at while version `after` was the newest, and journal it.

    `said` is what it changes, in sentences without persons; `through` names the program's key that
    asked, if one did. None: another version came meanwhile, and nothing was done.
    """
    with transaction.atomic():
        Business.objects.select_for_update(no_key=True).get(pk=business.pk)  # one after the other
        if books.latest(business.pk) != after:
            return None
        published = books.publish(business.pk, text, since=since)
        if not published.problems:
            what: dict[str, str | int] = {
                "version": published.number,
                "since": since.isoformat(),
                "said": said[:TOLD],
            }
            if through:
                what["through"] = through
            journal.write(business, "publish", at=now, staff=by, what=what)
    return published
