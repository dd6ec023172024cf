"""The phrases of a program: `18 months`, `14:00-16:00`, `rest of this and next year`, `30%`.

Each phrase is parsed exactly and written back in one canonical way. Numbers never pass through
floats: money becomes minor units, amounts of a unit become its fixed point, rates fractions.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any, Final, get_args, get_type_hints

from habitue.core import facts, money, program
from habitue.core.document.forms import NAME, Bare, Phrase
from habitue.core.document.page import Sheet

MAX_COUNT: Final = 1_200
MONTHS: Final = tuple(calendar.month_name)
WEEKDAYS: Final = tuple(name.lower() for name in calendar.day_name)
PERIODS: Final = get_args(get_type_hints(program.Period)["unit"])
CALENDAR: Final = get_args(program.Calendar)
NUMBER: Final = r"-?[0-9]{1,15}(?:\.[0-9]{1,12})?"
_RATIO: Final = re.compile(r"([0-9]{1,15})/([0-9]{1,15})")
_PERIOD: Final = re.compile(rf"([0-9]{{1,4}}) ({'|'.join(PERIODS)})s?")
_STREAK: Final = re.compile(r"([0-9]{1,4}) (day|week)s")
_LAST: Final = re.compile(r"last ([0-9]{1,4}) months?( from the first)?")
_UNTIL: Final = re.compile(r"until (.+?)(?:, ([0-9]{1,2}) years? later)?")
_DAY: Final = re.compile(rf"([0-9]{{1,2}}) ({'|'.join(MONTHS[1:])})")
_END: Final = re.compile(rf"end of ({'|'.join(MONTHS[1:])})")
_HOURS: Final = re.compile(r"([0-9]{1,2}):([0-9]{2}) ?- ?([0-9]{1,2}):([0-9]{2})")


# --- words -------------------------------------------------------------------------------------


def line_of(length: int) -> Callable[[str, Sheet], str]:
    """A parser of one line of printable text no longer than `length`."""

    def parse(text: str, _sheet: Sheet) -> str:
        if len(text) > length or not text.isprintable() or text != text.strip():
            raise ValueError(f"a text is one line of at most {length} characters")
        return text

    return parse


def name(text: str, _sheet: Sheet) -> str:
    """An id: `double-stars`."""
    if len(text) > 60 or not NAME.fullmatch(text):
        raise ValueError(f'"{text[:40]}" is not a name; use small letters, digits, - and _')
    return text


TEXT: Final = Phrase(
    "a text",
    line_of(facts.MAX_TEXT),
    described={"type": "string", "minLength": 1, "maxLength": facts.MAX_TEXT},
)
ID: Final = Phrase(
    "a name", name, described={"type": "string", "pattern": f"^{NAME.pattern}$", "maxLength": 60}
)


# --- numbers -----------------------------------------------------------------------------------


def number(text: str, places: int, *, of: str) -> int:
    """A number as fixed point, or `ValueError`; `of` names what declares the decimals."""
    if not re.fullmatch(NUMBER, text):
        raise ValueError
    try:
        return money.fixed(text, places)
    except ValueError:
        allowed = f"{places} decimals" if places else "no decimals"
        raise ValueError(f"{text} has more decimals than {of}, which has {allowed}") from None


def exact(text: str, _sheet: Sheet) -> Fraction:
    """`1.5` or `1/3` as a positive fraction."""
    if ratio := _RATIO.fullmatch(text):
        if int(ratio[1]) and int(ratio[2]):
            return Fraction(int(ratio[1]), int(ratio[2]))
        raise ValueError(f"{text} is not above 0")
    if not re.fullmatch(NUMBER, text):
        raise ValueError
    value = Fraction(text)
    if value <= 0:
        raise ValueError(f"{text} is not above 0")
    return value


def show_exact(value: Fraction, _sheet: Sheet | None = None) -> str:
    """The inverse of `exact`: decimals where they are exact, else a ratio."""
    for places in range(13):
        scaled = value * 10**places
        if scaled.denominator == 1:
            return Bare(money.written(int(scaled), places))
    return f"{value.numerator}/{value.denominator}"


def percent(text: str, _sheet: Sheet) -> Fraction:
    """`30%` as 3/10."""
    if not text.endswith("%"):
        raise ValueError
    return exact(text[:-1].rstrip(), _sheet) / 100


def cash(text: str, sheet: Sheet) -> int:
    """Money above 0 in minor units."""
    value = number(text, sheet.places, of="the currency")
    if not 0 < value <= facts.MAX_AMOUNT:
        raise ValueError(f"{text} is not above 0" if value <= 0 else f"{text} is too much")
    return value


_POSITIVE: Final = {"type": "number", "exclusiveMinimum": 0}
EXACT: Final = Phrase("a number such as 1.5", exact, show_exact, {"type": ["number", "string"]})


def share(text: str, sheet: Sheet) -> Fraction:
    """`10%` as 1/10; never more than the whole."""
    value = percent(text, sheet)
    if value > 1:
        raise ValueError(f"{text} is more than 100%")
    return value


PERCENT: Final = Phrase(
    "a percentage such as 30%",
    percent,
    lambda value, _: f"{show_exact(value * 100)}%",
    {"type": "string", "pattern": "%$"},
)
SHARE: Final = Phrase("a percentage up to 100%", share, PERCENT.show, PERCENT.described)
CASH: Final = Phrase(
    "an amount of money such as 12.50",
    cash,
    lambda value, sheet: Bare(money.written(value, sheet.places)),
    _POSITIVE,
)


def whole(least: int, most: int) -> Phrase:
    """A whole number between two bounds."""

    def parse(text: str, _sheet: Sheet) -> int:
        if not re.fullmatch(r"-?[0-9]{1,15}", text):
            raise ValueError
        if not least <= int(text) <= most:
            raise ValueError(f"{text} is not between {least} and {most:,}")
        return int(text)

    described = {"type": "integer", "minimum": least, "maximum": most}
    return Phrase("a whole number", parse, lambda value, _: Bare(str(value)), described)


def amount_of(unit: str, *, zero: bool = False) -> Phrase:
    """An amount of a unit in its fixed point."""

    def parse(text: str, sheet: Sheet) -> int:
        value = number(text, sheet.decimals.get(unit, 0), of=f'the unit "{unit}"')
        if value < 0 or (value == 0 and not zero) or value > facts.MAX_AMOUNT:
            raise ValueError(f"{text} is not above 0" if value <= 0 else f"{text} is too much")
        return value

    def show(value: int, sheet: Sheet) -> str:
        return Bare(money.written(value, sheet.decimals.get(unit, 0)))

    return Phrase(f"a number of {unit}", parse, show, {"type": "number", "minimum": 0})


def _whole_percent(text: str, sheet: Sheet) -> int:
    share = percent(text, sheet) * 100
    if share.denominator != 1 or share > 100:
        raise ValueError(f"{text} is not a whole percentage up to 100%")
    return int(share)


WHOLE_PERCENT: Final = Phrase(
    "a percentage such as 20%",
    _whole_percent,
    lambda value, _: f"{value}%",
    {"type": "string", "pattern": "%$"},
)


# --- dates and times ---------------------------------------------------------------------------


def day(text: str, _sheet: Sheet | None = None) -> date:
    """`2026-05-12`."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"there is no day {text} in the calendar") from None


def period(text: str, _sheet: Sheet | None = None) -> program.Period:
    """`18 months`."""
    match = _PERIOD.fullmatch(text)
    if match is None:
        raise ValueError
    count = int(match[1])
    if not 0 < count <= MAX_COUNT:
        raise ValueError(f"{text} is not between 1 and {MAX_COUNT:,}")
    return program.Period(count, next(unit for unit in PERIODS if unit == match[2]))


def days(text: str, _sheet: Sheet | None = None) -> program.Period:
    """A period that is counted in days or longer: `30 days`."""
    value = period(text)
    if value.unit in ("minute", "hour"):
        raise ValueError(f"{text} is shorter than a day; write days, weeks, months or years")
    return value


def _show_period(value: program.Period, _sheet: Sheet | None = None) -> str:
    return f"{value.count} {value.unit}{'' if value.count == 1 else 's'}"


def month_day(text: str, *, end: bool = False) -> tuple[int, int]:
    """`31 December` as (12, 31); `end of February` as (2, 0) where `end` is allowed."""
    if end and (last := _END.fullmatch(text)):
        return MONTHS.index(last[1]), 0
    match = _DAY.fullmatch(text)
    if match is None:
        raise ValueError
    month = MONTHS.index(match[2])
    if not 1 <= int(match[1]) <= calendar.monthrange(2023, month)[1]:
        raise ValueError(f"{match[2]} has no day {match[1]} in every year")
    return month, int(match[1])


def _show_month_day(value: tuple[int, int]) -> str:
    month, of_month = value
    return f"{of_month} {MONTHS[month]}" if of_month else f"end of {MONTHS[month]}"


def hours(text: str, _sheet: Sheet) -> program.Hours:
    """`14:00-16:00`; past midnight if the end comes before the start."""
    match = _HOURS.fullmatch(text)
    if match is None or int(match[2]) > 59 or int(match[4]) > 59:
        raise ValueError
    since, until = (int(match[i]) * 60 + int(match[i + 1]) for i in (1, 3))
    if since >= 1440 or until > 1440 or since == until:
        raise ValueError(f"{text} is not a span of hours within a day")
    return program.Hours(since, until)


def _show_hours(value: program.Hours, _sheet: Sheet) -> str:
    since, until = divmod(value.since, 60), divmod(value.until, 60)
    return f"{since[0]:02d}:{since[1]:02d}-{until[0]:02d}:{until[1]:02d}"


DAY: Final = Phrase(
    "a date such as 2026-05-12",
    day,
    lambda value, _: Bare(value.isoformat()),
    {"type": "string", "format": "date"},
)
PERIOD: Final = Phrase(
    "a period such as 18 months", period, _show_period, {"type": "string", "pattern": "^[0-9]+ "}
)
DAYS: Final = Phrase(
    "a period such as 30 days", days, _show_period, {"type": "string", "pattern": "^[0-9]+ "}
)
MONTH_DAY: Final = Phrase(
    "a day of the year such as 31 December",
    lambda text, _: month_day(text),
    lambda value, _: _show_month_day(value),
)
YEAR_DAY: Final = Phrase(
    "a day of the year such as 24 December, or end of February",
    lambda text, _: month_day(text, end=True),
    lambda value, _: _show_month_day(value),
)
HOURS: Final = Phrase("hours such as 14:00-16:00", hours, _show_hours)


# --- choices with a number inside --------------------------------------------------------------


def streak(text: str, _sheet: Sheet) -> program.Streak:
    """`3 days`: so many in a row."""
    match = _STREAK.fullmatch(text)
    if match is None:
        raise ValueError
    if not 2 <= int(match[1]) <= MAX_COUNT:
        raise ValueError(f"{text} is no streak of 2 to {MAX_COUNT:,}")
    return program.Streak(int(match[1]), "day" if match[2] == "day" else "week")


def limit_per(text: str, _sheet: Sheet) -> program.Calendar | program.Period:
    """`month`, a calendar month; or `7 days`, whichever seven days."""
    return next((known for known in CALENDAR if known == text), None) or period(text)


_WINDOWS: Final[dict[str, program.Window]] = {
    "calendar year": program.CalendarYear(),
    "membership year": program.MembershipYear(),
    "lifetime": program.Lifetime(),
}

_CYCLE: Final = "tier cycle of "


def window(text: str, _sheet: Sheet) -> program.Window:
    """`calendar year`, `last 12 months`, `tier cycle of 12 months`…"""
    if text in _WINDOWS:
        return _WINDOWS[text]
    if text.startswith(_CYCLE):
        return program.TierCycle(days(text.removeprefix(_CYCLE)))
    match = _LAST.fullmatch(text)
    if match is None or not 0 < int(match[1]) <= MAX_COUNT:
        raise ValueError(f'unknown window "{text[:60]}"')
    return program.Rolling(int(match[1]), match[2] is not None)


def _show_window(value: program.Window, _sheet: Sheet) -> str:
    if isinstance(value, program.TierCycle):
        return f"{_CYCLE}{_show_period(value.period)}"
    if isinstance(value, program.Rolling):
        counted = _show_period(program.Period(value.months, "month"))
        return f"last {counted}" + (" from the first" if value.from_first else "")
    return next(words for words, known in _WINDOWS.items() if known == value)


_KEPT: Final[dict[str, program.Kept]] = {
    "rest of this year": program.UntilDate(12, 31, 0),
    "rest of this and next year": program.UntilDate(12, 31, 1),
    "for ever": program.Always(),
    "while earned": program.WhileEarned(),
}


def kept(text: str, _sheet: Sheet) -> program.Kept:
    """`rest of this and next year`, `12 months`, `until end of February, 2 years later`…"""
    if text in _KEPT:
        return _KEPT[text]
    if match := _UNTIL.fullmatch(text):
        month, of_month = month_day(match[1], end=True)
        return program.UntilDate(month, of_month, int(match[2] or 0))
    if _PERIOD.fullmatch(text):
        return program.For(days(text))
    raise ValueError(f'unknown way to keep a tier "{text[:60]}"')


def _show_kept(value: program.Kept, _sheet: Sheet) -> str:
    for words, known in _KEPT.items():
        if known == value:
            return words
    if isinstance(value, program.For):
        return _show_period(value.period)
    assert isinstance(value, program.UntilDate)
    later = f", {value.years} year{'' if value.years == 1 else 's'} later" if value.years else ""
    return f"until {_show_month_day((value.month, value.day))}{later}"


STREAK: Final = Phrase(
    "a streak such as 3 days",
    streak,
    lambda value, _: f"{value.count} {value.unit}s",
    {"type": "string", "pattern": "^[0-9]+ (day|week)s$"},
)
PER: Final = Phrase(
    "a calendar period such as month, or a period such as 7 days",
    limit_per,
    lambda value, _: value if isinstance(value, str) else _show_period(value),
    allowed=(*CALENDAR, "7 days"),
)
WINDOW: Final = Phrase(
    "a window such as calendar year",
    window,
    _show_window,
    allowed=(
        *_WINDOWS,
        "last 12 months",
        "last 12 months from the first",
        f"{_CYCLE}12 months",
    ),
)
KEPT: Final = Phrase(
    "how long a tier is kept",
    kept,
    _show_kept,
    allowed=(*_KEPT, "12 months", "until end of February, 2 years later"),
)


def attribute_value(text: str, _sheet: Sheet) -> str | int | bool:
    """`true` and whole numbers are what they look like; anything else is a text."""
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"-?(?:0|[1-9][0-9]{0,14})", text):
        return int(text)
    return line_of(facts.MAX_TEXT)(text, _sheet)


def show_attribute_value(value: Any, _sheet: Sheet) -> str:
    """The inverse of `attribute_value`."""
    if isinstance(value, str):
        return value
    return Bare(str(value).lower())
