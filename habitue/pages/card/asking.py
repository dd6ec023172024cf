"""What members fill in on the card's pages, and the words of each consent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habitue.members import identities
from habitue.members.models import LANGUAGES, Business
from habitue.pages import forms as shared

TOPICS = {
    "marketing": _("News and offers"),
    "birthday": _("A greeting on my birthday"),
    "survey": _("Questions about my visits"),
}
WORDINGS = {
    ("marketing", "email"): shared.CONSENTS["email"],
    ("marketing", "sms"): shared.CONSENTS["sms"],
    ("birthday", "email"): _("Greet me on my birthday by e-mail. I can stop it at any time."),
    ("birthday", "sms"): _("Greet me on my birthday by text message. I can stop it at any time."),
    ("survey", "email"): _("Ask me about my visits by e-mail. I can stop it at any time."),
    ("survey", "sms"): _("Ask me about my visits by text message. I can stop it at any time."),
}


class Find(forms.Form):
    """An e-mail address or a mobile number, in its one spelling."""

    contact = forms.CharField(
        label=_("E-mail or mobile number"),
        **shared.text(100, autocomplete="email"),
    )

    def __init__(self, *args: Any, business: Business, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.business = business

    def clean_contact(self) -> tuple[str, str]:
        given = str(self.cleaned_data["contact"])
        kind = identities.guess_kind(given)
        normal = identities.normalise(kind, given, country=self.business.country)
        if normal is None:
            raise forms.ValidationError(_("Please check this e-mail address or mobile number."))
        return kind, normal


class Messages(forms.Form):
    """Which topics by which channel, and how often."""

    less_often = forms.BooleanField(label=_("Write to me less often"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for (purpose, channel), wording in WORDINGS.items():
            field = forms.BooleanField(label=wording, required=False)
            self.fields[f"{purpose}-{channel}"] = field


class Person(shared.Birthday):
    """Who the member is."""

    name = forms.CharField(label=_("Your first name"), **shared.text(60, autocomplete="given-name"))
    language = forms.ChoiceField(label=_("Language"), choices=list(LANGUAGES.items()))
    field_order = ("name", "birthday", "language")


class Contact(Find):
    """A new address: of the kind that is asked for."""

    def __init__(self, *args: Any, kind: str, business: Business, **kwargs: Any) -> None:
        super().__init__(*args, business=business, **kwargs)
        self.kind = kind

    def clean_contact(self) -> tuple[str, str]:
        kind, normal = super().clean_contact()
        if kind != self.kind:
            raise forms.ValidationError(_("Please check this e-mail address or mobile number."))
        return kind, normal


class Once(forms.Form):
    """A button that counts once, however often it is pressed."""

    reference = forms.RegexField(r"^[A-Za-z0-9-]{16,40}$")


class Handing(Once):
    """Units for a friend, who is named by the number on their card."""

    number = forms.CharField(
        label=_("Your friend’s card number"), **shared.text(20, autocomplete="off")
    )
    unit = forms.ChoiceField(label=_("What"))
    amount = forms.DecimalField(
        label=_("How many"),
        min_value=Decimal("0.0001"),
        max_value=Decimal(10_000_000),
        localize=True,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )
    field_order = ("number", "unit", "amount")
