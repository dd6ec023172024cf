"""Works out a business's report of figures, and says whose is due: once a day, at night."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Max
from msgspec import structs

from habitue import metrics
from habitue.ledger import database, figures, lifelines, rhythm
from habitue.members.models import Business
from habitue.metrics import report as reports
from habitue.metrics.report import Report
from habitue.outreach import experiments, looking, stages
from habitue.pages.models import Study
from habitue.pages.owner import today as page
from habitue.pages.program import studies

HOUR: Final = time(3)
"""From when on, by the shop's clock, a day's report is due; a machine that slept does it later."""


def begin_due(*, now: datetime) -> int:
    """Queue the reports that are due; how many."""
    found = list(due(now=now))
    for business in found:
        studies.begin(business, studies.MeasuresAsked(reports.VERSION))
    return len(found)


def due(*, now: datetime) -> Iterator[Business]:
    """Businesses with purchases whose last report was asked for before the small hours of today."""
    asked = dict(
        Study.objects.filter(kind=Study.Kind.MEASURES)
        .values_list("business")
        .annotate(Max("asked_at"))
    )
    for business in Business.objects.order_by("pk"):
        local = now.astimezone(ZoneInfo(business.timezone))
        hour = local.replace(hour=HOUR.hour, minute=0, second=0, microsecond=0)
        last = asked.get(business.pk)
        late = last is None or (last < hour <= local)
        if late and lifelines.any_purchase(business.pk):
            yield business


def report(business: Business, *, now: datetime, tell: reports.Tell = lambda share: None) -> Report:
    """Everything of one business, as of its local day; its own rhythm is worked out afresh."""
    database.count_anew()
    rhythm.keep(business, now=now)
    stages.keep(business, now=now)
    page.keep(business, now)
    today = now.astimezone(ZoneInfo(business.timezone)).date()

    def answering(period: metrics.Period, window: int | None) -> metrics.Answers:
        return figures.answer(business, period=period, now=now, window=window)

    report = reports.compose(
        answering,
        lifelines.cohorts(business.pk, currency=business.currency, until=today),
        figures.source(business),
        today=today,
        currency=business.currency,
        experiments={
            name: experiments.result(one, now=now)
            for name, one in experiments.every(business).items()
        },
        tell=tell,
    )
    if report.first is None:
        return report
    return structs.replace(
        report,
        together=looking.together(business, now=now),
        beside=looking.beside(business, on=report.on),
    )
