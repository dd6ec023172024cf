"""A customer joins on one screen and has a card: no app, no password.

Who is known already gets their card's address by mail instead of a card on the screen: knowing
someone's address must not open their card.
"""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from habitue import ledger
from habitue.core.facts import Enrolment
from habitue.members import cards, consents, customers, identities
from habitue.members.models import Business, Card, Customer
from habitue.pages import forms, holdings, links, words
from habitue.pages.models import CardMail

MAILS_PER_HOUR: Final = 3


def join(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, and what follows from it."""
    business = get_object_or_404(Business, slug=slug)
    form = forms.Join(request.POST or None, business=business)
    if request.method == "POST" and form.is_valid():
        kind, value = form.cleaned_data["contact"]
        known = customers.find(business, kind, value)
        if known is None:
            card = enroll(business, form, at=timezone.now())
            if card is not None:
                return redirect("card", card.token)
            known = customers.find(business, kind, value)
        return _known(request, business, known, kind, value)
    program = ledger.program(business.pk)
    context = {
        "business": business,
        "form": form,
        "promise": holdings.words(program.title, "") if program else "",
    }
    return render(request, "pages/join/form.html", context, status=422 if form.errors else 200)


def enroll(business: Business, form: forms.Join, *, at: datetime) -> Card | None:
    """Customer, consents, member, card and the welcome by the rules, all or nothing.

    None when someone else claimed the same address a moment before.
    """
    kind, value = form.cleaned_data["contact"]
    with transaction.atomic():
        customer = Customer(business=business, created_at=at, **_person(form))
        customer.save(force_insert=True)
        if not customers.add_identity(customer, kind, value):
            transaction.set_rollback(True)
            return None
        for channel, wording in forms.CONSENTS.items():
            if form.cleaned_data[channel]:
                consents.record(
                    customer,
                    purpose="marketing",
                    channel=channel,
                    granted=True,
                    wording=str(wording),
                    source="join",
                    at=at,
                )
        return welcome(customer, at=at)


def welcome(customer: Customer, *, at: datetime) -> Card:
    """Make a customer a member with a card; doing it again changes nothing."""
    with transaction.atomic():
        customers.enroll(customer, at=at)
        fact = ledger.Fact(
            customer=customer.pk,
            at=at,
            what=Enrolment(channel="card"),
            source="card",
            reference=f"enrolment-{customer.pk}",
        )
        ledger.post(customer.business_id, [fact], now=at)
        return customer.cards.filter(revoked_at=None).first() or cards.issue(customer)


def _person(form: forms.Join) -> dict[str, object]:
    day, month = form.cleaned_data["birthday"] or (None, None)
    name, language = form.cleaned_data["name"], words.language()
    return {"name": name, "language": language, "birth_day": day, "birth_month": month}


def _known(
    request: HttpRequest, business: Business, known: int | None, kind: str, value: str
) -> HttpResponse:
    by_mail = kind == "email" and known is not None
    if known is not None and by_mail:
        customer, now = Customer.objects.get(pk=known), timezone.now()
        to = identities.normalise(kind, value, country=business.country) or ""
        recent = CardMail.objects.filter(customer=customer, sent_at__gt=now - timedelta(hours=1))
        if recent.count() < MAILS_PER_HOUR:
            CardMail.objects.create(customer=customer, sent_at=now)
            card = welcome(customer, at=now)
            _mail_card(business, to, links.absolute(request, "card", card.token))
    context = {
        "business": business,
        "by_mail": by_mail,
        "outbox": None if settings.HABITUE_MAIL_CONFIGURED else settings.HABITUE_OUTBOX,
    }
    return render(request, "pages/join/known.html", context)


def _mail_card(business: Business, to: str, address: str) -> None:
    context = {"business": business, "address": address}
    EmailMessage(
        subject=_("Your card for %(shop)s") % {"shop": business.name},
        body=render_to_string("pages/mail/card.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],
    ).send()
