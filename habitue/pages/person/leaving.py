"""Taking everything along, lying in the recycle bin, being erased."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from habitue.members import bin as recycle_bin
from habitue.members import erasing, journal
from habitue.members.models import Business
from habitue.pages import access, person_file
from habitue.pages.person import page

PAGE = 50


@never_cache
@require_POST
@access.owner
def download(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """Everything that is kept on the person, as one file."""
    customer, now = access.anyone(business, key), timezone.now()
    content = person_file.download(customer, at=now)
    staff = access.person(request, business)
    journal.write(business, "download", at=now, staff=staff, customer=customer)
    name = person_file.NAME.format(number=customer.pk)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/zip", headers=headers)


@require_POST
@access.owner
def put(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """Into the recycle bin: nothing is lost for 30 days."""
    customer = access.customer(business, key)
    staff = access.person(request, business)
    recycle_bin.put(business, [customer.pk], at=timezone.now(), staff=staff)
    return redirect("customer", key)


@require_POST
@access.owner
def restore(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """Out of it again."""
    customer = access.anyone(business, key)
    staff = access.person(request, business)
    recycle_bin.restore(business, [customer.pk], at=timezone.now(), staff=staff)
    return redirect("customer", key)


@never_cache
@access.owner
def erase(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """For ever: first what goes and what stays, then it does."""
    customer = access.anyone(business, key)
    if request.method == "POST":
        staff = access.person(request, business)
        erasing.erase(customer, at=timezone.now(), staff=staff)
        return redirect("customers")
    context = {
        "business": business,
        "here": "customers",
        "customer": customer,
        "title": page.called(customer),
    }
    return render(request, "pages/person/erase.html", context)


@never_cache
@require_GET
@access.owner
def contents(request: HttpRequest, business: Business) -> HttpResponse:
    """Who lies in the recycle bin, and until when."""
    rows = Paginator(recycle_bin.contents(business), PAGE).get_page(request.GET.get("page"))
    lying = [
        (one, page.called(one), (one.binned_at + recycle_bin.KEPT).date())
        for one in rows
        if one.binned_at is not None
    ]
    context = {"business": business, "here": "customers", "page": rows, "lying": lying}
    return render(request, "pages/person/bin.html", context)
