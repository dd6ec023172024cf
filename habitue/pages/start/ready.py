"""The fourth step: the code to try, what to print, and the first customer seen coming."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from habitue.members.models import Business, Member
from habitue.pages import access, account, events, links, qr

STEPS = 4


@never_cache
@access.owner
def ready(request: HttpRequest, business: Business) -> HttpResponse:
    """Try it with a phone."""
    join = links.absolute(request, "join", business.slug)
    remembered = request.session.get(access.FIRST_PIN, {})
    context = {
        "business": business,
        "step": STEPS,
        "steps": STEPS,
        "join": join,
        "code": qr.svg(join, label=join),
        "counter": links.absolute(request, "counter", business.counter_key),
        "pin": remembered.get("pin") if remembered.get("business") == business.pk else None,
        "only_here": links.only_here(request),
        "mail": settings.HABITUE_MAIL_CONFIGURED,
        **_first(business),
    }
    return render(request, "pages/start/ready.html", context)


@never_cache
@access.owner
def waiting(request: HttpRequest, business: Business) -> HttpResponse:
    """The panel that turns green when the first customer has joined, then been stamped."""
    return render(request, "pages/start/_waiting.html", {"business": business, **_first(business)})


def stamped(business: Business) -> bool:
    """Whether anybody has come since: a visit or a purchase was recorded."""
    rows = events.query(
        "SELECT EXISTS (SELECT FROM ledger_event WHERE business_id = %(business)s"
        " AND kind IN ('purchase', 'visit') AND refusal IS NULL)",
        {"business": business.pk},
    )
    return bool(rows[0][0])


def _first(business: Business) -> dict[str, Member | bool | None]:
    first = account.first_member(business)
    return {"first": first, "stamped": first is not None and stamped(business)}
