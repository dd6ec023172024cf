"""What is the member's alone: a copy of their data, a new address of the card, the end of it."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from habitue import ledger
from habitue.members import cards, erasing, journal, limits, wishes
from habitue.members.models import Card
from habitue.pages import errors, person_file
from habitue.pages.card import card as cardside
from habitue.pages.card import holder, letterbox

RENEWALS: Final = 3  # an hour
DOWNLOADS: Final = 10


@holder.holder
def renew(request: HttpRequest, card: Card) -> HttpResponse:
    """The card gets another address; from then on the one before opens nothing."""
    now, problem = timezone.now(), ""
    if request.method == "POST":
        if limits.allow("renew", card.customer.pk, most=RENEWALS, at=now):
            with transaction.atomic():
                wishes.cancel(card)
                new = cards.renew(card.customer, at=now)
                Card.objects.filter(pk=card.pk).update(revoked_at=now)
                journal.write(
                    card.customer.business, "key", at=now, customer=card.customer, what={"card": 1}
                )
            if address := letterbox.address_of(card.customer):
                letterbox.ask(request, "moved", address.pk)
            return redirect("card", new.token)
        problem = _("Too many tries. Please wait an hour, or ask at the counter.")
    context = {**cardside.about(card, "me"), "problem": problem}
    return render(request, "pages/card/renew.html", context, status=429 if problem else 200)


@require_POST
@holder.holder
def data(request: HttpRequest, card: Card) -> HttpResponse:
    """Everything that is kept on the member, as a page and as JSON in one file."""
    now, customer = timezone.now(), card.customer
    if not limits.allow("data", customer.pk, most=DOWNLOADS, at=now):
        return errors.too_often(request)
    with transaction.atomic():
        content = person_file.download(customer, at=now)
        journal.write(customer.business, "download", at=now, customer=customer)
    name = person_file.NAME.format(number=customer.member.number)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/zip", headers=headers)


@holder.holder
def delete(request: HttpRequest, card: Card) -> HttpResponse:
    """First what goes and what stays, then it is gone."""
    customer, problem = card.customer, ""
    if request.method == "POST":
        if request.POST.get("sure") == "yes":
            slug = customer.business.slug
            erasing.erase(customer, at=timezone.now())
            return redirect("goodbye", slug)
        problem = _("Please tick the box first: this cannot be undone.")
    standing = ledger.standing(customer.business_id, customer.pk, now=timezone.now())
    held = standing is not None and any(standing.balances.values())
    context = {
        **cardside.about(card, "me"),
        "problem": problem,
        "held": held or bool(standing and standing.vouchers),
        "paid": standing is not None and standing.perks.membership is not None,
    }
    return render(request, "pages/card/delete.html", context, status=422 if problem else 200)


@never_cache
@require_GET
def goodbye(request: HttpRequest, slug: str) -> HttpResponse:
    """It is done."""
    return render(request, "pages/card/goodbye.html", {"slug": slug})
