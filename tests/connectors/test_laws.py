"""Laws of reading: what is written exactly is read exactly, and nothing ever raises a defect."""

from __future__ import annotations

import contextlib
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from habitue.connectors import dates, numbers, purchases, table
from habitue.connectors.dates import Unread
from habitue.connectors.purchases import Bought
from habitue.connectors.table import Rejected
from habitue.connectors.text import Line, Unusable
from habitue.core import money

TODAY = date(2026, 11, 21)
PARIS = ZoneInfo("Europe/Paris")
days = st.dates(date(1900, 1, 1), TODAY)


def grouped(value: int, mark: str) -> str:
    return f"{value:,}".replace(",", mark)


@given(
    cents=st.integers(0, 10**11),
    style=st.sampled_from([("", "."), ("", ","), (",", "."), (".", ","), (" ", ","), ("'", ".")]),
    around=st.sampled_from(["{}", "{} €", "€{}", "EUR {}", "{}EUR", " {} "]),
)
def test_an_amount_with_two_decimals_is_read_in_every_style(
    cents: int, style: tuple[str, str], around: str
) -> None:
    whole, fraction = divmod(cents, 100)
    written = around.format(f"{grouped(whole, style[0])}{style[1]}{fraction:02d}")
    reader = numbers.Reader(currency="EUR", decimal="")
    assert reader.read(written) == cents


@given(value=st.integers(0, 10**9), currency=st.sampled_from(["JPY", "EUR", "KWD"]))
def test_the_plain_way_of_writing_is_read_in_every_currency(value: int, currency: str) -> None:
    marks = numbers.Marks()
    written = money.written(value, money.decimals(currency))
    marks.look(written)
    assert numbers.Reader(currency=currency, decimal=marks.decimal).read(written) == value


@given(text=st.text(max_size=50), currency=st.sampled_from(["JPY", "EUR", "KWD"]))
def test_any_text_is_an_amount_or_a_reason(text: str, currency: str) -> None:
    read_or_reason(text, currency)


def read_or_reason(text: str, currency: str) -> None:
    numbers.Marks().look(text)
    with contextlib.suppress(Unread):
        assert numbers.Reader(currency=currency, decimal=",").read(text.strip()) >= 0


@given(text=st.text(alphabet="0123456789.,-+ €$'eE()", max_size=15))
def test_anything_like_a_number_is_an_amount_or_a_reason(text: str) -> None:
    read_or_reason(text, "EUR")


@given(
    day=days,
    style=st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"]),
)
def test_a_day_is_read_in_every_style(day: date, style: str) -> None:
    reader = dates.Reader(zone=PARIS, today=TODAY, day_first=True)
    written = day.strftime(style).replace(str(day.year), f"{day.year:04d}")
    assert reader.read(written).astimezone(PARIS).date() == day
    month_first = dates.Reader(zone=PARIS, today=TODAY, day_first=False)
    if style.startswith("%d"):
        assert month_first.read(day.strftime("%m/%d/%Y")).astimezone(PARIS).date() == day


@given(text=st.text(alphabet="0123456789/-.T:Z +", max_size=20) | st.text(max_size=30))
def test_any_text_is_a_date_that_is_past_or_a_reason(text: str) -> None:
    dates.Order().look(text)
    with contextlib.suppress(Unread):
        at = dates.Reader(zone=PARIS, today=TODAY, day_first=True).read(text)
        assert at < datetime(2026, 11, 23, tzinfo=UTC)


@given(
    lines=st.lists(st.text(alphabet='a1,;"\t. x', max_size=12), max_size=40),
    separator=st.sampled_from([",", ";", "\t", ""]),
)
def test_nothing_that_a_file_says_is_lost_or_read_twice(lines: list[str], separator: str) -> None:
    numbered = [Line(number, text) for number, text in enumerate(lines, 1)]
    found = [row for row in table.rows(numbered, separator) if row is not None]
    kept = "".join(row.text for row in found)
    said = "".join(lines)
    assert [kept.count(sign) for sign in "a1x"] == [said.count(sign) for sign in "a1x"]
    assert [row.line for row in found] == sorted({row.line for row in found})


@settings(deadline=None)
@given(
    content=st.binary(max_size=400)
    | st.lists(
        st.sampled_from(
            [b"client,date,montant", b"a,1997-12-31,1", b"b;1;2", b'"', b"\xff\xfe", b"\0", b"",
             b"\xef\xbb\xbf", b"c,31/12/97,1.5", b"d,03/04/97,\xe9", b"a 19970101 1 2.5"]
        ),
        max_size=12,
    ).map(b"\n".join)
)  # fmt: skip
def test_any_bytes_are_rows_that_add_up_or_one_sentence(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.csv"
        path.write_bytes(content)
        with contextlib.suppress(Unusable):
            shape = purchases.survey(path)
            rows = list(
                purchases.read(path, shape, currency="EUR", zone=PARIS, today=TODAY, day_first=True)
            )
            assert sum(isinstance(row, Bought | Rejected) for row in rows) == shape.rows
