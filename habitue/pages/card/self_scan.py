"""The code on the counter's screen, opened by the customer's own phone: a stamp on their card.

Which card is theirs the phone knows by a signed cookie that the card left there; any other phone
asks for the card's number. Opening changes nothing; the button takes the code, once.
"""

from __future__ import annotations

from typing import Final

from django.core.signing import BadSignature
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from habitue.core import facts
from habitue.members import customers, limits, tills
from habitue.members.models import Business, Card, Customer, Identity, TillCode
from habitue.pages import refusals
from habitue.pages.counter import posting

COOKIE: Final = "habitue-cards"
PATH: Final = "/o/"
AGE: Final = 60 * 60 * 24 * 400
MOST_CARDS: Final = 12
PER_NETWORK: Final = 240


def remember(request: HttpRequest, answer: HttpResponseBase, card: Card) -> None:
    """Let this phone know its card when it opens a counter's code; nobody else reads it."""
    kept = [str(card.pk), *(key for key in _kept(request) if key != str(card.pk))]
    answer.set_signed_cookie(
        COOKIE,
        ".".join(kept[:MOST_CARDS]),
        max_age=AGE,
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


@never_cache
def till_code(request: HttpRequest, text: str) -> HttpResponse:
    """Whose card, and the button; then what came of it."""
    code, now = tills.find(text), timezone.now()
    if code is None:
        return _over(request, None, "unknown")
    card = _own(request, code.business)
    if reason := tills.refusal(code, at=now):
        mine = card is not None and code.used_by_id == card.customer_id
        return _done(request, code, card) if mine else _over(request, code, reason)
    if request.method != "POST":
        return _asking(request, code, card)
    holder = card.customer if card else _typed(request, code.business)
    if holder is None:
        return _asking(request, code, card, problem=_("No card has this number. Check it again."))
    return _take(request, code, card, holder)


def _take(
    request: HttpRequest, code: TillCode, card: Card | None, holder: Customer
) -> HttpResponse:
    """Claim the code and stamp, or neither."""
    now = timezone.now()
    with transaction.atomic():
        if not tills.claim(code, holder, at=now):
            return _over(request, code, "used")
        what = facts.Visit(quantity=code.quantity, channel="code")
        said = posting.answer(code.business, code.staff, holder, what, f"code-{code.pk}")
        if said.refused is not None:
            transaction.set_rollback(True)
    if said.refused is not None:
        return _asking(request, code, card, problem=refusals.posting(said.refused))
    return _done(request, code, card, nothing=posting.gave_nothing(what, said))


def _asking(
    request: HttpRequest, code: TillCode, card: Card | None, *, problem: str = ""
) -> HttpResponse:
    context = {"business": code.business, "code": code, "card": card, "problem": problem}
    status = 422 if problem else 200
    return render(request, "pages/card/self_scan.html", context, status=status)


def _done(
    request: HttpRequest, code: TillCode, card: Card | None, *, nothing: bool = False
) -> HttpResponse:
    hint = refusals.gave_nothing() if nothing else ""
    context = {"business": code.business, "code": code, "card": card, "done": True, "hint": hint}
    return render(request, "pages/card/self_scan.html", context)


def _over(request: HttpRequest, code: TillCode | None, reason: str) -> HttpResponse:
    context = {"business": code.business if code else None, "reason": reason}
    status = 404 if reason == "unknown" else 410
    return render(request, "pages/card/self_scan.html", context, status=status)


def _own(request: HttpRequest, business: Business) -> Card | None:
    """The card of the shop that this phone knows, if it still is one."""
    keys = [int(key) for key in _kept(request) if key.isdigit()]
    there = Card.objects.select_related("customer").filter(
        pk__in=keys,
        revoked_at=None,
        customer__business=business,
        customer__erased_at=None,
        customer__binned_at=None,
        customer__merged_into=None,
    )
    return there.order_by("-pk").first()


def _kept(request: HttpRequest) -> list[str]:
    try:
        kept = request.get_signed_cookie(COOKIE, default=None, max_age=AGE)
    except BadSignature:
        return []
    return kept.split(".") if kept else []


def _typed(request: HttpRequest, business: Business) -> Customer | None:
    """Who has the number that was typed."""
    at = timezone.now()
    if not limits.allow("till-number", limits.network(request.META), most=PER_NETWORK, at=at):
        return None
    text = request.POST.get("number", "").replace(" ", "").upper()
    key = customers.find(business, Identity.Kind.NUMBER, text)
    there = Customer.objects.filter(erased_at=None, binned_at=None, merged_into=None)
    return there.filter(pk=key).first() if key else None
