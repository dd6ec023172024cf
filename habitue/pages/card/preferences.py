"""What a member decides: topics and channels, how often, a pause, who they are, how to reach them.

Every answer is a line of the consent log, with the words that were read. Opening changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from msgspec import Struct

from habitue import ledger
from habitue.core.calendar import months_later
from habitue.members import consents, customers, invitations, limits
from habitue.members.models import Card, Customer, Identity
from habitue.pages import links
from habitue.pages.card import asking, handing, holder, letterbox, letters
from habitue.pages.card import card as cardside

SOURCE: Final = "preferences"
PAUSE: Final = 3  # months
CHANGES: Final = 3  # of an address, an hour
NOTES: Final = ("saved", "mailed", "noted")


class Box(Struct, frozen=True):
    """A box that is ticked or not: its name, its words, and whether it waits for a mailed link."""

    name: str
    channel: str
    wording: str
    ticked: bool
    pending: bool


class Topic(Struct, frozen=True):
    """What messages are about, with a box for each channel."""

    title: str
    boxes: tuple[Box, ...]


@require_GET
@holder.holder
def preferences(request: HttpRequest, card: Card) -> HttpResponse:
    """All of it on one page."""
    return _page(request, card)


@require_POST
@holder.holder
def messages(request: HttpRequest, card: Card) -> HttpResponse:
    """Topics by channels, and how often."""
    form, customer, now = asking.Messages(request.POST), card.customer, timezone.now()
    if not form.is_valid():
        return _page(request, card, problem=_("Please check your choice."))
    with transaction.atomic():
        Customer.objects.filter(pk=customer.pk).update(less_often=form.cleaned_data["less_often"])
        waits = _answer_all(customer, form.cleaned_data, now)
    address = letterbox.address_of(customer)
    if waits and address:
        letterbox.ask(request, "confirm", address.pk)
    return _back(card, "mailed" if waits and address else "saved")


@require_POST
@holder.holder
def pause(request: HttpRequest, card: Card) -> HttpResponse:
    """No offers for three months, or from now on again."""
    zone = ZoneInfo(card.customer.business.timezone)
    until = None
    if request.POST.get("pause") == "yes":
        until = months_later(timezone.now().astimezone(zone).date(), PAUSE)
    Customer.objects.filter(pk=card.customer.pk).update(paused_until=until)
    return _back(card, "saved")


@require_POST
@holder.holder
def person(request: HttpRequest, card: Card) -> HttpResponse:
    """Name, birthday, language."""
    form = asking.Person(request.POST)
    if not form.is_valid():
        return _page(request, card, person=form)
    day, month = form.cleaned_data["birthday"] or (None, None)
    name, language = form.cleaned_data["name"], form.cleaned_data["language"]
    Customer.objects.filter(pk=card.customer.pk).update(
        name=name, language=language, birth_day=day, birth_month=month
    )
    answer = _back(card, "saved")
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return answer


@require_POST
@holder.holder
def contact(request: HttpRequest, card: Card, kind: str) -> HttpResponse:
    """Another address: by e-mail it counts once it is confirmed there; the answer tells nothing.

    Whether somebody else has the address is said to nobody but its reader.
    """
    customer, now = card.customer, timezone.now()
    form = asking.Contact(request.POST, kind=kind, business=customer.business)
    if form.is_valid() and not limits.allow(f"new {kind}", customer.pk, most=CHANGES, at=now):
        form.add_error(None, ValidationError(_("Too many tries. Please wait an hour.")))
    if not form.is_valid():
        return _page(request, card, **{kind: form})
    _kind, value = form.cleaned_data["contact"]
    if kind == Identity.Kind.EMAIL:
        letters.change(customer, value, letterbox.root(request))
        return _back(card, "mailed")
    with transaction.atomic():
        if customers.add_identity(customer, kind, value):
            mine = Identity.objects.filter(customer=customer, kind=kind)
            mine.exclude(value=value).delete()
    return _back(card, "noted")


def _answer_all(customer: Customer, given: dict[str, Any], now: datetime) -> bool:
    """A line for each box that changed; whether any of them waits for a mailed link."""
    known, address, waits = consents.newest(customer), letterbox.address_of(customer), False
    proven = address is not None and address.confirmed_at is not None
    for (purpose, channel), wording in asking.WORDINGS.items():
        line, yes = known.get((purpose, channel)), bool(given[f"{purpose}-{channel}"])
        if yes == (line is not None and (line.granted or line.pending)):
            continue
        pending = yes and channel == "email" and not proven
        waits = waits or pending
        consents.record(
            customer,
            purpose=purpose,
            channel=channel,
            granted=yes and not pending,
            pending=pending,
            wording=str(wording),
            source=SOURCE,
            at=now,
        )
    return waits


def _page(request: HttpRequest, card: Card, **more: Any) -> HttpResponse:
    customer, known = card.customer, consents.newest(card.customer)
    kinds = (Identity.Kind.EMAIL, Identity.Kind.PHONE)
    by_kind = {
        str(kind): list(Identity.objects.filter(customer=customer, kind=kind)) for kind in kinds
    }
    today = timezone.now().astimezone(ZoneInfo(customer.business.timezone)).date()
    paused = customer.paused_until if customer.paused_until else None
    context = {
        **cardside.about(card, "me"),
        "topics": _topics(known),
        "person": asking.Person(initial=_initial(customer)),
        "contacts": by_kind,
        "email": asking.Contact(kind="email", business=customer.business),
        "phone": asking.Contact(kind="phone", business=customer.business, auto_id="phone_%s"),
        "paused": paused if paused and paused > today else None,
        "share": _share(request, customer),
        "paid": _pays(customer),
        "transfers": bool(handing.givable(customer.business)),
        "note": request.GET.get("note") if request.GET.get("note") in NOTES else "",
        "outbox": None if settings.HABITUE_MAIL_CONFIGURED else settings.HABITUE_OUTBOX,
        **more,
    }
    return render(request, "pages/card/me.html", context, status=422 if more else 200)


def _topics(known: dict[tuple[str, str], Any]) -> list[Topic]:
    topics = []
    for purpose, title in asking.TOPICS.items():
        boxes = []
        for channel in consents.CHANNELS:
            line = known.get((purpose, channel))
            ticked = line is not None and (line.granted or line.pending)
            pending = line is not None and line.pending
            wording = str(asking.WORDINGS[purpose, channel])
            boxes.append(Box(f"{purpose}-{channel}", channel, wording, ticked, pending))
        topics.append(Topic(str(title), tuple(boxes)))
    return topics


def _initial(customer: Customer) -> dict[str, str]:
    birthday = ""
    if customer.birth_day:
        birthday = f"{customer.birth_day}/{customer.birth_month}"
    return {
        "name": customer.name,
        "birthday": birthday,
        "language": customer.language or customer.business.language,
    }


def _pays(customer: Customer) -> bool:
    program = ledger.program(customer.business_id)
    return program is not None and program.fee is not None


def _share(request: HttpRequest, customer: Customer) -> str:
    address = links.absolute(request, "join", customer.business.slug)
    return f"{address}?by={invitations.code(customer)}"


def _back(card: Card, note: str) -> HttpResponse:
    answer = redirect("card-me", card.token)
    answer["Location"] += f"?note={note}"
    return answer
