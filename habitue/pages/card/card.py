"""The customer's card: progress, a code that changes by itself, rewards, and why."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from habitue.members import cards
from habitue.members.models import Business, Card
from habitue.pages import access, drawing, history, holdings, links, qr, standing
from habitue.pages.card import certificate


@never_cache
@require_GET
def card(request: HttpRequest, token: str) -> HttpResponse:
    """The whole card."""
    found, now = access.card(token), timezone.now()
    customer = found.customer
    face = holdings.face(customer.business, customer.pk, now=now)
    context = {
        "card": found,
        "business": customer.business,
        "customer": customer,
        "number": _grouped(customer.member.number),
        "face": face,
        "beyond": standing.beyond(customer.business, customer, now=now),
        "picture": drawing.progress(face.have, face.goal, label=face.label) if face else "",
        "moments": history.newest(customer.business, customer.pk),
        **_code(request, found),
    }
    return render(request, "pages/card/card.html", context)


@never_cache
@require_GET
def code(request: HttpRequest, token: str) -> HttpResponse:
    """Only the code, fetched anew by the card; alone on the screen where scripts are off."""
    found = access.card(token)
    context = {"card": found, "business": found.customer.business, **_code(request, found)}
    whole = "full" in request.GET and "HX-Request" not in request.headers
    template = "pages/card/full.html" if whole else "pages/card/_code.html"
    return render(request, template, context)


@require_GET
def proof(request: HttpRequest, token: str, cause: str, year: int) -> HttpResponse:
    """What the member gave to a cause in a year, as a certificate."""
    customer = access.card(token).customer
    return certificate.answer(customer.business, customer, cause, year)


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


def _code(request: HttpRequest, found: Card) -> dict[str, object]:
    now = timezone.now()
    text = cards.code(found, at=now)
    address = links.absolute(request, "scanned", text)
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
