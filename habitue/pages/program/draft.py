"""The draft as a whole: its sentences, what it changes, and the ways on: try, see, drop."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from msgspec import Struct

from habitue.ledger import books
from habitue.members.models import Business
from habitue.pages import access
from habitue.pages.program import changes, drafts, publish, rules, studies, trial, versions
from habitue.pages.program.drafts import Work
from habitue.pages.program.rules import Section
from habitue.pages.program.sentences import catalogue
from habitue.pages.program.sentences.kind import Kind
from habitue.pages.program.studies import PreviewAsked, WhatIfAsked


class Part(Struct, frozen=True):
    """A section of the draft with what may be added to it."""

    section: Section | None
    title: str
    adds: tuple[tuple[str, Kind], ...]


@never_cache
@require_GET
@access.owner
def draft(request: HttpRequest, business: Business) -> HttpResponse:
    """What the program would say."""
    return _page(request, business, drafts.current(business), None)


def _page(
    request: HttpRequest, business: Business, work: Work, form: forms.Form | None
) -> HttpResponse:
    today = versions.today(business)
    said, unsaid = changes.between(work.base, work.program, today) if work.base else ([], [])
    context: dict[str, Any] = {
        "business": business,
        "here": "program",
        "work": work,
        "stale": drafts.stale(business, work),
        "changes": said,
        "unsaid": unsaid,
        "parts": _parts(work, business),
        "form": form or _since(business, work, None),
        "may_try": work.kept or work.base is not None,
        **trial.of(business, work.program),
    }
    wrong = form is not None
    return render(request, "pages/program/edit.html", context, status=422 if wrong else 200)


def _since(business: Business, work: Work, data: Any) -> publish.Since:
    """From when it may hold: not for the past, nor before the version that it goes on from."""
    earliest, follows = publish.earliest(business), work.since
    first = max(earliest, follows) if follows else earliest
    return publish.Since(data, initial={"since": first}, earliest=earliest, follows=follows)


def _parts(work: Work, business: Business) -> list[Part]:
    """The sections, those too that are empty but could have something."""
    sections = {one.id: one for one in rules.sections(work.program, versions.today(business))}
    titles = {
        "earn": _("How it is earned"),
        "promotions": _("For a time"),
        "rewards": _("What members get"),
        "tiers": _("Levels"),
        "draws": _("Draws"),
    }
    addable = catalogue.addable(work.program)
    names = dict.fromkeys([*sections, *titles])
    order = [name for name in rules.ORDER if name in names]
    return [
        Part(
            sections.get(name),
            sections[name].title if name in sections else titles[name],
            tuple(pair for pair in addable if pair[1].section == name),
        )
        for name in order
    ]


@require_POST
@access.owner
def see(request: HttpRequest, business: Business) -> HttpResponse:
    """Have the draft compared for every member; from its page it is published."""
    work = drafts.current(business)
    form = _since(business, work, request.POST)
    if not form.is_valid():
        return _page(request, business, work, form)
    if drafts.stale(business, work):
        return redirect("program-edit")
    asked = PreviewAsked(work.text, form.cleaned_data["since"], books.latest(business.pk))
    return redirect("program-draft", studies.begin(business, asked).pk)


@require_POST
@access.owner
def attempt(request: HttpRequest, business: Business) -> HttpResponse:
    """The last 90 days under the draft, in one tap."""
    work = drafts.current(business)
    title = _("Your draft") if work.kept else _("Your program as it is")
    asked = WhatIfAsked(title, work.text, "90 days", "soonest")
    return redirect("program-tried", studies.begin(business, asked).pk)


@require_POST
@access.owner
def discard(request: HttpRequest, business: Business) -> HttpResponse:
    """Leave everything as it is."""
    drafts.discard(business)
    messages.success(request, _("The draft is gone. Your program is as it was."))
    return redirect("program")
