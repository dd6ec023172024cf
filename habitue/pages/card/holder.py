"""The door of a card's pages: whoever knows the address is its holder.

A card that is gone (unknown, replaced, put into the bin, erased with its person) is answered with
one friendly page, the same for all of them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from habitue.members import cards
from habitue.members.models import Card

P = ParamSpec("P")
HolderView = Callable[Concatenate[HttpRequest, Card, P], HttpResponse]


def holder(view: HolderView[P]) -> Callable[..., HttpResponse]:
    """The view gets the card of the address, with its customer and business; never cached."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        card = cards.find(str(kwargs.pop("token")))
        answer = gone(request) if card is None else view(request, card, *args, **kwargs)
        add_never_cache_headers(answer)
        return answer

    return wrapped


def gone(request: HttpRequest) -> HttpResponse:
    """Say that there is no such card any more; a part of a page is answered with a part."""
    if "HX-Request" in request.headers:
        raise Http404
    return render(request, "pages/card/gone.html", status=404)
