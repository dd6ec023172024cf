"""The owner's program: its rules as sentences, rewards in figures, versions with what changed."""

from itertools import pairwise

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from msgspec import Struct

from habitue.core import advice
from habitue.core.program import Program
from habitue.ledger.versions import Version
from habitue.members.models import Business
from habitue.pages import access, holdings
from habitue.pages.program import changes, drafts, rules, saying, taken, versions
from habitue.pages.templatetags import words as say

SAID = 6
"""So many versions are shown with what they changed; older ones can be opened."""


class Listed(Struct, frozen=True):
    """A version with what it changed against the one before, in few words."""

    version: Version
    changed: str


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
    context = {"business": business, "here": "program", "shown": shown}
    if shown is not None:
        source, today = shown.program, versions.today(business)
        work = drafts.current(business)
        context |= {
            "program": source,
            "title": holdings.words(source.title, business.name),
            "sections": rules.sections(source, today),
            "asked": bool(asked),
            "versions": _listed(found),
            "rewards": taken.rows(business, source, on=today),
            "kept": work.kept,
            "thoughts": _thoughts(source),
            "newest": shown.number == max(one.number for one in found),
        }
    return render(request, "pages/program/program.html", context)


def _thoughts(of: Program) -> str:
    """The advice in one line."""
    count = len(advice.on(of))
    text = ngettext("%(count)s thing to think over", "%(count)s things to think over", count)
    return text % {"count": say.count(count)} if count else _("Nothing to think over.")


def _listed(found: list[Version]) -> list[Listed]:
    """The versions, the one that holds last first, the newest with what they changed."""
    told = {
        later.number: _changed(before.program, later)
        for later, before in pairwise(found[: SAID + 1])
    }
    return [Listed(one, told.get(one.number, "")) for one in found]


def _changed(before: Program, later: Version) -> str:
    """The titles of what a version changed."""
    said, unsaid = changes.between(before, later.program, later.since or later.published_at.date())
    titles = list(dict.fromkeys(one.title for one in said))
    if not titles:
        return _("Changed in the file only.") if unsaid else _("Nothing changed.")
    return _("Changed: %(titles)s.") % {"titles": saying.both(titles)}
