"""The customer's card: progress, a code that changes by itself, and what is ready."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from habitue import ledger
from habitue.ledger import books
from habitue.members import cards, wishes
from habitue.members.models import Business, Card
from habitue.pages import drawing, holdings, links, qr, standing
from habitue.pages.card import certificate, holder, self_scan, wallet


@require_GET
@holder.holder
@books.at_once()
def card(request: HttpRequest, card: Card) -> HttpResponse:
    """The whole card."""
    now, customer = timezone.now(), card.customer
    held = ledger.standing(customer.business_id, customer.pk, now=now)
    face = holdings.face(customer.business, customer.pk, now=now, held=held)
    context = {
        **about(card, "card"),
        "number": _grouped(customer.member.number),
        "face": face,
        "beyond": standing.beyond(customer.business, customer, now=now, held=held),
        "wish": wishes.open_on(card, now=now),
        "picture": drawing.progress(face.have, face.goal, label=face.label) if face else "",
        "wallets": wallet.offered(),
        "mailed": request.GET.get("note") == "mailed",
        "outbox": None if settings.HABITUE_MAIL_CONFIGURED else settings.HABITUE_OUTBOX,
        "now": now,
        **code_of(request, card),
    }
    answer = render(request, "pages/card/card.html", context)
    self_scan.remember(request, answer, card)
    return answer


@require_GET
@holder.holder
def code(request: HttpRequest, card: Card) -> HttpResponse:
    """Only the code, fetched anew by the card; alone on the screen where scripts are off."""
    context = {**about(card, "card"), **code_of(request, card)}
    whole = "full" in request.GET and "HX-Request" not in request.headers
    template = "pages/card/full.html" if whole else "pages/card/_code.html"
    return render(request, template, context)


@require_GET
@holder.holder
def proof(request: HttpRequest, card: Card, cause: str, year: int) -> HttpResponse:
    """What the member gave to a cause in a year, as a certificate."""
    return certificate.answer(card.customer.business, card.customer, cause, year)


@never_cache
@require_GET
def scanned(request: HttpRequest, code: str) -> HttpResponse:
    """A code opened by a phone's own camera: on the counter's phone one tap goes on.

    Opening changes nothing; the button posts the code.
    """
    counters = request.session.get("counter", {})
    here = Business.objects.filter(pk__in=[int(key) for key in counters])
    context = {"code": code, "counters": here}
    return render(request, "pages/card/scanned.html", context)


def about(card: Card, here: str) -> dict[str, object]:
    """What every page of a card shows; `here` is the tab."""
    return {
        "card": card,
        "customer": card.customer,
        "business": card.customer.business,
        "here": here,
    }


def code_of(request: HttpRequest, found: Card) -> dict[str, object]:
    """The code that the card shows now, and for how long."""
    now = timezone.now()
    text = cards.code(found, at=now)
    address = links.absolute(request, "scanned", text).upper()
    left = cards.seconds_left(now)
    label = _("QR code of your card, changes every 30 seconds")
    # The next code is fetched a moment after this one's step has ended.
    return {
        "qr": qr.svg(address, label=label),
        "left": left,
        "again": left + 1,
        "share": 100 * left // cards.STEP,
    }


def _grouped(number: str) -> str:
    return f"{number[:4]} {number[4:]}"
