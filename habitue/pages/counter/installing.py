"""The counter as an app on a phone: its manifest, its worker, the page that opens offline."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from habitue import ledger
from habitue.core import money
from habitue.members.models import Business
from habitue.pages import access, holdings, webapp


@require_GET
def manifest(request: HttpRequest, key: str) -> HttpResponse:
    """What the phone's home screen is told."""
    return webapp.manifest(_app(access.counter_of(key)))


@require_GET
def worker(request: HttpRequest, key: str) -> HttpResponse:
    """The script that keeps the counter at hand."""
    business = access.counter_of(key)
    page = render_to_string("pages/counter/kept.html", looking(business), request)
    return webapp.worker(_app(business), page=page)


@require_GET
def kept(request: HttpRequest, key: str) -> HttpResponse:
    """The scan without a network: nobody's page, the same for all who work here."""
    return render(request, "pages/counter/kept.html", looking(access.counter_of(key)))


def looking(business: Business) -> dict[str, Any]:
    """What the scan needs, with a network or without: nothing of any person."""
    program = ledger.program(business.pk)
    return {
        "business": business,
        "decimals": money.decimals(business.currency),
        "by_visit": program is not None and holdings.by_visit(program),
        "by_money": program is not None and holdings.by_money(program),
    }


def _app(business: Business) -> webapp.App:
    scope = reverse("counter", args=[business.counter_key])
    return webapp.App(
        name=business.name,
        language=get_language() or business.language,
        scope=scope,
        kept=reverse("counter-kept", args=[business.counter_key]),
    )
