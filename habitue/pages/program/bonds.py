"""Who belongs together: households, two customers who are one person, units that members give."""

from decimal import Decimal
from typing import Any, Final, cast

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from habitue import ledger
from habitue.core import facts
from habitue.core.facts import Refused
from habitue.core.program import Program
from habitue.ledger import households
from habitue.members import customers as people
from habitue.members import ids, journal
from habitue.members.models import Business, Customer, Identity
from habitue.pages import access, events, forms, holdings, refusals
from habitue.pages.person import posting

_KINDS: Final = (Identity.Kind.NUMBER, Identity.Kind.EMAIL, Identity.Kind.PHONE)


class Giving(posting.Once, forms.Handing):
    """Units for another member, given once however often the button is pressed."""


@never_cache
@access.owner
def household(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """Who spends together with a member; another one joins."""
    customer, program = access.customer(business, key), _program(business)
    if program.household is None:
        raise Http404
    form, problem = forms.Other(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        own = households.of(business.pk, customer.pk)
        problem = _nobody()
        if other := _other(business, form):
            head = own.head if own else customer.pk
            refused = households.join(business.pk, head, other.pk, now=timezone.now())
            problem = refusals.posting(refused) if refused else ""
        if not problem:
            return redirect("household", key)
    own = households.of(business.pk, customer.pk)
    mates = Customer.objects.filter(
        business=business, pk__in=own.members if own else [], erased_at=None, binned_at=None
    )
    context = {
        **_context(business, customer),
        "mates": mates.select_related("member").order_by("pk"),
        "head": own.head if own else 0,
        "pools": [
            holdings.words(unit.title, unit.id)
            for unit in program.units
            if unit.id in program.household.pools
        ],
        "most": program.household.members,
        "form": form,
        "problem": problem,
    }
    return _answer(request, "household", context)


@require_POST
@access.owner
def leave(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """A member leaves the household; without its head, it ends."""
    customer = access.customer(business, key)
    households.leave(business.pk, customer.pk)
    return redirect("customer", key)


@never_cache
@access.owner
def merge(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """Two customers are one person: first who, then what goes over, then it does."""
    customer = access.customer(business, key)
    if customer.merged_into_id is not None:
        raise Http404
    form, problem, into = forms.Other(request.POST or None), "", None
    if request.method == "POST" and form.is_valid():
        into = _other(business, form)
        problem = "" if into else _nobody()
        if into is not None and into.pk == customer.pk:
            problem, into = _("This is the same customer already."), None
        if into is not None and request.POST.get("sure") == "yes":
            refused = _post(request, business, customer, facts.Merge(into.pk))
            if refused is None:
                return redirect("customer", into.pk)
            problem, into = refusals.posting(refused), None
    context = {
        **_context(business, customer),
        "form": form,
        "problem": problem,
        "into": into,
        "sides": [(one, _held(business, one)) for one in (customer, into) if one],
    }
    return _answer(request, "merge", context)


@require_POST
@access.owner
def unmerge(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """They are two people after all: everything goes back."""
    customer = access.customer(business, key)
    event = events.newest_of(customer.pk, "merge")
    if customer.merged_into_id is None or event is None:
        raise Http404
    # Who is who is found out late: the time in which slips are undone does not bind this.
    refused = _post(request, business, customer, facts.Undo(event, consequence=True))
    if refused is not None:
        context = {**_context(business, customer), "problem": refusals.posting(refused)}
        return _answer(request, "merge", {**context, "form": forms.Other()})
    return redirect("customer", key)


@never_cache
@access.owner
def give(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """A member gives units to another one, where the program lets them."""
    customer, program = access.customer(business, key), _program(business)
    if program.transfers is None:
        raise Http404
    units = [unit for unit in program.units if unit.id in program.transfers.units]
    form, problem = Giving(request.POST or None), ""
    cast(Any, form.fields["unit"]).choices = [
        (unit.id, holdings.words(unit.title, unit.id)) for unit in units
    ]
    if request.method == "POST" and form.is_valid():
        unit = next(unit for unit in units if unit.id == form.cleaned_data["unit"])
        exact = Decimal(form.cleaned_data["amount"]).scaleb(unit.decimals)
        other = _other(business, form)
        if exact != exact.to_integral_value():
            problem = _("These units are not given in such small parts.")
        elif other is None:
            problem = _nobody()
        else:
            refused = posting.post(
                business,
                access.person(request, business),
                customer,
                [facts.Transfer(unit.id, int(exact), other.pk)],
                reference=form.cleaned_data["reference"],
                at=timezone.now(),
            )
            problem = refusals.posting(refused) if refused else ""
        if not problem:
            return redirect("customer", key)
    context = {
        **_context(business, customer),
        "form": form,
        "problem": problem,
        "held": _held(business, customer),
    }
    return _answer(request, "give", context)


def _answer(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    status = 422 if context["problem"] or context["form"].errors else 200
    return render(request, f"pages/program/{name}.html", context, status=status)


def _context(business: Business, customer: Customer) -> dict[str, Any]:
    return {"business": business, "here": "customers", "customer": customer}


def _program(business: Business) -> Program:
    program = ledger.program(business.pk)
    if program is None:
        raise Http404
    return program


def _post(
    request: HttpRequest, business: Business, customer: Customer, what: facts.What
) -> Refused | None:
    """Make two customers one, or two again; the journal knows who did it."""
    now = timezone.now()
    fact = ledger.Fact(customer=customer.pk, at=now, what=what)
    with transaction.atomic():
        (answer,) = ledger.post(business.pk, [fact], now=now)
        if answer.refused is None:
            staff = access.person(request, business)
            did: dict[str, str | int] = {"did": facts.kind(what)}
            journal.write(business, "merge", at=now, staff=staff, customer=customer, what=did)
    return answer.refused


def _other(business: Business, form: forms.Other) -> Customer | None:
    """The customer of this business who is meant."""
    text = form.cleaned_data["other"]
    if text.startswith("#"):  # chosen on a page, not typed
        found = Customer.objects.filter(business=business, erased_at=None, binned_at=None)
        return found.filter(pk=ids.read(text[1:])).first()
    for kind in _KINDS:
        if (key := people.find(business, kind, text)) is not None:
            found = Customer.objects.filter(business=business, erased_at=None, binned_at=None)
            return found.filter(pk=key).first()
    return None


def _held(business: Business, customer: Customer) -> list[str]:
    """What a customer holds, a line a unit."""
    standing = ledger.standing(business.pk, customer.pk, now=timezone.now())
    program = _program(business)
    if standing is None:
        return []
    return [
        f"{holdings.shown(unit, held)} {holdings.words(unit.title, unit.id)}"
        for unit in program.units
        if (held := standing.balances.get(unit.id, 0)) or unit.redeemable
    ]


def _nobody() -> str:
    return _("Nobody here is known by that. Try the card number, the e-mail or the phone.")
