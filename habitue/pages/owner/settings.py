"""The owner's settings, and what has no place of its own in a phone's bar."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from habitue.ledger import rhythm
from habitue.members import staff
from habitue.members.models import Business, Staff
from habitue.pages import access, forms, links, qr

NEW_PIN = "new_pin"


@never_cache
@require_GET
@access.owner
def more(request: HttpRequest, business: Business) -> HttpResponse:
    """What has no place of its own in the bar of a phone."""
    return render(request, "pages/owner/more.html", {"business": business, "here": "more"})


@never_cache
@access.owner
def settings(request: HttpRequest, business: Business) -> HttpResponse:
    """The staff link and PINs, the poster, who is a customer in the figures, signing out."""
    form = forms.Rhythm(request.POST or None, initial={"days": business.window_days})
    if request.method == "POST" and form.is_valid():
        business.window_days = form.cleaned_data["days"]
        business.save(update_fields=["window_days"])
        return redirect("settings")
    shown = request.session.pop(NEW_PIN, None)
    counter = links.absolute(request, "counter", business.counter_key)
    crew = Staff.objects.filter(business=business, active=True).exclude(pin_hash="")
    context = {
        "business": business,
        "here": "settings",
        "counter": counter,
        "counter_code": qr.svg(counter, label=_("QR code of the staff link")),
        "join": links.absolute(request, "join", business.slug),
        "crew": crew.order_by("name"),
        "shown": shown,
        "form": form,
        "rhythm": rhythm.own(business, now=timezone.now()),
    }
    return render(request, "pages/owner/settings.html", context)


@require_POST
@access.owner
def new_pin(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """Another PIN for someone at the counter; shown once."""
    one = get_object_or_404(Staff, pk=key, business=business)
    pin = staff.new_pin()
    staff.set_pin(one, pin)
    request.session[NEW_PIN] = {"staff": one.pk, "pin": pin}
    return redirect("settings")
