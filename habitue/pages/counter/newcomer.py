"""Somebody without a phone in hand gets a card at the counter: a name, perhaps an address.

Nobody consents to anything here for somebody else. The card's own code is shown for some minutes,
so that the customer can take it along.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from habitue.ledger import joining
from habitue.members import customers, journal
from habitue.members.models import Business, Customer, JournalLine, Staff
from habitue.pages import access, forms, links, qr
from habitue.pages.counter import installing

KIND: Final = "joined"
SHOWN_FOR: Final = timedelta(minutes=15)


@never_cache
@access.counter
def newcomer(request: HttpRequest, business: Business, staff: Staff) -> HttpResponse:
    """The form, and on to the sheet of the new card."""
    if staff.partner:
        raise Http404  # a partner's till meets members only
    form = forms.Newcomer(request.POST or None, business=business)
    known = 0
    if request.method == "POST" and form.is_valid():
        made, known = _make(business, staff, form.cleaned_data, timezone.now())
        if made is not None:
            return redirect("newcomer-card", business.counter_key, made.pk)
        form.add_error("contact", _("Somebody has this address or number already."))
    context = {**installing.looking(business), "staff": staff, "form": form, "known": known}
    status = 422 if form.errors else 200
    return render(request, "pages/counter/newcomer.html", context, status=status)


@never_cache
@require_GET
@access.counter
def card(request: HttpRequest, business: Business, staff: Staff, member: int) -> HttpResponse:
    """The new card's code, for the customer's own phone; only in its first minutes."""
    customer, now = access.customer(business, member), timezone.now()
    mine = JournalLine.objects.filter(
        business=business, kind=KIND, staff=staff, customer=customer, at__gt=now - SHOWN_FOR
    )
    found = customer.cards.filter(revoked_at=None).first()
    if found is None or not mine.exists():
        return redirect("sheet", business.counter_key, customer.pk)
    address = links.absolute(request, "card", found.token)
    context = {
        "business": business,
        "staff": staff,
        "customer": customer,
        "number": customer.member.number,
        "qr": qr.svg(address, label=_("QR code of the new card")),
    }
    return render(request, "pages/counter/newcomer_card.html", context)


def _make(
    business: Business, staff: Staff, given: dict[str, Any], at: datetime
) -> tuple[Customer | None, int]:
    """The new member, or who has the address already."""
    contact = given["contact"]
    with transaction.atomic():
        customer = Customer(business=business, created_at=at, name=given["name"])
        customer.language = business.language
        customer.save(force_insert=True)
        free = not contact or customers.add_identity(customer, *contact)
        if free:
            joining.welcome(customer, at=at)
            journal.write(business, KIND, at=at, staff=staff, customer=customer)
        else:
            transaction.set_rollback(True)
    return (customer, 0) if free else (None, customers.find(business, *contact) or 0)
