"""One's own way in: where one is signed in, and the passkeys of one's devices."""

from typing import cast

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from habitue.members.devices import named
from habitue.members.models import Business
from habitue.pages import access, passkeys
from habitue.pages.models import Passkey


@never_cache
@require_GET
@access.owner
def account(request: HttpRequest, business: Business) -> HttpResponse:
    """The page."""
    user = cast(User, request.user)
    here = request.session.session_key
    listed = UserSession.objects.filter(user=user).order_by("-created_at")
    context = {
        "business": business,
        "here": "settings",
        "sessions": [
            (one, named(one.user_agent), one.session_key == here) for one in listed if one.exists()
        ],
        "passkeys": user.passkeys.order_by("made_at"),
    }
    return render(request, "pages/settings/account.html", context)


@require_POST
@access.owner
def sign_out(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """End one's session in another browser."""
    get_object_or_404(UserSession, pk=key, user=cast(User, request.user)).end()
    messages.success(request, _("That browser is signed out."))
    return redirect("settings-account")


@never_cache
@require_POST
@access.owner
def offer(request: HttpRequest, business: Business) -> HttpResponse:
    """What the browser needs to make a passkey."""
    return JsonResponse(passkeys.offer(request, cast(User, request.user)))


@require_POST
@access.owner
def add(request: HttpRequest, business: Business) -> HttpResponse:
    """Keep the passkey that the browser made."""
    answer = passkeys.read(request)
    kept = answer is not None and passkeys.add(
        request, cast(User, request.user), answer, at=timezone.now()
    )
    if not kept:
        return HttpResponse(status=422)
    messages.success(request, _("From now on this device signs you in."))
    return HttpResponse(status=204)


@require_POST
@access.owner
def remove(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """A passkey opens nothing any more."""
    get_object_or_404(Passkey, pk=key, user=cast(User, request.user)).delete()
    messages.success(request, _("This passkey no longer works."))
    return redirect("settings-account")
