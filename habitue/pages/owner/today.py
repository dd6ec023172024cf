"""The owner's first page: how it goes in one sentence, what to do, three figures, what happened."""

import functools
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import sqrt
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from msgspec import Struct

from habitue.members.models import Business
from habitue.metrics import benchmarks, catalogue
from habitue.metrics.benchmarks import Benchmark
from habitue.pages import access, account, charts, events, naming, words
from habitue.pages.owner import glance, todo
from habitue.pages.owner.glance import Figures, Known
from habitue.pages.start import checklist
from habitue.pages.templatetags import words as say

ALIVE: Final = timedelta(seconds=15)  # the worker beats every few seconds
LAST: Final = 8
USUAL_WEEKS: Final = 3
"""From how many weeks before on the last one can be called better or worse than usual."""

NOTED: Final = 0.1
"""A week that differs by less than this share is as usual."""


Series = tuple[tuple[float | None, ...], ...]


class Figure(Struct, frozen=True):
    """One figure on the page. `share` or `number` is None while there is too little to say."""

    title: str
    help: str
    formula: str
    to: str
    share: float | None = None
    number: int | None = None
    of: tuple[int, int] | None = None
    change: int | None = None
    beside: float | None = None
    trend: SafeString | str = ""


class Happened(Struct, frozen=True):
    """One event on the page: whose, what, where that leads, and when, for machines and people."""

    name: str
    title: str
    address: str
    at: str
    ago: str


@never_cache
@access.owner
def today(request: HttpRequest, business: Business) -> HttpResponse:
    """The page."""
    now = timezone.now()
    request.session.pop(access.FIRST_PIN, None)  # it was seen; only its hash is kept
    known, morning = glance.figures(business, now), glance.morning(business, now)
    signs = todo.signs(business, morning, now, alive=ALIVE)
    happened = happenings(business, now)
    context = {
        "business": business,
        "here": "today",
        "now": now,
        "first": bool(happened) or account.first_member(business),
        "checklist": checklist.of(request, business, now),
        "sentence": beside_the_usual(known.weeks) or _this_week(business, now),
        "cards": todo.cards(request, morning, signs, glance.today(business, now)),
        "figures": _drawn(business.kind, known, morning.series, words.language()),
        "happenings": happened,
        "worker": signs.worker,
        "mail": settings.HABITUE_MAIL_CONFIGURED,
    }
    return render(request, "pages/owner/today.html", context)


@never_cache
@require_GET
@access.owner
def lights(request: HttpRequest, business: Business) -> HttpResponse:
    """Only the lights, for a page that stays open."""
    context = {"worker": worker_lives(), "mail": settings.HABITUE_MAIL_CONFIGURED}
    return render(request, "pages/owner/_lights.html", context)


def keep(business: Business, now: datetime) -> None:
    """Work out what the page says before somebody opens it."""
    glance.figures(business, now)
    glance.morning(business, now, anew=True)


def happenings(business: Business, now: datetime) -> list[Happened]:
    """The last events that counted; who has no name is told by a number."""
    found = events.newest(business, limit=LAST)
    nameless = naming.numbers(business, [one.customer for one in found if not one.name])
    customers = reverse("customers")
    return [
        Happened(
            name=one.name or nameless.get(one.customer, ""),
            title=events.title(one.kind),
            address=f"{customers}/{one.customer}",
            at=one.at.isoformat(),
            ago=say.ago(one.at, now),
        )
        for one in found
    ]


def worker_lives() -> bool:
    """Whether the worker has sent a sign of life just now."""
    rows = events.query(
        "SELECT now() - max(last_heartbeat) < %(alive)s FROM procrastinate_workers",
        {"alive": ALIVE},
    )
    return bool(rows[0][0])


@functools.lru_cache(maxsize=256)
def _drawn(kind: str, known: Figures, series: Series, language: str) -> SafeString:
    """The three figures; drawn once, as long as they and the language are the same."""
    context = {"figures": _figures(kind, known, series)}
    return render_to_string("pages/owner/_figures.html", context)


def _figures(kind: str, known: Figures, series: Series) -> list[Figure]:
    """Repeat-purchase rate first, retention beside the sector's, active customers."""
    sectors = {"strict_retention": benchmarks.of(kind, "strict_retention")}
    window = {"days": known.window}
    return [
        *(
            _share(name, share, sectors.get(name), line)
            for name, share, line in zip(glance.NAMES, known.shares, series[:-1], strict=True)
        ),
        Figure(
            title=_("Active customers"),
            help=_("Customers who bought within the last %(days)s days.") % window,
            formula=_("customers with ≥ 1 purchase in %(days)s days") % window,
            to=reverse("measure-customers", args=["end"]),
            number=known.active,
            change=known.active_change,
            trend=charts.sparkline(series[-1]),
        ),
    ]


def _share(
    name: str, known: Known, sector: Benchmark | None, series: tuple[float | None, ...]
) -> Figure:
    language, declared = words.language(), catalogue.every()[name]
    return Figure(
        title=declared.title[language],
        help=declared.help[language],
        formula=declared.formula[language],
        to=reverse("measure", args=[name]),
        share=known.value,
        of=known.of,
        change=known.change,
        beside=sector.value if sector else None,
        trend=charts.sparkline(series),
    )


def beside_the_usual(weeks: Sequence[int]) -> str:
    """The last full week beside those before it, the newest first; nothing of a young shop."""
    latest, before = sum(weeks[:1]), weeks[1:]
    if len(before) < USUAL_WEEKS or not latest:
        return ""
    usual = sum(before) / len(before)
    visits = ngettext("%(count)s visit", "%(count)s visits", latest) % {"count": say.count(latest)}
    differs = abs(latest - usual)
    if differs <= max(NOTED * usual, 2 * sqrt(usual)):  # what chance alone makes of a week
        return _("A week as usual: %(visits)s in 7 days.") % {"visits": visits}
    if not usual:
        return _("A good week: %(visits)s in 7 days.") % {"visits": visits}
    values = {"visits": visits, "share": say.percent(round(differs / usual, 2))}
    if latest > usual:
        return _("A good week: %(visits)s in 7 days, %(share)s more than usual.") % values
    return _("A quiet week: %(visits)s in 7 days, %(share)s less than usual.") % values


def _this_week(business: Business, now: datetime) -> str:
    day = glance.today(business, now)
    visits, people = events.came(business, since=day - timedelta(6), until=day + timedelta(1))
    if not visits:
        return _("No visit was recorded in the last 7 days.")
    text = ngettext(
        "In the last 7 days, %(people)s customer came, %(visits)s visits in all.",
        "In the last 7 days, %(people)s customers came, %(visits)s visits in all.",
        people,
    )
    return text % {"people": people, "visits": visits}
