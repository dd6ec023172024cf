"""What is done with several customers at once: asked about first, then done as one."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django import forms
from django.core import signing
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from msgspec import Struct

from habitue import ledger
from habitue.core import facts, liability
from habitue.core.program import Program
from habitue.ledger import Fact
from habitue.members import bin as recycle_bin
from habitue.members import ids
from habitue.members.models import Business, Staff
from habitue.outreach import audiences
from habitue.pages import access, holdings, refusals
from habitue.pages.forms import PLAIN
from habitue.pages.owner import customers, export, listing
from habitue.pages.owner.listing import View
from habitue.pages.templatetags import words as say

MOST: Final = {"gift": 1_000, "bin": 1_000, "audience": 100_000}
"""How many customers at most, so that it is one transaction and a till does not wait for it."""

TITLES: Final = {
    "audience": gettext_lazy("Make an audience"),
    "gift": gettext_lazy("Give a surprise"),
    "bin": gettext_lazy("Move to the recycle bin"),
}
_SALT: Final = "habitue.pages.owner.selection"


class Selection(Struct, frozen=True):
    """The customers meant: those ticked, or everybody of a view."""

    view: View
    whole: bool
    ticked: tuple[int, ...]


class Named(forms.Form):
    """What the audience is called."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=audiences.MOST_NAME, validators=[PLAIN]
    )


class Gift(forms.Form):
    """So many units for each of them, and why."""

    unit = forms.ChoiceField(label=gettext_lazy("Of what"))
    amount = forms.DecimalField(
        label=gettext_lazy("How many for each"), min_value=0, max_digits=9, decimal_places=2
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=100, validators=[PLAIN],
        help_text=gettext_lazy("It stands in the customer’s history."),
    )  # fmt: skip

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.program = program
        units = [unit for unit in program.units if unit.redeemable]
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(unit.id, holdings.words(unit.title, unit.id)) for unit in units]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "unit" in given and "amount" in given:
            unit = self.program.units[self.program.unit_index(given["unit"])]
            exact = given["amount"].scaleb(unit.decimals)
            if exact != int(exact) or exact <= 0:
                self.add_error("amount", _("This cannot be given: please check the number."))
            given["exact"] = int(exact)
        return given


class Sure(forms.Form):
    """Nothing is asked but whether it is meant."""


@never_cache
@require_POST
@access.owner
def ask(request: HttpRequest, business: Business) -> HttpResponseBase:
    """What is about to be done, with how many; a file is sent at once, as it changes nothing."""
    now, action = timezone.now(), request.POST.get("action", "")
    selection = _selection(request)
    found = _customers(business, selection, now)
    if action == "export" and found:
        return export.answer(request, business, found, now=now)
    if action not in TITLES:
        raise Http404
    if action == "gift" and ledger.program(business.pk) is None:
        raise Http404
    form = _form(business, action)
    return _page(request, business, action, selection, found, form)


@never_cache
@require_POST
@access.owner
def do(request: HttpRequest, business: Business, action: str) -> HttpResponse:
    """It is done, or said why not."""
    if action not in TITLES or (action == "gift" and ledger.program(business.pk) is None):
        raise Http404
    now, selection = timezone.now(), _selection(request)
    found, form = _customers(business, selection, now), _form(business, action, request.POST)
    if not found or len(found) > MOST[action] or not form.is_valid():
        return _page(request, business, action, selection, found, form, status=422)
    if action == "gift" and request.POST.get("sure") != "yes":
        return _page(request, business, action, selection, found, form)
    staff = access.person(request, business)
    done = _DOING[action](request, business, found, form, staff, now)
    if done is None:
        return _page(request, business, action, selection, found, form, status=422)
    return redirect(done)


def _audience(
    request: HttpRequest,
    business: Business,
    found: list[int],
    form: Any,
    staff: Staff | None,
    now: datetime,
) -> str | None:
    name = form.cleaned_data["name"]
    if audiences.every(business).filter(name=name).exists():
        form.add_error("name", _("There is an audience of that name already."))
        return None
    audiences.make(business, name, audiences.OfChosen(customers=len(found)), now=now, chosen=found)
    return reverse("measures-audiences")


def _bin(
    request: HttpRequest,
    business: Business,
    found: list[int],
    form: Any,
    staff: Staff | None,
    now: datetime,
) -> str | None:
    recycle_bin.put(business, found, at=now, staff=staff)
    return reverse("customers")


def _gift(
    request: HttpRequest,
    business: Business,
    found: list[int],
    form: Any,
    staff: Staff | None,
    now: datetime,
) -> str | None:
    """One posting: everybody gets it, or nobody does. The button pressed twice gives it once."""
    given = form.cleaned_data
    once = _once(request.POST.get("once", ""))
    if once is None:
        form.add_error(None, _("Please begin again: this page is too old."))
        return None
    reference, at = once
    what = facts.Adjustment(given["unit"], given["exact"], given["reason"])
    source = f"gift:{staff.pk if staff else business.pk}"
    batch = [
        Fact(customer=key, at=at, what=what, source=source, reference=f"{reference}:{key}")
        for key in found
    ]
    with transaction.atomic():
        answers = ledger.post(business.pk, batch, now=now)
        refused = next((one.refused for one in answers if one.refused), None)
        if refused is not None:
            transaction.set_rollback(True)
    if refused is not None:
        form.add_error(None, refusals.posting(refused))
        return None
    return reverse("customers")


_DOING: Final[dict[str, Callable[..., str | None]]] = {
    "audience": _audience,
    "bin": _bin,
    "gift": _gift,
}


def _selection(request: HttpRequest) -> Selection:
    ticked = [ids.read(text) for text in request.POST.getlist("who")]
    return Selection(
        listing.asked(request.POST),
        request.POST.get("whole") == "yes",
        tuple(key for key in ticked if key),
    )


def _customers(business: Business, selection: Selection, now: datetime) -> list[int]:
    if selection.whole:
        return listing.keys(business, selection.view, now=now, most=2**31)
    return listing.chosen(business, list(selection.ticked))


def _form(business: Business, action: str, given: Any = None) -> forms.Form:
    match action:
        case "audience":
            return Named(given)
        case "gift":
            program = ledger.program(business.pk)
            assert program is not None
            return Gift(given, program=program)
        case _:
            return Sure(given if given is None else {})


def _page(
    request: HttpRequest,
    business: Business,
    action: str,
    selection: Selection,
    found: list[int],
    form: forms.Form,
    status: int = 200,
) -> HttpResponse:
    most = MOST[action]
    context = {
        "business": business,
        "here": "customers",
        "action": action,
        "title": TITLES[action],
        "selection": selection,
        "found": found,
        "count": _count(len(found)),
        "most": most,
        "too_many": len(found) > most,
        "form": form,
        "cost": _cost(form, len(found)),
        "once": signing.dumps([uuid.uuid4().hex, timezone.now().isoformat()], salt=_SALT),
        "back": reverse("customers") + customers.address(selection.view),
    }
    if request.POST.get("once"):
        context["once"] = request.POST["once"]
    return render(request, "pages/owner/selection.html", context, status=status)


def _count(number: int) -> str:
    text = ngettext("%(count)s customer", "%(count)s customers", number)
    return text % {"count": say.count(number)}


def _cost(form: forms.Form, count: int) -> str:
    """What is given in all, and what that is worth where the program says it; once it is known."""
    if not isinstance(form, Gift) or not form.is_bound or form.errors:
        return ""
    given, program = form.cleaned_data, form.program
    unit = program.units[program.unit_index(given["unit"])]
    total, worth = given["exact"] * count, liability.worth(program, unit)
    values = {
        "each": holdings.shown(unit, given["exact"]),
        "unit": holdings.words(unit.title, unit.id),
        "customers": _count(count),
        "total": holdings.shown(unit, total),
    }
    said = _("%(each)s %(unit)s for each of %(customers)s: %(total)s in all.") % values
    if worth is None:
        return said
    amount = say.money(round(worth * total), program.currency)
    return said + " " + _("That is worth %(amount)s.") % {"amount": amount}


def _once(text: str) -> tuple[str, datetime] | None:
    """What makes the button good once, and the moment that it stands for; None after a day."""
    try:
        reference, at = signing.loads(text, salt=_SALT, max_age=24 * 3600)
    except signing.BadSignature:
        return None
    return str(reference), datetime.fromisoformat(at)
