"""The letters of the card's pages, sent by the worker: their addresses stand in no job.

A link in a letter is signed, names what it is for, and confirms nothing by being opened.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from habitue.ledger import joining
from habitue.members import consents, limits, survivors
from habitue.members.models import LANGUAGES, Customer, Identity

PER_HOUR: Final = 3
SALT: Final = "habitue.pages.card.letters"


def send(kind: str, key: int, root: str, *, now: datetime) -> None:
    """Send one letter, unless the address is not there (any more) or had its share this hour."""
    to = Identity.objects.filter(pk=key, kind=Identity.Kind.EMAIL).first()
    if to is None or not limits.allow(f"letter {kind}", key, most=PER_HOUR, at=now):
        return
    goes_on = survivors.of([to.customer_id])[to.customer_id]
    customer = Customer.objects.select_related("business").get(pk=goes_on)
    if customer.erased_at or customer.binned_at:
        return
    with translation.override(language(customer)):
        if kind == "confirm":
            _confirm(to, customer, root)
        else:
            _card(to, customer, root, now=now, moved=kind == "moved")


def change(customer: Customer, email: str, root: str) -> None:
    """Ask a new address whether it is the customer's: at once, as no job may hold the address."""
    signed = signing.dumps(["change", customer.pk, email], salt=SALT)
    context = {"business": customer.business, "address": root + reverse("confirm", args=[signed])}
    subject = _("Your new address for %(shop)s") % {"shop": customer.business.name}
    _post(email, subject, "change", context)


def language(customer: Customer) -> str:
    """The customer's own language, else the shop's."""
    return customer.language if customer.language in LANGUAGES else customer.business.language


def _card(to: Identity, customer: Customer, root: str, *, now: datetime, moved: bool) -> None:
    card = joining.welcome(customer, at=now).card
    context = {"business": customer.business, "address": root + reverse("card", args=[card.token])}
    subject = _("Your card for %(shop)s")
    if moved:
        subject = _("Your card for %(shop)s has a new address")
    subject = subject % {"shop": customer.business.name}
    _post(to.value, subject, "moved" if moved else "card", context)


def _confirm(to: Identity, customer: Customer, root: str) -> None:
    lines = consents.waiting(customer, "email")
    signed = signing.dumps(["confirm", to.pk], salt=SALT)
    context = {
        "business": customer.business,
        "lines": lines,
        "address": root + reverse("confirm", args=[signed]),
    }
    subject = _("Please confirm: mail from %(shop)s") % {"shop": customer.business.name}
    _post(to.value, subject, "confirm", context)


def _post(to: str, subject: str, template: str, context: dict[str, object]) -> None:
    EmailMessage(
        subject=" ".join(subject.split()),
        body=render_to_string(f"pages/mail/{template}.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],
    ).send()
