"""Who stands behind a sum: the customers whom a figure counts, page by page, and as a file."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from msgspec import structs

from habitue.core import money
from habitue.ledger import lifelines
from habitue.ledger.lifelines import Person
from habitue.members.models import Business
from habitue.metrics.answers import Answers
from habitue.metrics.asked import Asked
from habitue.metrics.cadence import Cadence
from habitue.pages import access, naming, spreadsheet
from habitue.pages.measures import reports, saying, sums

PAGE: Final = 50
FILE: Final = 100_000
"""How many customers a page and a file hold at most."""


@never_cache
@require_GET
@access.owner
def customers(request: HttpRequest, business: Business, name: str) -> HttpResponse:
    """The page."""
    chosen = _chosen(request, business, name)
    if chosen is None:
        return redirect("measures")
    by, answers = chosen
    page = _page(request)
    count, people = lifelines.behind(
        business.pk,
        name,
        Asked(period=answers.period, window=answers.window.days),
        currency=business.currency,
        offset=(page - 1) * PAGE,
        limit=PAGE,
    )
    asked = request.GET.copy()
    asked.pop("page", None)
    if page > 1 and not people:
        return redirect(f"{request.path}?{asked.urlencode()}")
    context = {
        "business": business,
        "here": "measures",
        "title": sums.label(name),
        "period": saying.period(answers.period, by),
        "name": name,
        "count": count,
        "people": _named(business, people),
        "page": page,
        "pages": max(1, -(-count // PAGE)),
        "asked": asked.urlencode(),
        "until": answers.period.until,
    }
    return render(request, "pages/measures/customers.html", context)


@require_GET
@access.owner
def sheet(request: HttpRequest, business: Business, name: str) -> HttpResponse:
    """All of them as a file."""
    chosen = _chosen(request, business, name)
    if chosen is None:
        return redirect("measures")
    _by, answers = chosen
    _count, people = lifelines.behind(
        business.pk,
        name,
        Asked(period=answers.period, window=answers.window.days),
        currency=business.currency,
        limit=FILE,
    )
    places = money.decimals(business.currency)
    rows = [
        [
            str(one.customer),
            spreadsheet.neutral(one.name),
            one.last_on.isoformat(),
            str(one.orders),
            spreadsheet.number(one.revenue, places),
        ]
        for one in _named(business, people)
    ]
    header = [
        _("Customer"),
        _("Name"),
        _("Last purchase"),
        _("Purchases in the period"),
        _("Spent in the period, %(currency)s") % {"currency": business.currency},
    ]
    file = f"{business.slug}-{name}-{answers.period.until}.csv"
    return spreadsheet.of_people(request, business, file, header, rows)


def _named(business: Business, people: list[Person]) -> list[Person]:
    """With a number in place of a name that nobody told."""
    names = naming.names(business, [one.customer for one in people if not one.name])
    return [structs.replace(one, name=names.get(one.customer, one.name)) for one in people]


def _chosen(request: HttpRequest, business: Business, name: str) -> tuple[Cadence, Answers] | None:
    """The period that is asked for, else the last month that is over; None while none is."""
    if name not in lifelines.BEHIND:
        raise Http404
    kept = reports.latest(business)
    asked = request.GET.get("by", "month")
    by: Cadence = "quarter" if asked == "quarter" else "year" if asked == "year" else "month"
    trend, until = kept.report.trends[by] if kept else (), request.GET.get("until", "")
    found = [answers for answers in trend if answers.period.until.isoformat() == until]
    return (by, (found or trend)[-1]) if trend else None


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 9 else 1
