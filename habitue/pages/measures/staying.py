"""How long customers stay: the share still there so many months after the first purchase."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from habitue.members.models import Business
from habitue.metrics.report import Still, Survival
from habitue.pages import access, charts
from habitue.pages.charts import Series
from habitue.pages.measures import reports, saying
from habitue.pages.program import saying as phrases
from habitue.pages.program.check import Table
from habitue.pages.templatetags import words as say

LEAST: Final = 5
"""Of fewer customers followed for so long a curve says nothing any more."""

MONTH: Final = 30


@never_cache
@require_GET
@access.owner
def staying(request: HttpRequest, business: Business) -> HttpResponse:
    """The page."""
    kept = reports.latest(business)
    if kept is None:
        return redirect("measures")
    found, people = kept.report.survival, kept.report.people
    points = [one for one in found.points if one.at_risk >= LEAST] if found else []
    context = {
        "business": business,
        "here": "measures",
        "kept": kept,
        "fact": _fact(found) if found else "",
        "window": people.window.days if people else 0,
        "chart": _chart(points) if len(points) > 1 else "",
        "table": _table(points) if points else None,
    }
    return render(request, "pages/measures/staying.html", context)


def _fact(found: Survival) -> str:
    values = {"customers": say.count(found.customers), "left": say.count(found.left)}
    if found.median is None:
        return _("%(left)s of %(customers)s customers have left; fewer than half.") % values
    if not found.median:
        return _("Half of your customers or more bought on a single day and never came back.")
    values["days"] = phrases.days(found.median)
    return _("Half of your customers stay for longer than %(days)s.") % values


def _chart(points: Sequence[Still]) -> SafeString:
    series = [
        Series(_("still there"), [round(1000 * one.share) for one in points]),
        Series(_("at least"), [_thousandths(one.low) for one in points]),
        Series(_("at most"), [_thousandths(one.high) for one in points]),
    ]
    labels = [str(one.day // MONTH) for one in points]
    title = _("The share of customers still there, by months since their first purchase")
    return charts.steps(series, labels, title=title, written=saying.per_mille)


def _thousandths(share: float | None) -> int | None:
    return None if share is None else round(1000 * share)


def _table(points: Sequence[Still]) -> Table:
    rows = tuple(
        (
            say.count(one.day),
            saying.percent(one.share),
            ""
            if one.low is None or one.high is None
            else f"{saying.percent(one.low)} – {saying.percent(one.high)}",
            say.count(one.at_risk),
        )
        for one in points
    )
    heads = (_("Days"), _("Still there"), _("Probably"), _("Followed so long"))
    return Table(_("Still there, by days since the first purchase"), heads, rows)
