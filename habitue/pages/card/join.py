"""A customer joins on one screen and has a card: no app, no password.

Who is known already gets their card's address by mail instead of a card on the screen: knowing
someone's address must not open their card.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from habitue import ledger
from habitue.ledger import joining
from habitue.members import consents, customers, invitations, limits
from habitue.members.models import Business, Card, Customer, Identity
from habitue.pages import forms, holdings, words
from habitue.pages.card import letterbox

PER_ADDRESS: Final = 10
PER_NETWORK: Final = 120  # a whole café behind one address, on its opening day
LONGEST_PLACE: Final = 60


@never_cache
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, and what follows from it."""
    business = get_object_or_404(Business, slug=slug)
    form = forms.Join(request.POST or None, business=business)
    if request.method != "POST" or not form.is_valid():
        return _page(request, business, form, status=422 if form.errors else 200)
    contact = form.cleaned_data["contact"]
    if not _allowed(request, business, contact):
        problem = _("Many cards were made from here just now. Please try again in an hour.")
        return _page(request, business, form, status=429, problem=problem)
    known = _identity(business, contact) if contact else None
    card = None if known else enroll(request, business, form, at=timezone.now())
    if card is not None:
        answer = redirect("card", card.token)
        if form.cleaned_data["email"]:
            answer["Location"] += "?note=mailed"
        return answer
    return _known(request, business, contact, known or _identity(business, contact))


@require_GET
def privacy(request: HttpRequest, slug: str) -> HttpResponse:
    """What is kept, why, how long, by whom, and what everybody may ask for."""
    business = get_object_or_404(Business, slug=slug)
    context = {"business": business, "topics": forms.CONSENTS}
    return render(request, "pages/join/privacy.html", context)


def enroll(
    request: HttpRequest, business: Business, form: forms.Join, *, at: datetime
) -> Card | None:
    """Customer, consents, member, card and the welcome by the rules, all or nothing.

    None when someone else claimed the same address a moment before.
    """
    contact = form.cleaned_data["contact"]
    with transaction.atomic():
        customer = Customer(business=business, created_at=at, **_person(form))
        customer.save(force_insert=True)
        if contact and not customers.add_identity(customer, *contact):
            transaction.set_rollback(True)
            return None
        for channel, wording in forms.CONSENTS.items():
            if form.cleaned_data[channel]:
                # Whoever typed a mail address may not be who reads it: that one confirms.
                waits = channel == "email"
                consents.record(
                    customer,
                    purpose=consents.MARKETING,
                    channel=channel,
                    granted=not waits,
                    pending=waits,
                    wording=str(wording),
                    source="join",
                    at=at,
                )
        came = _came(request, business)
        card = joining.welcome(customer, at=at, **came).card
    if form.cleaned_data["email"] and (address := letterbox.address_of(customer)):
        letterbox.ask(request, "confirm", address.pk)
    return card


def _page(
    request: HttpRequest, business: Business, form: forms.Join, *, status: int, problem: str = ""
) -> HttpResponse:
    program = ledger.program(business.pk)
    context = {
        "business": business,
        "form": form,
        "promise": holdings.words(program.title, "") if program else "",
        "problem": problem,
    }
    return render(request, "pages/join/form.html", context, status=status)


def _person(form: forms.Join) -> dict[str, object]:
    day, month = form.cleaned_data["birthday"] or (None, None)
    name, language = form.cleaned_data["name"], words.language()
    return {"name": name, "language": language, "birth_day": day, "birth_month": month}


def _came(request: HttpRequest, business: Business) -> dict[str, Any]:
    """From where, and by whose invitation, as the link says."""
    place = "".join(sign for sign in request.GET.get("at", "") if sign.isprintable())
    by = request.GET.get("by", "")
    invited_by = invitations.inviter(business, by) if by else 0
    return {"place": place.strip()[:LONGEST_PLACE], "invited_by": invited_by}


def _identity(business: Business, contact: tuple[str, str]) -> Identity | None:
    kind, value = contact
    return Identity.objects.filter(business=business, kind=kind, value=value).first()


def _allowed(request: HttpRequest, business: Business, contact: tuple[str, str] | None) -> bool:
    now, network = timezone.now(), limits.network(request.META)
    few = limits.allow("join from", f"{business.pk} {network}", most=PER_NETWORK, at=now)
    if contact is None:
        return few
    whom = f"{business.pk} {contact[1]}"
    return limits.allow("join", whom, most=PER_ADDRESS, at=now) and few


def _known(
    request: HttpRequest, business: Business, contact: tuple[str, str], known: Identity | None
) -> HttpResponse:
    by_mail = contact[0] == Identity.Kind.EMAIL
    if by_mail:
        letterbox.ask(request, "card", known.pk if known else 0)
    context = {
        "business": business,
        "by_mail": by_mail,
        "outbox": None if settings.HABITUE_MAIL_CONFIGURED else settings.HABITUE_OUTBOX,
    }
    return render(request, "pages/join/known.html", context)
