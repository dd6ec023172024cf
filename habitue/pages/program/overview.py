"""The owner's program: its rules as sentences, its versions, and the way to everything about it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from habitue.members.models import Business
from habitue.pages import access, holdings
from habitue.pages.program import rules, versions


@never_cache
@require_GET
@access.owner
def program(request: HttpRequest, business: Business) -> HttpResponse:
    """The version in force, or the one that is asked for."""
    found = versions.every(business)
    shown = versions.current(found)
    if asked := request.GET.get("version"):
        shown = next((one for one in found if str(one.number) == asked), None)
        if shown is None:
            raise Http404
    context = {"business": business, "here": "program", "versions": found, "shown": shown}
    if shown is not None:
        source = shown.program
        context |= {
            "program": source,
            "title": holdings.words(source.title, business.name),
            "sections": rules.sections(source, versions.today(business)),
            "asked": bool(asked),
        }
    return render(request, "pages/program/program.html", context)
