"""Webhooks: which other systems are told what happens here; made, changed, paused, resumed."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from habitue.connectors.models import Endpoint
from habitue.connectors.webhooks import endpoints
from habitue.connectors.webhooks.addresses import Refused
from habitue.members.models import Business, Staff
from habitue.pages import access
from habitue.pages.settings import forms

NEW_SECRET: Final = "new_webhook_secret"

REFUSALS: Final = {
    "url": gettext_lazy("Write an address such as https://shop.example/hook."),
    "url_scheme": gettext_lazy("The address must begin with https://."),
    "url_user": gettext_lazy("The address must not hold a user name or a password."),
    "url_port": gettext_lazy("The port must be 443, or one from 1024 on."),
    "url_host_unknown": gettext_lazy("There is no such host."),
    "url_not_public": gettext_lazy(
        "This address does not belong to the open internet: nothing is sent there."
    ),
    "demo": gettext_lazy("A demo tells no other system anything."),
    "too_many": gettext_lazy("There are as many as there can be: delete one first."),
}
"""Why an address will not do, for its form and for the log."""


@never_cache
@access.chief
def webhooks(request: HttpRequest, business: Business, own: Staff) -> HttpResponse:
    """All of them, and another one."""
    form = forms.Webhook(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        made = endpoints.make(business, **form.cleaned_data, by=own, at=now)
        if not isinstance(made, Refused):
            return _shown(request, made.endpoint, made.secret)
        refuse(form, made)
    context = {
        "business": business,
        "here": "settings",
        "form": form,
        "endpoints": [(one, endpoints.host(one)) for one in endpoints.listed(business)],
    }
    status = 422 if form.errors else 200
    return render(request, "pages/settings/webhooks.html", context, status=status)


@never_cache
@access.chief
def change(request: HttpRequest, business: Business, own: Staff, key: int) -> HttpResponse:
    """Another address, description or other types."""
    one = endpoint(business, key)
    kept = {"url": one.url, "description": one.description, "types": one.types}
    form = forms.Webhook(request.POST or None, initial=kept)
    if request.method == "POST" and form.is_valid():
        changed = endpoints.update(one, **form.cleaned_data, by=own, at=timezone.now())
        if not isinstance(changed, Refused):
            messages.success(request, _("Saved."))
            return redirect("settings-webhook", key)
        refuse(form, changed)
    context = {
        "business": business,
        "here": "settings",
        "form": form,
        "one": one,
        "host": endpoints.host(one),
    }
    status = 422 if form.errors else 200
    return render(request, "pages/settings/webhook_change.html", context, status=status)


@access.chief
@require_POST
def test(request: HttpRequest, business: Business, own: Staff, key: int) -> HttpResponse:
    """Send a message that says that it is a test."""
    endpoints.test(endpoint(business, key), at=timezone.now())
    messages.success(request, _("A test is on its way: it appears below."))
    return redirect("settings-webhook", key)


@access.chief
@require_POST
def rotate(request: HttpRequest, business: Business, own: Staff, key: int) -> HttpResponse:
    """Another secret, shown once."""
    one = endpoint(business, key)
    return _shown(request, one, endpoints.rotate(one, by=own, at=timezone.now()))


@access.chief
@require_POST
def pause(request: HttpRequest, business: Business, own: Staff, key: int) -> HttpResponse:
    """Send nothing for a while."""
    endpoints.pause(endpoint(business, key), by=own, at=timezone.now())
    messages.success(request, _("Paused: what happens meanwhile is kept."))
    return redirect("settings-webhook", key)


@access.chief
@require_POST
def resume(request: HttpRequest, business: Business, own: Staff, key: int) -> HttpResponse:
    """Send again, with what waited."""
    endpoints.resume(endpoint(business, key), by=own, at=timezone.now())
    messages.success(request, _("Messages are sent again, first what waited."))
    return redirect("settings-webhook", key)


@never_cache
@access.chief
def delete(request: HttpRequest, business: Business, own: Staff, key: int) -> HttpResponse:
    """Asked first, then done: with it goes its log."""
    one = endpoint(business, key)
    if request.method == "POST":
        endpoints.delete(one, by=own, at=timezone.now())
        messages.success(
            request, _("%(host)s is told nothing more.") % {"host": endpoints.host(one)}
        )
        return redirect("settings-webhooks")
    context = {"business": business, "here": "settings", "one": one, "host": endpoints.host(one)}
    return render(request, "pages/settings/webhook_delete.html", context)


def endpoint(business: Business, key: int) -> Endpoint:
    """One of this business; another's does not exist."""
    found = endpoints.find(business, key=key) if key < 2**63 else None
    if found is None:
        raise Http404
    return found


def refuse(form: Any, refused: Refused) -> None:
    """Say beside the field what is wrong; what the form checks itself cannot come here."""
    form.add_error("url", REFUSALS[refused.code])


def _shown(request: HttpRequest, one: Endpoint, secret: str) -> HttpResponse:
    request.session[NEW_SECRET] = {"endpoint": one.pk, "text": secret}
    return redirect("settings-webhook", one.pk)
