"""Everyone whom the business knows, and the search among them."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from habitue.members import customers as people
from habitue.members.models import Business, Customer, Identity
from habitue.pages import access, forms

PAGE = 50


@never_cache
@require_GET
@access.owner
def customers(request: HttpRequest, business: Business) -> HttpResponse:
    """Everyone known, the newest first; a search by name, number, e-mail or phone."""
    form = forms.Search(request.GET)
    text = form.cleaned_data["q"].strip() if form.is_valid() else ""
    page = Paginator(_search(business, text), PAGE).get_page(request.GET.get("page"))
    context = {"business": business, "here": "customers", "q": text, "page": page, "form": form}
    fragment = "HX-Request" in request.headers
    template = "pages/owner/_customers.html" if fragment else "pages/owner/customers.html"
    return render(request, template, context)


def _search(business: Business, text: str) -> QuerySet[Customer]:
    """Whoever went over into another customer is there as that one only."""
    rows = Customer.objects.filter(business=business, erased_at=None, merged_into=None)
    rows = rows.select_related("member")
    for kind in (Identity.Kind.NUMBER, Identity.Kind.EMAIL, Identity.Kind.PHONE):
        if text and (key := people.find(business, kind, text)) is not None:
            return rows.filter(pk=key).order_by("-pk")
    return (rows.filter(name__icontains=text) if text else rows).order_by("-pk")
