"""One customer: card, contacts, history."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from habitue import ledger
from habitue.members.models import Business, Identity
from habitue.pages import access, drawing, history, holdings, standing


@never_cache
@require_GET
@access.owner
def customer(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """One customer: card, contacts, history."""
    found = access.customer(business, key)
    now = timezone.now()
    face, rules = holdings.face(business, found.pk, now=now), ledger.program(business.pk)
    context = {
        "business": business,
        "here": "customers",
        "customer": found,
        "rules": rules,
        "beyond": standing.beyond(business, found, now=now),
        "member": getattr(found, "member", None),
        "contacts": found.identities.exclude(kind=Identity.Kind.NUMBER),
        "face": face,
        "picture": drawing.progress(face.have, face.goal, label=face.label) if face else "",
        "moments": history.newest(business, found.pk, limit=50),
    }
    return render(request, "pages/owner/customer.html", context)
