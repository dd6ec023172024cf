"""Who somebody is: name, addresses, birthday, the shop's note; a new card instead of a lost one."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from habitue.members import cards, customers, details, identities, journal
from habitue.members.models import Business, Customer, Identity, Staff
from habitue.pages import access, links, qr
from habitue.pages.forms import Birthday, text
from habitue.pages.person import page

_KINDS: Final = ((Identity.Kind.EMAIL, "email"), (Identity.Kind.PHONE, "phone"))


class Details(Birthday):
    """What an owner may change of a person; an address that is another's is said with whose."""

    name = forms.CharField(
        label=gettext_lazy("Name"), required=False, **text(80, autocomplete="off")
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail"),
        required=False,
        **text(254, autocomplete="off", inputmode="email"),
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"), required=False, **text(40, autocomplete="off", inputmode="tel")
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Your staff sees it at the counter. The person may ask to read it."),
        widget=forms.Textarea({"rows": 3}),
    )
    field_order = ("name", "email", "phone", "birthday", "note")

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer
        self.holder: Customer | None = None  # whose address it is already
        self.taken = ""

    def clean_email(self) -> str:
        return self._address(Identity.Kind.EMAIL, "email", _("Please check this e-mail address."))

    def clean_phone(self) -> str:
        return self._address(Identity.Kind.PHONE, "phone", _("Please check this number."))

    def clean_note(self) -> str:
        """Lines of ordinary letters."""
        note = str(self.cleaned_data["note"]).replace("\r\n", "\n")
        if any(ord(sign) < 32 and sign != "\n" for sign in note):
            raise forms.ValidationError(_("Please use ordinary letters."))
        return note

    def _address(self, kind: str, name: str, problem: str) -> str:
        given, business = str(self.cleaned_data[name]), self.customer.business
        if not given:
            return ""
        normal = identities.normalise(kind, given, country=business.country)
        if normal is None:
            raise forms.ValidationError(problem)
        holder = customers.find(business, kind, normal)
        if holder is not None and holder != self.customer.pk:
            self.holder, self.taken = Customer.objects.get(pk=holder), normal
            said = _("This belongs to %(name)s already.")
            raise forms.ValidationError(said % {"name": page.called(self.holder)})
        return normal


@never_cache
@access.owner
def edit(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """Everything that is known of a person beside what happened."""
    customer = access.customer(business, key)
    form = Details(request.POST or None, customer=customer, initial=_held(customer))
    if request.method == "POST" and form.is_valid():
        _save(customer, form.cleaned_data, access.person(request, business), at=timezone.now())
        return redirect("customer", key)
    context = {
        "business": business,
        "here": "customers",
        "customer": customer,
        "title": page.called(customer),
        "form": form,
        "holder": form.holder,
        "holder_title": page.called(form.holder) if form.holder else "",
    }
    return render(request, "pages/person/edit.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
@access.owner
def new_card(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """Another card; the old ones are good for nothing any more. Its address is shown this once."""
    customer, now = access.customer(business, key), timezone.now()
    with transaction.atomic():
        card = cards.renew(customer, at=now)
        staff = access.person(request, business)
        journal.write(business, "card", at=now, staff=staff, customer=customer)
    address = links.absolute(request, "card", card.token)
    context = {
        "business": business,
        "here": "customers",
        "customer": customer,
        "title": page.called(customer),
        "address": address,
        "code": qr.svg(address, label=_("QR code of the new card")),
    }
    return render(request, "pages/person/card.html", context)


def _held(customer: Customer) -> dict[str, str]:
    known = dict(customer.identities.order_by("pk").values_list("kind", "value"))
    born = ""
    if customer.birth_day is not None and customer.birth_month is not None:
        born = f"{customer.birth_day:02d}/{customer.birth_month:02d}"
    return {
        "name": customer.name,
        "note": customer.note,
        "birthday": born,
        **{name: known.get(kind, "") for kind, name in _KINDS},
    }


def _save(customer: Customer, given: dict[str, Any], staff: Staff, *, at: datetime) -> None:
    """Write what has changed, and a line for the note and one for the rest."""
    day, month = given["birthday"] or (None, None)
    before = _held(customer)
    to = {"name": given["name"], "note": given["note"]}
    if (day, month) != (customer.birth_day, customer.birth_month):
        to |= {"birth_day": day, "birth_month": month, "birth_year": None}
    with transaction.atomic():
        for kind, name in _KINDS:
            _move(customer, kind, before[name], given[name])
        changed = [name for _kind, name in _KINDS if before[name] != given[name]]
        details.change(customer, to, at=at, staff=staff, also=changed)


def _move(customer: Customer, kind: str, before: str, after: str) -> None:
    """Another address of this kind instead of the one that was shown."""
    if before == after:
        return
    customer.identities.filter(kind=kind, value=before).delete()
    if after:
        customers.add_identity(customer, kind, after)
