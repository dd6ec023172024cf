"""What is filled in on the settings' pages."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from habitue.connectors.webhooks import addresses, kinds
from habitue.members.models import LANGUAGES, ApiKey, Business, Staff
from habitue.metrics import asked
from habitue.pages.forms import KINDS, text

SCOPES = [
    (ApiKey.Scope.TILL, _("What a till does: record, give rewards, undo")),
    (ApiKey.Scope.READ, _("Read only")),
    (ApiKey.Scope.OWNER, _("Everything that you may do")),
]


class Shop(forms.Form):
    """What may change of a shop; country, currency and time zone stay as the ledger has them."""

    name = forms.CharField(label=_("Name of your shop"), **text(60, autocomplete="organization"))
    kind = forms.ChoiceField(label=_("What kind of shop?"), choices=KINDS)
    language = forms.ChoiceField(label=_("Language of your posters"), choices=LANGUAGES.items())
    quiet_from = forms.TimeField(
        label=_("Write to nobody from"),
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
    )
    quiet_until = forms.TimeField(
        label=_("until"), widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    window_days = forms.IntegerField(
        label=_("Days in which a purchase makes somebody a customer"),
        min_value=1,
        max_value=asked.LONGEST_WINDOW,
        required=False,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )
    printed_cards = forms.BooleanField(
        label=_("Accept printed cards, whose code never changes"), required=False
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        start, end = given.get("quiet_from"), given.get("quiet_until")
        if isinstance(start, time) and start == end:
            self.add_error("quiet_until", _("Both times are the same: choose another end."))
        return given


class Hire(forms.Form):
    """Somebody new at the counter."""

    name = forms.CharField(label=_("Name"), **text(60, autocomplete="off"))


class Invite(forms.Form):
    """Somebody who may sign in."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=150, widget=forms.EmailInput({"autocomplete": "off"})
    )
    role = forms.ChoiceField(
        label=_("May do"),
        choices=[
            (Staff.Role.MANAGER, _("Everything but people, keys and backups")),
            (Staff.Role.OWNER, _("Everything, like you")),
        ],
    )


class Key(forms.Form):
    """A key for a program."""

    name = forms.CharField(
        label=_("What is it for?"),
        help_text=_("So that you know it later: “Till in Lyon”."),
        **text(60, autocomplete="off"),
    )
    scope = forms.ChoiceField(label=_("May do"))

    def __init__(self, *args: Any, partners: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        theirs = [
            (f"{ApiKey.Scope.PARTNER}:{key}", _("The part of %(partner)s") % {"partner": title})
            for key, title in partners.items()
        ]
        cast(Any, self.fields["scope"]).choices = [*SCOPES, *theirs]

    @staticmethod
    def meant(chosen: str) -> tuple[ApiKey.Scope, str]:
        """What a key of this choice may do, and for which partner if one."""
        scope, _sign, partner = chosen.partition(":")
        return ApiKey.Scope(scope), partner


TOLD: Final = {
    kinds.EVENT_POSTED: _("Something was recorded"),
    kinds.EVENT_REFUSED: _("Something was refused"),
    kinds.BALANCE_CHANGED: _("A balance changed"),
    kinds.TIER_CHANGED: _("A tier changed"),
    kinds.VOUCHER_ISSUED: _("A voucher was issued"),
    kinds.VOUCHER_USED: _("A voucher was used"),
    kinds.VOUCHER_EXPIRED: _("A voucher expired"),
    kinds.VOUCHER_CANCELLED: _("A voucher was cancelled"),
    kinds.CUSTOMER_CREATED: _("Somebody is new"),
    kinds.CUSTOMER_UPDATED: _("Somebody’s details changed"),
    kinds.CUSTOMER_MERGED: _("Two customers became one"),
    kinds.CUSTOMER_ERASED: _("Somebody was erased"),
}
"""What a webhook may be told of."""


class Webhook(forms.Form):
    """Another system that is told what happens here."""

    url = forms.CharField(
        label=_("Address of the other system"),
        help_text=_("As its maker gives it to you; it begins with https://."),
        max_length=addresses.LONGEST,
        widget=forms.URLInput({"autocomplete": "off", "placeholder": "https://"}),
    )
    description = forms.CharField(
        label=_("What is it for?"), required=False, **text(100, autocomplete="off")
    )
    types = forms.MultipleChoiceField(
        label=_("It is told when"),
        choices=TOLD.items(),
        initial=kinds.USUAL,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )


class Since(forms.Form):
    """From when on a webhook's messages are sent once more, by the shop's clock."""

    since = forms.DateTimeField(
        label=_("Everything since"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, business: Business, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._zone = ZoneInfo(business.timezone)

    def clean_since(self) -> datetime:
        given: datetime = self.cleaned_data["since"]
        if given.year < 2024:
            raise forms.ValidationError(_("Nothing is kept for that long."))
        return given.replace(tzinfo=self._zone)
