"""Long answers: asked by an owner, worked out by the worker, kept to be looked at again."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from fractions import Fraction
from typing import Any, Final, Literal, TypeVar

import msgspec
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from msgspec import Struct
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from habitue.core.whatif.behaviour import Choice
from habitue.members.models import Business
from habitue.pages.models import Study

TASK: Final = "habitue.site.tasks.study"
KEPT: Final = 20
"""How many results of a kind a business keeps; older ones are forgotten."""

Found = TypeVar("Found")
Stretch = Literal["90 days", "year", "everything"]


class WhatIfAsked(Struct, frozen=True):
    """A program's text to replay a stretch of the business's own history under.

    `title` is what the owner chose, in their words; `chance` in percent; `worth` is what one unit
    is worth where a program does not say, in currency units.
    """

    title: str
    text: str
    stretch: Stretch
    choice: Choice
    chance: int = 100
    worth: str = ""


class PreviewAsked(Struct, frozen=True):
    """A program's text that is to hold from a day on, `after` the version of that number."""

    text: str
    since: date
    after: int = 0


class MeasuresAsked(Struct, frozen=True):
    """The report of all figures, of that version (`habitue.metrics.report`)."""

    version: int


Asked = WhatIfAsked | PreviewAsked | MeasuresAsked

KINDS: Final[dict[type[Asked], Study.Kind]] = {
    WhatIfAsked: Study.Kind.WHAT_IF,
    PreviewAsked: Study.Kind.PREVIEW,
    MeasuresAsked: Study.Kind.MEASURES,
}


def begin(business: Business, asked: Asked) -> Study:
    """Have something worked out; the worker takes it up at once."""
    kind = KINDS[type(asked)]
    with transaction.atomic():
        made = Study.objects.create(
            business=business,
            kind=kind,
            asked=msgspec.to_builtins(asked),
            asked_at=timezone.now(),
        )
        mine = Study.objects.filter(business=business, kind=kind).order_by("-pk")
        kept = list(mine.values_list("pk", flat=True)[:KEPT])
        mine.exclude(pk__in=kept).delete()
    # Queued after the study can be seen; the lock makes asking twice harmless.
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(TASK, queueing_lock=f"study {made.pk}").defer(key=made.pk)
    return made


def find(business: Business, key: int, kind: str) -> Study:
    """A study of this business; other businesses' do not exist."""
    if key >= 2**63:
        raise Http404
    return get_object_or_404(Study, pk=key, business=business, kind=kind)


def newest(business: Business, kind: str) -> list[Study]:
    """What was asked last, the newest first."""
    return list(
        Study.objects.filter(business=business, kind=kind).defer("found").order_by("-pk")[:KEPT]
    )


def asked(study: Study, of: type[Found]) -> Found:
    """What was asked."""
    return msgspec.convert(study.asked, of)


def advance(study: Study, share: float) -> None:
    """Note how far it is, by whole percents."""
    percent = min(99, int(100 * share))
    if percent > study.done:
        study.done = percent
        study.save(update_fields=["done"])


def keep(study: Study, found: Struct) -> None:
    """Keep the result."""
    study.found = msgspec.msgpack.encode(found, enc_hook=str)
    study.done = 100
    study.save(update_fields=["found", "done"])


def give_up(study: Study) -> None:
    """Note that nothing came out."""
    study.failed = True
    study.save(update_fields=["failed"])


def found(study: Study, of: type[Found]) -> Found | None:
    """The result, or None while there is none."""
    if study.found is None:
        return None
    return msgspec.msgpack.decode(bytes(study.found), type=of, dec_hook=_fraction)


def _fraction(kind: type[Any], value: Any) -> Any:
    if kind is Fraction:
        return Fraction(value)
    raise TypeError(f"a study holds no {kind}")
