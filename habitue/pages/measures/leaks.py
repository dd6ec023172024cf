"""Leaks: who used to come and is late by their own rhythm, the most money at risk first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from msgspec import Struct

from habitue.core import money
from habitue.members.models import Business
from habitue.metrics.report import Leak
from habitue.metrics.segments import catalogue
from habitue.pages import access, naming, spreadsheet
from habitue.pages.measures import reports, saying
from habitue.pages.templatetags import words as say


class Late(Struct, frozen=True):
    """One leak on the page."""

    customer: int
    name: str
    said: str
    at_risk: str
    alive: str


@never_cache
@require_GET
@access.owner
def leaks(request: HttpRequest, business: Business) -> HttpResponse:
    """The page."""
    kept = reports.latest(business)
    if kept is None:
        return redirect("measures")
    people = kept.report.people
    page = naming.cut(request, people.leaks if people else ())
    declared = catalogue.get("leaking")
    context = {
        "business": business,
        "here": "measures",
        "kept": kept,
        "people": people,
        "page": page,
        "late": _named(business, page.rows),
        "formula": declared.formula[saying.language()],
        "source": declared.source,
        "modelled": any(one.alive is not None for one in page.rows),
    }
    return render(request, "pages/measures/leaks.html", context)


@require_GET
@access.owner
def sheet(request: HttpRequest, business: Business) -> HttpResponse:
    """The leaks that the report names, as a file."""
    kept = reports.latest(business)
    if kept is None or kept.report.people is None:
        return redirect("measures")
    found = kept.report.people.leaks
    names = naming.names(business, [one.customer for one in found])
    places = money.decimals(business.currency)
    rows = [
        [
            str(one.customer),
            spreadsheet.neutral(names[one.customer]),
            str(one.silence),
            spreadsheet.number(round(10 * one.usual), 1),
            "" if one.alive is None else spreadsheet.number(round(1000 * one.alive), 3),
            spreadsheet.number(one.at_risk, places),
        ]
        for one in found
        if one.customer in names
    ]
    header = [
        _("Customer"),
        _("Name"),
        _("Days since the last visit"),
        _("Usual days between visits"),
        _("Probability of being a customer still"),
        _("Money at risk in a year, %(currency)s") % {"currency": business.currency},
    ]
    return spreadsheet.of_people(request, business, f"{business.slug}-leaks.csv", header, rows)


def _named(business: Business, rows: tuple[Leak, ...]) -> list[Late]:
    names = naming.names(business, [one.customer for one in rows])
    return [
        Late(
            customer=one.customer,
            name=names[one.customer],
            said=said(one),
            at_risk=say.whole(one.at_risk, business.currency),
            alive="" if one.alive is None else saying.whole_percent(one.alive),
        )
        for one in rows
        if one.customer in names
    ]


def said(one: Leak) -> str:
    """How late somebody is: `last visit 43 days ago, usually every 7`."""
    usual = max(1, round(one.usual))
    text = ngettext(
        "last visit %(silence)s day ago, usually every %(usual)s",
        "last visit %(silence)s days ago, usually every %(usual)s",
        one.silence,
    )
    return text % {"silence": say.count(one.silence), "usual": say.count(usual)}
