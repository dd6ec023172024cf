"""The card's history, page by page, each line with its reasons."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from habitue.members.models import Card
from habitue.pages import history
from habitue.pages.card import card as cardside
from habitue.pages.card import holder

LINES: Final = 25


@require_GET
@holder.holder
def past(request: HttpRequest, card: Card) -> HttpResponse:
    """The newest lines, or those before the event that the address names."""
    text, customer = request.GET.get("before", ""), card.customer
    before = int(text) if text.isdecimal() and len(text) < 19 else None
    found = history.page(customer.business, customer.pk, before=before, limit=LINES)
    context = {
        **cardside.about(card, "past"),
        "moments": found.moments,
        "more": found.more,
        "paged": before is not None,
    }
    return render(request, "pages/card/past.html", context)
