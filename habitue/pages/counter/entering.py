"""Who works at the counter: a name and a PIN in, and out again."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from habitue.members import staff as people
from habitue.members.models import Staff
from habitue.pages import access, forms


@never_cache
def enter(request: HttpRequest, key: str) -> HttpResponse:
    """Name and PIN."""
    business = access.counter_of(key)
    partner = request.GET.get("partner", "")
    crew = Staff.objects.filter(business=business, active=True, partner=partner)
    crew = crew.exclude(pin_hash="")
    form = forms.Pin(request.POST or None)
    cast(Any, form.fields["staff"]).choices = [(one.pk, one.name) for one in crew.order_by("name")]
    if request.method == "POST" and form.is_valid():
        one = crew.get(pk=form.cleaned_data["staff"])
        verdict = people.check_pin(one, form.cleaned_data["pin"], at=timezone.now())
        if verdict == "right":
            access.enter(request, one)
            return redirect("counter", key)
        form.add_error("pin", _pin(verdict))
    context = {"business": business, "form": form}
    status = 422 if form.errors else 200
    return render(request, "pages/counter/enter.html", context, status=status)


@require_POST
def leave(request: HttpRequest, key: str) -> HttpResponse:
    """Hand the phone on."""
    access.leave(request, access.counter_of(key))
    return redirect("counter-in", key)


def _pin(verdict: str) -> str:
    if verdict == "locked":
        return _("Too many wrong PINs. Please wait 15 minutes or ask the owner for a new PIN.")
    return _("This PIN is not right.")
