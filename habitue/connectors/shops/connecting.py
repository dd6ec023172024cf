"""Connections to shops: made, given their secrets, looked at, ended. Plain functions for any door.

A connection that ended is kept without its secrets: connected again, the shop goes on under the
same source, so what was posted is not posted twice.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from msgspec import Struct
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from habitue.connectors.models import Shop, ShopMessage
from habitue.connectors.shops import asking, kinds
from habitue.members import journal
from habitue.members.models import Business, Staff

TASK: Final = "habitue.site.tasks.shop_ask"
LONGEST_SECRET: Final = 200


class Light(Struct, frozen=True):
    """How a connection stands: `color` green, yellow or red, and why in a word.

    `no_secret`, `silent` (nothing came yet), `well`, `unread` (messages that failed), or the
    trouble with asking.
    """

    color: str
    why: str


def connect(
    business: Business,
    *,
    kind: str,
    name: str,
    address: str,
    credentials: Mapping[str, str],
    by: Staff | None,
    at: datetime,
) -> tuple[Shop, str]:
    """Connect a shop, or one that was connected before; and the secret, where we make it.

    `address`: the shop's, or which of the kind's fixed ones. `asking.Trouble`: it may not be asked.
    """
    of = kinds.known()[kind]
    base = of.fixed.get(address) or asking.checked(address)
    secret = "" if of.makes_secret else secrets.token_urlsafe(32)
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        Business.objects.select_for_update().get(pk=business.pk)  # prefixes are counted
        shop = Shop.objects.filter(business=business, kind=kind, address=base).first()
        if shop is None:
            shop = Shop(business=business, kind=kind, address=base, since=at)
            shop.prefix = _prefix(business, kind)
        shop.name, shop.token, shop.secret = name, token, secret
        shop.credentials = _wanted(of, credentials)
        shop.connected_at, shop.disconnected_at = at, None
        shop.heard_at = shop.asked_at = shop.trouble_at = None
        shop.trouble = ""
        shop.save()
        _journal(shop, "connected", by=by, at=at)
    return shop, secret


def change(
    shop: Shop,
    *,
    secret: str = "",
    credentials: Mapping[str, str] | None = None,
    by: Staff | None,
    at: datetime,
) -> None:
    """Give a connection another secret or other keys; what is empty stays as it is."""
    given = _wanted(kinds.known()[shop.kind], credentials or {})
    with transaction.atomic():
        shop = Shop.objects.select_for_update().get(pk=shop.pk)
        if secret:
            shop.secret = secret
        if given:
            shop.credentials, shop.trouble, shop.trouble_at = given, "", None
        shop.save(update_fields=["secret", "credentials", "trouble", "trouble_at"])
        _journal(shop, "changed", by=by, at=at)


def renew_secret(shop: Shop, *, by: Staff | None, at: datetime) -> str:
    """Another secret of our own making; the former one signs nothing any more."""
    secret = secrets.token_urlsafe(32)
    change(shop, secret=secret, by=by, at=at)
    return secret


def disconnect(shop: Shop, *, by: Staff | None, at: datetime) -> None:
    """End a connection: its address, secret and keys are gone; what was posted stays."""
    with transaction.atomic():
        Shop.objects.filter(pk=shop.pk, disconnected_at=None).update(
            disconnected_at=at, token=secrets.token_urlsafe(24), secret="", credentials={}
        )
        ShopMessage.objects.filter(shop=shop).exclude(state=ShopMessage.State.DONE).delete()
        _journal(shop, "disconnected", by=by, at=at)


def listed(business: Business) -> list[Shop]:
    """The shops that are connected, the oldest first."""
    return list(Shop.objects.filter(business=business, disconnected_at=None).order_by("pk"))


def find(business: Business, key: int) -> Shop | None:
    """One connected shop of a business."""
    mine = Shop.objects.filter(business=business, disconnected_at=None, pk=key)
    return mine.select_related("business").first()


def messages(shop: Shop, *, before: int = 0, most: int = 50) -> Sequence[ShopMessage]:
    """What a shop told, the newest first."""
    found = ShopMessage.objects.filter(shop=shop).defer("body").order_by("-pk")
    return list((found.filter(pk__lt=before) if before else found)[:most])


def light(shop: Shop) -> Light:
    """How a connection stands."""
    if not shop.secret:
        return Light("yellow", "no_secret")
    if shop.trouble:
        return Light("red", shop.trouble)
    if ShopMessage.objects.filter(shop=shop, state=ShopMessage.State.FAILED).exists():
        return Light("red", "unread")
    heard = shop.heard_at is not None or shop.asked_at is not None
    return Light("green", "well") if heard else Light("yellow", "silent")


def path(shop: Shop) -> str:
    """Where the shop tells, without the host."""
    return reverse("shop-hook", args=(shop.kind, shop.token))


def address(shop: Shop) -> str:
    """Where the shop tells, under this installation's own address."""
    return f"{settings.HABITUE_ADDRESS}{path(shop)}"


def ask_soon(shop: Shop) -> None:
    """Have the worker ask the shop now."""
    try:
        with transaction.atomic():
            app.configure_task(TASK, queueing_lock=f"shop {shop.pk}").defer(key=shop.pk)
    except AlreadyEnqueued:
        return


def _wanted(of: kinds.Kind, credentials: Mapping[str, str]) -> dict[str, str]:
    """The keys that this kind needs, if all of them are given."""
    found = {name: credentials.get(name, "").strip() for name in of.credentials}
    return found if all(found.values()) else {}


def _prefix(business: Business, kind: str) -> str:
    count = Shop.objects.filter(business=business, kind=kind).count()
    return f"{kind}-{count + 1}" if count else kind


def _journal(shop: Shop, did: str, *, by: Staff | None, at: datetime) -> None:
    what: dict[str, str | int] = {"did": did, "shop": shop.name, "kind": shop.kind}
    journal.write(shop.business, "shop", at=at, staff=by, what=what)
