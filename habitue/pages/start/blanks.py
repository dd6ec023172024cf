"""A template's blanks as fields that an owner fills in, in the reader's numbers and money."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from babel import numbers
from django import forms
from django.utils.translation import gettext as _
from msgspec import Struct

from habitue.core import money, templates
from habitue.core.templates import Blank, Template
from habitue.core.templates.reading import HOLE
from habitue.pages import words
from habitue.pages.forms import PLAIN, PRINTED
from habitue.pages.templatetags import words as say

Value = int | Fraction | str


class Part(Struct, frozen=True):
    """A stretch of the sentence: words, or the blank between them and what follows it at once."""

    text: str = ""
    field: Any = None


class Blanks(forms.Form):
    """The blanks of one template. `values` are what `templates.fill` takes."""

    def __init__(self, data: Mapping[str, str] | None, of: Template, currency: str, **rest: Any):
        super().__init__(data, **rest)
        self.template, self.currency = of, currency
        for name in of.named(words.language()):
            self.fields[name] = _field(of.blanks[name], currency)

    def values(self) -> dict[str, Value]:
        """What was filled in and fits."""
        return {
            name: _value(self.template.blanks[name], given)
            for name, given in self.cleaned_data.items()
        }

    def parts(self) -> list[Part]:
        """The sentence with its blanks in their places."""
        said, found, at = self.template.says[words.language()], [], 0
        for hole in HOLE.finditer(said):
            found.append(Part(said[at : hole.start()]))
            money_is = self.template.blanks[hole[1]].kind == "money"
            sign = numbers.get_currency_symbol(self.currency, words.language()) if money_is else ""
            found.append(Part(f"\xa0{sign}" if sign else "", self[hole[1]]))
            at = hole.end()
        return [*found, Part(said[at:])]

    def options(self) -> list[forms.BoundField]:
        """The blanks that the sentence does not name."""
        spoken = HOLE.findall(self.template.says[words.language()])
        return [self[name] for name in self.fields if name not in spoken]


def firsts(of: Template, currency: str, instead: Mapping[str, str]) -> dict[str, Value | Decimal]:
    """What stands in the blanks at first, as a field shows it."""
    found: dict[str, Value | Decimal] = {}
    for name, blank in of.blanks.items():
        value = blank.first(words.language(), currency)
        found[name] = value if isinstance(value, str) else _decimal(blank, value, currency)
    return {**found, **instead}


def shown(currency: str) -> templates.filling.Show:
    """How a value stands in a sentence: money and numbers as the reader writes them."""

    def show(blank: Blank, value: Value) -> str:
        if isinstance(value, str):
            return value
        if blank.kind == "money":
            minor = int(Fraction(value) * 10 ** money.decimals(currency))
            return _plain(say.money(minor, currency))
        return _plain(say.count(float(value)))

    return show


def _field(blank: Blank, currency: str) -> forms.Field:
    label = _labels().get(blank.name, blank.name)
    if blank.kind == "text":
        most = int(blank.most)
        size = min(22, max(8, len(str(blank.first(words.language(), currency)))))
        widget = forms.TextInput({"autocomplete": "off", "size": size})
        return forms.CharField(
            label=label, max_length=most, validators=[PLAIN, PRINTED], widget=widget
        )
    least, most_of = blank.bounds(currency)
    places = {"whole": 0, "percent": 2, "money": money.decimals(currency)}[blank.kind]
    said = {"least": say.count(float(least)), "most": say.count(float(most_of))}
    between = _("Please write a number between %(least)s and %(most)s.") % said
    return forms.DecimalField(
        label=label,
        min_value=_exact(least),
        max_value=_exact(most_of),
        decimal_places=places,
        localize=True,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "size": 5}),
        error_messages={
            "min_value": between,
            "max_value": between,
            "invalid": between,
            "max_decimal_places": _("Please write fewer decimals."),
        },
    )


def _value(blank: Blank, given: Any) -> Value:
    if blank.kind == "text":
        return _plain(str(given))
    return int(given) if blank.kind == "whole" else Fraction(given)


def _decimal(blank: Blank, value: int | Fraction, currency: str) -> Decimal:
    exact = _exact(Fraction(value))
    return (
        exact.quantize(Decimal(1).scaleb(-money.decimals(currency)))
        if blank.kind == "money"
        else exact
    )


def _plain(text: str) -> str:
    """With ordinary spaces only: a program's words are one printable line."""
    return " ".join(text.split())


def _exact(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / value.denominator


def _labels() -> dict[str, str]:
    """What a blank is called by those who do not see the sentence around it."""
    return {
        "benefit": _("What members have"),
        "big": _("What later"),
        "bonus": _("How many percent more"),
        "cause": _("For whom"),
        "count": _("How many visits"),
        "entrants": _("How many people take part, about"),
        "fee": _("Price for a year"),
        "few": _("After how many visits"),
        "gift": _("How much money"),
        "grand": _("The first prize"),
        "head_start": _("Given as a welcome"),
        "issuing": _("What the partner pays for a point"),
        "level": _("Name of the level"),
        "many": _("After how many visits later"),
        "months": _("How many months"),
        "most": _("At most how many percent of an order"),
        "odds": _("How many percent win"),
        "off": _("How much off"),
        "partner": _("Which other shop"),
        "per": _("For how much spent"),
        "price": _("How many points"),
        "redeeming": _("What the partner gets for a point"),
        "reward": _("What is given"),
        "saves": _("Worth how much each time"),
        "share": _("How many percent come back"),
        "small": _("What soon"),
        "threshold": _("Spent how much in a year"),
        "trial": _("How many days free"),
        "welcome": _("Points given as a welcome"),
    }
