"""Other ideas: every template, and the twelve named programs as inspirations."""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from msgspec import Struct

from habitue.core import document
from habitue.core.program import Program
from habitue.pages import access, holdings
from habitue.pages.program import trying
from habitue.pages.start import choice, drafts, ideas, known, likeness
from habitue.pages.start.deriving import Shop

_FIRST: Final = ("stamp-card", "points", "cashback", "visits", "tiers", "club")


class Entry(Struct, frozen=True):
    """One idea of the list: its key, what it is called, and its sentence."""

    key: str
    title: str
    said: str


@require_GET
@access.starter
def gallery(request: HttpRequest) -> HttpResponse:
    """All of them."""
    shop = drafts.shop(request)
    if shop is None:
        return redirect("start")
    context = {
        "step": 2,
        "steps": 4,
        "first": _entry(choice.PROMISE, shop),
        "templates": [_entry(f"template:{name}", shop) for name in _names()],
        "known": [(name, title, _kind(name, shop)) for name, title in known.NAMES.items()],
        "looked_at": drafts.idea(request),
    }
    return render(request, "pages/start/ideas.html", context)


@require_GET
@access.starter
def one(request: HttpRequest, name: str) -> HttpResponse:
    """One of the twelve: what it is, its card, and whether a shop like this can take it."""
    shop = drafts.shop(request)
    if shop is None:
        return redirect("start")
    if name not in known.NAMES:
        raise Http404
    return render(request, "pages/start/idea.html", {"step": 2, "steps": 4, **about(name, shop)})


@require_POST
@access.starter
def take(request: HttpRequest) -> HttpResponse:
    """Look at an idea in the second step. One of the twelve that does not fit is not taken."""
    key = request.POST.get("idea", "")
    shop = drafts.shop(request)
    if shop is None:
        return redirect("start")
    if not choice.exists(key):
        raise Http404
    kind, _colon, name = key.partition(":")
    if kind == "known" and known.judged(name, shop, timezone.now()).against:
        return redirect("start-idea", name)
    drafts.take(request, key)
    return redirect("start-sentence")


def about(name: str, shop: Shop) -> dict[str, Any]:
    """One of the twelve for its page."""
    now = timezone.now()
    judged = known.judged(name, shop, now)
    near, program = f"template:{judged.nearest}", _shown(name, shop)
    return {
        "name": name,
        "shop": shop.name,
        "title": known.NAMES[name],
        "said": holdings.words(program.title, ""),
        "sections": known.told(program, now),
        "judged": judged,
        "nearest": _entry(near, shop),
        "likeness": likeness.of(program, now),
    }


def _shown(name: str, shop: Shop) -> Program:
    """The program in the shop's money, where that can be."""
    found = document.read(known.adapted(name, shop))
    return found if isinstance(found, Program) else trying.known()[name]


def _names() -> list[str]:
    """The templates; the ones that most shops take first."""
    return sorted(ideas.names(), key=lambda name: (*_FIRST, name).index(name))


def _entry(key: str, shop: Shop) -> Entry:
    said = choice.said(key, shop, choice.checked(key, shop, None))
    if key == choice.PROMISE:
        return Entry(key, _("A stamp for each item"), said)
    return Entry(key, ideas.template(key.partition(":")[2]).title[shop.language], said)


def _kind(name: str, shop: Shop) -> str:
    """What kind of program one of the twelve is, in a word or two."""
    return ideas.template(known.nearest(trying.known()[name])).title[shop.language]
