"""Paid membership ends in three clicks from the card; until then it can be kept after all.

Why somebody leaves is asked afterwards, and nobody has to say.
"""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from habitue import ledger
from habitue.core import facts
from habitue.ledger.perks import Membership
from habitue.members import journal
from habitue.members.models import Card
from habitue.pages import events, refusals, standing
from habitue.pages.card import card as cardside
from habitue.pages.card import holder

REASONS = {
    "price": _("It costs too much"),
    "rarely": _("I come too rarely"),
    "moving": _("I am moving away"),
    "benefits": _("The benefits do not suit me"),
    "other": _("Another reason"),
}


@require_GET
@holder.holder
def membership(request: HttpRequest, card: Card) -> HttpResponse:
    """Until when it is paid, and what ending it means."""
    return _page(request, card)


@require_POST
@holder.holder
def cancel(request: HttpRequest, card: Card) -> HttpResponse:
    """End it; asked again, it ends once."""
    state = _membership(card).state
    if state is None or not state.ending:
        until, paid_on = (state.until, state.paid_on) if state else ("", "")
        # One period ends once, however often the button is pressed; kept after all, it may again.
        turn = events.newest_of(card.customer.pk, "undo") or 0
        reference = f"end-{card.customer.pk}-{until}-{paid_on}-{turn}"
        if problem := _post(card, facts.Cancellation(), reference):
            return _page(request, card, problem=problem)
    return redirect("card-membership", card.token)


@require_POST
@holder.holder
def keep(request: HttpRequest, card: Card) -> HttpResponse:
    """Stay after all, while what is paid has not run out."""
    state, event = _membership(card).state, events.newest_of(card.customer.pk, "cancellation")
    if state is not None and state.ending and event is not None:
        # The member's own word, not a slip: the hours in which slips are undone do not bind it.
        undo = facts.Undo(event, consequence=True)
        if problem := _post(card, undo, f"keep-{event}"):
            return _page(request, card, problem=problem)
    return redirect("card-membership", card.token)


@require_POST
@holder.holder
def reason(request: HttpRequest, card: Card) -> HttpResponse:
    """Why, if the member likes to say."""
    said = request.POST.get("reason", "")
    if said in REASONS:
        with transaction.atomic():
            journal.write(
                card.customer.business,
                "note",
                at=timezone.now(),
                customer=card.customer,
                what={"left": said},
            )
    return _page(request, card, thanks=said in REASONS)


def _page(
    request: HttpRequest, card: Card, *, problem: str = "", thanks: bool = False
) -> HttpResponse:
    paid = _membership(card)
    context = {
        **cardside.about(card, "me"),
        "paid": paid,
        "until": standing.membership(paid),
        "left": paid.state is not None and paid.state.ending,
        "reasons": REASONS,
        "problem": problem,
        "thanks": thanks,
    }
    status = 422 if problem else 200
    return render(request, "pages/card/membership.html", context, status=status)


def _membership(card: Card) -> Membership:
    found = ledger.standing(card.customer.business_id, card.customer.pk, now=timezone.now())
    if found is None or found.perks.membership is None:
        raise Http404
    return found.perks.membership


def _post(card: Card, what: facts.What, reference: str) -> str:
    """Post it; the sentence of a refusal, else nothing."""
    now, source = timezone.now(), "card membership"
    if ledger.find(card.customer.business_id, source, reference) is not None:
        return ""
    fact = ledger.Fact(
        customer=card.customer.pk, at=now, what=what, source=source, reference=reference
    )
    (answer,) = ledger.post(card.customer.business_id, [fact], now=now)
    return refusals.posting(answer.refused) if answer.refused else ""
