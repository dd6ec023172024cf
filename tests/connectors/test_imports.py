"""Rows become customers and events of the ledger, each once; what is refused says why."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from habitue import ledger, metrics
from habitue.connectors import imports, purchases
from habitue.connectors.imports import Tally
from habitue.connectors.rejects import Rejects, neutral
from habitue.core import facts
from habitue.ledger import figures
from habitue.members import businesses, customers
from habitue.members.models import Business, Customer, Member
from habitue.site import programs

NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


@pytest.fixture
def cafe(db: None) -> Business:
    return publish(businesses.create(name="Café des Amis", kind="cafe", country="FR"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sales.csv"


def publish(business: Business, *, enroll: bool = True) -> Business:
    text = programs.fitted(programs.FOLDER / "points-and-tiers.yaml", business, enroll=enroll)
    assert not ledger.publish(business.pk, text).problems
    return business


def bring(
    cafe: Business, file: Path, content: str, *, enroll: bool = True
) -> tuple[Tally, Rejects]:
    file.write_text(content)
    with Rejects(file.with_suffix(".rejected.csv")) as refused:
        tally = imports.run(cafe, file, purchases.survey(file), refused, now=NOW, enroll=enroll)
    assert tally.accepted + tally.rejected + tally.duplicate == tally.rows
    assert refused.number == tally.rejected
    return tally, refused


def events() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_event WHERE refusal IS NULL")
        return int(cursor.fetchone()[0])


def test_purchases_earn_under_the_program(cafe: Business, file: Path) -> None:
    tally, _ = bring(
        cafe, file, "client;date;montant\nalice;01/11/2026;12,50\nalice;02/11/2026;7\n"
    )
    assert (tally.rows, tally.accepted, tally.enrolled) == (2, 2, 1)
    alice = customers.find(cafe, "external", "alice")
    assert alice is not None
    standing = ledger.standings(cafe.pk, [alice], now=NOW)[alice]
    assert standing.balances["points"] == 19
    assert standing.enrolled_on == date(2026, 11, 1)


def test_an_older_row_in_a_later_line_comes_first(cafe: Business, file: Path) -> None:
    bring(cafe, file, "client,date,montant\nalice,2026-11-02,1\nalice,2026-11-01,1\n")
    alice = customers.find(cafe, "external", "alice")
    assert alice is not None
    days = [entry.day for entry in ledger.entries(cafe.pk, alice) if entry.unit == "points"]
    assert days == [date(2026, 11, 2), date(2026, 11, 1)]


def test_today_counts_although_noon_has_not_come(cafe: Business, file: Path) -> None:
    tally, _ = bring(cafe, file, "client,date,montant\nalice,2026-11-21,1\n")
    assert tally.accepted == 1


def test_a_second_import_adds_nothing(cafe: Business, file: Path) -> None:
    rows = "client,date,montant\nalice,2026-11-02,1\nalice,2026-11-02,1\nbob,31/02/2026,1\n"
    first, _ = bring(cafe, file, rows)
    before = events()
    second, _ = bring(cafe, file, rows)
    assert (first.accepted, first.rejected) == (2, 1)
    assert (second.accepted, second.duplicate, second.rejected) == (0, 2, 1)
    assert events() == before


def test_a_grown_file_adds_only_what_is_new(cafe: Business, file: Path) -> None:
    rows = "client,date,montant\nalice,2026-11-02,1\n"
    bring(cafe, file, rows)
    tally, _ = bring(cafe, file, rows + "alice,2026-11-02,1\nbob,2026-11-03,1\n")
    assert (tally.accepted, tally.duplicate) == (2, 1)


def test_a_receipt_names_a_purchase_once(cafe: Business, file: Path) -> None:
    rows = (
        "client,date,montant,ticket\n"
        "alice,2026-11-02,1,T1\n"
        "alice,2026-11-02,1,T1\n"  # the same again
        "alice,2026-11-02,2,T1\n"  # the same receipt with another amount
    )
    tally, refused = bring(cafe, file, rows)
    assert (tally.accepted, tally.duplicate, tally.rejected) == (1, 1, 1)
    assert refused.first[0].line == 4
    assert refused.first[0].value == "T1"
    assert refused.first[0].reason == "this receipt stands for another purchase already"
    again, _ = bring(cafe, file, rows)
    assert (again.accepted, again.duplicate, again.rejected) == (0, 2, 1)


def test_without_enrolment_purchases_are_recorded_and_earn_nothing(db: None, file: Path) -> None:
    cafe = businesses.create(name="Café des Amis", kind="cafe", country="FR")
    publish(cafe, enroll=False)
    tally, _ = bring(cafe, file, "client,date,montant\nchiara,2026-11-02,10\n", enroll=False)
    chiara = Customer.objects.get()
    assert (tally.accepted, tally.enrolled, Member.objects.count()) == (1, 0, 0)
    assert ledger.standings(cafe.pk, [chiara.pk], now=NOW)[chiara.pk].enrolled_on is None


def test_enrolment_where_the_program_waits_to_be_asked(db: None, file: Path) -> None:
    cafe = businesses.create(name="Café des Amis", kind="cafe", country="FR")
    publish(cafe, enroll=False)
    bring(cafe, file, "client,date,montant\nalice,2026-11-02,10\nalice,2026-11-03,5\n")
    alice = Customer.objects.get()
    standing = ledger.standings(cafe.pk, [alice.pk], now=NOW)[alice.pk]
    assert (standing.enrolled_on, standing.balances["points"]) == (date(2026, 11, 2), 15)


def test_rejected_rows_are_kept_without_formulas(cafe: Business, file: Path) -> None:
    rows = "client,date,montant\n=cmd|' /C calc'!A0,31/02/2026,1\n@bob,2026-11-02,=2+3\n"
    _, refused = bring(cafe, file, rows)
    with refused.path.open(encoding="utf-8-sig", newline="") as kept:
        written = list(csv.reader(kept))
    assert written[0] == ["line", "value", "reason", "row"]
    assert [row[0] for row in written[1:]] == ["2", "3"]
    assert written[2][1] == "'=2+3"
    assert not [cell for row in written for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_repaired_rows_leave_no_old_rejects_behind(cafe: Business, file: Path) -> None:
    _, refused = bring(cafe, file, "client,date,montant\na,31/02/2026,1\n")
    assert refused.path.exists()
    bring(cafe, file, "client,date,montant\na,28/02/2026,1\n")
    assert not refused.path.exists()


def test_what_would_move_a_cursor_is_spelled_out() -> None:
    assert neutral("\x1b[31mred") == "\\x1b[31mred"


@pytest.mark.parametrize("sign", list("=+-@\t\r\n"))
def test_what_a_spreadsheet_would_run_is_text(sign: str) -> None:
    assert neutral(f"{sign}1") == f"'{sign}1"


def test_rejects_that_cannot_be_written_do_not_stop_the_import(cafe: Business, file: Path) -> None:
    file.with_suffix(".rejected.csv").mkdir()
    tally, refused = bring(cafe, file, "client,date,montant\na,31/02/2026,1\nb,2026-11-02,1\n")
    assert (tally.accepted, tally.rejected) == (1, 1)
    assert "cannot be written" in refused.problem


def test_ten_thousand_rows_with_three_in_a_hundred_bad(cafe: Business, file: Path) -> None:
    rows = [
        f"c{n % 700},{'31/02/2025' if n % 33 == 0 else f'{1 + n % 28:02d}/10/2025'},{n % 50},00\n"
        for n in range(10_000)
    ]
    text = "client;date;montant\n" + "".join(row.replace(",", ";", 2) for row in rows)
    tally, _ = bring(cafe, file, text)
    assert tally.rows == 10_000
    assert tally.rejected == 304


def test_figures_see_refunds_at_their_date_and_nothing_undone(cafe: Business, file: Path) -> None:
    """The figures' SQL on the ledger's own tables, not on a model of them."""
    bring(
        cafe, file, "client,date,montant,ticket\nalice,2026-09-02,10,T1\nalice,2026-09-05,20,T2\n"
    )
    alice = Customer.objects.get().pk
    noon = datetime(2026, 9, 20, 12, tzinfo=UTC)
    mistaken = ledger.Fact(
        customer=alice, at=noon, what=ledger_purchase(5_00), source="till", reference="X"
    )
    event = ledger.post(cafe.pk, [mistaken], now=noon)[0].event
    bought = ledger.find(cafe.pk, "csv", "T1")
    assert bought is not None
    later = noon + timedelta(minutes=5)
    corrections = [
        ledger.Fact(customer=alice, at=later, what=facts.Undo(event)),
        ledger.Fact(customer=alice, at=later, what=facts.Refund(bought, amount=4_00)),
    ]
    assert [answer.refused for answer in ledger.post(cafe.pk, corrections, now=later)] == [
        None,
        None,
    ]
    period = metrics.Period(date(2026, 9, 1), date(2026, 10, 1))
    found = figures.answer(cafe, period=period, now=NOW, window=30)
    assert found.aggregates.counts.orders == 2
    assert found.aggregates.money["EUR"].revenue == 26_00
    assert found.get("average_order_value").value == 13_00


def ledger_purchase(cents: int) -> facts.Purchase:
    return facts.Purchase((facts.Line(cents),), "EUR")


TILL = (
    "client;date;montant;quantité;ticket;article;rayon\n"
    "alice;01/11/2026;2,50;1;A-1;café;boissons\n"
    "bruno;01/11/2026;3,00;1;A-2;thé;boissons\n"
    "alice;01/11/2026;4,00;2;A-1;croissant;boulangerie\n"
    "alice;02/11/2026;2,50;1;A-3;café;boissons\n"
)


def lines() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT "on"::text, line, amount, quantity, product, category'
            ' FROM canonical_order_lines ORDER BY "on", "order", line'
        )
        found: list[tuple[object, ...]] = cursor.fetchall()
    return found


def test_rows_of_one_receipt_are_the_lines_of_one_purchase(cafe: Business, file: Path) -> None:
    tally, _ = bring(cafe, file, TILL, enroll=False)
    assert (tally.rows, tally.accepted) == (4, 4)
    assert sorted(lines(), key=repr) == [
        ("2026-11-01", 0, 250, 1, "café", "boissons"),
        ("2026-11-01", 0, 300, 1, "thé", "boissons"),
        ("2026-11-01", 1, 400, 2, "croissant", "boulangerie"),
        ("2026-11-02", 0, 250, 1, "café", "boissons"),
    ]


def test_receipts_with_products_come_once_in_any_order(cafe: Business, file: Path) -> None:
    bring(cafe, file, TILL, enroll=False)
    before = lines()
    header, *rows = TILL.splitlines(keepends=True)
    tally, _ = bring(cafe, file, header + "".join(reversed(rows)), enroll=False)
    assert (tally.accepted, tally.duplicate) == (0, 4)
    assert lines() == before


def test_a_receipt_that_is_there_takes_no_further_lines(cafe: Business, file: Path) -> None:
    bring(cafe, file, TILL, enroll=False)
    header, *_ = TILL.splitlines(keepends=True)
    more = "alice;01/11/2026;9,00;1;A-1;tarte;boulangerie\n"
    tally, refused = bring(cafe, file, header + more, enroll=False)
    assert (tally.accepted, tally.rejected) == (0, 1)
    assert "stands for another purchase" in refused.first[0].reason


def test_a_receipt_told_twice_without_products_is_one_purchase(cafe: Business, file: Path) -> None:
    twice = "client;date;montant;ticket\nalice;01/11/2026;2,50;A-1\nalice;01/11/2026;2,50;A-1\n"
    tally, _ = bring(cafe, file, twice, enroll=False)
    assert (tally.accepted, tally.duplicate) == (1, 1)


def test_a_product_that_cannot_be_kept_is_said(cafe: Business, file: Path) -> None:
    long = "x" * 201
    tally, refused = bring(
        cafe, file, f"client;date;montant;article\nalice;01/11/2026;2,50;{long}\n", enroll=False
    )
    assert (tally.accepted, tally.rejected) == (0, 1)
    assert refused.first[0].reason == "not a name of a product that can be kept"
