"""Disconnecting a shop: asked first; what was recorded stays."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from habitue.connectors.shops import connecting
from habitue.members.models import Business, Staff
from habitue.pages import access
from habitue.pages.shops.one import find


@never_cache
@access.chief
def disconnect(request: HttpRequest, business: Business, own: Staff, key: int) -> HttpResponse:
    """From then on nothing comes in, and the address is gone."""
    shop = find(business, key)
    if request.method == "POST":
        connecting.disconnect(shop, by=own, at=timezone.now())
        messages.success(request, _("%(name)s is disconnected.") % {"name": shop.name})
        return redirect("shops")
    context = {"business": business, "here": "settings", "shop": shop}
    return render(request, "pages/shops/disconnect.html", context)
