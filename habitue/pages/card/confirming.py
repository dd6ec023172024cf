"""What a mailed link confirms: an address, and the consent that waited for it.

Mail scanners open every link: opening shows a page with a button, only the button does something.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from habitue.members import consents, customers, ids, survivors
from habitue.members.models import Customer, Identity
from habitue.pages.card import letters

GOOD_FOR: Final = timedelta(days=30)


@never_cache
def confirm(request: HttpRequest, signed: str) -> HttpResponse:
    """The page behind the link; what was confirmed stays confirmed however often it is opened."""
    try:
        kind, *rest = signing.loads(signed, salt=letters.SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        return _answer(request, "stale", {}, status=404)
    return _confirm(request, *rest) if kind == "confirm" else _change(request, *rest)


def _confirm(request: HttpRequest, key: int) -> HttpResponse:
    """The address that was given when joining, or on the card, and what waits for it."""
    to = Identity.objects.filter(pk=key).first()
    customer = _customer(to.customer_id) if to else None
    if to is None or customer is None:
        return _answer(request, "stale", {}, status=404)
    context = {"business": customer.business, "lines": consents.waiting(customer, "email")}
    if request.method != "POST":
        return _answer(request, "ask", context)
    now = timezone.now()
    with transaction.atomic():
        Identity.objects.filter(pk=to.pk, confirmed_at=None).update(confirmed_at=now)
        consents.confirm(customer, "email", _numbers(request), at=now)
    return _answer(request, "done", context)


def _change(request: HttpRequest, key: int, email: str) -> HttpResponse:
    """A new address takes the place of those before."""
    customer = _customer(key)
    if customer is None:
        return _answer(request, "stale", {}, status=404)
    context = {"business": customer.business, "change": email}
    if request.method != "POST":
        return _answer(request, "ask", context)
    with transaction.atomic():
        if not customers.add_identity(customer, "email", email):
            problem = _("This address belongs to another card. Ask at the counter to join the two.")
            return _answer(request, "ask", {**context, "problem": problem}, status=422)
        mine = Identity.objects.filter(customer=customer, kind=Identity.Kind.EMAIL)
        mine.exclude(value=email).delete()
        mine.filter(confirmed_at=None).update(confirmed_at=timezone.now())
    return _answer(request, "done", context)


def _customer(key: int) -> Customer | None:
    goes_on = survivors.of([key]).get(key, 0)
    here = Customer.objects.select_related("business")
    return here.filter(pk=goes_on, erased_at=None, binned_at=None).first()


def _numbers(request: HttpRequest) -> list[int]:
    return [ids.read(text) for text in request.POST.getlist("line")]


def _answer(
    request: HttpRequest, state: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    shown = {"state": state, **context}
    return render(request, "pages/join/confirm.html", shown, status=status)
