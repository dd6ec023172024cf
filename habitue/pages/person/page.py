"""A customer from all sides: who, how they come, what they hold, what to do, all that happened."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from msgspec import Struct

from habitue import ledger
from habitue.core import facts
from habitue.ledger import books
from habitue.members import bin as recycle_bin
from habitue.members import consents
from habitue.members.models import Business, Customer, Identity
from habitue.pages import access, drawing, holdings, refusals, standing
from habitue.pages.person import next_actions, posting, pulse, timeline, wording
from habitue.pages.templatetags import words as say


class Permission(Struct, frozen=True):
    """What counts now of one topic and channel."""

    said: str
    granted: bool
    when: str


@never_cache
@require_GET
@access.owner
@books.at_once()
def customer(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """The page; for htmx, the lines of the timeline alone."""
    found = access.anyone(business, key)
    chip, before = request.GET.get("show", ""), request.GET.get("before", "")
    lines = timeline.page(business, found, chip=chip, before=before)
    context = {
        "business": business,
        "here": "customers",
        "customer": found,
        "title": called(found),
        "page": lines,
        "chips": timeline.chips(),
        "chip": chip if chip in timeline.CHIPS else "",
        "further": bool(before),
    }
    if "HX-Request" in request.headers:
        fragment = "_lines" if before else "_timeline"
        return render(request, f"pages/person/{fragment}.html", context)
    return render(request, "pages/person/customer.html", context | _head(business, found))


@require_POST
@access.owner
def stamp(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """One stamp, given by the owner."""
    found, form = access.customer(business, key), posting.Once(request.POST)
    refused = None
    if form.is_valid():
        refused = posting.post(
            business,
            access.person(request, business),
            found,
            [facts.Visit(channel="owner")],
            reference=form.cleaned_data["reference"],
            at=timezone.now(),
        )
    if refused is None:
        return redirect("customer", key)
    context = {
        "business": business,
        "here": "customers",
        "customer": found,
        "title": called(found),
        "problem": refusals.posting(refused),
        "page": timeline.page(business, found),
        "chips": timeline.chips(),
        "chip": "",
    }
    context |= _head(business, found)
    return render(request, "pages/person/customer.html", context, status=422)


def called(customer: Customer) -> str:
    """The name; else the number in the system they came from; else the card's number."""
    if customer.name:
        return customer.name
    known = dict(customer.identities.order_by("pk").values_list("kind", "value"))
    for kind in (Identity.Kind.EXTERNAL, Identity.Kind.NUMBER):
        if kind in known:
            return _("Customer %(number)s") % {"number": known[kind]}
    return next(iter(known.values()), _("Customer without a name"))


def _head(business: Business, customer: Customer) -> dict[str, Any]:
    now = timezone.now()
    held, rules = ledger.standing(business.pk, customer.pk, now=now), ledger.program(business.pk)
    face = holdings.face(business, customer.pk, now=now, held=held)
    beats = pulse.of(business, customer.pk, now=now)
    binned = customer.binned_at
    return {
        "rules": rules,
        "beyond": standing.beyond(business, customer, now=now, held=held),
        "member": getattr(customer, "member", None),
        "contacts": customer.identities.exclude(kind=Identity.Kind.NUMBER).order_by("kind"),
        "birthday": _birthday(customer),
        "face": face,
        "picture": drawing.progress(face.have, face.goal, label=face.label) if face else "",
        "pulse": beats,
        "permissions": _permissions(business, customer),
        "nexts": [] if binned else next_actions.of(business, customer, face, beats, held, now=now),
        "once": posting.Once(),
        "until": (binned + recycle_bin.KEPT).date() if binned else None,
    }


def _permissions(business: Business, customer: Customer) -> list[Permission]:
    """Each topic and channel that was ever spoken of, with when and where."""
    zone = ZoneInfo(business.timezone)
    found = []
    for (purpose, channel), line in sorted(consents.newest(customer).items()):
        where = {"day": say.day(line.at.astimezone(zone).date()), "source": _source(line.source)}
        said = f"{wording.topic(purpose)} {wording.channel(channel)}"
        when = _("%(day)s, %(source)s") % where
        if line.pending:
            when = _("waits for the address to be confirmed, since %(day)s") % where
        found.append(Permission(said, line.granted, when))
    return found


def _source(source: str) -> str:
    titles = {
        "join": _("when joining"),
        "card": _("on the card"),
        "import": _("by an import"),
        consents.CONFIRMED: _("confirmed by mail"),
    }
    return titles.get(source, source)


def _birthday(customer: Customer) -> str:
    if customer.birth_day is None or customer.birth_month is None:
        return ""
    return say.short_day(date(2024, customer.birth_month, customer.birth_day))
