"""Cohorts as a triangle: who bought first in which month, and what they did in each month since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from msgspec import Struct

from habitue.core import money
from habitue.members.models import Business
from habitue.metrics.cohorts import Cell, Cohort
from habitue.pages import access, charts, spreadsheet
from habitue.pages.charts import Series
from habitue.pages.measures import reports, saying
from habitue.pages.program import saying as phrases
from habitue.pages.templatetags import words as say

Shows = Literal["share", "customers", "revenue"]

COHORTS: Final = 12
"""How many cohorts the page shows."""

SHADES: Final = 6
"""How many shades a triangle has, the lightest included."""


class Square(Struct, frozen=True):
    """One cell on the page: its number, its shade, or the day on which it ripens."""

    text: str
    shade: int = 0
    ripens_on: date | None = None


class Row(Struct, frozen=True):
    """One cohort on the page."""

    name: str
    size: str
    squares: tuple[Square, ...]


@never_cache
@require_GET
@access.owner
def cohorts(request: HttpRequest, business: Business) -> HttpResponse:
    """The page."""
    kept = reports.latest(business)
    if kept is None:
        return redirect("measures")
    shows = _shows(request)
    found = _cut(kept.report.cohorts)
    context = {
        "business": business,
        "here": "measures",
        "kept": kept,
        "shows": shows,
        "switch": [(name, _called(name)) for name in ("share", "customers", "revenue")],
        "ages": range(len(found[0].cells)) if found else (),
        "rows": [_row(one, found, shows, business.currency) for one in found],
        "all": _all(found, shows, business.currency),
        "chart": _chart(found),
    }
    return render(request, "pages/measures/cohorts.html", context)


@require_GET
@access.owner
def sheet(request: HttpRequest, business: Business) -> HttpResponse:
    """Everything that the report knows of the cohorts, a line per cell that is ripe."""
    kept = reports.latest(business)
    if kept is None:
        return redirect("measures")
    places = money.decimals(business.currency)
    rows = [
        [
            cohort.month.isoformat(),
            str(age),
            str(cohort.size),
            str(cell.buyers),
            spreadsheet.number(cell.revenue, places),
        ]
        for cohort in kept.report.cohorts
        for age, cell in enumerate(cohort.cells)
        if cell.buyers is not None and cell.revenue is not None
    ]
    header = [
        _("First purchase in"),
        _("Months since"),
        _("Customers"),
        _("Bought"),
        _("Spent, %(currency)s") % {"currency": business.currency},
    ]
    return spreadsheet.answer(f"{business.slug}-cohorts.csv", header, rows)


def _shows(request: HttpRequest) -> Shows:
    match request.GET.get("show"):
        case "customers":
            return "customers"
        case "revenue":
            return "revenue"
        case _:
            return "share"


def _called(shows: str) -> str:
    return {
        "share": _("Share"),
        "customers": _("Customers"),
        "revenue": _("Money"),
    }[shows]


def _cut(found: Sequence[Cohort]) -> list[Cohort]:
    """The last twelve cohorts, and as many months of each as the report has."""
    last = found[-COHORTS:]
    ages = max((_ripe(one) for one in last), default=0) + 1
    return [Cohort(month=one.month, size=one.size, cells=one.cells[:ages]) for one in last]


def _ripe(cohort: Cohort) -> int:
    return sum(1 for cell in cohort.cells if cell.buyers is not None)


def _row(cohort: Cohort, found: Sequence[Cohort], shows: Shows, currency: str) -> Row:
    most = max(
        (_number(one, cell, shows) or 0 for one in found for cell in one.cells[1:]), default=0
    )
    squares = []
    for age, cell in enumerate(cohort.cells):
        number = _number(cohort, cell, shows)
        if number is None:
            squares.append(Square("", ripens_on=cell.ripens_on))
            continue
        shade = 0 if age == 0 or not most else _shade(number / most)
        squares.append(Square(_written(number, shows, currency), shade))
    return Row(phrases.short_month(cohort.month), say.count(cohort.size), tuple(squares))


def _number(cohort: Cohort, cell: Cell, shows: Shows) -> float | None:
    if cell.buyers is None or cell.revenue is None:
        return None
    match shows:
        case "share":
            return cell.buyers / cohort.size if cohort.size else None
        case "customers":
            return cell.buyers
        case "revenue":
            return cell.revenue


def _shade(part: float) -> int:
    """Of how dark a shade: 0 for nothing, else 1 to the darkest."""
    return 0 if part <= 0 else min(SHADES - 1, 1 + int(part * (SHADES - 1)))


def _written(number: float, shows: Shows, currency: str) -> str:
    match shows:
        case "share":
            return saying.whole_percent(number)
        case "customers":
            return say.count(number)
        case "revenue":
            return saying.whole_money(number, currency)


def _all(found: Sequence[Cohort], shows: Shows, currency: str) -> list[str]:
    """All cohorts that have reached an age, together."""
    ages = len(found[0].cells) if found else 0
    texts = []
    for age in range(ages):
        ripe = [one for one in found if one.cells[age].buyers is not None]
        bought = sum(one.cells[age].buyers or 0 for one in ripe)
        spent = sum(one.cells[age].revenue or 0 for one in ripe)
        size = sum(one.size for one in ripe)
        number = {"share": bought / size if size else None, "customers": bought, "revenue": spent}
        value = number[shows] if ripe else None
        texts.append("" if value is None else _written(value, shows, currency))
    return texts


def _chart(found: Sequence[Cohort]) -> SafeString | str:
    """Which share of all cohorts bought at each age."""
    ages = len(found[0].cells) if found else 0
    values = []
    for age in range(1, ages):
        ripe = [one for one in found if one.cells[age].buyers is not None]
        size = sum(one.size for one in ripe)
        bought = sum(one.cells[age].buyers or 0 for one in ripe)
        values.append(round(1000 * bought / size) if size else None)
    if sum(value is not None for value in values) < 2:
        return ""
    title = _("Of 100 customers, how many bought so many months after their first purchase")
    labels = [str(age) for age in range(1, ages)]
    return charts.lines([Series("", values)], labels, title=title, written=saying.per_mille)
