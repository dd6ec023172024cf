"""The figures as JSON, for the owner's own programs: the numbers that `habitue figures` prints.

Those that unfold the lines of all purchases (which products are new, who buys of several groups)
take seconds in a long history: they are in the report and in the command, no page waits for them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from habitue import metrics
from habitue.ledger import figures
from habitue.members.models import Business
from habitue.metrics import Answers, cadence, periods
from habitue.metrics.aggregates import Uncountable
from habitue.metrics.lowerings import beside
from habitue.pages import access


@never_cache
@require_GET
@access.owner
def numbers(request: HttpRequest, business: Business) -> HttpResponse:
    """`?period=2026-10-01..2026-11-01`, else the last month that is over; `?window=` in days."""
    now = timezone.now()
    try:
        period = _period(request, business, now)
        window = _window(request)
        answers = figures.answer(business, period=period, now=now, window=window, figures=_quick())
    except Uncountable:
        told = _("More was sold here than can be counted: no figure could be trusted.")
        return JsonResponse({"error": told}, status=400)
    except ValueError as error:
        return JsonResponse({"error": str(error)}, status=400)
    return JsonResponse(_numbers(business, answers))


def _quick() -> list[str]:
    """The figures that need no lines of purchases."""
    every = metrics.every().items()
    return [name for name, declared in every if beside.LINES.isdisjoint(declared.needs)]


def _numbers(business: Business, answers: Answers) -> dict[str, Any]:
    return {
        "business": business.slug,
        "period": str(answers.period),
        "window": {"days": answers.window.days, "origin": answers.window.origin},
        "figures": [figures.as_numbers(result) for result in answers.results],
    }


def _period(request: HttpRequest, business: Business, now: datetime) -> metrics.Period:
    text = request.GET.get("period")
    if text is not None:
        return periods.parse(text)
    today = now.astimezone(ZoneInfo(business.timezone)).date()
    return cadence.closed("month", today=today, count=1)[0]


def _window(request: HttpRequest) -> int | None:
    text = request.GET.get("window")
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise ValueError(f"A window is a number of days, not {text[:40]!r}.")
    return int(text)
