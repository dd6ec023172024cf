"""Who works here: people with a PIN at the counter, people who sign in, their phones."""

from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from habitue.members import devices, identities
from habitue.members import staff as people
from habitue.members.models import Business, Device, Staff
from habitue.pages import access, account, links
from habitue.pages.settings import forms

NEW_PIN = "new_pin"


@never_cache
@access.chief
def staff(request: HttpRequest, business: Business, own: Staff) -> HttpResponse:
    """Everybody who works here; somebody new at the counter."""
    form = forms.Hire(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now, name = timezone.now(), form.cleaned_data["name"]
        one, pin = people.hire(business, name=name, by=own, at=now)
        return _shown(request, one, pin)
    return _page(request, business, own, hire=form)


@require_POST
@access.chief
def invite(request: HttpRequest, business: Business, own: Staff) -> HttpResponse:
    """An owner or a manager more: they sign in with a code sent to this address."""
    form = forms.Invite(request.POST)
    if not form.is_valid():
        return _page(request, business, own, invited=form)
    typed = form.cleaned_data["email"]
    email = identities.normalise("email", typed, country=business.country) or typed
    user, role = account.user_of(email), Staff.Role(form.cleaned_data["role"])
    if user.pk == own.user_id:
        form.add_error("email", _("This is your own address."))
        return _page(request, business, own, invited=form)
    people.admit(business, user, role, by=own, at=timezone.now())
    subject = _("You may now sign in for %(shop)s") % {"shop": business.name}
    context = {"business": business, "address": links.absolute(request, "sign-in")}
    EmailMessage(
        subject=" ".join(subject.split()),
        body=render_to_string("pages/mail/invited.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[email],
    ).send()
    messages.success(request, _("%(email)s may sign in now.") % {"email": email})
    return redirect("settings-staff")


@require_POST
@access.chief
def new_pin(request: HttpRequest, business: Business, own: Staff, key: int) -> HttpResponse:
    """Another PIN for someone at the counter; shown once."""
    one = get_object_or_404(Staff, pk=key, business=business, active=True)
    return _shown(request, one, people.renew_pin(one, by=own, at=timezone.now()))


@never_cache
@access.chief
def dismiss(request: HttpRequest, business: Business, own: Staff, key: int) -> HttpResponse:
    """Asked first; then PIN, sign-in and phones end at once."""
    one = get_object_or_404(Staff, pk=key, business=business, active=True)
    if request.method == "POST":
        if people.dismiss(one, by=own, at=timezone.now()):
            messages.success(request, _("%(name)s no longer works here.") % {"name": one.name})
        else:
            messages.error(request, _("The last owner stays: name another one first."))
        return redirect("settings-staff")
    context = {"business": business, "here": "settings", "one": one}
    return render(request, "pages/settings/dismiss.html", context)


@require_POST
@access.chief
def revoke(request: HttpRequest, business: Business, own: Staff, key: int) -> HttpResponse:
    """A phone at the counter is lost: it is out at once."""
    one = get_object_or_404(Device, pk=key, business=business)
    devices.revoke(one, by=own, at=timezone.now())
    messages.success(request, _("This phone is out. Whoever has it needs a PIN again."))
    return redirect("settings-staff")


def _shown(request: HttpRequest, one: Staff, pin: str) -> HttpResponse:
    request.session[NEW_PIN] = {"staff": one.pk, "name": one.name, "pin": pin}
    return redirect("settings-staff")


def _page(
    request: HttpRequest,
    business: Business,
    own: Staff,
    *,
    hire: forms.Hire | None = None,
    invited: forms.Invite | None = None,
) -> HttpResponse:
    everybody = Staff.objects.filter(business=business, active=True).select_related("user")
    counter = links.absolute(request, "counter", business.counter_key)
    context = {
        "business": business,
        "here": "settings",
        "own": own,
        "now": timezone.now(),
        "counter": counter,
        "crew": everybody.filter(user=None, partner="").order_by("name"),
        "chiefs": everybody.exclude(user=None).order_by("role", "name"),
        "phones": devices.listed(business),
        "shown": request.session.pop(NEW_PIN, None),
        "hire": hire or forms.Hire(),
        "invited": invited or forms.Invite(),
    }
    wrong = any(form is not None and form.errors for form in (hire, invited))
    return render(request, "pages/settings/staff.html", context, status=422 if wrong else 200)
