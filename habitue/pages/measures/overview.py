"""All figures, grouped for somebody who sees them for the first time."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from msgspec import Struct, structs

from habitue.ledger import lifelines
from habitue.members.models import Business
from habitue.metrics import Answers, Result, benchmarks, catalogue
from habitue.metrics.cadence import Cadence
from habitue.metrics.report import Report
from habitue.pages import access, charts
from habitue.pages.measures import groups, reports, saying
from habitue.pages.models import Study
from habitue.pages.owner import today


class Shown(Struct, frozen=True):
    """One figure on the page; `span` names its period where it is not the page's."""

    id: str
    query: str
    title: str
    help: str
    value: str
    known: bool
    interval: str
    beside: str
    trend: SafeString
    change: str
    span: str


class Shelf(Struct, frozen=True):
    """Figures about one thing; `waiting` are those for which there is not enough data yet."""

    id: str
    title: str
    about: str
    figures: tuple[Shown, ...]
    waiting: tuple[Shown, ...]


@never_cache
@require_GET
@access.owner
def overview(request: HttpRequest, business: Business) -> HttpResponse:
    """The page; of the last month, or of the last quarter, or of the one that is asked for."""
    by: Cadence = "quarter" if request.GET.get("by") == "quarter" else "month"
    making = reports.making(business)
    if "HX-Request" in request.headers:
        return _progress(request, making)
    kept = reports.latest(business)
    context = {
        "business": business,
        "here": "measures",
        "by": by,
        "cadences": [(name, saying.every(name), "") for name in ("month", "quarter")],
        "kept": kept,
        "study": making,
        "failed": making is None and reports.failed(business),
        "worker": today.worker_lives(),
        "empty": kept is None and not lifelines.any_purchase(business.pk),
        "again": request.get_full_path(),
    }
    if kept is not None:
        context |= _figures(business, kept.report, by, request.GET.get("until", ""))
    return render(request, "pages/measures/overview.html", context)


def _progress(request: HttpRequest, making: Study | None) -> HttpResponse:
    """How far it is; once nothing is being made, the page is asked for anew."""
    if making is None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {
        "study": making,
        "worker": today.worker_lives(),
        "again": request.get_full_path(),
    }
    return render(request, "pages/measures/_making.html", context)


def _figures(business: Business, known: Report, by: Cadence, until: str) -> dict[str, object]:
    found = [answers.period for answers in known.trends[by]]
    chosen = next(
        (one for one in found if one.until.isoformat() == until), found[-1] if found else None
    )
    report = _up_to(known, chosen.until) if chosen else known
    return {
        "period": saying.period(chosen, by) if chosen else "",
        "chosen": chosen.until.isoformat() if chosen else "",
        "periods": [(one.until.isoformat(), saying.period(one, by)) for one in reversed(found)],
        "newest": chosen == found[-1] if chosen else False,
        "ripens": saying.period(known.running[by], by),
        "ripens_on": known.running[by].until,
        "first": [one for name in (groups.FIRST,) for one in shown(business, report, name, by)],
        "essential": [
            one for name in groups.ESSENTIAL for one in shown(business, report, name, by)
        ],
        "shelves": [
            shelf
            for group in groups.every()
            if (shelf := _shelf(business, report, group, by)) is not None
        ],
    }


def _up_to(report: Report, until: date) -> Report:
    """The report with the periods that were over by a day."""
    trends = {
        by: tuple(answers for answers in trend if answers.period.until <= until)
        for by, trend in report.trends.items()
    }
    return structs.replace(report, trends=trends)


def _shelf(business: Business, report: Report, group: groups.Shelf, by: Cadence) -> Shelf | None:
    found = [one for name in group.figures for one in shown(business, report, name, by)]
    if not found:
        return None
    return Shelf(
        group.id,
        group.title,
        group.about,
        tuple(one for one in found if one.known),
        tuple(one for one in found if not one.known),
    )


def shown(business: Business, report: Report, figure: str, by: Cadence) -> list[Shown]:
    """A figure as it stands on the page, once per currency; over a year if only that says much."""
    own = cadence_of(figure, by)
    trend = report.trends[own]
    if not trend:
        return []
    span = "" if own == by else saying.period(trend[-1].period, own)
    return [
        _shown(business, trend, latest, span) for latest in trend[-1].results if latest.id == figure
    ]


def cadence_of(figure: str, by: Cadence) -> Cadence:
    """The cadence in which a figure is shown: the one asked for, if it has it."""
    offered = catalogue.every()[figure].cadence
    return by if by in offered or not offered else offered[0]


def series(trend: tuple[Answers, ...], latest: Result) -> list[Result | None]:
    """The same figure in every period, in the same currency or unit."""
    return [
        next(
            (one for one in answers.results if one.id == latest.id and same(one, latest)),
            None,
        )
        for answers in trend
    ]


def same(one: Result, other: Result) -> bool:
    """Whether two results are of the same figure, currency and unit of the program."""
    return (one.id, one.currency, one.program_unit) == (
        other.id,
        other.currency,
        other.program_unit,
    )


def _shown(business: Business, trend: tuple[Answers, ...], latest: Result, span: str) -> Shown:
    results = series(trend, latest)
    sector = benchmarks.of(business.kind, latest.id)
    return Shown(
        id=latest.id,
        query=saying.query(latest),
        title=saying.title(latest),
        help=latest.figure.help[saying.language()],
        value=saying.value(latest),
        known=latest.value is not None,
        interval=saying.interval(latest),
        beside=_("Your sector: about %(value)s") % {"value": saying.percent(sector.value)}
        if sector
        else "",
        trend=charts.sparkline([one.value if one else None for one in results]),
        change=_change(results),
        span=span,
    )


def _change(results: list[Result | None]) -> str:
    """The difference to the period before, where enough people stand behind both."""
    if len(results) < 2:
        return ""
    latest, before = results[-1], results[-2]
    if latest is None or before is None or latest.few or before.few:
        return ""
    if latest.value is None or before.value is None:
        return ""
    return saying.change(latest, latest.value - before.value)
