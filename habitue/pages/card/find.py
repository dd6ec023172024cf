"""Find my card: by e-mail its address is mailed; by phone the counter is asked.

The answer is the same, and costs the same, whether somebody is known here or not.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from habitue.members import limits
from habitue.members.models import Business, Identity
from habitue.pages.card import asking, letterbox

PER_ADDRESS: Final = 5
PER_NETWORK: Final = 60


@never_cache
def find(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for an address, and say that the card is on its way if there is one."""
    business = get_object_or_404(Business, slug=slug)
    form = asking.Find(request.POST or None, business=business)
    context = {"business": business, "form": form}
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "pages/join/find.html", context, status=status)
    kind, value = form.cleaned_data["contact"]
    if not _allowed(request, business, value):
        form.add_error("contact", _("Too many tries. Please wait an hour, or ask at the counter."))
        return render(request, "pages/join/find.html", context, status=429)
    if kind == Identity.Kind.EMAIL:
        letterbox.ask(request, "card", _number(business, value))
    context["sent"] = kind
    context["outbox"] = None if settings.HABITUE_MAIL_CONFIGURED else settings.HABITUE_OUTBOX
    return render(request, "pages/join/find.html", context)


def _number(business: Business, value: str) -> int:
    """The address by its number, 0 where nobody has it."""
    found = Identity.objects.filter(business=business, kind=Identity.Kind.EMAIL, value=value)
    return found.values_list("pk", flat=True).first() or 0


def _allowed(request: HttpRequest, business: Business, value: str) -> bool:
    now = timezone.now()
    address = limits.allow("find", f"{business.pk} {value}", most=PER_ADDRESS, at=now)
    network = limits.allow("find from", limits.network(request.META), most=PER_NETWORK, at=now)
    return address and network
