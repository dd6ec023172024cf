"""One connected shop: how it stands, the steps in the shop, what it told, its secret and keys."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from habitue.connectors.models import Shop, ShopMessage, ShopOrder
from habitue.connectors.shops import connecting, kinds, working
from habitue.members.models import Business, Staff
from habitue.pages import access, links
from habitue.pages.shops import forms, saying

NEW_SECRET: Final = "new_shop_secret"
PAGE: Final = 30


@never_cache
@require_GET
@access.chief
def one(request: HttpRequest, business: Business, own: Staff, key: int) -> HttpResponse:
    """The page. A secret of our making is shown once."""
    shop = find(business, key)
    shown = request.session.pop(NEW_SECRET, None) or {}
    secret = shown.get("secret", "") if shown.get("shop") == shop.pk else ""
    return _page(request, business, shop, secret=secret)


@require_POST
@access.chief
def secret(request: HttpRequest, business: Business, own: Staff, key: int) -> HttpResponse:
    """The secret that the shop made; or another one of ours, shown once."""
    shop, now = find(business, key), timezone.now()
    if not kinds.known()[shop.kind].makes_secret:
        made = connecting.renew_secret(shop, by=own, at=now)
        request.session[NEW_SECRET] = {"shop": shop.pk, "secret": made}
        return redirect("shop-connection", shop.pk)
    form = forms.Secret(request.POST)
    if not form.is_valid():
        return _page(request, business, shop, signed=form)
    connecting.change(shop, secret=form.cleaned_data["secret"], by=own, at=now)
    messages.success(request, _("Saved."))
    return redirect("shop-connection", shop.pk)


@require_POST
@access.chief
def keys(request: HttpRequest, business: Business, own: Staff, key: int) -> HttpResponse:
    """Other keys for asking the shop."""
    shop = find(business, key)
    form = forms.Keys(request.POST, kind=kinds.known()[shop.kind])
    if not form.is_valid():
        return _page(request, business, shop, opened=form)
    connecting.change(shop, credentials=form.given(), by=own, at=timezone.now())
    connecting.ask_soon(shop)
    messages.success(request, _("Saved."))
    return redirect("shop-connection", shop.pk)


@require_POST
@access.chief
def ask(request: HttpRequest, business: Business, own: Staff, key: int) -> HttpResponse:
    """Have the shop asked now for what it never told."""
    shop = find(business, key)
    connecting.ask_soon(shop)
    messages.success(request, _("The shop is being asked; what is new appears here."))
    return redirect("shop-connection", shop.pk)


@require_POST
@access.chief
def again(
    request: HttpRequest, business: Business, own: Staff, key: int, message: int
) -> HttpResponse:
    """Try once more what could not be recorded."""
    shop = find(business, key)
    told = get_object_or_404(
        ShopMessage.objects.select_related("shop__business"),
        pk=message,
        shop=shop,
        state=ShopMessage.State.FAILED,
    )
    if working.retry(told, now=timezone.now()):
        told.refresh_from_db()
        failed = told.state == ShopMessage.State.FAILED
        (messages.error if failed else messages.success)(request, saying.became(told))
    else:
        messages.error(request, _("What came is no longer kept. Ask the shop for it instead."))
    return redirect("shop-connection", shop.pk)


def find(business: Business, key: int) -> Shop:
    """A connected shop of this business, or nothing."""
    shop = connecting.find(business, key)
    if shop is None:
        raise Http404
    return shop


def _page(
    request: HttpRequest,
    business: Business,
    shop: Shop,
    *,
    secret: str = "",
    signed: forms.Secret | None = None,
    opened: forms.Keys | None = None,
) -> HttpResponse:
    kind, light = kinds.known()[shop.kind], connecting.light(shop)
    before = request.GET.get("before", "")
    start = int(before) if before.isdecimal() and len(before) < 19 else 0
    found = list(connecting.messages(shop, before=start, most=PAGE + 1))
    rows = found[:PAGE]
    orders = ShopOrder.objects.filter(shop=shop, number__in={row.number for row in rows})
    customers = dict(orders.values_list("number", "customer"))
    context = {
        "business": business,
        "here": "settings",
        "shop": shop,
        "kind": kind,
        "light": light.color,
        "stands": saying.light(light),
        "address": links.absolute(request, "shop-hook", shop.kind, shop.token),
        "only_here": links.only_here(request),
        "steps": saying.steps(shop.kind),
        "secret": secret,
        "signed": signed or forms.Secret(),
        "opened": opened or forms.Keys(kind=kind),
        "told": [
            (row, saying.became(row), customers.get(row.number), row.state == "failed")
            for row in rows
        ],
        "more": rows[-1].pk if len(found) > PAGE else 0,
        "further": bool(start),
    }
    wrong = any(form is not None and form.errors for form in (signed, opened))
    return render(request, "pages/shops/one.html", context, status=422 if wrong else 200)
