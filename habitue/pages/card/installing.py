"""The card as an app on a phone: its manifest, its worker, the page that opens offline."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET

from habitue.members.models import Card
from habitue.pages import webapp, words
from habitue.pages.card import holder


@require_GET
@holder.holder
def manifest(request: HttpRequest, card: Card) -> HttpResponse:
    """What the phone's home screen is told."""
    return webapp.manifest(_app(card))


@require_GET
@holder.holder
def worker(request: HttpRequest, card: Card) -> HttpResponse:
    """The script that keeps the card at hand."""
    page = render_to_string("pages/card/kept.html", _context(card), request)
    return webapp.worker(_app(card), page=page)


@require_GET
@holder.holder
def kept(request: HttpRequest, card: Card) -> HttpResponse:
    """The card without a network: an empty one, which the phone fills with what it saw last."""
    return render(request, "pages/card/kept.html", _context(card))


def _context(card: Card) -> dict[str, object]:
    business = card.customer.business
    return {"business": business, "card": card, "address": reverse("card", args=[card.token])}


def _app(card: Card) -> webapp.App:
    return webapp.App(
        name=card.customer.business.name,
        language=words.language(),
        scope=reverse("card", args=[card.token]),
        kept=reverse("card-kept", args=[card.token]),
    )
