"""The shop's own settings: name, kind, language, quiet hours, who counts as a customer."""

from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from habitue.ledger import rhythm
from habitue.members import journal
from habitue.members.models import Business
from habitue.pages import access
from habitue.pages.settings import forms

FIELDS: Final = (
    "name",
    "kind",
    "language",
    "quiet_from",
    "quiet_until",
    "window_days",
    "printed_cards",
)


@never_cache
@access.owner
def shop(request: HttpRequest, business: Business) -> HttpResponse:
    """The form; what was changed is journaled by its name, not its value."""
    now = timezone.now()
    kept = {name: getattr(business, name) for name in FIELDS}
    form = forms.Shop(request.POST or None, initial=kept)
    if request.method == "POST" and form.is_valid():
        changed = [name for name in FIELDS if form.cleaned_data[name] != kept[name]]
        if changed:
            _save(request, business, {name: form.cleaned_data[name] for name in changed})
        messages.success(request, _("Saved."))
        return redirect("settings-shop")
    context = {
        "business": Business.objects.get(pk=business.pk),
        "here": "settings",
        "form": form,
        "rhythm": rhythm.own(business, now=now),
    }
    status = 422 if form.errors else 200
    return render(request, "pages/settings/shop.html", context, status=status)


def _save(request: HttpRequest, business: Business, changed: dict[str, Any]) -> None:
    with transaction.atomic():
        for name, value in changed.items():
            setattr(business, name, value)
        business.save(update_fields=list(changed))
        journal.write(
            business,
            "settings",
            at=timezone.now(),
            staff=access.person(request, business),
            what={"changed": " ".join(sorted(changed))},
        )
