"""Paid membership by the owner's hand: a payment came, failed, was given back; the end of it."""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from habitue import ledger
from habitue.core import facts
from habitue.ledger.perks import Membership
from habitue.members.models import Business, Customer
from habitue.pages import access, forms, refusals

SOURCE: Final = "fee"


@never_cache
@access.owner
def fee(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """What happened to the fee, with a reference that counts once."""
    customer = access.customer(business, key)
    paid = _membership(business, customer)
    form = forms.Fee(request.POST or None)
    if request.method == "POST" and form.is_valid():
        what: facts.What = facts.FeePaid(paid.asked or 0, business.currency)
        if form.cleaned_data["happened"] == "failed":
            what = facts.FeeFailed()
        if form.cleaned_data["happened"] == "refunded":
            what = facts.FeeRefunded()
        problem = _post(business, customer, what, form.cleaned_data["reference"])
        if not problem:
            return redirect("customer", key)
        return _page(request, business, customer, paid, form, problem)
    return _page(request, business, customer, paid, form)


@require_POST
@access.owner
def cancel(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """The member leaves; the program says what is given back."""
    customer = access.customer(business, key)
    paid = _membership(business, customer)
    state = paid.state
    # The end of one and the same period is asked for once, however often the button is pressed.
    reference = f"end-{customer.pk}-{state.until if state else ''}-{state.paid_on if state else ''}"
    problem = _post(business, customer, facts.Cancellation(), reference)
    if not problem:
        return redirect("customer", key)
    return _page(request, business, customer, paid, forms.Fee(), problem)


def _page(
    request: HttpRequest,
    business: Business,
    customer: Customer,
    paid: Membership,
    form: forms.Fee,
    problem: str = "",
) -> HttpResponse:
    context = {
        "business": business,
        "here": "customers",
        "customer": customer,
        "paid": paid,
        "form": form,
        "problem": problem,
    }
    status = 422 if form.errors or problem else 200
    return render(request, "pages/program/fee.html", context, status=status)


def _membership(business: Business, customer: Customer) -> Membership:
    standing = ledger.standing(business.pk, customer.pk, now=timezone.now())
    if standing is None or standing.perks.membership is None:
        raise Http404
    return standing.perks.membership


def _post(business: Business, customer: Customer, what: facts.What, reference: str) -> str:
    """Post it; the sentence of a refusal, else nothing."""
    now = timezone.now()
    known = ledger.find(business.pk, SOURCE, reference)
    if known is not None:
        return _("This reference was recorded already; nothing was changed.")
    fact = ledger.Fact(customer=customer.pk, at=now, what=what, source=SOURCE, reference=reference)
    (answer,) = ledger.post(business.pk, [fact], now=now)
    return refusals.posting(answer.refused) if answer.refused else ""
