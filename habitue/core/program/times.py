"""Words, calendars and lengths of time, as every part of a program uses them."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Text = dict[str, str]
"""Words per language: `{"en": …, "fr": …, "it": …}`."""


Rounding = Literal["floor", "half-up", "ceil"]


Calendar = Literal["day", "week", "month", "quarter", "half-year", "year"]


Month = Literal[
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip


class Period(Struct, frozen=True):
    """A length of time on the calendar: `18 months`. Months clamp (31 Jan + 1 month = 28 Feb)."""

    count: int
    unit: Literal["minute", "hour", "day", "week", "month", "year"]
