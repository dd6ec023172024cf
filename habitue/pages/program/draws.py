"""The owner's draws: what a country's rules ask first; then closed, revealed, claimed."""

from datetime import date, datetime
from typing import Protocol, cast

from babel import Locale
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from msgspec import Struct

from habitue.core.facts import Refused
from habitue.ledger import draws as ledger
from habitue.ledger.draws import Claim, Period
from habitue.members import survivors
from habitue.members.models import Business, Customer
from habitue.pages import access, games, links, refusals, words


class Change(Protocol):
    """A step of a draw in the ledger."""

    def __call__(
        self, business: int, draw: str, starts_on: date, *, now: datetime
    ) -> Period | Refused: ...


class Won(Struct, frozen=True):
    """A winner for the owner's eyes: the ticket, who holds it, and what became of the prize."""

    place: int
    prize: str
    claim: Claim
    customer: int
    name: str
    state: str


@never_cache
@require_GET
@access.owner
def overview(request: HttpRequest, business: Business) -> HttpResponse:
    """Every draw of the program, or what to look up before there can be one."""
    return _overview(request, business)


@require_POST
@access.owner
def confirm(request: HttpRequest, business: Business) -> HttpResponse:
    """The owner has looked up the country's rules: draws are on, and the next ones are opened."""
    if request.POST.get("looked_up") != "yes":
        problem = _("Please tick that you looked up the rules, or leave draws off.")
        return _overview(request, business, problem=problem)
    now, by = timezone.now(), cast(User, request.user).email
    refused = ledger.confirm(business.pk, country=business.country, by=by or "owner", now=now)
    if refused is not None:
        return _overview(request, business, problem=refusals.posting(refused))
    ledger.open_due(business.pk, now=now)
    return redirect("draws")


@never_cache
@require_GET
@access.owner
def one(request: HttpRequest, business: Business, draw: str, day: str) -> HttpResponse:
    """A period with its winners by name, and what became of their prizes."""
    return _one(request, business, games.one(business, draw, day, now=timezone.now()))


@require_POST
@access.owner
def close(request: HttpRequest, business: Business, draw: str, day: str) -> HttpResponse:
    """Freeze and publish the tickets of a period that is over; done again, it changes nothing."""
    return _step(request, business, ledger.close, draw, day)


@require_POST
@access.owner
def reveal(request: HttpRequest, business: Business, draw: str, day: str) -> HttpResponse:
    """Publish secret and winners of a closed period; done again, it changes nothing."""
    return _step(request, business, ledger.reveal, draw, day)


def _step(
    request: HttpRequest, business: Business, change: Change, draw: str, day: str
) -> HttpResponse:
    now = timezone.now()
    shown = games.one(business, draw, day, now=now)
    answer = change(business.pk, draw, shown.of.starts_on, now=now)
    if isinstance(answer, Refused):
        return _one(request, business, shown, problem=refusals.posting(answer))
    return redirect("draw", draw, day)


def _overview(request: HttpRequest, business: Business, *, problem: str = "") -> HttpResponse:
    context = {
        "business": business,
        "here": "program",
        "games": games.every(business, now=timezone.now()),
        "allowed": ledger.are_allowed(business.pk),
        "country": Locale.parse(words.language()).territories.get(business.country, ""),
        "problem": problem,
    }
    return render(request, "pages/program/draws.html", context, status=422 if problem else 200)


def _one(
    request: HttpRequest, business: Business, shown: games.Shown, *, problem: str = ""
) -> HttpResponse:
    of = shown.of
    context = {
        "business": business,
        "here": "program",
        "shown": shown,
        "won": _won(business, shown),
        "late": ledger.late_entries(business.pk, of.draw, of.starts_on),
        "public": links.absolute(request, "draw-public", business.slug, of.draw, shown.day),
        "problem": problem,
    }
    return render(request, "pages/program/draw.html", context, status=422 if problem else 200)


def _won(business: Business, shown: games.Shown) -> list[Won]:
    of = shown.of
    claims = ledger.claimed(business.pk, of.draw, of.starts_on, now=timezone.now())
    goes_on = survivors.of([claim.customer for claim in claims])
    names = dict(
        Customer.objects.filter(
            business=business, pk__in=goes_on.values(), binned_at=None
        ).values_list("pk", "name")
    )
    states = _states()
    return [
        Won(
            place,
            shown.prizes[claim.prize].name,
            claim,
            goes_on[claim.customer],
            names.get(goes_on[claim.customer], ""),
            states[claim.state],
        )
        for place, claim in enumerate(claims, 1)
    ]


def _states() -> dict[str, str]:
    return {
        "waiting": _("waiting"),
        "claimed": _("claimed"),
        "unclaimed": _("not claimed in time"),
        "void": _("void: the entry came back"),
    }
