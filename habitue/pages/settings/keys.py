"""Keys for programs: made, shown once, renewed, revoked."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from habitue import ledger
from habitue.members import keys as given
from habitue.members.models import ApiKey, Business, Staff
from habitue.pages import access, holdings
from habitue.pages.settings import forms

NEW_KEY = "new_key"


@never_cache
@access.chief
def keys(request: HttpRequest, business: Business, own: Staff) -> HttpResponse:
    """All of them that are good, and another one."""
    titles = _partners(business)
    form, now = forms.Key(request.POST or None, partners=titles), timezone.now()
    if request.method == "POST" and form.is_valid():
        scope, partner = forms.Key.meant(form.cleaned_data["scope"])
        name = form.cleaned_data["name"]
        with transaction.atomic():
            made = given.make(business, name=name, scope=scope, by=own, at=now, partner=partner)
        return _shown(request, *made)
    scopes = {str(scope): said for scope, said in forms.SCOPES}
    context = {
        "business": business,
        "here": "settings",
        "form": form,
        "keys": [
            (one, scopes.get(one.scope) or titles.get(one.partner, one.partner))
            for one in given.good(business, at=now).order_by("-pk")
        ],
        "overlap": settings.API_KEY_OVERLAP // timedelta(hours=1),
        "shown": request.session.pop(NEW_KEY, None),
    }
    status = 422 if form.errors else 200
    return render(request, "pages/settings/keys.html", context, status=status)


@access.chief
@require_POST
def renew(request: HttpRequest, business: Business, own: Staff, key: int) -> HttpResponse:
    """Another key that may do the same; this one goes on for a while."""
    one = get_object_or_404(ApiKey, pk=key, business=business)
    renewed = given.rotate(one, by=own, at=timezone.now())
    if renewed is None:
        messages.error(request, _("The key “%(name)s” was renewed already.") % {"name": one.name})
        return redirect("settings-keys")
    return _shown(request, *renewed)


@access.chief
@require_POST
def revoke(request: HttpRequest, business: Business, own: Staff, key: int) -> HttpResponse:
    """From now on this key opens nothing."""
    one = get_object_or_404(ApiKey, pk=key, business=business)
    with transaction.atomic():
        given.revoke(one, by=own, at=timezone.now())
    messages.success(request, _("The key “%(name)s” no longer works.") % {"name": one.name})
    return redirect("settings-keys")


def _shown(request: HttpRequest, key: ApiKey, text: str) -> HttpResponse:
    request.session[NEW_KEY] = {"key": key.pk, "text": text}
    return redirect("settings-keys")


def _partners(business: Business) -> dict[str, str]:
    """The partners that the program names, with their titles."""
    program = ledger.program(business.pk)
    partners = program.partners if program else ()
    return {one.id: holdings.words(one.title, one.id) for one in partners}
