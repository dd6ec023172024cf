"""The shops that are connected, and what may be."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from habitue.connectors.shops import connecting, kinds
from habitue.members.models import Business, Staff
from habitue.pages import access
from habitue.pages.shops import saying


@never_cache
@require_GET
@access.chief
def shops(request: HttpRequest, business: Business, own: Staff) -> HttpResponse:
    """The page."""
    known = kinds.known()
    lit = [(shop, connecting.light(shop)) for shop in connecting.listed(business)]
    context = {
        "business": business,
        "here": "settings",
        "shops": [
            (shop, known[shop.kind].title, light.color, saying.light(light)) for shop, light in lit
        ],
        "kinds": [(kind.name, kind.title, saying.purpose(kind.name)) for kind in known.values()],
    }
    return render(request, "pages/shops/list.html", context)
