"""Money, dates and numbers in the reader's language."""

import functools
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from django import template
from django.utils.translation import get_language

from habitue.core import money as minor

register = template.Library()


def _locale() -> Locale:
    return _parsed(get_language() or "fr")


@functools.cache
def _parsed(tag: str) -> Locale:
    """Parsed once: many a page formats hundreds of numbers."""
    return Locale.parse(tag, sep="-")


@register.filter
def money(value: int, currency: str) -> str:
    """Minor units as an amount: 1250 in EUR is 12,50 €."""
    amount = minor.written(value, minor.decimals(currency))
    return numbers.format_currency(amount, currency, locale=_locale())


@register.filter
def whole(value: int, currency: str) -> str:
    """Minor units as an amount without them, where they would pretend too much: 1 250 €."""
    amount = round(value / 10 ** minor.decimals(currency))
    pattern = "¤#,##0" if _locale().language == "en" else "#,##0\u00a0¤"
    return numbers.format_currency(
        amount, currency, pattern, locale=_locale(), currency_digits=False
    )


@register.filter
def count(value: float | Decimal) -> str:
    """A number with the language's separators."""
    return numbers.format_decimal(value, locale=_locale())


@register.filter
def percent(value: float) -> str:
    """A share between 0 and 1 as a percentage, to a tenth."""
    pattern = "#,##0.#\u00a0%" if _locale().language == "fr" else "#,##0.#%"
    return numbers.format_percent(value, pattern, _locale())


@register.filter
def day(value: date) -> str:
    """A date in words: 3 mars 2026."""
    return dates.format_date(value, "long", locale=_locale())


@register.filter
def short_day(value: date) -> str:
    """A date in few signs: 3 mars."""
    return dates.format_skeleton("MMMd", value, locale=_locale())


@register.filter
def month(value: date) -> str:
    """A month in words: mars 2026."""
    return dates.format_skeleton("yMMMM", value, locale=_locale())


@register.filter
def minus(value: int) -> int:
    """The other sign."""
    return -value


@register.filter
def moment(value: datetime, zone: str) -> str:
    """Date and time on the shop's clock."""
    local = value.astimezone(ZoneInfo(zone))
    return dates.format_datetime(local, "d MMM, HH:mm", locale=_locale())


@register.filter
def moment_of_year(value: datetime, zone: str) -> str:
    """The same with the year."""
    local = value.astimezone(ZoneInfo(zone))
    return dates.format_datetime(local, "d MMM yyyy, HH:mm", locale=_locale())


@register.simple_tag
def ago(value: datetime, now: datetime) -> str:
    """How long ago: il y a 3 jours."""
    delta = min(value - now, timedelta(0))
    return dates.format_timedelta(delta, add_direction=True, locale=_locale())


def long_ago(delta: timedelta) -> str:
    """How long ago something was, in one unit: il y a 2 ans."""
    return dates.format_timedelta(-delta, add_direction=True, threshold=1.4, locale=_locale())


@register.filter
def initials(name: str) -> str:
    """At most two letters of a name."""
    words = name.split()
    return "".join(word[0].upper() for word in (words[:1] + words[1:][-1:])) or "·"
