"""What somebody gave at the counter today: to look back on, or to find a slip."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from habitue.members.models import Business, Staff
from habitue.pages import access
from habitue.pages.person import journal


@never_cache
@require_GET
@access.counter
def shift(request: HttpRequest, business: Business, staff: Staff) -> HttpResponse:
    """The day's own list; a partner is told no names."""
    day = timezone.now().astimezone(ZoneInfo(business.timezone)).date()
    context = {
        "business": business,
        "staff": staff,
        "entries": journal.of_staff(business, staff, day=day),
        "open": not staff.partner,
    }
    return render(request, "pages/counter/shift.html", context)
