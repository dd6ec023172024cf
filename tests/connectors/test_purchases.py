"""Files as they come: every row is accepted or rejected with its line, value and reason."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from habitue.connectors import dates, ordering, purchases
from habitue.connectors.purchases import Bought
from habitue.connectors.table import Rejected
from habitue.connectors.text import LINE_LIMIT, Unusable

TODAY = date(2026, 11, 21)
PARIS = ZoneInfo("Europe/Paris")


class Found:
    """What came of a file: purchases as (customer, date, pieces, cents), and what was rejected."""

    def __init__(self, path: Path, currency: str = "EUR", *, day_first: bool = True) -> None:
        self.shape = purchases.survey(path)
        self.day_first = self.shape.order.settled(otherwise_day_first=day_first)
        self.bought: list[Bought] = []
        self.rejected: list[Rejected] = []
        self.empty = 0
        for row in purchases.read(
            path, self.shape, currency=currency, zone=PARIS, today=TODAY, day_first=self.day_first
        ):
            match row:
                case Bought():
                    self.bought.append(row)
                case None:
                    self.empty += 1
                case rejected:
                    self.rejected.append(rejected)
        assert len(self.bought) + len(self.rejected) == self.shape.rows

    @property
    def sales(self) -> list[tuple[str, str, int, int]]:
        return [
            (
                row.customer,
                datetime.fromtimestamp(row.at, PARIS).date().isoformat(),
                row.quantity,
                row.amount,
            )
            for row in self.bought
        ]

    @property
    def reasons(self) -> list[tuple[int, str, str]]:
        return [(row.line, row.value, row.reason) for row in self.rejected]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sales.csv"


def of(file: Path, content: str | bytes, currency: str = "EUR", *, day_first: bool = True) -> Found:
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Found(file, currency, day_first=day_first)


ALICE = ("alice", "1997-12-31", 1, 1250)


@pytest.mark.parametrize(
    "content",
    [
        "customer_id,date,amount\nalice,1997-12-31,12.50\n",
        "client;date;montant\nalice;31/12/1997;12,50\n",
        "cliente\tdata\timporto\r\nalice\t31.12.1997\t12,50\r\n",
        "alice 19971231 12.50\n",
        "alice 19971231 1 12.50",
        "Client,Date d'achat,Montant TTC\ralice,1997-12-31T08:30:00Z,12.50\r",
        'customer|date|amount\n"alice"|1997-12-31|"12.50"\n',
        'customer,date,amount\nalice,31-12-1997,"12,50 €"\n',
        "N° client;Date;Total\nalice;31/12/97;€ 12,50\n",
        "customer,date,amount\nalice,1997-12-31 23:59,EUR 12.50\n",
        "\n\ncustomer,date,amount\n\nalice,1997-12-31,12.5\n",
        "date,quantity,total,customer\n1997/12/31,1,12.50,alice\n",
    ],
)
def test_one_purchase_written_in_many_ways(file: Path, content: str) -> None:
    assert of(file, content).sales == [ALICE]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_every_usual_encoding(file: Path, encoding: str) -> None:
    content = "client;date;montant\nZoé Müller;31/12/1997;12,50 €\nété;01/02/1998;1 234,50\n"
    found = of(file, content.encode(encoding))
    assert found.sales == [("Zoé Müller", "1997-12-31", 1, 1250), ("été", "1998-02-01", 1, 123450)]


@pytest.mark.parametrize(
    ("written", "cents"),
    [
        ("1 234,50", 123450),
        ("1\u202f234,50 €", 123450),
        ("1\xa0234,5", 123450),
        ("1.234,50", 123450),
        ("12,5", 1250),
        ("1'234.50", 123450),
        ("1.234.567,00", 123456700),
        ("0", 0),
        ("7", 700),
        ("7,-", 700),
    ],
)
def test_amounts_as_europeans_write_them(file: Path, written: str, cents: int) -> None:
    found = of(file, f"client;date;montant\nalice;1997-12-31;{written}\n")
    assert [sale[3] for sale in found.sales] == [cents]


@pytest.mark.parametrize(
    ("other", "cents"), [("0,99", None), ("0.99", 123400), ("5", 123400), ("1,5", None)]
)
def test_an_open_comma_is_settled_by_the_column(file: Path, other: str, cents: int | None) -> None:
    """`1,234` is 1234 unless the column's decimals are commas: then it has one decimal too many."""
    found = of(file, f"client;date;montant\nalice;1997-12-31;1,234\nbob;1997-12-31;{other}\n")
    alice = [sale[3] for sale in found.sales if sale[0] == "alice"]
    assert alice == ([] if cents is None else [cents])


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "the amount is missing"),
        ("-12.50", "the amount is negative"),
        ("(12.50)", "the amount is negative"),
        ("−12.50", "the amount is negative"),
        ("1E+300000", "not an amount"),
        ("1e5", "not an amount"),
        ("NaN", "not an amount"),
        ("inf", "not an amount"),
        ("12.505", "not an exact amount"),
        ("12 50", "not an exact amount"),
        ("1,23,4", "not an exact amount"),
        ("9" * 39, "not an exact amount"),
        ("9" * 5000, "not an amount"),
        ("999999999999999", "the amount is too large"),
        ("$12.50", "the amount is in $"),
        ("12.50 USD", "the amount is in USD"),
        ("١٢", "not an amount"),
        ("=1+1", "not an amount"),
        ("True", "not an amount"),
    ],
)
def test_amounts_that_are_rejected(file: Path, written: str, reason: str) -> None:
    found = of(file, f"client;date;montant\nalice;1997-12-31;{written}\nbob;1997-12-31;0.5\n")
    assert [sale[0] for sale in found.sales] == ["bob"]
    (line, value, said) = found.reasons[0]
    assert (line, value) == (2, written[:60])
    assert said.startswith(reason)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("31/02/1997", "1997-02 has no day 31"),
        ("31/04/1997", "1997-04 has no day 31"),
        ("29/02/1997", "1997-02 has no day 29"),
        ("00/01/1997", "1997-01 has no day 0"),
        ("1997-13-01", "there is no month 13"),
        ("19970231", "1997-02 has no day 31"),
        ("2026-11-22", "the date is in the future"),
        ("9999-12-31", "the date is in the future"),
        ("1899-12-31", "the date is before 1900"),
        ("0000-01-01", "0000-01 has no day 1"),
        ("", "the date is missing"),
        ("yesterday", "not a date that can be read"),
        ("1997-12-31 25:00", "there is no such time of day"),
        ("35795", "not a date that can be read"),
    ],
)
def test_dates_that_are_rejected(file: Path, written: str, reason: str) -> None:
    found = of(file, f"client;date;montant\nalice;31/12/1997;1\nalice;{written};1\n")
    assert len(found.sales) == 1
    assert found.reasons == [(3, written, reason)]


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "2026-03-31", "2028-02-29"])
@pytest.mark.parametrize("clock", ["02:30:00", "00:00:00", "23:59:59"])
@pytest.mark.parametrize("between", [" ", "T"])
def test_a_moment_as_tills_write_it_is_read_as_any_other(
    day: str, clock: str, between: str
) -> None:
    reader = dates.Reader(zone=PARIS, today=date(2030, 1, 1), day_first=True)
    year, month, number = day.split("-")
    assert reader.read(f"{day}{between}{clock}") == reader.read(f"{number}/{month}/{year} {clock}")


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("2026-02-30 12:00:00", "2026-02 has no day 30"),
        ("2031-01-01 12:00:00", "the date is in the future"),
        ("1899-12-31 12:00:00", "the date is before 1900"),
        ("2026-01-01 24:01:00", "there is no such time of day"),
        ("2026-01-01 ab:cd:ef", "not a date that can be read"),
    ],
)
def test_a_moment_that_no_till_writes_is_rejected_as_any_other(written: str, reason: str) -> None:
    reader = dates.Reader(zone=PARIS, today=date(2030, 1, 1), day_first=True)
    with pytest.raises(dates.Unread, match=reason):
        reader.read(written)


@pytest.mark.parametrize(
    ("proof", "date_found", "said"),
    [
        ("31/12/1997", "1997-04-03", "day/month: 1 of them fit no other way"),
        ("12/31/1997", "1997-03-04", "month/day: 1 of them fit no other way"),
        ("05/05/1997", "1997-04-03", "no date in the file tells"),
    ],
)
def test_day_and_month_are_settled_by_the_whole_column(
    file: Path, proof: str, date_found: str, said: str
) -> None:
    rows = "alice,03/04/1997,1\n" * 300 + f"bob,{proof},1\n"  # the proof lies beyond any sample
    found = of(file, f"client,date,montant\n{rows}")
    assert found.sales[0][1] == date_found
    assert said in " ".join(found.shape.sentences(day_first=found.day_first))
    assert not found.rejected


def test_without_proof_the_country_decides(file: Path) -> None:
    content = "customer,date,amount\nalice,03/04/1997,1\n"
    assert of(file, content, day_first=True).sales[0][1] == "1997-04-03"
    assert of(file, content, day_first=False).sales[0][1] == "1997-03-04"


def test_a_date_that_fits_only_the_other_way_is_rejected(file: Path) -> None:
    content = "client,date,montant\na,31/12/1997,1\nb,30/12/1997,1\nc,12/31/1997,1\n"
    found = of(file, content)
    assert found.reasons == [(4, "12/31/1997", "there is no month 31")]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("-1", "the quantity is negative"),
        ("0", "a quantity is between"),
        ("2.5", "not a whole number"),
        ("1000001", "a quantity is between"),
        ("9" * 400, "not a whole number"),
        ("1e3", "not a whole number"),
    ],
)
def test_quantities_that_are_rejected(file: Path, written: str, reason: str) -> None:
    found = of(file, f"client;date;qty;montant\nalice;1997-12-31;{written};1\n")
    assert found.rejected[0].reason.startswith(reason)
    assert found.rejected[0].value == written[:60]


def test_bytes_that_are_no_text_cost_one_row(file: Path) -> None:
    content = "client,date,montant\nzoé,1997-12-31,1\n".encode()
    content += b"\xff\xfe\x81,1997-12-31,2\n\xed\xa0\x80,1997-12-31,3\nbob,1997-12-31,4\n"
    found = of(file, content)
    assert [sale[0] for sale in found.sales] == ["zoé", "bob"]
    assert [(line, reason) for line, _, reason in found.reasons] == [
        (3, "the line holds bytes that are no text"),
        (4, "the line holds bytes that are no text"),
    ]


def test_bytes_that_are_no_text_in_an_ascii_file(file: Path) -> None:
    rows = b"bob,1997-12-31,4\n" * 3
    found = of(file, b"client,date,montant\n" + rows + b"\x81\x8d\xff\xfe,1997-12-31,2\n" + rows)
    assert len(found.sales) == 6
    assert found.reasons[0][0] == 5


def test_nul_and_control_characters_cost_one_row(file: Path) -> None:
    content = "client,date,montant\nal\0ice,1997-12-31,1\nb\x1bob,1997-12-31,1\nc,1997-12-31,1\n"
    found = of(file, content)
    assert [sale[0] for sale in found.sales] == ["c"]
    assert {reason for _, _, reason in found.reasons} == {"the line holds a control character"}


def test_a_line_of_ten_megabytes_costs_one_row_and_no_memory(file: Path) -> None:
    rows = b"bob,1997-12-31,4\n"
    file.write_bytes(b"client,date,montant\n" + rows + b"x" * 10_000_000 + b"\n" + rows)
    tracemalloc.start()
    found = Found(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found.sales) == 2
    assert found.reasons[0][0] == 3
    assert f"{LINE_LIMIT:,}" in found.reasons[0][2]
    assert peak < 3_000_000


def test_quotes(file: Path) -> None:
    content = (
        "client,date,montant\n"
        '"Dupont, Jean",1997-12-31,1\n'
        '"said ""hi""",1997-12-31,2\n'
        '"two\nlines",1997-12-31,3\n'
        '"never closed,1997-12-31,4\n'
        "bob,1997-12-31,5\n"
        '"stray"x,1997-12-31,6\n'
        "carl,1997-12-31,7\n"
    )
    found = of(file, content)
    assert [sale[0] for sale in found.sales] == ["Dupont, Jean", 'said "hi"', "bob", "carl"]
    assert [(line, reason) for line, _, reason in found.reasons] == [
        (4, "not a customer number that can be kept"),
        (6, "a quotation mark is not closed"),
        (8, "a stray quotation mark"),
    ]


def test_rows_that_do_not_fit_the_header(file: Path) -> None:
    content = (
        "client,date,montant\nalice,1997-12-31,12,50\nalice,1997-12-31\nalice,1997-12-31,1,,\n"
        "client,date,montant\n,1997-12-31,1\n"
    )
    found = of(file, content)
    assert len(found.sales) == 1
    assert [reason for _, _, reason in found.reasons] == [
        "the row has 4 values, the header 3 columns",
        "the row has 2 values, 3 are needed",
        "the header again",
        "the customer is missing",
    ]


def test_empty_lines_are_counted_and_nothing_else(file: Path) -> None:
    found = of(file, "client;date;montant\n\n;;\n  \nalice;1997-12-31;1\n\n")
    assert (len(found.sales), found.empty, found.rejected) == (1, 4, [])


def test_a_file_that_was_cut_off(file: Path) -> None:
    found = of(file, "client,date,montant\nalice,1997-12-31,1\nbob,1997-1")
    assert (len(found.sales), found.reasons[0][0]) == (1, 3)


def test_currencies(file: Path) -> None:
    content = "client,date,montant,devise\na,1997-12-31,1,EUR\nb,1997-12-31,1,eur\n"
    found = of(file, content + "c,1997-12-31,1,USD\nd,1997-12-31,1,\n")
    assert [sale[0] for sale in found.sales] == ["a", "b", "d"]
    assert found.reasons[0][:2] == (4, "USD")


def test_currencies_without_or_with_three_decimals(file: Path) -> None:
    rows = "client;date;amount\na;1997-12-31;1200\nb;1997-12-31;1.250\nc;1997-12-31;1.5\n"
    assert [sale[3] for sale in of(file, rows, "JPY").sales] == [1200]
    assert [sale[3] for sale in of(file, rows, "KWD").sales] == [1_200_000, 1250, 1500]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "holds no rows"),
        ("\n\n \n", "holds no rows"),
        ("client,date,montant,montant\na,1997-12-31,1,2\n", "'montant' stands twice"),
        ("Date,client,DATE,amount\n1997-12-31,a,1997-12-31,2\n", "'DATE' stands twice"),
        ("client,date,note\na,1997-12-31,x\n", "no column for the amount"),
        ("who,when,what\na,b,c\n", "no column for the customer"),
        ("hello\nworld\n", "no columns"),
        ("1 2 3\n4 5 6\n", "cannot be told apart"),
        (b"PK\x03\x04" + b"\0" * 100, "a ZIP file"),
        (b"\x1f\x8b\x08" + b"\0" * 100, "compressed"),
        (b"\0" * 5000, "holds no rows"),
    ],
)
def test_files_that_cannot_be_used_are_one_sentence(
    file: Path, content: str | bytes, said: str
) -> None:
    with pytest.raises(Unusable) as caught:
        of(file, content)
    assert said in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="cannot be read"):
        purchases.survey(tmp_path / "none.csv")
    with pytest.raises(Unusable, match="cannot be read"):
        purchases.survey(tmp_path)


def test_time_of_day_and_zone(file: Path) -> None:
    rows = "a,2026-01-01 08:30,1\nb,2026-07-01,1\nc,2026-01-01T23:30:00-05:00,1\n"
    found = of(file, "client,date,montant\n" + rows)
    assert [datetime.fromtimestamp(row.at, UTC).isoformat() for row in found.bought] == [
        "2026-01-01T07:30:00+00:00",
        "2026-07-01T10:00:00+00:00",
        "2026-01-02T04:30:00+00:00",
    ]


def test_rows_are_ordered_per_customer_and_named_for_ever(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordering, "RUN", 3)
    rows = "b,1998-01-02,2\na,1998-01-02,2\nb,1998-01-01,2\na,1998-01-02,2\na,1997-01-01,9\n" * 2
    found = of(file, "client,date,montant\n" + rows)
    named = list(ordering.named(ordering.in_order(iter(found.bought))))
    assert [(row.customer, row.at) for row in named] == sorted(
        (row.customer, row.at) for row in found.bought
    )
    assert len({row.reference for row in named}) == len(named) == 10
    again = list(ordering.named(ordering.in_order(reversed(found.bought))))
    assert {row.reference for row in again} == {row.reference for row in named}


def test_a_receipt_names_its_row_but_may_not_pretend(file: Path) -> None:
    rows = "a,1998-01-02,2,T1\nb,1998-01-02,2,row:0123\n"
    found = of(file, "client,date,montant,ticket\n" + rows)
    assert [row.reference for row in found.bought] == ["T1"]
    assert found.rejected[0].line == 3
