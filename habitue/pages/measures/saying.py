"""How figures are written: values by their unit, intervals in words, periods, and their charts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from babel import dates, numbers
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from habitue.core import money as minor
from habitue.metrics import Period, Result
from habitue.metrics.cadence import Cadence
from habitue.metrics.figure import Measure, Unit
from habitue.pages import charts
from habitue.pages import words as phrases
from habitue.pages.program import saying
from habitue.pages.templatetags import words as say

CADENCES: Final = ("month", "quarter", "year")
_SIGNED: Final = "+#,##0;−#,##0"
THIN: Final = "\u202f"
"""A narrow space that never breaks."""


language = phrases.language


def title(result: Result) -> str:
    """What a figure is called; of which unit of the program, where there may be several."""
    name = result.figure.title[language()]
    return f"{name} ({result.program_unit})" if result.program_unit else name


def query(result: Result) -> str:
    """What tells a figure's results apart in an address: the currency, the program's unit."""
    named = {"currency": result.currency, "unit": result.program_unit}
    return "".join(f"&{urlencode({name: value})}" for name, value in named.items() if value)


def value(result: Result) -> str:
    """A figure's value; words where there is none."""
    if result.ripens_on is not None:
        return ripens(result.ripens_on)
    if result.value is None:
        return _("not enough data yet")
    if result.few and result.figure.unit == "share":
        return _("%(part)s of %(whole)s") % {
            "part": say.count(result.numerator or 0),
            "whole": say.count(result.denominator or 0),
        }
    return plain(result, result.value)


def plain(result: Result, value: float) -> str:
    """A number as the figure's unit has it."""
    return number(result, result.figure.unit, value)


def number(result: Result, unit: Unit, value: float | None) -> str:
    """A number of some unit; a dash where there is none."""
    if value is None:
        return "–"
    match unit:
        case "share":
            return percent(value)
        case "money":
            return money(value, result.currency)
        case "points":
            return signed(value)
        case "mean" if result.figure.scale is not None:
            return _("%(score)s of %(most)s") % {
                "score": decimal(value),
                "most": say.count(result.figure.scale[1]),
            }
        case "days":
            return _("%(days)s days") % {"days": decimal(value)}
        case "minutes":
            return _("%(minutes)s min") % {"minutes": decimal(value)}
        case _:
            return decimal(value)


def signed(points: float) -> str:
    """Points from −100 to 100, always with their sign."""
    return str(numbers.format_decimal(round(points), _SIGNED, saying.locale()))


def percent(share: float) -> str:
    """A share to a tenth of a percent, never broken over two lines."""
    return say.percent(share).replace(" ", "\u00a0")


def money(number: float, currency: str) -> str:
    """Money that came out of a division, to its minor unit."""
    return say.money(round(number), currency)


def decimal(number: float) -> str:
    """A number to two decimals."""
    return str(numbers.format_decimal(number, "#,##0.##", locale=saying.locale()))


def interval(result: Result) -> str:
    """Where the true value probably lies; nothing where so few are counted that it says nothing."""
    if result.low is None or result.high is None or result.few:
        return ""
    if plain(result, result.low) == plain(result, result.high):
        return ""  # as exact as it is written
    return _("probably between %(low)s and %(high)s") % {
        "low": plain(result, result.low),
        "high": plain(result, result.high),
    }


def change(result: Result, by: float) -> str:
    """By how much a value changed, with an arrow; shares and points in points."""
    arrow = "▲" if by > 0 else "▼" if by < 0 else "="
    match result.figure.unit:
        case "share" | "points":
            points = round(by * (100 if result.figure.unit == "share" else 1))
            if points == 0:
                return ""
            by_points = _("%(points)s pts") % {"points": f"{points:+d}".replace("-", "−")}
            return f"{arrow} {by_points}"
        case _:
            if abs(by) < 0.005:
                return ""
            return f"{arrow} {plain(result, abs(by))}"


def ripens(on: date) -> str:
    """When a value can be told."""
    return _("from %(day)s on") % {"day": say.day(on)}


def period(of: Period, by: Cadence) -> str:
    """A period by its name: `October 2026`, `Q3 2026`, `November 2025 – October 2026`."""
    match by:
        case "month":
            return saying.month_of(of.since)
        case "quarter":
            return str(dates.format_skeleton("yQQQ", of.since, locale=saying.locale()))
        case "year":
            last = of.until - timedelta(days=1)
            return f"{saying.month_of(of.since)} – {saying.month_of(last)}"


def short(of: Period, by: Cadence) -> str:
    """A period in few signs, for an axis."""
    if by == "quarter":
        quarter = _("Q%(quarter)s") % {"quarter": (of.since.month + 2) // 3}
        return f"{quarter} {of.since:%y}"
    return saying.short_month(of.since if by == "month" else of.until - timedelta(days=1))


def every(by: Cadence) -> str:
    """The name of a cadence."""
    return {"month": _("Month"), "quarter": _("Quarter"), "year": _("Year")}[by]


def scale(result: Result) -> int:
    """By how much a value is multiplied to be drawn as a whole number."""
    return {"share": 1000, "money": 1}.get(result.figure.unit, 100)


def drawn(result: Result, number: float | None) -> int | None:
    """A value as a chart takes it."""
    return None if number is None else round(number * scale(result))


def axis(result: Result) -> charts.Written:
    """Writes a drawn value beside the axis."""
    if result.figure.unit == "share":
        return per_mille
    if result.figure.unit == "money":
        return few_signs(10 ** minor.decimals(result.currency))
    return few_signs(scale(result))


def per_mille(number: int) -> str:
    """A share in thousandths as an axis writes it."""
    return str(numbers.format_decimal(number / 10, "0.#", locale=saying.locale())) + f"{THIN}%"


def whole_percent(share: float) -> str:
    """A share without decimals: a triangle has many of them."""
    pattern = "#,##0%" if language() == "en" else f"#,##0{THIN}%"
    return str(numbers.format_percent(share, pattern, locale=saying.locale()))


def whole_money(number: float, currency: str) -> str:
    """Money without its minor unit and sign: the caption says which."""
    whole = round(number / 10 ** minor.decimals(currency))
    return str(numbers.format_decimal(whole, locale=saying.locale()))


def few_signs(whole: int = 1) -> Callable[[int], str]:
    """Writes a value in few signs: 1.2k, 3M."""

    def written(number: int) -> str:
        value = number / whole
        for size, sign in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
            if abs(value) >= size:
                return f"{decimal(value / size)}{sign}"
        return decimal(value)

    return written


def places(result: Result, measure: Measure) -> int:
    """How many decimals a sum of a figure has."""
    match measure:
        case "money":
            return minor.decimals(result.currency)
        case "units":
            return result.decimals
        case "number":
            return 0


def exact(result: Result, number: float | None) -> str:
    """A value for a spreadsheet: shares of 1, money in whole currency units; empty for none."""
    if number is None:
        return ""
    value = number / 10 ** places(result, "money" if result.figure.unit == "money" else "number")
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return text if language() == "en" else text.replace(".", ",")


def significant(number: float) -> str:
    """A number to four significant digits."""
    return str(numbers.format_decimal(float(f"{number:.4g}"), "#,##0.######", saying.locale()))


def give_or_take(error: float | None) -> str:
    """A standard error; a dash where the data do not say it."""
    return "–" if error is None else f"± {significant(error)}"
