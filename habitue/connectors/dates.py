"""Reading written dates: ISO, 19970131, 31/12/1997, with or without a time of day.

Day and month of `03/04/1997` cannot be told apart in one value. So a whole column is looked at
first (`Order`): one 31/12 anywhere settles it, and what was settled is said to the person.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

EARLIEST: Final = date(1900, 1, 1)
MIDDAY: Final = time(12)
"""The time of day of a purchase whose file gives none."""

_CLOCK: Final = (
    r"(?:(?:[T ]|,? +| à | alle | at )(?P<hour>\d{1,2})[:hH.](?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?(?P<zone> ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?)?"
)
_ISO: Final = re.compile(
    r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})" + _CLOCK, re.ASCII
)
_PACKED: Final = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})" + _CLOCK, re.ASCII)
_COMMON: Final = re.compile(
    r"(?P<first>\d{1,2})([/.\- ])(?P<second_>\d{1,2})\2(?P<year>\d{4}|\d{2})" + _CLOCK,
    re.ASCII,
)
_CACHE_LIMIT: Final = 50_000


class Unread(ValueError):
    """A value that cannot be read; its text is the reason."""


class Order:
    """What a column of dates says about the order of day and month."""

    def __init__(self) -> None:
        self.day_first = 0
        self.month_first = 0
        self.open = 0  # dates that could be read either way

    def look(self, text: str) -> None:
        """Take one value of the column into account."""
        match = _COMMON.fullmatch(text)
        if match is None:
            return
        first, second = int(match["first"]), int(match["second_"])
        if first > 12 >= second:
            self.day_first += 1
        elif second > 12 >= first:
            self.month_first += 1
        elif first != second:
            self.open += 1

    def settled(self, *, otherwise_day_first: bool) -> bool:
        """Whether the day comes first: by the majority of dates that tell, else as given."""
        if self.day_first == self.month_first:
            return otherwise_day_first
        return self.day_first > self.month_first

    def sentence(self, *, day_first: bool) -> str:
        """How it was settled; empty where no date was open."""
        if not self.open:
            return ""
        how = "day/month" if day_first else "month/day"
        proof = self.day_first if day_first else self.month_first
        other = self.month_first if day_first else self.day_first
        if not proof and not other:
            return f"Dates such as 03/04 are read as {how}: no date in the file tells."
        against = f", against {other:,} that only fit the other way" if other else ""
        return f"Dates are read as {how}: {proof:,} of them fit no other way{against}."


def is_date(text: str) -> bool:
    """Whether a value looks like a date."""
    return any(form.fullmatch(text) for form in (_ISO, _PACKED, _COMMON))


def is_timed(text: str) -> bool:
    """Whether a date is written with a time of day."""
    matches = (form.fullmatch(text) for form in (_ISO, _PACKED, _COMMON))
    return any(match is not None and match["hour"] is not None for match in matches)


class Reader:
    """Reads the dates of one column. `today` is the business's: nothing was bought after it."""

    def __init__(self, *, zone: ZoneInfo, today: date, day_first: bool) -> None:
        self.zone = zone
        self.today = today
        self.day_first = day_first
        self._remembered = lru_cache(_CACHE_LIMIT)(self._read)

    def read(self, text: str) -> datetime:
        """The instant in UTC (midday where the file gives no time); `Unread` says why not."""
        return self._remembered(text)

    def _read(self, text: str) -> datetime:
        plain = self._plain(text)
        if plain is not None:
            return plain
        match = _ISO.fullmatch(text) or _PACKED.fullmatch(text) or _COMMON.fullmatch(text)
        if not text or match is None:
            raise Unread("the date is missing" if not text else "not a date that can be read")
        year, month, day = self._parts(match)
        try:
            on = date(year, month, day)
        except ValueError:
            raise Unread(_no_such_day(year, month, day)) from None
        if on > self.today:
            raise Unread("the date is in the future")
        if on < EARLIEST:
            raise Unread(f"the date is before {EARLIEST.year}")
        return self._at(on, match)

    def _plain(self, text: str) -> datetime | None:
        """What most tills write, 2026-03-31 17:05:00, in a fifth of the time; None: look closer."""
        if len(text) != 19 or text[4] != "-" or text[7] != "-" or text[10] not in " T":
            return None
        try:
            local = datetime.fromisoformat(text)
        except ValueError:
            return None
        if local.tzinfo is not None or not EARLIEST <= local.date() <= self.today:
            return None
        return local.replace(tzinfo=self.zone).astimezone(UTC)

    def _parts(self, match: re.Match[str]) -> tuple[int, int, int]:
        year = int(match["year"])
        if match.re is not _COMMON:
            return year, int(match["month"]), int(match["day"])
        if len(match["year"]) == 2:
            year += 2000 if 2000 + year <= self.today.year else 1900
        first, second = int(match["first"]), int(match["second_"])
        return (year, second, first) if self.day_first else (year, first, second)

    def _at(self, on: date, match: re.Match[str]) -> datetime:
        if match["hour"] is None:
            return datetime.combine(on, MIDDAY, self.zone).astimezone(UTC)
        try:
            clock = time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0))
        except ValueError:
            raise Unread("there is no such time of day") from None
        zone = (match["zone"] or "").strip().replace("UTC", "Z")
        if zone:
            return datetime.fromisoformat(f"{on.isoformat()}T{clock.isoformat()}{zone}").astimezone(
                UTC
            )
        return datetime.combine(on, clock, self.zone).astimezone(UTC)


def _no_such_day(year: int, month: int, day: int) -> str:
    if not 1 <= month <= 12:
        return f"there is no month {month}"
    return f"{year:04d}-{month:02d} has no day {day}"
