"""What a webhook was told: its messages, how each was tried, and sending them once more."""

from __future__ import annotations

import json
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from habitue.connectors.models import Attempt, Endpoint, Message
from habitue.connectors.webhooks import deliveries, endpoints, kinds
from habitue.members import ids
from habitue.members.models import Business, Staff
from habitue.pages import access
from habitue.pages.settings import forms, webhooks

PAGE: Final = 30
STATES: Final = {
    "": gettext_lazy("All"),
    "waiting": gettext_lazy("Waiting"),
    "delivered": gettext_lazy("Delivered"),
    "failed": gettext_lazy("Given up"),
}
STANDS: Final = {
    "waiting": gettext_lazy("Still waiting"),
    "delivered": gettext_lazy("Arrived"),
    "failed": gettext_lazy("It was given up"),
}
"""How one message stands; above, the messages that stand so."""

TYPES: Final = {**forms.TOLD, kinds.TEST: gettext_lazy("A test")}
ERRORS: Final = {
    "timeout": gettext_lazy("No answer in time."),
    "no_connection": gettext_lazy("Nobody listens at this address."),
    "tls": gettext_lazy("The certificate of this address is not valid."),
    "no_http": gettext_lazy("What came back was no answer of a web server."),
    **webhooks.REFUSALS,
}


@never_cache
@require_GET
@access.chief
def webhook(request: HttpRequest, business: Business, own: Staff, key: int) -> HttpResponse:
    """One endpoint: how it stands, what can be done, its log."""
    one = webhooks.endpoint(business, key)
    return _page(request, business, one, forms.Since(business=business))


@access.chief
@require_POST
def replay_since(request: HttpRequest, business: Business, own: Staff, key: int) -> HttpResponse:
    """Send everything since a moment once more."""
    one = webhooks.endpoint(business, key)
    form = forms.Since(request.POST, business=business)
    if not form.is_valid():
        return _page(request, business, one, form)
    count = deliveries.replay_since(
        one, since=form.cleaned_data["since"], by=own, at=timezone.now()
    )
    said = ngettext("%(count)s message goes out again.", "%(count)s messages go out again.", count)
    messages.success(request, said % {"count": count})
    return redirect("settings-webhook", key)


@never_cache
@require_GET
@access.chief
def message(
    request: HttpRequest, business: Business, own: Staff, key: int, number: int
) -> HttpResponse:
    """One message as it is sent, and each attempt."""
    one = webhooks.endpoint(business, key)
    found = _message(one, number)
    context = {
        "business": business,
        "here": "settings",
        "one": one,
        "host": endpoints.host(one),
        "message": found,
        "title": TYPES[found.type],
        "state": STANDS[found.state],
        "body": json.dumps(json.loads(found.body), indent=2, ensure_ascii=False),
        "attempts": [(attempt, outcome(attempt)) for attempt in deliveries.attempts(found)],
    }
    return render(request, "pages/settings/webhook_message.html", context)


@access.chief
@require_POST
def replay(
    request: HttpRequest, business: Business, own: Staff, key: int, number: int
) -> HttpResponse:
    """Send one message once more."""
    found = _message(webhooks.endpoint(business, key), number)
    if deliveries.replay(found, by=own, at=timezone.now()):
        messages.success(request, _("The message goes out again."))
    return redirect("settings-webhook-message", key, number)


def outcome(attempt: Attempt) -> str:
    """What came of an attempt, in words."""
    if attempt.error:
        return str(ERRORS[attempt.error])
    return _("Answer %(status)s") % {"status": attempt.status}


def _message(one: Endpoint, number: int) -> Message:
    found = deliveries.find(one, key=number) if number < 2**63 else None
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, business: Business, one: Endpoint, since: forms.Since
) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    type_ = request.GET.get("type", "")
    type_ = type_ if type_ in TYPES else ""
    before = ids.read(request.GET.get("before", "")) or None
    found = deliveries.listed(one, state=state, type=type_, before=before, limit=PAGE + 1)
    shown = request.session.get(webhooks.NEW_SECRET)
    if shown and shown["endpoint"] == one.pk:
        del request.session[webhooks.NEW_SECRET]
    else:
        shown = None
    context = {
        "business": business,
        "here": "settings",
        "one": one,
        "host": endpoints.host(one),
        "shown": shown,
        "since": since,
        "states": STATES.items(),
        "state": state,
        "types": TYPES.items(),
        "type": type_,
        "listed": [
            ({"message": each, "title": TYPES[each.type]}, STANDS[each.state])
            for each in found[:PAGE]
        ],
        "more": found[PAGE - 1].pk if len(found) > PAGE else None,
        "further": before is not None,
        "overlap": int(endpoints.OVERLAP.total_seconds()) // 3600,
    }
    status = 422 if since.errors else 200
    return render(request, "pages/settings/webhook.html", context, status=status)
