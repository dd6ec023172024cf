"""Settings at a glance: a line for each, with how it stands."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from habitue.connectors.webhooks import endpoints
from habitue.members import keys
from habitue.members.models import Business, Staff
from habitue.pages import access, links, qr
from habitue.pages.settings import keeping


@never_cache
@require_GET
@access.owner
def overview(request: HttpRequest, business: Business) -> HttpResponse:
    """The page."""
    counter = links.absolute(request, "counter", business.counter_key)
    context = {
        "business": business,
        "here": "settings",
        "counter": counter,
        "counter_code": qr.svg(counter, label=_("QR code of the staff link")),
        "join": links.absolute(request, "join", business.slug),
        "chief": access.person(request, business).role == Staff.Role.OWNER,
        "crew": Staff.objects.filter(business=business, active=True).count(),
        "keys": keys.good(business, at=timezone.now()).count(),
        "webhooks": len(endpoints.listed(business)),
        "newest": next(iter(keeping.kept()), None),
        "mail": settings.HABITUE_MAIL_CONFIGURED,
    }
    return render(request, "pages/settings/overview.html", context)
