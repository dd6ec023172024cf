"""What five more of a hundred customers who stay would bring, on the shop's own margin."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from habitue.members.models import Business
from habitue.metrics import Answers, scenario
from habitue.metrics.cadence import MONTHS, Cadence
from habitue.metrics.report import Report
from habitue.metrics.scenario import Scenario, Shop, Step
from habitue.pages import access
from habitue.pages.measures import reports, saying
from habitue.pages.measures.worth import Margin
from habitue.pages.program.check import Table
from habitue.pages.templatetags import words as say

YEARS: Final = 5
"""How far it is looked ahead."""

LONGEST_FIRST: Final[tuple[Cadence, ...]] = ("year", "quarter", "month")


@never_cache
@require_GET
@access.owner
def what_if(request: HttpRequest, business: Business) -> HttpResponse:
    """The page."""
    kept = reports.latest(business)
    if kept is None:
        return redirect("measures")
    form = Margin(request.GET or None)
    form.fields["margin"].help_text = _("Your margin, in percent.")
    given = form.cleaned_data["margin"] if form.is_valid() else None
    by, answers = _period(kept.report)
    margin = None if given is None else Fraction(given) / 100
    found = scenario.gain(_shop(business, by, answers, margin)) if answers else None
    context = {
        "business": business,
        "here": "measures",
        "kept": kept,
        "form": form,
        "years": YEARS,
        "period": saying.period(answers.period, by) if answers else "",
        "refused": _refused(found, asked=bool(request.GET)),
        "source": scenario.SOURCE,
        "quoted": [saying.whole_percent(float(end)) for end in scenario.QUOTED],
    }
    if isinstance(found, Scenario):
        context |= _shown(business, found)
    status = 422 if form.errors else 200
    return render(request, "pages/measures/scenario.html", context, status=status)


def _refused(found: Scenario | scenario.Refusal | None, *, asked: bool) -> str:
    """Why there is none; nothing is said of a margin before it was asked for."""
    if not isinstance(found, scenario.Refusal) or (found.reason == "no margin" and not asked):
        return ""
    return found.words[saying.language()]


def _period(report: Report) -> tuple[Cadence, Answers | None]:
    """The longest period that is over and had customers at its start."""
    for by in LONGEST_FIRST:
        trend = report.trends[by]
        if trend and trend[-1].aggregates.counts.start:
            return by, trend[-1]
    return "month", report.trends["month"][-1] if report.trends["month"] else None


def _shop(business: Business, by: Cadence, answers: Answers, margin: Fraction | None) -> Shop:
    counts = answers.aggregates.counts
    money = answers.aggregates.money.get(business.currency)
    return Shop(
        customers=counts.start,
        kept=counts.kept,
        revenue=money.revenue if money else 0,
        buyers=money.buyers if money else 0,
        margin=margin,
        horizon=YEARS * 12 // MONTHS[by],
    )


def _shown(business: Business, found: Scenario) -> dict[str, object]:
    language = saying.language()
    return {
        "gain": say.whole(found.gain, business.currency),
        "rise": saying.percent(float(found.rise)),
        "caveats": [text[language] for text in found.caveats],
        "table": _table(business, found.steps),
    }


def _table(business: Business, steps: Sequence[Step]) -> Table:
    language = saying.language()

    def written(value: Fraction, unit: scenario.Unit) -> str:
        match unit:
            case "share":
                return saying.percent(float(value))
            case "money":
                return saying.money(float(value), business.currency)
            case "people":
                return say.count(float(value))
            case "periods":
                return saying.decimal(float(value))

    rows = tuple(
        (
            f"{one.title[language]} ({one.formula[language]})",
            written(one.now, one.unit),
            written(one.then, one.unit),
        )
        for one in steps
    )
    return Table(_("Step by step"), (_("Step"), _("Today"), _("With 5 points more")), rows)
