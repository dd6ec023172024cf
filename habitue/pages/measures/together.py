"""What is bought together more often than by chance, and how good suggestions would be."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from habitue.members.models import Business
from habitue.metrics.report import Together
from habitue.pages import access
from habitue.pages.measures import reports, saying
from habitue.pages.program.check import Table
from habitue.pages.templatetags import words as say


@never_cache
@require_GET
@access.owner
def together(request: HttpRequest, business: Business) -> HttpResponse:
    """The page."""
    kept = reports.latest(business)
    if kept is None:
        return redirect("measures")
    found, language = kept.report.together, saying.language()
    context = {
        "business": business,
        "here": "measures",
        "kept": kept,
        "found": found,
        "refused": found.refused[language] if found and found.refused else "",
        "method": found.method[language] if found and found.method else "",
        "judged": _judged(found) if found else "",
        "table": _table(found) if found and found.pairs else None,
    }
    return render(request, "pages/measures/together.html", context)


def _table(found: Together) -> Table:
    rows = tuple(
        (
            f"{one.first} + {one.second}",
            say.count(one.together),
            say.count(one.customers),
            saying.whole_percent(one.confidence),
            saying.decimal(round(one.lift, 1)),
            f"{saying.decimal(round(one.low, 1))} – {saying.decimal(round(one.high, 1))}",
        )
        for one in found.pairs
    )
    heads = (
        _("Together"),
        _("Baskets"),
        _("Customers"),
        _("Who has the first has the second"),
        _("Times as often as by chance"),
        _("Probably"),
    )
    return Table(_("Bought together"), heads, rows)


def _judged(found: Together) -> str:
    if not found.judged or found.popular is None:
        return ""
    values = {"judged": say.count(found.judged), "popular": saying.percent(found.popular)}
    if found.taste is None:
        return (
            _(
                "Tried on the last baskets of %(judged)s customers: of those to whom what most buy "
                "was suggested, %(popular)s then bought one of five."
            )
            % values
        )
    values["taste"] = saying.percent(found.taste)
    return (
        _(
            "Tried on the last baskets of %(judged)s customers: %(taste)s bought one of five that "
            "customers like them buy, %(popular)s one of five that most buy."
        )
        % values
    )
