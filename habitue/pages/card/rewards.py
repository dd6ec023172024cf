"""Rewards on the card: what there is, and a few minutes in which one is held ready for the staff.

Holding one ready spends nothing; only the counter hands over. A gift to a cause needs no counter.
"""

from __future__ import annotations

import uuid
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from habitue import ledger
from habitue.core import facts
from habitue.members import wishes
from habitue.members.models import Card, Wish
from habitue.pages import refusals
from habitue.pages.card import asking, catalogue, certificate, holder
from habitue.pages.card import card as cardside
from habitue.pages.card.catalogue import Offer


@require_GET
@holder.holder
def rewards(request: HttpRequest, card: Card) -> HttpResponse:
    """All of them, the ready ones first."""
    return _page(request, card)


@require_POST
@holder.holder
def wish(request: HttpRequest, card: Card) -> HttpResponse:
    """Hold one ready: the counter's sheet asks for it first, until it is given or time is up."""
    now = timezone.now()
    one = _ready(request, card)
    if one is None:
        return _page(request, card, problem=_("This reward is not ready any more."))
    wishes.make(card, at=now, reward=one.reward, voucher=one.voucher or None, choice=one.choice)
    return redirect("card-wish", card.token)


@require_GET
@holder.holder
def waiting(request: HttpRequest, card: Card) -> HttpResponse:
    """The screen that is shown at the counter: it counts down, and says when it was given."""
    asked, now = wishes.on(card), timezone.now()
    if asked is None:
        return redirect("card-rewards", card.token)
    left = int((asked.until - now).total_seconds())
    context = {
        **cardside.about(card, "rewards"),
        "wish": asked,
        "title": catalogue.title(card.customer.business, asked),
        "state": _state(asked, left),
        "remaining": left,
        "minutes": f"{max(0, left) // 60}:{max(0, left) % 60:02d}",
        **cardside.code_of(request, card),
    }
    part = "HX-Request" in request.headers
    return render(request, f"pages/card/{'_wish' if part else 'wish'}.html", context)


@require_POST
@holder.holder
def cancel(request: HttpRequest, card: Card) -> HttpResponse:
    """Not now after all."""
    wishes.cancel(card)
    return redirect("card-rewards", card.token)


@holder.holder
def donate(request: HttpRequest, card: Card) -> HttpResponse:
    """Units, or a voucher, go to a cause: first what it means, then it is done."""
    one = _ready(request, card, donates=True)
    if one is None:
        problem = _("This cannot be given any more.")
        return _page(request, card, problem=problem)
    problem, form = "", asking.Once(request.POST or None)
    if request.method == "POST" and form.is_valid():
        problem = _give(card, one, form.cleaned_data["reference"])
        if not problem:
            return redirect("card-given", card.token)
    context = {
        **cardside.about(card, "rewards"),
        "one": one,
        "causes": certificate.together(card.customer.business),
        "reference": uuid.uuid4(),
        "problem": problem,
    }
    status = 422 if problem else 200
    return render(request, "pages/card/donate.html", context, status=status)


@require_GET
@holder.holder
def given(request: HttpRequest, card: Card) -> HttpResponse:
    """What went to causes this year and last, with the certificates."""
    customer, now = card.customer, timezone.now()
    day = now.astimezone(ZoneInfo(customer.business.timezone)).date()
    found = certificate.given(customer.business, customer.pk, day=day)
    together = certificate.together(customer.business)
    context = {**cardside.about(card, "rewards"), "given": found, "causes": together}
    return render(request, "pages/card/given.html", context)


def _page(request: HttpRequest, card: Card, *, problem: str = "") -> HttpResponse:
    now, customer = timezone.now(), card.customer
    context = {
        **cardside.about(card, "rewards"),
        "offers": catalogue.offers(customer.business, customer.pk, now=now),
        "causes": certificate.has_causes(customer.business),
        "wish": wishes.open_on(card, now=now),
        "problem": problem,
    }
    status = 422 if problem else 200
    return render(request, "pages/card/rewards.html", context, status=status)


def _ready(request: HttpRequest, card: Card, *, donates: bool = False) -> Offer | None:
    key = request.POST.get("of") or request.GET.get("of", "")
    customer, now = card.customer, timezone.now()
    return catalogue.find(customer.business, customer.pk, key, now=now, donates=donates)


def _give(card: Card, one: Offer, reference: str) -> str:
    """Give it, once; the sentence of a refusal, else nothing."""
    customer, now = card.customer, timezone.now()
    what: facts.What = facts.Redemption(one.reward, at_once=True)
    if one.voucher:
        what = facts.VoucherUse(one.voucher, one.choice)
    source = f"card:{card.pk}"
    if ledger.find(customer.business_id, source, reference) is not None:
        return ""  # the button was pressed twice
    fact = ledger.Fact(customer=customer.pk, at=now, what=what, source=source, reference=reference)
    (answer,) = ledger.post(customer.business_id, [fact], now=now)
    return refusals.posting(answer.refused) if answer.refused else ""


def _state(asked: Wish, left: int) -> str:
    if asked.given_at is not None:
        return "given"
    return "open" if left > 0 else "over"
