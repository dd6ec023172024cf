"""What has no place in the bar of a phone; a page or a customer found by a few letters."""

from __future__ import annotations

import unicodedata

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from habitue.members.models import Business
from habitue.pages import access, forms
from habitue.pages.owner import listing, places
from habitue.pages.owner.places import Way

FOUND = 6


@never_cache
@require_GET
@access.owner
def more(request: HttpRequest, business: Business) -> HttpResponse:
    """Every place that the bar has no room for."""
    ways = [
        way
        for way in places.ways(business.counter_key)
        if way.place.rail and way.place.id not in places.BAR
    ]
    context = {"business": business, "here": "more", "ways": ways}
    return render(request, "pages/owner/more.html", context)


@never_cache
@require_GET
@access.owner
def go(request: HttpRequest, business: Business) -> HttpResponse:
    """Places and customers that answer to `?q=`; all places where nothing is asked."""
    form = forms.Search(request.GET)
    text = form.cleaned_data["q"].strip() if form.is_valid() else ""
    context = {
        "business": business,
        "here": "more",
        "q": text,
        "ways": _ways(business, text),
        "people": listing.find(business, text, most=FOUND, now=timezone.now())
        if len(text) > 1
        else [],
    }
    template = "_gone" if "HX-Request" in request.headers else "go"
    return render(request, f"pages/owner/{template}.html", context)


def _ways(business: Business, text: str) -> list[Way]:
    """Those whose title begins with it first, then those that have it anywhere."""
    wanted = _plain(text)
    every = places.ways(business.counter_key)
    found = [way for way in every if wanted in _plain(f"{way.place.title} {way.place.about}")]
    return sorted(found, key=lambda way: not _plain(str(way.place.title)).startswith(wanted))


def _plain(text: str) -> str:
    """Small letters without accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))
