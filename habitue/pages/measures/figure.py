"""One figure: value, computation with the shop's own numbers, trend, and who is behind it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from msgspec import Struct

from habitue.members.models import Business
from habitue.metrics import Answers, Result, benchmarks, catalogue
from habitue.metrics.asked import Window
from habitue.metrics.cadence import Cadence
from habitue.metrics.report import Report
from habitue.pages import access, charts, spreadsheet
from habitue.pages.charts import Series
from habitue.pages.measures import overview, reports, saying, sums
from habitue.pages.templatetags import words as say


class Point(Struct, frozen=True):
    """One period of a trend as the table has it."""

    name: str
    address: str
    here: bool
    value: str
    interval: str
    numerator: str
    denominator: str


class Line(Struct, frozen=True):
    """One sum behind a figure: what it counts, how many, and where these customers are listed."""

    name: str
    value: str
    address: str


class Chosen(Struct, frozen=True):
    """What is looked at: a figure's trend, and one period of it."""

    by: Cadence
    trend: tuple[Answers, ...]
    place: int
    result: Result

    @property
    def answers(self) -> Answers:
        """The answers of the period that is looked at."""
        return self.trend[self.place]


@never_cache
@require_GET
@access.owner
def figure(request: HttpRequest, business: Business, name: str) -> HttpResponse:
    """The page."""
    kept = reports.latest(business)
    chosen = choose(request, kept.report, name) if kept and name in catalogue.every() else None
    if kept is None or chosen is None:
        return _nothing(name)
    result, sector = chosen.result, benchmarks.of(business.kind, name)
    results = overview.series(chosen.trend, result)
    context = {
        "business": business,
        "here": "measures",
        "kept": kept,
        "figure": result.figure,
        "title": saying.title(result),
        "help": result.figure.help[saying.language()],
        "caveats": result.figure.caveats[saying.language()],
        "formula": result.figure.formula[saying.language()],
        "written": sums.written(result),
        "value": saying.value(result),
        "known": result.value is not None,
        "few": result.few,
        "interval": saying.interval(result),
        "sector": saying.percent(sector.value) if sector else "",
        "period": saying.period(chosen.answers.period, chosen.by),
        "by": chosen.by,
        "cadences": _cadences(result),
        "quoted": [(one.text[saying.language()], one.source) for one in result.figure.quoted],
        "components": _components(result),
        "window": window(chosen.answers.window),
        "lines": _lines(chosen),
        "chart": _chart(chosen, results),
        "points": _points(chosen, results),
        "ends": any(one is not None and one.low is not None for one in results),
        "ripens": saying.period(kept.report.running[chosen.by], chosen.by),
        "ripens_on": kept.report.running[chosen.by].until,
        "sheet": f"{reverse('measure-csv', args=[name])}?{_query(chosen)}",
    }
    return render(request, "pages/measures/figure.html", context)


@require_GET
@access.owner
def sheet(request: HttpRequest, business: Business, name: str) -> HttpResponse:
    """The trend as a file."""
    kept = reports.latest(business)
    chosen = choose(request, kept.report, name) if kept and name in catalogue.every() else None
    if chosen is None:
        return _nothing(name)
    rows = []
    for answers, result in zip(
        chosen.trend, overview.series(chosen.trend, chosen.result), strict=True
    ):
        if result is not None:
            period = answers.period
            rows.append([period.since.isoformat(), period.until.isoformat(), *_cells(result)])
    header = [
        _("From"),
        _("Up to, without"),
        _("Value"),
        _("Low"),
        _("High"),
        _("Numerator"),
        _("Denominator"),
    ]
    return spreadsheet.answer(f"{business.slug}-{name}-{chosen.by}.csv", header, rows)


def choose(request: HttpRequest, report: Report, name: str) -> Chosen | None:
    """The figure's trend at the cadence and period that are asked for; None while there is none."""
    asked: Cadence = "quarter" if request.GET.get("by") == "quarter" else "month"
    by = overview.cadence_of(name, asked)
    trend = report.trends[by]
    until = request.GET.get("until", "")
    places = [n for n, answers in enumerate(trend) if answers.period.until.isoformat() == until]
    place = places[0] if places else len(trend) - 1
    if not trend:
        return None
    found = [one for one in trend[place].results if one.id == name]
    wanted = request.GET.get("currency", ""), request.GET.get("unit", "")
    exact = [one for one in found if (one.currency, one.program_unit) == wanted]
    found = exact or found
    return Chosen(by, trend, place, found[0]) if found else None


def window(of: Window) -> str:
    """What makes somebody a customer at a day, and why so many days."""
    values = {"days": say.count(of.days), "gaps": say.count(of.gaps)}
    if of.origin == "own rhythm":
        return (
            _(
                "A customer at a day is somebody who bought within the %(days)s days before it: "
                "nine in ten of your customers who come back do so within that time."
            )
            % values
        )
    return (
        _("A customer at a day is somebody who bought within the %(days)s days before it.") % values
    )


def _nothing(name: str) -> HttpResponse:
    """Figures that nobody knows do not exist; while there is no report, the overview says so."""
    if name not in catalogue.every():
        raise Http404
    return redirect("measures")


def _lines(chosen: Chosen) -> list[Line]:
    """The sums that are customers, each with its list."""
    counts = chosen.answers.aggregates.counts
    return [
        Line(
            name=sums.label(name),
            value=say.count(getattr(counts, name)),
            address=f"{reverse('measure-customers', args=[name])}?{_query(chosen)}",
        )
        for name in sums.behind(chosen.result)
    ]


def _query(chosen: Chosen) -> str:
    until = chosen.answers.period.until.isoformat()
    return f"by={chosen.by}&until={until}{saying.query(chosen.result)}"


def _cadences(result: Result) -> list[tuple[str, str, str]]:
    """The cadences among which one may choose, each with what else the address carries."""
    offered = [one for one in ("month", "quarter") if one in result.figure.cadence]
    if len(offered) < 2:
        return []
    return [(one, saying.every(one), saying.query(result)) for one in offered]


def _components(result: Result) -> list[tuple[str, str]]:
    """What a figure is made of, where its formula does not show it."""
    return [
        (
            part.title[saying.language()],
            saying.number(result, part.unit, result.components.get(part.id)),
        )
        for part in result.figure.components
    ]


def _points(chosen: Chosen, results: list[Result | None]) -> list[Point]:
    """The newest first."""
    found = []
    for place, (answers, result) in enumerate(zip(chosen.trend, results, strict=True)):
        at = Chosen(chosen.by, chosen.trend, place, chosen.result)
        found.append(
            Point(
                name=saying.period(answers.period, chosen.by),
                address=f"?{_query(at)}",
                here=place == chosen.place,
                value=saying.value(result) if result else "–",
                interval=_ends(result) if result else "",
                numerator=sums.whole(result, result.numerator, 0) if result else "",
                denominator=sums.whole(result, result.denominator, 1) if result else "",
            )
        )
    return found[::-1]


def _ends(result: Result) -> str:
    if result.low is None or result.high is None:
        return ""
    return f"{saying.plain(result, result.low)} – {saying.plain(result, result.high)}"


def _chart(chosen: Chosen, results: list[Result | None]) -> SafeString | str:
    known = [one for one in results if one is not None and one.value is not None]
    if len(known) < 2:
        return ""

    def column(name: str) -> list[int | None]:
        return [saying.drawn(one, getattr(one, name)) if one else None for one in results]

    series = Series(saying.title(chosen.result), column("value"), column("low"), column("high"))
    labels = [saying.short(answers.period, chosen.by) for answers in chosen.trend]
    title = _("%(figure)s, period by period") % {"figure": saying.title(chosen.result)}
    return charts.lines([series], labels, title=title, written=saying.axis(chosen.result))


def _cells(result: Result) -> list[str]:
    """Value, interval, numerator and denominator as a spreadsheet reads them."""
    ends = [saying.exact(result, number) for number in (result.value, result.low, result.high)]
    counted = zip((result.numerator, result.denominator), result.figure.measures, strict=True)
    sums = [
        "" if number is None else spreadsheet.number(number, saying.places(result, measure))
        for number, measure in counted
    ]
    return [*ends, *sums]
