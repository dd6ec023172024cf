"""Experiments: what those who were held out did, beside the others; the sample is checked first."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from msgspec import Struct

from habitue.members.models import Business
from habitue.metrics.experiments import words
from habitue.metrics.experiments.assignment import SHARES
from habitue.metrics.experiments.judging import Judgement, Untold, Verdict
from habitue.metrics.experiments.measures import MEASURES
from habitue.metrics.report import Beside
from habitue.outreach import experiments as kept
from habitue.outreach.models import Experiment
from habitue.pages import access
from habitue.pages.measures import reports, saying
from habitue.pages.templatetags import words as say


class Listed(Struct, frozen=True):
    """One experiment in the list."""

    name: str
    since: date
    ended: date | None
    share: str
    sentence: str


class Figure(Struct, frozen=True):
    """One figure of a result: both groups, their difference, what it says."""

    title: str
    said: str
    why: str = ""
    control: str = ""
    treated: str = ""
    difference: str = ""
    between: str = ""


@never_cache
@require_GET
@access.owner
def experiments(request: HttpRequest, business: Business) -> HttpResponse:
    """The page."""
    report = reports.latest(business)
    judged = report.report.experiments if report else {}
    context = {
        "business": business,
        "here": "measures",
        "experiments": [
            _listed(one, judged.get(name)) for name, one in kept.every(business).items()
        ],
    }
    if report and report.report.beside is not None:
        context |= _beside(business, report.report.beside)
    return render(request, "pages/measures/experiments.html", context)


@never_cache
@require_GET
@access.owner
def experiment(request: HttpRequest, business: Business, name: str) -> HttpResponse:
    """One experiment: how it was set up, whether the sample is as drawn, what differs."""
    one = kept.every(business).get(name)
    if one is None:
        return redirect("measures-experiments")
    report = reports.latest(business)
    found = report.report.experiments.get(name) if report else None
    context = {
        "business": business,
        "here": "measures",
        "kept": report,
        "one": one,
        "share": saying.percent(one.share / SHARES),
        "titles": [MEASURES[figure].title[saying.language()] for figure in one.figures],
        "found": found,
        "withheld": found.withheld[saying.language()] if found and found.withheld else "",
        "as_drawn": _as_drawn(found) if found else "",
        "figures": [_figure(business, each) for each in found.figures] if found else [],
    }
    return render(request, "pages/measures/experiment.html", context)


def _beside(business: Business, found: Beside) -> dict[str, object]:
    """Members beside others, or why they cannot be put there."""
    language = saying.language()

    def money(value: float | None) -> str:
        return "" if value is None else saying.money(value, business.currency)

    return {
        "beside": found,
        "refused": found.refused[language] if found.refused else "",
        "warning": found.warning[language] if found.warning else "",
        "member": money(found.member_value),
        "other": money(found.other_value),
        "low": money(found.low),
        "high": money(found.high),
    }


def _listed(one: Experiment, found: Judgement | None) -> Listed:
    language = saying.language()
    if found is None:
        sentence = _("Not looked at yet: figures are worked out at night.")
    elif found.withheld:
        sentence = found.withheld[language]
    else:
        first = found.figures[0]
        sentence = (
            first.why[language]
            if isinstance(first, Untold)
            else words.decided(first.decided)[language]
        )
    return Listed(
        name=one.name,
        since=one.started_on,
        ended=one.ended_on,
        share=saying.percent(one.share / SHARES),
        sentence=sentence,
    )


def _as_drawn(found: Judgement) -> str:
    values = {"control": say.count(found.control), "treated": say.count(found.treated)}
    return (
        _("%(control)s customers were held out, %(treated)s were not: as many as were drawn.")
        % values
    )


def _figure(business: Business, one: Verdict | Untold) -> Figure:
    language = saying.language()
    title = one.measure.title[language]
    if isinstance(one, Untold):
        return Figure(title, "", one.why[language])

    def written(value: float) -> str:
        match one.measure.kind:
            case "money":
                return saying.money(value, business.currency)
            case "share":
                return saying.percent(value)
            case _:
                return saying.decimal(value)

    sign = "+" if one.difference > 0 else ""
    return Figure(
        title=title,
        said=words.decided(one.decided)[language],
        control=written(one.control),
        treated=written(one.treated),
        difference=f"{sign}{written(one.difference)}",
        between=f"{written(one.low)} – {written(one.high)}",
    )
