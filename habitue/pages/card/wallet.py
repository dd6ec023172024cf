"""The card as a pass in a phone's wallet, where the keys for it are set."""

import logging
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from msgspec import Struct

from habitue import ledger
from habitue.connectors.wallets import apple, google
from habitue.connectors.wallets.passes import Pass
from habitue.members import cards
from habitue.members.models import Card
from habitue.pages import access, holdings, links

log = logging.getLogger(__name__)


class Wallets(Struct, frozen=True):
    """Which wallets a card can be put into here."""

    apple: bool
    google: bool


def offered() -> Wallets:
    """The wallets whose keys are set and can be read."""
    return Wallets(apple=_apple() is not None, google=_google() is not None)


@never_cache
@require_GET
def for_apple(request: HttpRequest, token: str) -> HttpResponse:
    """The pass as a file, which an iPhone offers to keep."""
    found, signer = access.card(token), _apple()
    if signer is None:
        raise Http404
    content = apple.build(_pass(request, found, timezone.now()), signer)
    named = f'attachment; filename="{found.customer.business.slug}.pkpass"'
    return HttpResponse(content, apple.TYPE, headers={"Content-Disposition": named})


@never_cache
@require_GET
def for_google(request: HttpRequest, token: str) -> HttpResponse:
    """On to Google, with the card in the address; only who taps goes there."""
    found, by, now = access.card(token), _google(), timezone.now()
    if by is None:
        raise Http404
    return redirect(
        google.link(
            _pass(request, found, now),
            by,
            kind=f"shop-{found.customer.business_id}",
            logo=request.build_absolute_uri(static("pages/icons/app-512.png")),
            origin=settings.HABITUE_ADDRESS,
            now=now,
        )
    )


def _pass(request: HttpRequest, card: Card, now: datetime) -> Pass:
    customer, business = card.customer, card.customer.business
    face, program = holdings.face(business, customer.pk, now=now), ledger.program(business.pk)
    return Pass(
        serial=str(card.pk),
        shop=business.name,
        holder=customer.name,
        number=customer.member.number,
        label=face.unit if face else "",
        balance=face.label if face else "",
        promise=holdings.words(program.title, "") if program else "",
        address=links.absolute(request, "card", card.token),
        code=links.absolute(request, "scanned", cards.printed_code(card))
        if business.printed_cards
        else "",
    )


@lru_cache(maxsize=1)
def _apple() -> apple.Signer | None:
    files = settings.ENVIRONMENT.apple_wallet
    try:
        return apple.signer(*files) if files else None
    except ValueError as error:
        log.error("%s No pass is offered.", error)
        return None


@lru_cache(maxsize=1)
def _google() -> google.Account | None:
    given = settings.ENVIRONMENT.google_wallet
    try:
        return google.account(*given) if given else None
    except ValueError as error:
        log.error("%s No pass is offered.", error)
        return None
