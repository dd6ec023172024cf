"""The blanks of a sentence: each a typed field with bounds, as people write such a thing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from django import forms

from habitue.core import money
from habitue.pages.forms import PLAIN

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Label = str | _StrPromise
else:
    Label = object
Options = Sequence[tuple[str, Label]]
MOST: Final = 1_000_000
LONGEST: Final = 60
"""Signs of a name in a sentence."""


@dataclass(frozen=True)
class Blank:
    """One blank. `field` makes its form field; `suggests` is offered while somebody types.

    `shown` and `meant` turn the value of a program into what the field holds, and back.
    """

    field: Callable[[], forms.Field]
    suggests: tuple[str, ...] = ()
    shown: Callable[[Any], Any] = lambda value: value
    meant: Callable[[Any], Any] = lambda value: value


def whole(label: Label, least: int, most: int, *, first: int | None = None) -> Blank:
    """A whole number between two bounds."""
    return Blank(
        lambda: forms.IntegerField(
            label=label,
            min_value=least,
            max_value=most,
            initial=first,
            widget=forms.NumberInput({"inputmode": "numeric", "autocomplete": "off"}),
        )
    )


def number(
    label: Label, places: int, *, least: str = "", most: int = MOST, first: str = ""
) -> Blank:
    """A number above 0 with so many decimals: a `Fraction` in the program."""
    smallest = Decimal(least) if least else Decimal(1).scaleb(-places)
    return Blank(
        lambda: forms.DecimalField(
            label=label,
            min_value=smallest,
            max_value=most,
            max_digits=16,
            decimal_places=places,
            localize=True,
            initial=Decimal(first) if first else None,
            widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        ),
        shown=lambda value: exactly(value, places),
        meant=Fraction,
    )


def cash(label: Label, currency: str, *, first: str = "") -> Blank:
    """Money: minor units in the program, currency units on the page."""
    places = money.decimals(currency)
    plain = number(label, places, most=MOST, first=first)
    return Blank(
        plain.field,
        shown=lambda minor: exactly(Fraction(minor, 10**places), places),
        meant=lambda value: int(Decimal(value).scaleb(places)),
    )


def share(label: Label, *, most: int = 100, least: str = "0.01", first: str = "") -> Blank:
    """A part of 1, in percent on the page."""
    plain = number(label, 2, least=least, most=most, first=first)
    return Blank(
        plain.field,
        shown=lambda value: exactly(value * 100, 2),
        meant=lambda value: Fraction(value) / 100,
    )


def whole_share(label: Label) -> Blank:
    """A part of 1 in whole percent."""
    plain = whole(label, 1, 100)
    return Blank(
        plain.field,
        shown=lambda value: exactly(value * 100, 0),
        meant=lambda value: Fraction(value, 100),
    )


def day(label: Label) -> Blank:
    """A day of the calendar."""
    return Blank(
        lambda: forms.DateField(
            label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        )
    )


def clock(label: Label) -> Blank:
    """A time of day: minutes after midnight in the program."""
    return Blank(
        lambda: forms.TimeField(
            label=label, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
        ),
        shown=lambda minutes: f"{minutes // 60 % 24:02d}:{minutes % 60:02d}",
        meant=lambda value: value.hour * 60 + value.minute,
    )


def choice(label: Label, options: Options, *, first: str = "") -> Blank:
    """One of a closed list."""
    return Blank(lambda: forms.ChoiceField(label=label, choices=options, initial=first or None))


def several(label: Label, options: Options) -> Blank:
    """Any of a closed list."""
    return Blank(
        lambda: forms.MultipleChoiceField(
            label=label, choices=options, widget=forms.CheckboxSelectMultiple
        ),
        shown=list,
        meant=tuple,
    )


def text(label: Label, *, most: int = LONGEST, suggests: Sequence[str] = ()) -> Blank:
    """A line of words."""
    return Blank(
        lambda: forms.CharField(
            label=label,
            max_length=most,
            validators=[PLAIN],
            widget=forms.TextInput({"autocomplete": "off"}),
        ),
        tuple(suggests),
    )


def texts(label: Label, *, suggests: Sequence[str] = ()) -> Blank:
    """Names with commas between them."""
    plain = text(label, most=600, suggests=suggests)
    return Blank(
        plain.field,
        plain.suggests,
        shown=", ".join,
        meant=lambda value: tuple(dict.fromkeys(filter(None, map(str.strip, value.split(","))))),
    )


def exactly(value: Fraction | int, places: int) -> Decimal | None:
    """A number with so many decimals at most; None where these do not say it."""
    scaled = Fraction(value) * 10**places
    if scaled.denominator != 1:
        return None
    found = Decimal(int(scaled)).scaleb(-places)
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found.normalize()


def is_empty(value: Any) -> bool:
    """Whether nothing was filled in."""
    return value in (None, "", []) or value == ()


Values = Mapping[str, Any]
