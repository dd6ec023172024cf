"""A code that the counter shows for a minute: the customer scans it with their own phone.

For who has no hand free to hold a card under a camera. The page watches the code and turns green
when it was used; nothing is given before that.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from habitue.members import tills
from habitue.members.models import Business, Staff, TillCode
from habitue.pages import access, forms, links, qr
from habitue.pages.counter import installing
from habitue.pages.templatetags import words as say

SHOWN: Final = "till_code"


@never_cache
@access.counter
def show(request: HttpRequest, business: Business, staff: Staff) -> HttpResponse:
    """How many, then the code."""
    if not installing.looking(business)["by_visit"]:
        return redirect("counter", business.counter_key)
    form = forms.Pieces(request.POST or None, initial={"quantity": 1})
    if request.method == "POST" and form.is_valid():
        now, quantity = timezone.now(), form.cleaned_data["quantity"]
        code, text = tills.show(business, staff, quantity=quantity, at=now)
        request.session[SHOWN] = {"code": code.pk, "text": text}
        return redirect("till-show", business.counter_key)
    context = {"business": business, "staff": staff, "form": form, **_state(request, business)}
    status = 422 if form.errors else 200
    return render(request, "pages/counter/show.html", context, status=status)


@never_cache
@require_GET
@access.counter
def state(request: HttpRequest, business: Business, staff: Staff) -> HttpResponse:
    """What became of the code that is shown."""
    context = {"business": business, **_state(request, business)}
    return render(request, "pages/counter/_shown.html", context)


def _state(request: HttpRequest, business: Business) -> dict[str, Any]:
    shown = request.session.get(SHOWN, {})
    code = TillCode.objects.filter(pk=shown.get("code"), business=business).first()
    if code is None:
        return {"state": "none"}
    if code.used_at is not None:
        name = say.initials(code.used_by.name) if code.used_by and code.used_by.name else ""
        return {"state": "used", "code": code, "whose": name}
    left = _left(code, timezone.now())
    if left <= 0:
        return {"state": "over", "code": code}
    address = links.absolute(request, "till-code", shown["text"])
    label = _("QR code, good once and for a minute")
    return {"state": "open", "code": code, "left": left, "qr": qr.svg(address, label=label)}


def _left(code: TillCode, now: datetime) -> int:
    return int((code.until - now).total_seconds())
