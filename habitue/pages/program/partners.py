"""Partners: where they stand, their months, payments, their own address and their tills' people."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from habitue.ledger import payments, settlement
from habitue.members import partners as addresses
from habitue.members import staff
from habitue.members.models import Business, Staff
from habitue.pages import access, forms, holdings, links, refusals, settling

SHOWN_ONCE = "partner_secret"


@never_cache
@require_GET
@access.owner
def overview(request: HttpRequest, business: Business) -> HttpResponse:
    """Every partner with its balance."""
    found = [
        (balance, holdings.words(of.title, of.id))
        for balance in settlement.balances(business.pk)
        for of in (settling.terms(business, balance.partner),)
    ]
    context = {"business": business, "here": "program", "partners": found}
    return render(request, "pages/program/partners.html", context)


@never_cache
@require_GET
@access.owner
def one(request: HttpRequest, business: Business, name: str) -> HttpResponse:
    """A partner: balance, months, payments, its address and its people."""
    return _one(request, business, name, _form(business))


@require_POST
@access.owner
def pay(request: HttpRequest, business: Business, name: str) -> HttpResponse:
    """Write down money that came in or went out."""
    settling.terms(business, name)
    form = forms.Settling(request.POST, currency=business.currency)
    if form.is_valid():
        given = form.cleaned_data
        refused = payments.record(
            business.pk,
            "partner",
            name,
            money=given["amount"] if given["direction"] == "in" else -given["amount"],
            day=given["day"],
            reference=given["reference"],
            note=given["note"],
            now=timezone.now(),
        )
        if refused is None:
            return redirect("partner", name)
        form.add_error(None, refusals.posting(refused))
    return _one(request, business, name, form)


@never_cache
@require_GET
@access.owner
def month(request: HttpRequest, business: Business, name: str, month: str) -> HttpResponse:
    """One month's statement and what it is made of."""
    partner = settling.terms(business, name)
    context = {
        "business": business,
        "here": "program",
        "partner": partner,
        "title": holdings.words(partner.title, partner.id),
        "page": settling.page(business, name, month),
        "month": month,
    }
    return render(request, "pages/program/partner_month.html", context)


@never_cache
@require_GET
@access.owner
def sheet(request: HttpRequest, business: Business, name: str, month: str) -> HttpResponse:
    """One month as a file."""
    return settling.sheet(business, name, month)


@require_POST
@access.owner
def link(request: HttpRequest, business: Business, name: str) -> HttpResponse:
    """A new address for the partner, shown once; the one before opens nothing any more."""
    settling.terms(business, name)
    token = addresses.issue(business, name, at=timezone.now())
    request.session[SHOWN_ONCE] = {"partner": name, "token": token}
    return redirect("partner", name)


@require_POST
@access.owner
def revoke(request: HttpRequest, business: Business, name: str) -> HttpResponse:
    """The partner's address opens nothing any more."""
    addresses.revoke(business, name, at=timezone.now())
    return redirect("partner", name)


@require_POST
@access.owner
def hire(request: HttpRequest, business: Business, name: str) -> HttpResponse:
    """Someone works at the partner's till: what they scan carries the partner."""
    settling.terms(business, name)
    form = forms.Person(request.POST)
    if not form.is_valid():
        return _one(request, business, name, _form(business), person=form)
    pin = staff.new_pin()
    made = staff.add_cashier(business, name=form.cleaned_data["name"], pin=pin, partner=name)
    request.session[SHOWN_ONCE] = {"partner": name, "staff": made.pk, "pin": pin}
    return redirect("partner", name)


@require_POST
@access.owner
def dismiss(request: HttpRequest, business: Business, name: str, key: int) -> HttpResponse:
    """Someone no longer works at the partner's till; their PIN opens nothing."""
    person = get_object_or_404(Staff, pk=key, business=business, partner=name)
    person.active = False
    person.save(update_fields=["active"])
    return redirect("partner", name)


def _one(
    request: HttpRequest,
    business: Business,
    name: str,
    form: forms.Settling,
    *,
    person: forms.Person | None = None,
) -> HttpResponse:
    partner = settling.terms(business, name)
    shown = request.session.pop(SHOWN_ONCE, None) or {}
    secret = shown if shown.get("partner") == name else {}
    token = secret.get("token")
    till = links.absolute(request, "counter-in", business.counter_key)
    crew = Staff.objects.filter(business=business, partner=name, active=True)
    context = {
        "business": business,
        "here": "program",
        "partner": partner,
        "title": holdings.words(partner.title, partner.id),
        "balance": next(
            one for one in settlement.balances(business.pk) if one.partner == partner.id
        ),
        "months": settling.months(business, name),
        "form": form,
        "person": person or forms.Person(),
        "made_at": addresses.made_at(business, name),
        "address": links.absolute(request, "own-statements", token) if token else "",
        "shown": secret,
        "till": f"{till}?partner={name}",
        "crew": crew.order_by("name"),
    }
    wrong = form.errors or (person is not None and person.errors)
    return render(request, "pages/program/partner.html", context, status=422 if wrong else 200)


def _form(business: Business) -> forms.Settling:
    return forms.Settling(currency=business.currency, initial={"day": timezone.localdate()})
