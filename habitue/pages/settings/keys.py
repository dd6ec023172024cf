"""Keys for programs: made, shown once, revoked."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from habitue.members import keys as given
from habitue.members.models import ApiKey, Business, Staff
from habitue.pages import access
from habitue.pages.settings import forms

NEW_KEY = "new_key"


@never_cache
@access.chief
def keys(request: HttpRequest, business: Business, own: Staff) -> HttpResponse:
    """All of them that are good, and another one."""
    form = forms.Key(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name, scope = form.cleaned_data["name"], ApiKey.Scope(form.cleaned_data["scope"])
        with transaction.atomic():
            key, text = given.make(business, name=name, scope=scope, by=own, at=timezone.now())
        request.session[NEW_KEY] = {"key": key.pk, "text": text}
        return redirect("settings-keys")
    good = ApiKey.objects.filter(business=business, revoked_at=None)
    scopes = {str(scope): said for scope, said in forms.SCOPES}
    context = {
        "business": business,
        "here": "settings",
        "form": form,
        "keys": [(one, scopes.get(one.scope, one.partner)) for one in good.order_by("-pk")],
        "shown": request.session.pop(NEW_KEY, None),
    }
    status = 422 if form.errors else 200
    return render(request, "pages/settings/keys.html", context, status=status)


@access.chief
@require_POST
def revoke(request: HttpRequest, business: Business, own: Staff, key: int) -> HttpResponse:
    """From now on this key opens nothing."""
    one = get_object_or_404(ApiKey, pk=key, business=business)
    with transaction.atomic():
        given.revoke(one, by=own, at=timezone.now())
    messages.success(request, _("The key “%(name)s” no longer works.") % {"name": one.name})
    return redirect("settings-keys")
