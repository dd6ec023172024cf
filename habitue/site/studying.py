"""Works out what an owner asked for on a page: a what-if, a version's preview, a report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any, Final
from zoneinfo import ZoneInfo

import psycopg
from django.db import connection
from msgspec import structs

from habitue.core import document, liability
from habitue.core.program import Program
from habitue.core.whatif.behaviour import Behaviour
from habitue.core.whatif.result import WhatIf
from habitue.ledger import books, publishing, replaying
from habitue.members.models import Business
from habitue.pages.models import Study
from habitue.pages.program import studies
from habitue.pages.program.studies import PreviewAsked, WhatIfAsked
from habitue.site import cores, measuring, replayed_ledger
from habitue.site.replays import Plan

LARGE: Final = 100_000
"""Events worth starting other processes for."""

STRETCHES: Final = {"90 days": 90, "year": 365}


def run(key: int) -> None:
    """Work out a study; one that was forgotten meanwhile is left alone."""
    study = Study.objects.select_related("business").filter(pk=key, found=None).first()
    if study is None:
        return
    try:
        match study.kind:
            case Study.Kind.PREVIEW:
                _preview(study)
            case Study.Kind.MEASURES:
                _measures(study)
            case _:
                _what_if(study)
    finally:
        if study.found is None:
            studies.give_up(study)


def _what_if(study: Study) -> None:
    with _reading() as reading:
        asked = studies.asked(study, WhatIfAsked)
        studies.keep(study, what_if(study.business, asked, reading, study))


def what_if(
    business: Business, asked: WhatIfAsked, reading: psycopg.Connection[Any], study: Study
) -> WhatIf:
    """The stretch under the program as it is, and under the one that is tried if it is another."""
    shelf = books.shelf(business.pk)
    own, tried = tuple(shelf.book.programs), _program(asked.text)
    same = len(own) == 1 and structs.replace(tried, since=own[-1].since) == own[-1]
    programs = (own,) if same else (own, (tried,))
    since = begins(business, asked.stretch, now=datetime.now(UTC))
    plan = Plan(
        programs=programs,
        behaviour=Behaviour(asked.choice, (), Fraction(asked.chance, 100)),
        since=since,
        enroll=own[-1].enrolment == "automatic",
        worths=_worths(asked.worth, [of for versions in programs for of in versions]),
    )
    span = replaying.span(reading, business.pk, since=since)
    return replayed_ledger.of_business(
        plan,
        reading,
        business.pk,
        processes=cores.count() if span.events >= LARGE else 1,
        tell=lambda doing, share: studies.advance(study, share),
    )


def _worths(stated: str, programs: list[Program]) -> dict[str, Fraction]:
    """What was stated, for the units whose worth no program says."""
    if not stated:
        return {}
    known = {
        unit.id for of in programs for unit in of.units if liability.worth(of, unit) is not None
    }
    every = {unit.id for of in programs for unit in of.units if unit.redeemable}
    return dict.fromkeys(every - known, Fraction(stated))


def begins(business: Business, stretch: str, *, now: datetime) -> datetime | None:
    """The midnight with which a stretch begins; None: everything."""
    days = STRETCHES.get(stretch)
    if days is None:
        return None
    zone = ZoneInfo(business.timezone)
    first: date = now.astimezone(zone).date() - timedelta(days=days)
    return datetime.combine(first, time(), zone)


def _preview(study: Study) -> None:
    asked = studies.asked(study, PreviewAsked)
    total, done = books.count_members(study.business_id), 0

    def tell(more: int) -> None:
        nonlocal done
        done += more
        studies.advance(study, done / max(total, 1))

    studies.keep(
        study,
        publishing.preview(study.business_id, asked.text, since=asked.since, progress=tell),
    )


def _measures(study: Study) -> None:
    report = measuring.report(
        study.business, now=datetime.now(UTC), tell=lambda share: studies.advance(study, share)
    )
    studies.keep(study, report)


def _program(text: str) -> Program:
    found = document.read(text)
    if isinstance(found, list):
        raise ValueError(f"asked for a program that is not well written: {found[0].text()}")
    return found


@contextmanager
def _reading() -> Iterator[psycopg.Connection[Any]]:
    """A connection of its own, so that progress is seen while a long reading goes on."""
    connection.ensure_connection()
    info = connection.connection.info
    reach = {**info.get_parameters(), "password": info.password or None}
    with psycopg.connect(**reach) as reading:
        yield reading
