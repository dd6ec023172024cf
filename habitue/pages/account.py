"""Signing in and out: an address, a code by mail, no password."""

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from habitue.members import limits
from habitue.members.models import Business, Member
from habitue.pages import codes, forms, passkeys

BACKEND = "django.contrib.auth.backends.ModelBackend"
PENDING = "sign_in_code"
PER_NETWORK = 60  # codes an hour, to whatever addresses


@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for the address."""
    if request.user.is_authenticated:
        return redirect("today")
    return ask_address(request, "pages/account/sign_in.html", "sign-in-code")


@never_cache
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code; who owns nothing here is told so by the next page."""
    email, answer = ask_code(request, "pages/account/code.html")
    if not email:
        return answer
    user = user_of(email)
    enter(request, user)
    return redirect("today")


@never_cache
@require_POST
def passkey_ask(request: HttpRequest) -> HttpResponse:
    """What a browser needs to sign in with a passkey."""
    return JsonResponse(passkeys.ask(request))


@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    """Sign in whoever's passkey answered."""
    answer = passkeys.read(request)
    user = passkeys.open_with(request, answer, at=timezone.now()) if answer else None
    if user is None:
        return HttpResponse(status=422)
    enter(request, user)
    return HttpResponse(status=204)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session in this browser."""
    logout(request)
    return redirect("sign-in")


def enter(request: HttpRequest, user: User) -> None:
    """Sign somebody in, in this browser, which is listed in their settings from now on."""
    login(request, user, backend=BACKEND)
    UserSession.objects.purge_and_list(user)
    UserSession.objects.create_from_request(request)


def ask_address(request: HttpRequest, template: str, then: str, **context: object) -> HttpResponse:
    """One field; a valid address gets a code, whether it is known or not."""
    form = forms.Address(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email, now = form.cleaned_data["email"], timezone.now()
        few = limits.allow("code from", limits.network(request.META), most=PER_NETWORK, at=now)
        sent = codes.send(email, at=now) if few else None
        if sent is not None:
            request.session[PENDING] = {"key": sent.key, "email": email}
            return redirect(then)
        form.add_error("email", _("Too many codes were asked for. Please try again in an hour."))
    status = 422 if form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)


def ask_code(request: HttpRequest, template: str, **context: object) -> tuple[str, HttpResponse]:
    """The address that a right code proved and no page; else no address and the page to show."""
    pending = request.session.get(PENDING)
    if pending is None:
        return "", redirect("sign-in")
    form = forms.Code(request.POST or None)
    if request.method == "POST" and form.is_valid():
        verdict, email = codes.check(pending["key"], form.cleaned_data["code"], at=timezone.now())
        if verdict == "right":
            del request.session[PENDING]
            return email, HttpResponse()
        form.add_error("code", _verdict(verdict))
    shown = {
        "form": form,
        "email": pending["email"],
        "outbox": None if settings.HABITUE_MAIL_CONFIGURED else settings.HABITUE_OUTBOX,
        **context,
    }
    return "", render(request, template, shown, status=422 if form.errors else 200)


def user_of(email: str) -> User:
    """The account of a proven address; made when it is new."""
    with transaction.atomic():
        user, _made = User.objects.get_or_create(username=email[:150], defaults={"email": email})
        if _made:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        EmailAddress.objects.update_or_create(
            user=user, email=email, defaults={"verified": True, "primary": True}
        )
    return user


def first_member(business: Business) -> Member | None:
    """The first customer who joined."""
    members = Member.objects.filter(customer__business=business).select_related("customer")
    return members.order_by("enrolled_at").first()


def _verdict(verdict: codes.Verdict) -> str:
    if verdict == "wrong":
        return _("This is not the code from the mail. Please check the six digits.")
    return _("This code is no longer valid. Please ask for a new one.")
