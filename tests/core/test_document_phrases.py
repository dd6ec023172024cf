"""Each phrase of a file is read exactly, refused at its bounds, and written in one way."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from habitue.core import facts, program
from habitue.core.document import phrases
from habitue.core.document.forms import Phrase
from habitue.core.document.page import Sheet
from habitue.core.program import Period

SHEET = Sheet(decimals={"points": 0, "miles": 2}, places=2)
YEN = Sheet(places=0)
MOST = facts.MAX_AMOUNT
MILES = phrases.amount_of("miles")
ZERO = phrases.amount_of("miles", zero=True)
FIVE = phrases.whole(-1, 5)
LONG = "x" * 200
READ: list[tuple[Phrase, str, Any, str]] = [
    (phrases.TEXT, "a b", "a b", "a b"),
    (phrases.TEXT, LONG, LONG, LONG),
    (phrases.ID, "a-b_9", "a-b_9", "a-b_9"),
    (phrases.ID, "x" * 60, "x" * 60, "x" * 60),
    (phrases.EXACT, "1.5", Fraction(3, 2), "1.5"),
    (phrases.EXACT, "1.50", Fraction(3, 2), "1.5"),
    (phrases.EXACT, "1/3", Fraction(1, 3), "1/3"),
    (phrases.EXACT, "2/4", Fraction(1, 2), "0.5"),
    (phrases.EXACT, "0.000000000001", Fraction(1, 10**12), "0.000000000001"),
    (phrases.EXACT, "999999999999999", Fraction(10**15 - 1), "999999999999999"),
    (phrases.PERCENT, "30%", Fraction(3, 10), "30%"),
    (phrases.PERCENT, "30 %", Fraction(3, 10), "30%"),
    (phrases.PERCENT, "0.5%", Fraction(1, 200), "0.5%"),
    (phrases.PERCENT, "250%", Fraction(5, 2), "250%"),
    (phrases.SHARE, "100%", Fraction(1), "100%"),
    (phrases.CASH, "12.50", 1250, "12.50"),
    (phrases.CASH, "12", 1200, "12.00"),
    (phrases.CASH, "0.01", 1, "0.01"),
    (phrases.CASH, "100000000000", MOST, "100000000000.00"),
    (FIVE, "-1", -1, "-1"),
    (FIVE, "5", 5, "5"),
    (MILES, "2.5", 250, "2.50"),
    (MILES, "0.01", 1, "0.01"),
    (MILES, "100000000000", MOST, "100000000000.00"),
    (ZERO, "0", 0, "0.00"),
    (phrases.WHOLE_PERCENT, "20%", 20, "20%"),
    (phrases.WHOLE_PERCENT, "100%", 100, "100%"),
    (phrases.DAY, "2024-02-29", date(2024, 2, 29), "2024-02-29"),
    (phrases.PERIOD, "1 minute", Period(1, "minute"), "1 minute"),
    (phrases.PERIOD, "1 minutes", Period(1, "minute"), "1 minute"),
    (phrases.PERIOD, "2 hour", Period(2, "hour"), "2 hours"),
    (phrases.PERIOD, "1200 months", Period(1200, "month"), "1200 months"),
    (phrases.DAYS, "30 days", Period(30, "day"), "30 days"),
    (phrases.DAYS, "1 week", Period(1, "week"), "1 week"),
    (phrases.MONTH_DAY, "31 December", (12, 31), "31 December"),
    (phrases.MONTH_DAY, "1 January", (1, 1), "1 January"),
    (phrases.MONTH_DAY, "28 February", (2, 28), "28 February"),
    (phrases.YEAR_DAY, "end of February", (2, 0), "end of February"),
    (phrases.YEAR_DAY, "24 December", (12, 24), "24 December"),
    (phrases.HOURS, "14:00-16:30", program.Hours(840, 990), "14:00-16:30"),
    (phrases.HOURS, "9:05 - 24:00", program.Hours(545, 1440), "09:05-24:00"),
    (phrases.HOURS, "23:59-0:00", program.Hours(1439, 0), "23:59-00:00"),
    (phrases.STREAK, "2 days", program.Streak(2, "day"), "2 days"),
    (phrases.STREAK, "1200 weeks", program.Streak(1200, "week"), "1200 weeks"),
    (phrases.PER, "half-year", "half-year", "half-year"),
    (phrases.PER, "7 days", Period(7, "day"), "7 days"),
    (phrases.WINDOW, "calendar year", program.CalendarYear(), "calendar year"),
    (phrases.WINDOW, "membership year", program.MembershipYear(), "membership year"),
    (phrases.WINDOW, "lifetime", program.Lifetime(), "lifetime"),
    (phrases.WINDOW, "last 12 months", program.Rolling(12, False), "last 12 months"),
    (phrases.WINDOW, "last 1 month", program.Rolling(1, False), "last 1 month"),
    (phrases.WINDOW, "last 1200 months from the first", program.Rolling(1200, True),
     "last 1200 months from the first"),
    (phrases.WINDOW, "tier cycle of 12 months", program.TierCycle(Period(12, "month")),
     "tier cycle of 12 months"),
    (phrases.KEPT, "rest of this year", program.UntilDate(12, 31, 0), "rest of this year"),
    (phrases.KEPT, "until 31 December, 1 year later", program.UntilDate(12, 31, 1),
     "rest of this and next year"),
    (phrases.KEPT, "until end of February, 2 years later", program.UntilDate(2, 0, 2),
     "until end of February, 2 years later"),
    (phrases.KEPT, "until 31 January, 1 year later", program.UntilDate(1, 31, 1),
     "until 31 January, 1 year later"),
    (phrases.KEPT, "until 30 June", program.UntilDate(6, 30, 0), "until 30 June"),
    (phrases.KEPT, "12 months", program.For(Period(12, "month")), "12 months"),
    (phrases.KEPT, "for ever", program.Always(), "for ever"),
    (phrases.KEPT, "while earned", program.WhileEarned(), "while earned"),
]  # fmt: skip


@pytest.mark.parametrize(("phrase", "text", "value", "written"), READ)
def test_a_phrase_is_read_and_written_back(
    phrase: Phrase, text: str, value: Any, written: str
) -> None:
    assert phrase.parse(text, SHEET) == value
    assert phrase.write(value, SHEET) == written
    assert phrase.parse(written, SHEET) == value


NO_TEXT = "a text is one line of at most 200 characters"
DECIMALS = "has more decimals than"
REFUSED: list[tuple[Phrase, str, str]] = [
    (phrases.TEXT, "x" * 201, NO_TEXT),
    (phrases.TEXT, " a", NO_TEXT),
    (phrases.TEXT, "a\tb", NO_TEXT),
    (phrases.ID, "x" * 61, f'"{"x" * 40}" is not a name; use small letters, digits, - and _'),
    (phrases.ID, "A", '"A" is not a name; use small letters, digits, - and _'),
    (phrases.ID, "9a", '"9a" is not a name; use small letters, digits, - and _'),
    (phrases.ID, "a--b", '"a--b" is not a name; use small letters, digits, - and _'),
    (phrases.EXACT, "0", "0 is not above 0"),
    (phrases.EXACT, "-1", "-1 is not above 0"),
    (phrases.EXACT, "0/3", "0/3 is not above 0"),
    (phrases.EXACT, "3/0", "3/0 is not above 0"),
    (phrases.EXACT, "1e3", ""),
    (phrases.EXACT, "1" * 16, ""),
    (phrases.PERCENT, "30", ""),
    (phrases.PERCENT, "0%", "0 is not above 0"),
    (phrases.SHARE, "100.1%", "100.1% is more than 100%"),
    (phrases.CASH, "0", "0 is not above 0"),
    (phrases.CASH, "-1", "-1 is not above 0"),
    (phrases.CASH, "100000000000.01", "100000000000.01 is too much"),
    (phrases.CASH, "1.005", f"1.005 {DECIMALS} the currency, which has 2 decimals"),
    (phrases.CASH, "1,50", ""),
    (FIVE, "-2", "-2 is not between -1 and 5"),
    (FIVE, "6", "6 is not between -1 and 5"),
    (FIVE, "1.0", ""),
    (phrases.whole(1, 1_000_000), "0", "0 is not between 1 and 1,000,000"),
    (MILES, "0", "0 is not above 0"),
    (MILES, "-1", "-1 is not above 0"),
    (ZERO, "-0.01", "-0.01 is not above 0"),
    (MILES, "100000000000.01", "100000000000.01 is too much"),
    (MILES, "0.001", f'0.001 {DECIMALS} the unit "miles", which has 2 decimals'),
    (phrases.amount_of("points"), "0.1",
     f'0.1 {DECIMALS} the unit "points", which has no decimals'),
    (phrases.amount_of("unknown"), "0.1",
     f'0.1 {DECIMALS} the unit "unknown", which has no decimals'),
    (phrases.WHOLE_PERCENT, "0.5%", "0.5% is not a whole percentage up to 100%"),
    (phrases.WHOLE_PERCENT, "101%", "101% is not a whole percentage up to 100%"),
    (phrases.DAY, "2026-02-29", "there is no day 2026-02-29 in the calendar"),
    (phrases.DAY, "26-02-01", ""),
    (phrases.PERIOD, "0 days", "0 days is not between 1 and 1,200"),
    (phrases.PERIOD, "1201 days", "1201 days is not between 1 and 1,200"),
    (phrases.PERIOD, "days", ""),
    (phrases.DAYS, "23 hours",
     "23 hours is shorter than a day; write days, weeks, months or years"),
    (phrases.DAYS, "9 minutes",
     "9 minutes is shorter than a day; write days, weeks, months or years"),
    (phrases.MONTH_DAY, "29 February", "February has no day 29 in every year"),
    (phrases.MONTH_DAY, "0 May", "May has no day 0 in every year"),
    (phrases.MONTH_DAY, "31 June", "June has no day 31 in every year"),
    (phrases.MONTH_DAY, "end of February", ""),
    (phrases.HOURS, "24:00-1:00", "24:00-1:00 is not a span of hours within a day"),
    (phrases.HOURS, "1:00-24:01", "1:00-24:01 is not a span of hours within a day"),
    (phrases.HOURS, "9:00-9:00", "9:00-9:00 is not a span of hours within a day"),
    (phrases.HOURS, "9:60-10:00", ""),
    (phrases.HOURS, "9:00-10:60", ""),
    (phrases.HOURS, "9-10", ""),
    (phrases.STREAK, "1 days", "1 days is no streak of 2 to 1,200"),
    (phrases.STREAK, "1201 days", "1201 days is no streak of 2 to 1,200"),
    (phrases.STREAK, "3 months", ""),
    (phrases.PER, "fortnight", ""),
    (phrases.WINDOW, "last 0 months", 'unknown window "last 0 months"'),
    (phrases.WINDOW, "last 1201 months", 'unknown window "last 1201 months"'),
    (phrases.WINDOW, "y" * 61, f'unknown window "{"y" * 60}"'),
    (phrases.WINDOW, "tier cycle of 3 hours",
     "3 hours is shorter than a day; write days, weeks, months or years"),
    (phrases.KEPT, "y" * 61, f'unknown way to keep a tier "{"y" * 60}"'),
    (phrases.KEPT, "3 hours", "3 hours is shorter than a day; write days, weeks, months or years"),
    (phrases.KEPT, "until 31 June", "June has no day 31 in every year"),
]  # fmt: skip


@pytest.mark.parametrize(("phrase", "text", "sentence"), REFUSED)
def test_what_is_out_of_bounds_is_refused_with_a_sentence(
    phrase: Phrase, text: str, sentence: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        phrase.parse(text, SHEET)


def test_money_has_the_decimals_of_its_currency() -> None:
    assert phrases.CASH.parse("1250", YEN) == 1250
    assert phrases.CASH.write(1250, YEN) == "1250"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("12", 12),
        ("-12", -12),
        ("0", 0),
        ("012", "012"),
        ("1.0", "1.0"),
        ("9" * 15, 10**15 - 1),
        ("1" * 16, "1" * 16),
        ("J", "J"),
        ("True", "True"),
    ],
)
def test_a_value_of_an_attribute_is_what_it_looks_like(text: str, value: Any) -> None:
    read = phrases.attribute_value(text, SHEET)
    assert (read, type(read)) == (value, type(value))
    assert phrases.show_attribute_value(value, SHEET) == text


def test_what_no_decimals_say_is_written_as_a_ratio() -> None:
    assert phrases.show_exact(Fraction(1, 10**13)) == "1/10000000000000"
    assert phrases.show_exact(Fraction(1, 2**12)) == "0.000244140625"
    assert phrases.show_exact(Fraction(7)) == "7"


SCHEMAS = [
    (FIVE, {"type": "integer", "minimum": -1, "maximum": 5}),
    (MILES, {"type": "number", "minimum": 0}),
    (phrases.CASH, {"type": "number", "exclusiveMinimum": 0}),
    (phrases.TEXT, {"type": "string", "minLength": 1, "maxLength": 200}),
]


@pytest.mark.parametrize(("phrase", "schema"), SCHEMAS)
def test_a_phrase_describes_itself(phrase: Phrase, schema: Any) -> None:
    assert phrase.schema() == schema
    assert phrase.what[0] == "a"
    assert (FIVE.what, MILES.what) == ("a whole number", "a number of miles")


MADE: dict[str, tuple[Phrase, Callable[[], Phrase]]] = {
    "a whole number": (FIVE, lambda: phrases.whole(-1, 5)),
    "an amount": (MILES, lambda: phrases.amount_of("miles")),
    "an amount or nothing": (ZERO, lambda: phrases.amount_of("miles", zero=True)),
    "a text": (phrases.TEXT, lambda: Phrase("a text", phrases.line_of(200))),
}


@pytest.mark.parametrize("kind", MADE)
def test_a_phrase_made_anew_has_the_same_bounds(kind: str) -> None:
    known, make = MADE[kind]
    anew = make()
    for phrase, text, value, written in READ:
        if phrase is known:
            assert (anew.parse(text, SHEET), anew.write(value, SHEET)) == (value, written)
    for phrase, text, sentence in REFUSED:
        if phrase is known:
            with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
                anew.parse(text, SHEET)
