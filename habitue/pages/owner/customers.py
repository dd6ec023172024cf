"""Everyone whom the business knows: searched as one types, in groups, in an order."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from msgspec import Struct

from habitue.members.models import Business
from habitue.pages import access, naming
from habitue.pages.owner import glance, listing
from habitue.pages.owner.listing import View


class Chip(Struct, frozen=True):
    """One group to look at; `count` is None where nobody has counted yet."""

    title: str
    address: str
    count: int | None
    chosen: bool


@never_cache
@require_GET
@access.owner
def customers(request: HttpRequest, business: Business) -> HttpResponse:
    """The page; only its list where more letters are typed."""
    view, now = listing.asked(request.GET), timezone.now()
    page = listing.page(business, view, naming.number(request), now=now)
    context = {
        "business": business,
        "here": "customers",
        "view": view,
        "title": listing.title(view.group),
        "page": page,
        "previous": address(view, page.number - 1) if page.number > 1 else "",
        "next": address(view, page.number + 1) if page.more else "",
        "sorts": sorts(),
        "each": reverse("customers") + "/",
    }
    if "HX-Request" in request.headers:
        return render(request, "pages/owner/_customers.html", context)
    context |= {"chips": _chips(business, view, glance.morning(business, now).groups)}
    return render(request, "pages/owner/customers.html", context)


def sorts() -> list[tuple[str, str]]:
    """The orders in words."""
    return [
        ("newest", _("Newest first")),
        ("visit", _("Last visit")),
        ("visits", _("Most visits")),
        ("name", _("Name")),
    ]


def query(view: View) -> str:
    """A view as the end of an address; nothing for everybody, the newest first."""
    told = {"q": view.q, "group": view.group, "sort": "" if view.sort == "newest" else view.sort}
    return urlencode({name: value for name, value in told.items() if value})


def address(view: View, page: int = 1) -> str:
    """Where a view is, from the page itself on."""
    parts = [query(view), f"page={page}" if page > 1 else ""]
    return "?" + "&".join(part for part in parts if part)


def _chips(business: Business, view: View, counted: dict[str, int]) -> list[Chip]:
    """Everybody, then the groups of whom there is somebody, and the chosen one in any case."""
    found = [Chip(_("All"), address(View(sort=view.sort)), counted["everybody"], not view.group)]
    for group in listing.GROUPS + listing.HIDDEN:
        count = counted.get(listing.STAGES.get(group, group))
        if count or group == view.group or group == "birthday":
            to = address(View(group=group, sort=view.sort))
            found.append(Chip(listing.title(group), to, count, group == view.group))
    return found
