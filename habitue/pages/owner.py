"""The owner's other places: customers, posters and settings."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from habitue import ledger
from habitue.ledger import rhythm
from habitue.members import customers as people
from habitue.members import staff
from habitue.members.models import Business, Customer, Identity, Staff
from habitue.pages import access, drawing, forms, history, holdings, links, poster, qr, standing

PAGE = 50
NEW_PIN = "new_pin"


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


@never_cache
@require_GET
@access.owner
def customer(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """One customer: card, contacts, history."""
    found = access.customer(business, key)
    now = timezone.now()
    face, rules = holdings.face(business, found.pk, now=now), ledger.program(business.pk)
    context = {
        "business": business,
        "here": "customers",
        "customer": found,
        "rules": rules,
        "beyond": standing.beyond(business, found, now=now),
        "member": getattr(found, "member", None),
        "contacts": found.identities.exclude(kind=Identity.Kind.NUMBER),
        "face": face,
        "picture": drawing.progress(face.have, face.goal, label=face.label) if face else "",
        "moments": history.newest(business, found.pk, limit=50),
    }
    return render(request, "pages/owner/customer.html", context)


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


@require_GET
@access.owner
def poster_pdf(request: HttpRequest, business: Business) -> HttpResponse:
    """The poster to print."""
    program = ledger.program(business.pk)
    address = links.absolute(request, "join", business.slug)
    with override(business.language):  # the customers', not the owner's
        sentence = holdings.words(program.title, business.name) if program else business.name
        content = poster.draw(shop=business.name, sentence=sentence, address=address)
    disposition = f'inline; filename="{business.slug}.pdf"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _search(business: Business, text: str) -> QuerySet[Customer]:
    """Whoever went over into another customer is there as that one only."""
    rows = Customer.objects.filter(business=business, erased_at=None, merged_into=None)
    rows = rows.select_related("member")
    for kind in (Identity.Kind.NUMBER, Identity.Kind.EMAIL, Identity.Kind.PHONE):
        if text and (key := people.find(business, kind, text)) is not None:
            return rows.filter(pk=key).order_by("-pk")
    return (rows.filter(name__icontains=text) if text else rows).order_by("-pk")
