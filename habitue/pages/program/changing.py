"""One thing of the program, changed by its sentences: shown live, kept in the draft if it fits."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from msgspec import Struct, structs

from habitue.core import document
from habitue.core.document import Problem, editing
from habitue.core.program import Dates, Program
from habitue.members.models import Business
from habitue.pages import access
from habitue.pages.program import drafts, goods, refused, rules, trial, versions
from habitue.pages.program.drafts import Work
from habitue.pages.program.sentences import catalogue, places
from habitue.pages.program.sentences.filling import Filling
from habitue.pages.program.sentences.kind import Kind, Part
from habitue.pages.program.sentences.places import Place

LIVE = "live"
"""Asks for what would come of the blanks as they stand, without keeping anything."""


class Page(Struct, frozen=True):
    """What one page changes: a thing at a place of the draft, or a new one of a kind."""

    work: Work
    kind: Kind
    place: Place
    parts: tuple[Part, ...]
    thing: Any
    new: bool


@never_cache
@access.owner
def add(request: HttpRequest, business: Business, kind: str) -> HttpResponse:
    """A new thing of a kind."""
    found = catalogue.every().get(kind)
    work = drafts.current(business)
    begins = found.begins if found is not None else None
    taken = drafts.taken(business, work)
    name = places.free_name("", kind.replace("_", "-"), taken)
    thing = begins(work.program, name) if begins is not None else None
    if found is None or thing is None:
        raise Http404
    if (day := _day(request.GET.get("day", ""))) and hasattr(thing, "dates"):
        thing = structs.replace(thing, dates=Dates(day, day + timedelta(days=1)))
    parts = found.parts(work.program, thing, goods.of(business, on=versions.today(business)))
    return _answer(
        request, business, Page(work, found, Place(found.shelf, name), parts, thing, True)
    )


@never_cache
@access.owner
def change(
    request: HttpRequest, business: Business, shelf: str, name: str, turn: int
) -> HttpResponse:
    """A thing there is."""
    work, place, thing = at(business, shelf, name, turn)
    kind = catalogue.of(work.program, shelf, thing)
    parts = kind.parts(work.program, thing, goods.of(business, on=versions.today(business)))
    return _answer(request, business, Page(work, kind, place, parts, thing, False))


def at(business: Business, shelf: str, name: str, turn: int) -> tuple[Work, Place, Any]:
    """The draft and the thing at a place of it; what is not there does not exist."""
    work, place = drafts.current(business), Place(shelf, name, turn)
    thing = places.find(work.program, place) if shelf in places.SHELVES else None
    if thing is None:
        raise Http404
    return work, place, thing


def _answer(request: HttpRequest, business: Business, page: Page) -> HttpResponse:
    live = LIVE in request.GET
    sent = request.POST if request.method == "POST" else request.GET if live else None
    form = Filling(page.parts, page.thing, sent)
    made = page.work.program
    if sent is not None and form.is_valid():
        made, place, problems = _made(business, page, form)
        for problem in problems:
            _note(form, made, place, page.parts, problem)
        if request.method == "POST" and not problems:
            if kept(request, business, page.work, made):
                return redirect("program-edit")
            return redirect(request.path)
        page = structs.replace(page, place=place)
    wrong = sent is not None and not live and bool(form.errors or form.refused)
    context = _context(business, page, form, made)
    template = "pages/program/_live.html" if live else "pages/program/sentence.html"
    return render(request, template, context, status=422 if wrong else 200)


def _context(business: Business, page: Page, form: Filling, made: Program) -> dict[str, Any]:
    fits = form.is_valid() and not form.refused if form.is_bound else not page.new
    return {
        "business": business,
        "here": "program",
        "form": form,
        "kind": page.kind,
        "place": page.place,
        "new": page.new,
        "work": page.work,
        "line": line(made, page.place, business) if fits else None,
        "untouched": form.kept or not page.kind.begins,
        "removable": not page.new and page.place.shelf not in ("units", places.FEE),
        "fits": fits,
        "whole": form.refused.get("", ()),
        **(trial.of(business, made) if fits else {}),
    }


def _made(business: Business, page: Page, form: Filling) -> tuple[Program, Place, list[Problem]]:
    """The program with the thing as filled in, where the thing stands, and what is against it."""
    thing, place = form.thing(), page.place
    if page.new:
        if title := getattr(thing, "title", {}):
            words = title.get(business.language) or next(iter(title.values()))
            taken = drafts.taken(business, page.work)
            thing = structs.replace(thing, id=places.free_name(words, place.name, taken))
            place = Place(place.shelf, thing.id)
        made = places.added(page.work.program, place.shelf, thing)
    else:
        made = places.replaced(page.work.program, place, thing)
        if page.place.shelf == "levels":
            made = places.added(made, "levels")
    made = page.kind.completes(made, thing)
    return made, place, problems_of(made)


def problems_of(made: Program) -> list[Problem]:
    """What the reader of program files has against a program."""
    found = document.read(document.write(made))
    return found if isinstance(found, list) else []


def _note(
    form: Filling, made: Program, place: Place, parts: tuple[Part, ...], problem: Problem
) -> None:
    """A refusal at the part that it concerns, or of the whole."""
    where = f"{places.in_file(made, place)}."
    key = problem.path.removeprefix(where) if problem.path.startswith(where) else ""
    head = key.partition(".")[0].partition("[")[0]
    part = next((part.name for part in parts if head and head in part.keys), "")
    form.refuse(part, refused.sentence(made, problem))


def kept(request: HttpRequest, business: Business, work: Work, made: Program) -> bool:
    """Keep a change in the draft, and say so; not if somebody else has changed it meanwhile."""
    revision = request.POST.get("revision", "")
    text = editing.changed(work.text, work.program, made)
    known = int(revision) if revision.isdecimal() and len(revision) < 10 else -1
    if not drafts.keep(business, work, text, revision=known):
        messages.error(
            request,
            _("Somebody else has changed this draft meanwhile. Look at it, then change it again."),
        )
        return False
    messages.success(request, _("Noted in your draft. Nothing is published yet."))
    return True


def line(of: Program, place: Place, business: Business) -> rules.Line | None:
    """What a program says of a place now."""
    return next(
        (
            one
            for section in rules.sections(of, versions.today(business))
            for one in section.lines
            if one.place == place
        ),
        None,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == len("2026-01-01") else None
    except ValueError:
        return None
