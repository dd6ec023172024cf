"""What everybody may see of a draw: odds, prizes, commitment, tickets, winners; nobody's name."""

from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from habitue.members.models import Business
from habitue.pages import games

LISTED: Final = 1_000  # tickets on the page; the record has all


@require_GET
def draw(request: HttpRequest, slug: str, draw: str, day: str) -> HttpResponse:
    """The page, with how to check it."""
    business = get_object_or_404(Business, slug=slug)
    shown = games.one(business, draw, day, now=timezone.now())
    record = shown.of.record
    tickets = [line.split() for line in record.tickets.splitlines()]
    winners = [
        (place, winner.ticket, shown.prizes[winner.prize].name)
        for place, winner in enumerate(record.winners, 1)
    ]
    context = {
        "business": business,
        "shown": shown,
        "record": record,
        "tickets": tickets[:LISTED],
        "entries": sum(int(entries) for _, entries in tickets),
        "more": max(0, len(tickets) - LISTED),
        "winners": winners,
        "file": _file(business, shown),
    }
    return render(request, "pages/program/proof.html", context)


@require_GET
def record(request: HttpRequest, slug: str, draw: str, day: str) -> HttpResponse:
    """All that is published, as JSON: what `habitue draw verify` reads."""
    business = get_object_or_404(Business, slug=slug)
    shown = games.one(business, draw, day, now=timezone.now())
    content = msgspec.json.format(msgspec.json.encode(shown.of.record), indent=1)
    disposition = f'attachment; filename="{_file(business, shown)}"'
    headers = {"Content-Disposition": disposition}
    return HttpResponse(content, content_type="application/json", headers=headers)


def _file(business: Business, shown: games.Shown) -> str:
    return f"{business.slug}-{shown.of.draw}-{shown.day}.json"
