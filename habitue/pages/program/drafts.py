"""The program as it is being changed: one draft a business, which its owners share."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from msgspec import Struct

from habitue.core import document
from habitue.core.program import Program
from habitue.ledger import books, publishing
from habitue.members.models import Business
from habitue.pages.models import Draft
from habitue.pages.program import trying
from habitue.pages.program.sentences import places

FIRST = "template:points"
"""What a business without any program begins with."""


class Work(Struct, frozen=True):
    """What is being changed. `kept`: something of it is changed already, and stored.

    `base` is the newest version, which it will be compared with; `revision` 0 means no draft.
    `since` is when that version begins.
    """

    text: str
    program: Program
    base: Program | None
    after: int
    revision: int
    since: date | None = None

    @property
    def kept(self) -> bool:
        return self.revision > 0


def current(business: Business) -> Work:
    """The draft; while there is none, the newest version as it stands."""
    newest = next(iter(publishing.versions(business.pk)), None)
    base = _read(newest.text) if newest else None
    held = Draft.objects.filter(business=business).first()
    since = newest.since if newest else None
    if held is not None:
        return Work(held.text, _read(held.text), base, held.after, held.revision, since)
    text = newest.text if newest else trying.text_of(FIRST, "", business)[1]
    return Work(text, _read(text), base, newest.number if newest else 0, 0, since)


def stale(business: Business, work: Work) -> bool:
    """Whether another version was published since the draft was begun."""
    return work.kept and books.latest(business.pk) != work.after


def keep(business: Business, work: Work, text: str, *, revision: int) -> bool:
    """Keep a change that was made to the draft of that revision; False if it is another by now."""
    values = {"text": text, "revision": work.revision + 1, "changed_at": timezone.now()}
    if revision != work.revision:
        return False
    with transaction.atomic():
        if work.kept:
            mine = Draft.objects.filter(business=business, revision=revision)
            return mine.update(**values) == 1
        made = Draft.objects.bulk_create(
            [Draft(business=business, after=work.after, **values)], ignore_conflicts=True
        )
        return Draft.objects.filter(business=business, pk=made[0].pk).exists()


def discard(business: Business) -> None:
    """Leave the program as it is."""
    Draft.objects.filter(business=business).delete()


def published(business: Business, text: str) -> None:
    """The draft of that text has become a version: there is none any more."""
    Draft.objects.filter(business=business, text=text).delete()


def taken(business: Business, work: Work) -> set[str]:
    """The names that nothing new may have: vouchers of a reward that is gone bear its name."""
    shelves = (*books.shelf(business.pk).programs, work.program)
    return {name for of in shelves for name in places.taken_names(of)}


def _read(text: str) -> Program:
    found = document.read(text)
    if isinstance(found, list):
        raise ValueError(f"this was a program when it was kept: {found[0].text()}")
    return found
