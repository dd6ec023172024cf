"""What is filled in to connect a shop."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from habitue.connectors.shops.connecting import LONGEST_SECRET
from habitue.connectors.shops.kinds import Kind
from habitue.pages.forms import text

LABELS: Final = {
    "consumer_key": _("Consumer key"),
    "consumer_secret": _("Consumer secret"),
    "access_token": _("Access token"),
}
EXAMPLES: Final = {
    "woocommerce": "https://shop.example.com",
    "shopify": "https://example.myshopify.com",
}


def _secret() -> dict[str, Any]:
    return text(LONGEST_SECRET, autocomplete="off", spellcheck="false")


class Keys(forms.Form):
    """The keys for a kind's REST interface; none of them, or all."""

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for name in kind.credentials:
            self.fields[name] = forms.CharField(label=LABELS[name], required=kind.asks, **_secret())

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        missing = [name for name in self.kind.credentials if not given.get(name)]
        if missing and len(missing) < len(self.kind.credentials):
            self.add_error(missing[0], _("Both are needed, or none."))
        return given

    def given(self) -> dict[str, str]:
        """The keys by name."""
        return {name: self.cleaned_data[name] for name in self.kind.credentials}


class New(Keys):
    """A shop to connect: where it is, what it is called, its keys."""

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, kind=kind, **kwargs)
        keys = dict(self.fields)
        self.fields.clear()
        self.fields["name"] = forms.CharField(
            label=_("Name, as you call it"), initial=kind.title, **text(60, autocomplete="off")
        )
        if not kind.fixed:
            self.fields["address"] = forms.CharField(
                label=_("Address of the shop"),
                help_text=EXAMPLES.get(kind.name, ""),
                **text(200, autocomplete="off", inputmode="url"),
            )
        self.fields.update(keys)

    def address(self) -> str:
        """Where the shop is, or which of the kind's own addresses."""
        return str(self.cleaned_data.get("address") or next(iter(self.kind.fixed), ""))


class Secret(forms.Form):
    """The secret that a shop made to sign what it tells."""

    secret = forms.CharField(label=_("Secret"), **_secret())
