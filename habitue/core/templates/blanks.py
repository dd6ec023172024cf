"""The blanks of a template: what fits in each, and how it stands in the program.

Values come typed, for numbers are written in many ways and the door knows its reader's: whole
numbers and percentages as `int` or `Fraction`, money as a `Fraction` of currency units, words as
`str`. What does not fit is a value too: a `Misfit` with a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final, Literal

from msgspec import Struct

from habitue.core import facts, money

Kind = Literal["whole", "money", "percent", "text"]
Value = int | Fraction | str
Values = Mapping[str, Value]

LANGUAGES: Final = ("en", "fr", "it")
WITHOUT_CENTS: Final = 100
"""Prices in a currency without decimals are about so many times as many: 5.00 is 500 JPY."""


class Blank(Struct, frozen=True):
    """One blank: a number between two bounds (both may be filled in), or a text of so many signs.

    `start` is what stands there at first, by language for a text. Money is in currency units as
    of a currency with cents; `bounds` fits it to others.
    """

    name: str
    kind: Kind
    start: dict[str, str]
    least: Fraction = Fraction(0)
    most: Fraction = Fraction(0)

    def bounds(self, currency: str) -> tuple[Fraction, Fraction]:
        """The smallest and the largest number that fits."""
        scale = self._scale(currency)
        return self.least * scale, self.most * scale

    def first(self, language: str, currency: str) -> Value:
        """What stands in the blank before anybody fills it."""
        text = self.start.get(language) or self.start["en"]
        if self.kind == "text":
            return text
        return Fraction(text) * self._scale(currency)

    def _scale(self, currency: str) -> int:
        return WITHOUT_CENTS if self.kind == "money" and not money.decimals(currency) else 1


class Misfit(Struct, frozen=True):
    """What does not fit in a blank: `code` and `values` for a door to phrase, and a sentence."""

    blank: str
    code: Literal["missing", "unknown", "type", "range", "decimals", "text"]
    sentence: str
    values: dict[str, str] = {}


def misfits(blanks: Mapping[str, Blank], values: Values, currency: str) -> list[Misfit]:
    """Every value that does not fit its blank, in the order of the blanks."""
    found = [
        Misfit(name, "unknown", f'there is no blank "{name}"')
        for name in values
        if name not in blanks
    ]
    for name, blank in blanks.items():
        wrong = (
            Misfit(name, "missing", f'the blank "{name}" is empty')
            if name not in values
            else _misfit(blank, values[name], currency)
        )
        if wrong is not None:
            found.append(wrong)
    return found


def _misfit(blank: Blank, value: Value, currency: str) -> Misfit | None:
    if blank.kind == "text":
        return _not_text(blank, value)
    if isinstance(value, str | bool):
        return Misfit(blank.name, "type", f'"{blank.name}" is a number')
    least, most = blank.bounds(currency)
    if not least <= value <= most:
        bounds = {"least": shown(blank, least, currency), "most": shown(blank, most, currency)}
        said = "is between {least} and {most}".format(**bounds)
        return Misfit(blank.name, "range", f'"{blank.name}" {said}', bounds)
    places = _places(blank, currency)
    if (Fraction(value) * 10**places).denominator != 1:
        given = {"places": str(places)}
        return Misfit(
            blank.name, "decimals", f'"{blank.name}" has at most {places} decimals', given
        )
    return None


def _not_text(blank: Blank, value: Value) -> Misfit | None:
    if not isinstance(value, str):
        return Misfit(blank.name, "type", f'"{blank.name}" is a text')
    longest = min(int(blank.most), facts.MAX_TEXT)
    if not value.strip() or value != value.strip() or not value.isprintable():
        said = f'"{blank.name}" is one line of text, without spaces around it'
        return Misfit(blank.name, "text", said, {"most": str(longest)})
    if len(value) > longest:
        said = f'"{blank.name}" has at most {longest} characters'
        return Misfit(blank.name, "text", said, {"most": str(longest)})
    return None


def shown(blank: Blank, value: Value, currency: str) -> str:
    """A value as it stands in a program file: money with the currency's decimals."""
    if isinstance(value, str):
        return value
    places = _places(blank, currency)
    text = money.written(int(Fraction(value) * 10**places), places)
    return text if blank.kind == "money" or "." not in text else text.rstrip("0").rstrip(".")


def _places(blank: Blank, currency: str) -> int:
    return {"whole": 0, "percent": 2, "money": money.decimals(currency)}[blank.kind]
