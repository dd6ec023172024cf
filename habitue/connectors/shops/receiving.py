"""The door: what a shop tells is verified, kept, and acknowledged; then worked off at once.

Nothing is parsed before its signature is right, and nothing is written for one that is wrong. What
was acknowledged lies in the database, so it is never lost.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from habitue.connectors.models import Shop, ShopMessage
from habitue.connectors.shops import kinds, working

LARGEST: Final = 2 * 1024 * 1024
"""Bytes of a payload; an order of a thousand lines has less."""

_NOTED: Final = timedelta(minutes=1)  # that a shop was heard is written down this often at most


@csrf_exempt
@never_cache
@require_POST
def receive(request: HttpRequest, kind: str, token: str) -> HttpResponse:
    """Take what a shop tells at its own address."""
    found = kinds.known().get(kind)
    shop = Shop.objects.filter(kind=kind, token=token, disconnected_at=None).first()
    if found is None or shop is None:
        return HttpResponse(status=404)
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return HttpResponse(status=413)
    body = request.body
    if found.is_ping(request.headers, body):
        return HttpResponse(status=200)
    if not any(
        found.verify(shop.secret, address, request.headers, body) for address in _addresses(request)
    ):
        return HttpResponse(status=401)
    now = timezone.now()
    message = ShopMessage.objects.create(
        shop=shop, topic=found.topic(request.headers), body=body, received_at=now
    )
    if shop.heard_at is None or now - shop.heard_at >= _NOTED:
        Shop.objects.filter(pk=shop.pk).update(heard_at=now)
    working.at_once(message, now=now)
    return HttpResponse(status=200)


def _addresses(request: HttpRequest) -> list[str]:
    """By which names the shop may know this address: one kind of shop signs it too."""
    return [f"{settings.HABITUE_ADDRESS}{request.path}", request.build_absolute_uri(request.path)]
