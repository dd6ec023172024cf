"""How pages about a program write what stands in it: amounts, times, lists, titles."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from babel import dates, lists, numbers
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from habitue.core import money
from habitue.core.program import Calendar, Dates, Period, Program, Text
from habitue.pages import holdings
from habitue.pages import words as phrases
from habitue.pages.templatetags import words as say

Titled = Callable[[str], str]
"""What something of that name in the file is called."""

PLACES: Final = 4
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_SINGULAR: Final = {"miglia": "miglio", "stelle": "stella", "notti": "notte", "miles": "mile"}


# --- numbers -----------------------------------------------------------------------------------


def number(value: Fraction | int) -> str:
    """A number to four decimals, without empty ones."""
    shown = round(Fraction(value), PLACES)
    pattern = "#,##0.####"
    return numbers.format_decimal(_decimal(shown), pattern, locale=locale())


def share(value: Fraction) -> str:
    """A part of 1 in percent, to two decimals."""
    pattern = "#,##0.##%" if phrases.language() == "en" else "#,##0.## %"
    return numbers.format_percent(_decimal(round(value, PLACES)), pattern, locale=locale())


def price(value: Fraction, currency: str) -> str:
    """Money in currency units, with more decimals than the currency has where they are needed."""
    return numbers.format_currency(
        _decimal(round(value, PLACES + 2)),
        currency,
        locale=locale(),
        currency_digits=False,
        decimal_quantization=False,
    )


def cash(minor: int, currency: str) -> str:
    """Money in minor units; whole amounts without their zeros: 5 €, 12,50 €."""
    text = say.money(minor, currency)
    for zeros in (",00", ".00", ",000", ".000"):
        found = text.find(zeros)
        if found >= 0 and not text[found + len(zeros) : found + len(zeros) + 1].isdigit():
            return text[:found] + text[found + len(zeros) :]
    return text


def decimals(currency: str) -> int:
    """How many decimals a currency has."""
    return money.decimals(currency)


def amount(of: Program, unit: str, value: Fraction | int) -> str:
    """Whole units with their name: `1 point`, `100 points`."""
    name = called(of, unit)
    return f"{number(value)} {singular(name) if value == 1 else name}"


def fixed(of: Program, unit: str, value: int) -> str:
    """A fixed-point amount with its unit's name."""
    scale = int(10 ** of.units[of.unit_index(unit)].decimals)
    return amount(of, unit, Fraction(value, scale))


# --- names -------------------------------------------------------------------------------------


def called(of: Program, unit: str) -> str:
    """A unit's title, or its name in the file."""
    found = next((one for one in of.units if one.id == unit), None)
    return words(found.title if found else {}, unit)


def tier(of: Program, level: str) -> str:
    """A level's title, or its name in the file."""
    levels = of.tiers.levels if of.tiers else ()
    return _titled(((one.id, one.title) for one in levels), level)


def reward(of: Program, name: str) -> str:
    """A reward's title, or its name in the file."""
    return _titled(((one.id, one.title) for one in of.rewards), name)


def rule(of: Program, name: str) -> str:
    """A rule's title, or its name in the file."""
    return _titled(((one.id, one.title) for one in of.rules), name)


def draw(of: Program, name: str) -> str:
    """A draw's title, or its name in the file."""
    return _titled(((one.id, one.title) for one in of.draws), name)


def words(title: Text, name: str) -> str:
    """A title in the reader's language; without one, the name in the file without its dashes."""
    return holdings.words(title, name.replace("-", " ").replace("_", " "))


def singular(word: str) -> str:
    """One of what a unit is called: `points` → `point`, `punti` → `punto`."""
    if " " in word:
        return word
    if word in _SINGULAR:
        return _SINGULAR[word]
    if phrases.language() == "it":
        return word[:-1] + "o" if word.endswith("i") else word
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _titled(named: Iterable[tuple[str, Text]], name: str) -> str:
    return words(next((title for found, title in named if found == name), {}), name)


# --- times -------------------------------------------------------------------------------------


def period(of: Period) -> str:
    """A length of time: `18 months`."""
    texts = {
        "minute": ngettext("%(count)s minute", "%(count)s minutes", of.count),
        "hour": ngettext("%(count)s hour", "%(count)s hours", of.count),
        "day": ngettext("%(count)s day", "%(count)s days", of.count),
        "week": ngettext("%(count)s week", "%(count)s weeks", of.count),
        "month": ngettext("%(count)s month", "%(count)s months", of.count),
        "year": ngettext("%(count)s year", "%(count)s years", of.count),
    }
    return texts[of.unit] % {"count": say.count(of.count)}


def days(count: int) -> str:
    """So many days."""
    return period(Period(count, "day"))


def each(every: Calendar) -> str:
    """How often: `each month`."""
    return {
        "day": _("each day"),
        "week": _("each week"),
        "month": _("each month"),
        "quarter": _("each quarter"),
        "half-year": _("each half-year"),
        "year": _("each year"),
    }[every]


def per(every: Calendar) -> str:
    """Within which time: `per month`."""
    return {
        "day": _("per day"),
        "week": _("per week"),
        "month": _("per month"),
        "quarter": _("per quarter"),
        "half-year": _("per half-year"),
        "year": _("per year"),
    }[every]


def month(name: str) -> str:
    """The name of the month that a program file calls so."""
    return month_name(_MONTHS.index(name) + 1)


def month_name(place: int) -> str:
    """The name of the month of that number."""
    return str(dates.get_month_names("wide", locale=locale())[place])


def month_of(day: date) -> str:
    """A month of a year: `mars 2026`."""
    return dates.format_skeleton("yMMMM", day, locale=locale())


def short_month(day: date) -> str:
    """A month of a year in few signs: `mars 26`."""
    return dates.format_date(day, "LLL yy", locale=locale())


def day_of_year(at: int, place: int) -> str:
    """A day of each year; day 0 is the month's last."""
    if not place:
        return _("the last of %(month)s") % {"month": month_name(at)}
    return dates.format_skeleton("MMMMd", date(2024, at, place), locale=locale())


def weekday(place: int) -> str:
    """The name of a weekday; Monday is 0."""
    return str(dates.get_day_names("wide", locale=locale())[place])


def between(of: Dates) -> str:
    """From when through when; the last day is one that counts."""
    last = of.until - timedelta(days=1) if of.until else None
    if of.since and last:
        if of.since == last:
            return _("on %(day)s") % {"day": say.day(of.since)}
        return _("from %(since)s to %(until)s") % {
            "since": say.day(of.since),
            "until": say.day(last),
        }
    if of.since:
        return _("from %(since)s on") % {"since": say.day(of.since)}
    return _("until %(until)s") % {"until": say.day(last)} if last else ""


# --- sentences ---------------------------------------------------------------------------------


def both(parts: Sequence[str]) -> str:
    """One, two and three."""
    return lists.format_list(list(parts), "standard", locale())


def either(parts: Sequence[str]) -> str:
    """One, two or three."""
    return lists.format_list(list(parts), "or", locale())


def joined(parts: Iterable[str]) -> str:
    """What there is of some parts, with commas."""
    return ", ".join(filter(None, parts))


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text[-1:] in ".!?:" else ".")


def locale() -> str:
    """The reader's language as Babel names it."""
    return (get_language() or "fr").replace("-", "_")


def _decimal(value: Fraction) -> float:
    """What Babel writes; exact enough for a page, which shows four decimals."""
    return value.numerator / value.denominator
