"""Units for a friend, where the program lets members give: named by card number, then confirmed.

Whether a number exists is not said before the gift, and tries are few: numbers are not for fishing.
"""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any, Final, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from habitue import ledger
from habitue.core import facts
from habitue.core.program import Unit
from habitue.members import customers, limits
from habitue.members.models import Business, Card, Customer, Identity
from habitue.pages import holdings, refusals
from habitue.pages.card import asking, holder
from habitue.pages.card import card as cardside

TRIES: Final = 5  # an hour


@holder.holder
def hand(request: HttpRequest, card: Card) -> HttpResponse:
    """Whom, what, how many."""
    units = givable(card.customer.business)
    if not units:
        raise Http404
    form, problem = asking.Handing(request.POST or None), ""
    cast(Any, form.fields["unit"]).choices = [
        (unit.id, holdings.words(unit.title, unit.id)) for unit in units.values()
    ]
    if request.method == "POST" and form.is_valid():
        problem = _give(card, units[form.cleaned_data["unit"]], form.cleaned_data)
        if not problem:
            return redirect("card-past", card.token)
    context = {
        **cardside.about(card, "me"),
        "form": form,
        "reference": uuid.uuid4(),
        "problem": problem,
    }
    status = 422 if problem or form.errors else 200
    return render(request, "pages/card/hand.html", context, status=status)


def _give(card: Card, unit: Unit, given: dict[str, Any]) -> str:
    """Give them, once; the sentence of a refusal, else nothing."""
    now, customer = timezone.now(), card.customer
    exact = Decimal(given["amount"]).scaleb(unit.decimals)
    if exact != exact.to_integral_value():
        return _("These units are not given in such small parts.")
    if not limits.allow("hand", customer.pk, most=TRIES, at=now):
        return _("Too many tries. Please wait an hour, or ask at the counter.")
    other = customers.find(customer.business, Identity.Kind.NUMBER, given["number"])
    there = Customer.objects.filter(pk=other or 0, erased_at=None, binned_at=None)
    if other is None or not there.exists():
        return _("There is no card with this number here. Ask your friend to read it aloud.")
    fact = ledger.Fact(
        customer=customer.pk,
        at=now,
        what=facts.Transfer(unit.id, int(exact), other),
        source=f"card:{card.pk}",
        reference=given["reference"],
    )
    if ledger.find(customer.business_id, fact.source, fact.reference) is not None:
        return ""  # the button was pressed twice
    (answer,) = ledger.post(customer.business_id, [fact], now=now)
    return refusals.posting(answer.refused) if answer.refused else ""


def givable(business: Business) -> dict[str, Unit]:
    """The units that members give each other, by name."""
    program = ledger.program(business.pk)
    if program is None or program.transfers is None:
        return {}
    return {unit.id: unit for unit in program.units if unit.id in program.transfers.units}
