"""Audiences: segments under a name, to be kept, written to, taken away as a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from msgspec import Struct

from habitue.core import money
from habitue.members.models import Business
from habitue.metrics.segments import catalogue
from habitue.outreach import audiences as kept
from habitue.outreach.models import Audience
from habitue.pages import access, spreadsheet
from habitue.pages.measures import saying


class Named(forms.Form):
    """What an audience is called, and whether it stays who it is now."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=kept.MOST_NAME)
    kind = forms.ChoiceField(
        label=gettext_lazy("Who is in it?"),
        choices=[
            (Audience.Kind.LIVE.value, gettext_lazy("Whoever is in the segment at the time")),
            (Audience.Kind.FROZEN.value, gettext_lazy("Those who are in it today, for good")),
        ],
    )

    def __init__(self, *args: Any, business: Business, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.business = business

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if not name.isprintable():
            raise forms.ValidationError(RegexValidator.message)
        if kept.every(self.business).filter(name=name).exists():
            raise forms.ValidationError(_("There is an audience of that name already."))
        return name


class Shown(Struct, frozen=True):
    """One audience on the page."""

    key: int
    name: str
    segment: str
    title: str
    frozen: bool


@never_cache
@require_GET
@access.owner
def audiences(request: HttpRequest, business: Business) -> HttpResponse:
    """The page."""
    context = {
        "business": business,
        "here": "measures",
        "audiences": [_shown(one) for one in kept.every(business)],
    }
    return render(request, "pages/measures/audiences.html", context)


@require_POST
@access.owner
def make(request: HttpRequest, business: Business, name: str) -> HttpResponse:
    """A segment becomes an audience."""
    form = Named(request.POST, business=business)
    declared = catalogue.every().get(name)
    if declared is None:
        return redirect("measures-segments")
    if not form.is_valid():
        context = {
            "business": business,
            "here": "measures",
            "form": form,
            "segment": name,
            "title": declared.title[saying.language()],
        }
        return render(request, "pages/measures/audience.html", context, status=422)
    given = form.cleaned_data
    kept.make(
        business,
        given["name"],
        kept.OfSegment(segment=name),
        now=timezone.now(),
        frozen=given["kind"] == Audience.Kind.FROZEN,
    )
    return redirect("measures-audiences")


@require_GET
@access.owner
def sheet(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """Everybody in an audience, with a mail address where they agreed to be written to."""
    audience = get_object_or_404(Audience, pk=key, business=business)
    now, places = timezone.now(), money.decimals(business.currency)
    rows = [
        [
            str(one.customer),
            spreadsheet.neutral(one.number),
            spreadsheet.neutral(one.name),
            spreadsheet.neutral(one.email),
            one.last.isoformat() if one.last else "",
            str(one.orders),
            spreadsheet.number(one.revenue, places),
        ]
        for one in kept.rows(business, kept.members(audience, now=now), now=now)
    ]
    header = [
        _("Customer"),
        _("Member number"),
        _("Name"),
        _("E-mail"),
        _("Last purchase"),
        _("Purchases"),
        _("Spent, %(currency)s") % {"currency": business.currency},
    ]
    return spreadsheet.of_people(
        request, business, f"{business.slug}-audience-{audience.pk}.csv", header, rows
    )


def _shown(audience: Audience) -> Shown:
    of = kept.definition(audience)
    segment = of.segment if isinstance(of, kept.OfSegment) else ""
    declared = catalogue.every().get(segment)
    return Shown(
        key=audience.pk,
        name=audience.name,
        segment=segment,
        title=declared.title[saying.language()] if declared else segment,
        frozen=audience.kind == Audience.Kind.FROZEN,
    )
