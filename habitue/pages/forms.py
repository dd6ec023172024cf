"""What people fill in, checked, each mistake said beside its field."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from habitue.core import money
from habitue.members import identities
from habitue.members.models import Business
from habitue.pages.start import sentence

KINDS = [
    ("cafe", _("Café, bar")),
    ("bakery", _("Bakery, pastry")),
    ("restaurant", _("Restaurant, snack")),
    ("hairdresser", _("Hairdresser, barber")),
    ("beauty", _("Beauty, wellness")),
    ("fitness", _("Sport, fitness")),
    ("shop", _("Shop")),
    ("online", _("Online shop")),
    ("other", _("Something else")),
]
CONSENTS = {
    "email": _("Send me news and offers by e-mail. I can stop them at any time."),
    "sms": _("Send me news and offers by text message. I can stop them at any time."),
}
# PostgreSQL holds no NUL, and nobody's name has control characters.
PLAIN = RegexValidator(r"[\x00-\x1f\x7f]", _("Please use ordinary letters."), inverse_match=True)
# What becomes part of a program has no invisible signs either.
PRINTED = RegexValidator(
    r"[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]", PLAIN.message, inverse_match=True
)


def text(length: int, **attributes: Any) -> dict[str, Any]:
    """What a line of text may be: so long, of ordinary letters, in an input with `attributes`."""
    return {"max_length": length, "validators": [PLAIN], "widget": forms.TextInput(attributes)}


class Shop(forms.Form):
    """Step 1: which shop."""

    name = forms.CharField(label=_("Name of your shop"), **text(60, autocomplete="organization"))
    kind = forms.ChoiceField(label=_("What kind of shop?"), choices=KINDS)
    country = forms.ChoiceField(label=_("Country"), initial="FR")


class Promise(forms.Form):
    """Step 2: the sentence with blanks."""

    count = forms.IntegerField(
        label=_("How many"),
        min_value=sentence.SMALLEST,
        max_value=sentence.LARGEST,
        initial=10,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )
    item = forms.CharField(
        label=_("Of what"),
        max_length=24,
        validators=[PLAIN, PRINTED],
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    head_start = forms.BooleanField(
        label=_("Start with 2 stamps given as a welcome"), required=False, initial=True
    )


class Address(forms.Form):
    """Step 3: the e-mail that the code goes to."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=150,
        widget=forms.EmailInput({"autocomplete": "email", "inputmode": "email"}),
    )

    def clean_email(self) -> str:
        given = str(self.cleaned_data["email"])
        normal = identities.normalise("email", given, country="")
        if normal is None:
            raise forms.ValidationError(_("Please check this address."))
        return normal


class Code(forms.Form):
    """The six digits from the mail."""

    code = forms.CharField(
        label=_("Code from the mail"),
        max_length=12,
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "code"}
        ),
    )


class Birthday(forms.Form):
    """Day and month, as people write them; the year is nobody's business."""

    birthday = forms.CharField(
        label=_("Birthday (optional)"),
        required=False,
        help_text=_("Day and month, such as 24/12."),
        **text(10, autocomplete="off", inputmode="numeric", placeholder="24/12"),
    )

    def clean_birthday(self) -> tuple[int, int] | None:
        given = str(self.cleaned_data["birthday"]).replace(".", "/").replace("-", "/").strip("/ ")
        if not given:
            return None
        try:
            day, month = (int(part) for part in given.split("/")[:2])
            date(2024, month, day)  # a leap year: the 29th of February is a birthday
        except ValueError:
            raise forms.ValidationError(_("Please write day and month, such as 24/12.")) from None
        return day, month


class Contact(forms.Form):
    """An address by which somebody finds their card again, or none."""

    contact = forms.CharField(
        label=_("E-mail or mobile number (optional)"),
        required=False,
        help_text=_("So that you find your card again."),
        **text(100, autocomplete="email"),
    )

    def __init__(self, *args: Any, business: Business, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.business = business

    def clean_contact(self) -> tuple[str, str] | None:
        """Kind and value in its one spelling; None: no address was given."""
        given = str(self.cleaned_data["contact"]).strip()
        if not given:
            return None
        kind = identities.guess_kind(given)
        normal = identities.normalise(kind, given, country=self.business.country)
        if normal is None:
            raise forms.ValidationError(_("Please check this e-mail address or mobile number."))
        return kind, normal


class Join(Birthday, Contact):
    """A customer becomes a member, on one screen."""

    name = forms.CharField(label=_("Your first name"), **text(60, autocomplete="given-name"))
    email = forms.BooleanField(label=CONSENTS["email"], required=False)
    sms = forms.BooleanField(label=CONSENTS["sms"], required=False)
    field_order = ("name", "contact", "birthday")

    def clean(self) -> dict[str, Any]:
        """News by a channel needs an address of that channel."""
        given = super().clean() or self.cleaned_data
        kind = (given.get("contact") or ("", ""))[0]
        if given.get("email") and kind != "email" and "contact" not in self.errors:
            problem = _("News by e-mail need an e-mail address. Write yours, or untick the box.")
            self.add_error("contact", problem)
        if given.get("sms") and kind != "phone" and "contact" not in self.errors:
            problem = _("News by text message need your number. Write it, or untick the box.")
            self.add_error("contact", problem)
        return given


class Newcomer(Contact):
    """Somebody gets a card at the counter."""

    name = forms.CharField(label=_("First name"), **text(60, autocomplete="off"))
    field_order = ("name", "contact")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].help_text = _("So that they find their card again.")


class Pieces(forms.Form):
    """How many pieces a code is good for."""

    quantity = forms.IntegerField(
        label=_("How many"),
        min_value=1,
        max_value=50,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )


class Pin(forms.Form):
    """Who works at the counter."""

    staff = forms.ChoiceField(label=_("Your name"))
    pin = forms.CharField(
        label=_("PIN"),
        max_length=8,
        widget=forms.PasswordInput(
            {"inputmode": "numeric", "autocomplete": "current-password", "class": "code"}
        ),
    )


class Stamp(forms.Form):
    """What was bought: pieces, or an amount of money."""

    quantity = forms.IntegerField(min_value=1, max_value=50, required=False)
    amount = forms.DecimalField(
        min_value=Decimal("0.01"), max_value=Decimal(100_000), required=False, localize=True
    )
    reference = forms.RegexField(r"^[A-Za-z0-9-]{16,40}$")


class Give(forms.Form):
    """A reward that is handed over."""

    reward = forms.CharField(max_length=60, required=False)
    voucher = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    choice = forms.IntegerField(min_value=0, max_value=100, required=False)
    reference = forms.RegexField(r"^[A-Za-z0-9-]{16,40}$")


class Use(forms.Form):
    """A benefit that is used, for an order of so much where it asks for one."""

    benefit = forms.CharField(max_length=60)
    order = forms.DecimalField(
        min_value=Decimal("0.01"), max_value=Decimal(100_000), required=False, localize=True
    )
    reference = forms.RegexField(r"^[A-Za-z0-9-]{16,40}$")


class PayWith(forms.Form):
    """An order, and how much of it is paid with units."""

    order = forms.DecimalField(min_value=Decimal("0.01"), max_value=Decimal(100_000), localize=True)
    part = forms.DecimalField(min_value=Decimal("0.01"), max_value=Decimal(100_000), localize=True)
    reference = forms.RegexField(r"^[A-Za-z0-9-]{16,40}$")


class Payment(forms.Form):
    """Money that passed between the shop and a partner or a cause."""

    amount = forms.DecimalField(
        label=_("Amount"),
        min_value=Decimal("0.01"),
        max_value=Decimal(10_000_000),
        localize=True,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )
    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    reference = forms.CharField(
        label=_("Reference"),
        help_text=_("From the bank or the receipt; each one counts once."),
        **text(200, autocomplete="off"),
    )
    note = forms.CharField(
        label=_("Note (optional)"), required=False, **text(200, autocomplete="off")
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def clean_amount(self) -> int:
        """In minor units."""
        exact = Decimal(self.cleaned_data["amount"]).scaleb(money.decimals(self.currency))
        if exact != exact.to_integral_value():
            raise forms.ValidationError(_("This amount is finer than the currency is."))
        return int(exact)


class Settling(Payment):
    """Money from or to a partner."""

    direction = forms.ChoiceField(
        label=_("Which way?"),
        choices=[("in", _("Received from the partner")), ("out", _("Paid to the partner"))],
    )
    field_order = ("direction",)


class Fee(forms.Form):
    """What happened to a membership fee."""

    happened = forms.ChoiceField(
        label=_("What happened?"),
        choices=[
            ("paid", _("It was paid")),
            ("failed", _("The payment failed")),
            ("refunded", _("It was given back")),
        ],
    )
    reference = forms.CharField(
        label=_("Reference"),
        help_text=_("From the bank or the receipt; each one counts once."),
        **text(200, autocomplete="off"),
    )


class Other(forms.Form):
    """Another customer, named by what they can be recognised by."""

    other = forms.CharField(
        label=_("Card number, e-mail or phone"), **text(100, autocomplete="off")
    )


class Handing(Other):
    """Units that one member gives another."""

    unit = forms.ChoiceField(label=_("What"))
    amount = forms.DecimalField(
        label=_("How many"),
        min_value=Decimal("0.0001"),
        max_value=Decimal(10_000_000),
        localize=True,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )


class Period(forms.Form):
    """A report's first and last day."""

    since = forms.DateField(
        label=_("From"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("To"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if "since" in given and "until" in given:
            if given["until"] < given["since"]:
                self.add_error("until", _("This day is before the first one."))
            elif given["until"] == date.max:
                self.add_error("until", _("This day is too far away."))
        return given


class Person(forms.Form):
    """Someone who works at a till."""

    name = forms.CharField(label=_("Name"), **text(60, autocomplete="off"))


class Search(forms.Form):
    """A name, number, e-mail or phone."""

    q = forms.CharField(label=_("Name, number, e-mail or phone"), required=False, **text(100))
