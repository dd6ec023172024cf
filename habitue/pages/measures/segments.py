"""Segments: where customers stand, who brings most, recency and frequency as a grid."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from msgspec import Struct

from habitue.members.models import Business
from habitue.metrics.report import Crowd, People
from habitue.metrics.segments import catalogue
from habitue.metrics.segments.segment import Family
from habitue.pages import access, naming
from habitue.pages.measures import audiences, reports, saying
from habitue.pages.measures.cohorts import SHADES
from habitue.pages.templatetags import words as say

BEST: Final = 5

FIELDS: Final = {
    "champions": (5, 5, 4, 5),
    "loyal": (3, 4, 4, 5),
    "potential-loyal": (4, 5, 2, 3),
    "newcomers": (5, 5, 1, 1),
    "promising": (4, 4, 1, 1),
    "need-attention": (3, 3, 3, 3),
    "about-to-sleep": (3, 3, 1, 2),
    "cannot-lose": (1, 2, 5, 5),
    "at-risk": (1, 2, 3, 4),
    "hibernating": (1, 2, 1, 2),
}
"""`metrics.segments.rfm.GROUPS`, which a web process does not import: it needs NumPy."""


class Group(Struct, frozen=True):
    """One segment on the page."""

    id: str
    title: str
    help: str
    customers: str
    share: str
    revenue: str


class Square(Struct, frozen=True):
    """One field of the grid: how many, of which group, and its shade."""

    id: str
    title: str
    customers: str
    shade: int


@never_cache
@require_GET
@access.owner
def segments(request: HttpRequest, business: Business) -> HttpResponse:
    """The page."""
    kept = reports.latest(business)
    if kept is None:
        return redirect("measures")
    people = kept.report.people
    context = {"business": business, "here": "measures", "kept": kept, "people": people}
    if people is not None:
        context |= {
            "families": [
                (_("Where they stand"), _groups(business, people, "lifecycle")),
                (
                    _("Who counts most"),
                    [
                        *_groups(business, people, "value"),
                        *_groups(business, people, "rhythm"),
                    ],
                ),
            ],
            "rfm": _groups(business, people, "rfm"),
            "grid": _grid(people),
            "columns": range(1, BEST + 1),
        }
    return render(request, "pages/measures/segments.html", context)


@never_cache
@require_GET
@access.owner
def segment(request: HttpRequest, business: Business, name: str) -> HttpResponse:
    """One segment: what it means, and those in it who brought most."""
    declared = catalogue.every().get(name)
    if declared is None:
        raise Http404
    kept = reports.latest(business)
    people = kept.report.people if kept else None
    if kept is None or people is None:
        return redirect("measures")
    crowd = next(one for one in people.crowds if one.id == name)
    page = naming.cut(request, crowd.first)
    names = naming.names(business, page.rows)
    context = {
        "business": business,
        "here": "measures",
        "kept": kept,
        "group": _group(business, people, crowd),
        "formula": declared.formula[saying.language()],
        "source": declared.source,
        "window": people.window.days,
        "count": crowd.customers,
        "page": page,
        "named": [(key, names[key]) for key in page.rows if key in names],
        "more": crowd.customers > len(crowd.first),
        "first": len(crowd.first),
        "form": audiences.Named(
            initial={"name": declared.title[saying.language()]}, business=business
        ),
    }
    return render(request, "pages/measures/segment.html", context)


def _groups(business: Business, people: People, family: Family) -> list[Group]:
    return [
        _group(business, people, crowd)
        for crowd in people.crowds
        if catalogue.get(crowd.id).family == family
    ]


def _group(business: Business, people: People, crowd: Crowd) -> Group:
    declared = catalogue.get(crowd.id)
    part = crowd.revenue / people.revenue if people.revenue > 0 else 0.0
    return Group(
        id=crowd.id,
        title=declared.title[saying.language()],
        help=declared.help[saying.language()],
        customers=say.count(crowd.customers),
        share=saying.whole_percent(crowd.customers / people.customers),
        revenue=_("%(share)s of sales") % {"share": saying.whole_percent(max(0.0, part))},
    )


def _grid(people: People) -> list[tuple[int, list[Square]]]:
    """The most recent row first; a field leads to the group that it lies in."""
    most = max(max(row) for row in people.grid)
    rows = []
    for recency in range(BEST, 0, -1):
        counts = people.grid[recency - 1]
        rows.append(
            (
                recency,
                [
                    _square(_field(recency, frequency), count, most)
                    for frequency, count in enumerate(counts, start=1)
                ],
            )
        )
    return rows


def _field(recency: int, frequency: int) -> str:
    """The group that a pair of scores lies in."""
    return next(
        name
        for name, (low, high, least, most) in FIELDS.items()
        if low <= recency <= high and least <= frequency <= most
    )


def _square(name: str, count: int, most: int) -> Square:
    shade = 0 if not count else min(SHADES - 1, 1 + count * (SHADES - 1) // most)
    title = catalogue.get(name).title[saying.language()]
    text = ngettext("%(title)s: %(count)s customer", "%(title)s: %(count)s customers", count)
    said = text % {"title": title, "count": say.count(count)}
    return Square(name, said, _few_signs(count), shade)


def _few_signs(count: int) -> str:
    """A count that fits a field on a phone: 3.3k; its exact number is said with it."""
    return say.count(count) if count < 1000 else saying.few_signs()(round(count, -2))
