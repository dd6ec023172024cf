"""Whose card it is: the camera, a typed code or number, the search."""

import logging
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from habitue.members import cards, customers
from habitue.members.models import Business, Customer, Identity, Staff
from habitue.pages import access, forms, refusals
from habitue.pages.counter import installing

FOUND: Final = 12
log = logging.getLogger(__name__)


@never_cache
@access.counter
def scan(request: HttpRequest, business: Business, staff: Staff) -> HttpResponse:
    """The camera and, beneath it, a typed code and the search."""
    if request.method == "POST":
        return _scanned(request, business, staff, request.POST.get("code", ""))
    return _scan_page(request, business, staff)


@never_cache
@require_GET
@access.counter
def search(request: HttpRequest, business: Business, staff: Staff) -> HttpResponse:
    """Members by name, number, e-mail or phone."""
    form = forms.Search(request.GET)
    text = form.cleaned_data["q"].strip() if form.is_valid() else ""
    context = {"business": business, "found": _found(business, staff, text), "q": text}
    whole = "HX-Request" not in request.headers
    return render(request, f"pages/counter/{'found' if whole else '_found'}.html", context)


def _scan_page(
    request: HttpRequest, business: Business, staff: Staff, *, problem: str = ""
) -> HttpResponse:
    context = {**installing.looking(business), "staff": staff, "problem": problem}
    status = 422 if problem else 200
    return render(request, "pages/counter/scan.html", context, status=status)


def _scanned(request: HttpRequest, business: Business, staff: Staff, text: str) -> HttpResponse:
    """A card's code (or the address that holds it), or the member's number typed by hand."""
    code = text.strip().rstrip("/").rpartition("/")[2]
    number = customers.find(business, Identity.Kind.NUMBER, code)
    if number is not None and not Customer.objects.filter(pk=number, binned_at=None).exists():
        return _scan_page(request, business, staff, problem=refusals.scan("binned"))
    if number is not None:
        return _opened(request, business, number)
    answer = cards.read(code, business=business.pk, staff=staff, at=timezone.now())
    if isinstance(answer, cards.Refused):
        log.warning("A code was refused at the counter of %s: %s", business.slug, answer.reason)
        problem = refusals.scan(answer.reason)
        if _by_script(request):
            return JsonResponse({"problem": problem}, status=422)
        return _scan_page(request, business, staff, problem=problem)
    return _opened(request, business, answer.card.customer_id)


def _opened(request: HttpRequest, business: Business, customer: int) -> HttpResponse:
    """On to the sheet: a form is led there, the camera's script told where it is."""
    if _by_script(request):
        return JsonResponse({"sheet": reverse("sheet", args=[business.counter_key, customer])})
    return redirect("sheet", business.counter_key, customer)


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _found(business: Business, staff: Staff, text: str) -> list[Customer]:
    """Members of this business who answer to the text; the newest first. A partner is told none."""
    members = Customer.objects.filter(
        business=business, erased_at=None, binned_at=None, merged_into=None, member__isnull=False
    )
    if len(text) < 2 or staff.partner:
        return []
    for kind in (Identity.Kind.NUMBER, Identity.Kind.EMAIL, Identity.Kind.PHONE):
        if (key := customers.find(business, kind, text)) is not None:
            return list(members.filter(pk=key))
    return list(members.filter(name__icontains=text).order_by("name", "-pk")[:FOUND])
