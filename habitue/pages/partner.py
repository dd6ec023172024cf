"""A partner's own page: its statements, under a secret address, and nothing else of the shop."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from habitue.members import partners
from habitue.members.models import PartnerLink
from habitue.pages import holdings, settling


@never_cache
@require_GET
def overview(request: HttpRequest, token: str) -> HttpResponse:
    """Every month, newest first."""
    link = _link(token)
    context = {
        **_context(link, token),
        "months": settling.months(link.business, link.partner),
    }
    return render(request, "pages/program/own.html", context)


@never_cache
@require_GET
def month(request: HttpRequest, token: str, month: str) -> HttpResponse:
    """One month."""
    link = _link(token)
    page = settling.page(link.business, link.partner, month)
    context = {**_context(link, token), "page": page, "month": month}
    return render(request, "pages/program/own_month.html", context)


@never_cache
@require_GET
def sheet(request: HttpRequest, token: str, month: str) -> HttpResponse:
    """One month as a file."""
    link = _link(token)
    return settling.sheet(link.business, link.partner, month)


def _context(link: PartnerLink, token: str) -> dict[str, object]:
    partner = settling.terms(link.business, link.partner)
    title = holdings.words(partner.title, partner.id)
    return {"business": link.business, "partner": partner, "title": title, "token": token}


def _link(token: str) -> PartnerLink:
    link = partners.find(token)
    if link is None:
        raise Http404
    return link
