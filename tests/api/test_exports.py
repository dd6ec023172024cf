"""Exports: everything of a kind, exact, harmless in a spreadsheet, never all in memory."""

import csv
import io
import tracemalloc
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count, islice
from typing import Any

import msgspec
import pytest

from habitue import ledger
from habitue.api import application, calls
from habitue.connectors.exports import books, customers, written
from habitue.core import facts
from habitue.ledger import Fact
from habitue.members.models import Customer, JournalLine
from tests.api import world
from tests.api.asking import ask

pytestmark = pytest.mark.django_db


def lines(told: Any) -> list[dict[str, Any]]:
    """The objects of an answer, one a line."""
    assert told.headers["Content-Type"] == "application/x-ndjson"
    return [msgspec.json.decode(line) for line in told.raw.splitlines()]


def table(told: Any) -> list[dict[str, str]]:
    """The rows of an answer, by column."""
    assert told.headers["Content-Type"] == "text/csv"
    return list(csv.DictReader(io.StringIO(told.raw.decode())))


def test_events_and_entries_are_exact_and_whole(cafe: world.Place, next_door: world.Place) -> None:
    visit = Fact(customer=cafe.alice, at=datetime.now(UTC), what=facts.Visit())
    ledger.post(cafe.business.pk, [visit], now=datetime.now(UTC))
    events = lines(ask("GET", "/exports/events.ndjson", key=cafe.owner))
    kinds = {one["kind"] for one in events if one["refused"] is None}
    assert kinds >= {"purchase", "redemption", "visit"}
    first = next(one for one in events if one["kind"] == "purchase")
    assert (first["id"], first["customer"]) == (str(cafe.purchase), str(cafe.alice))
    assert (first["source"], first["reference"], first["amount"]) == ("till", "T-1001", 4000)
    assert first["what"]["lines"][0]["sku"] == "cake"
    entries = lines(ask("GET", "/exports/entries.ndjson", key=cafe.owner))
    sums: dict[str, Decimal] = {}
    for one in entries:
        sums[one["unit"]] = sums.get(one["unit"], Decimal(0)) + Decimal(one["amount"])
    assert sums == {"points": Decimal(30), "stars": Decimal("0.5"), "spend": Decimal(40)}
    assert {one["customer"] for one in entries} == {str(cafe.alice)}
    others = lines(ask("GET", "/exports/events.ndjson", key=next_door.owner))
    assert {one["customer"] for one in others} == {str(next_door.alice), str(next_door.bruno)}


def test_a_span_of_days_is_half_open(cafe: world.Place) -> None:
    day = lines(ask("GET", "/exports/events.ndjson", key=cafe.owner))[0]["day"]
    after = (datetime.fromisoformat(day) + timedelta(days=1)).date()
    found = lines(ask("GET", f"/exports/events.ndjson?since={day}&until={after}", key=cafe.owner))
    assert len(found) >= 1
    assert not lines(ask("GET", f"/exports/events.ndjson?until={day}", key=cafe.owner))
    for wrong in (f"since={after}&until={day}", "since=now"):
        assert ask("GET", f"/exports/events.ndjson?{wrong}", key=cafe.owner).status == 422
    assert ask("GET", f"/exports/customers.csv?since={day}", key=cafe.owner).status == 422


def test_vouchers_say_what_they_are_worth_today(cafe: world.Place) -> None:
    (one,) = lines(ask("GET", "/exports/vouchers.ndjson", key=cafe.owner))
    assert (one["code"], one["reward"], one["state"]) == (cafe.voucher, "coffee", "issued")
    later = datetime.now(UTC) + timedelta(days=60)
    (row,) = books.rows(
        "vouchers",
        cafe.business.pk,
        since=later.date().min,
        until=later.date().max,
        today=later.date(),
    )
    assert row[4] == "expired"


def test_customers_are_told_in_their_own_kinds(cafe: world.Place) -> None:
    told = {
        one["name"]: one for one in lines(ask("GET", "/exports/customers.ndjson", key=cafe.owner))
    }
    assert told.keys() == {"Alice", "Bruno", "Chiara"}
    alice = told["Alice"]
    assert (alice["id"], alice["external"]) == (str(cafe.alice), ["alice"])
    assert alice["balances"] == {"points": "30", "spend": "40.00"}
    assert (alice["visits"], alice["consent_email"]) == (1, None)
    assert told["Chiara"]["enrolled_on"] is None


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_no_cell_is_a_formula(cafe: world.Place, name: str) -> None:
    Customer.objects.filter(pk=cafe.alice).update(name=name)
    rows = table(ask("GET", "/exports/customers.csv", key=cafe.owner))
    assert f"'{name}" in {one["name"] for one in rows}
    assert tuple(rows[0]) == customers.COLUMNS


def test_numbers_of_a_table_stay_numbers(cafe: world.Place) -> None:
    rows = table(ask("GET", "/exports/entries.csv", key=cafe.owner))
    assert "-10" in {one["amount"] for one in rows}
    (event,) = [
        one for one in table(ask("GET", "/exports/events.csv", key=cafe.owner))
        if one["reference"] == "T-1001"
    ]  # fmt: skip
    assert msgspec.json.decode(event["what"])["lines"][0]["amount"] == 4000


def test_only_an_owner_takes_away_and_the_journal_knows(cafe: world.Place) -> None:
    for key in (cafe.till, cafe.read, cafe.partner, cafe.member, cafe.cashier):
        for form in ("ndjson", "csv"):
            assert ask("GET", f"/exports/customers.{form}", key=key).status == 403
    assert ask("GET", "/exports/secrets.csv", key=cafe.owner).status == 404
    assert not JournalLine.objects.filter(business=cafe.business, kind="export").exists()
    ask("GET", "/exports/events.csv", key=cafe.owner)
    line = JournalLine.objects.get(business=cafe.business, kind="export")
    assert line.what == {"list": "events", "through": "owner"}


def test_a_long_answer_is_sent_part_by_part(
    cafe: world.Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(written, "CHUNK", 1)
    headers = {"AUTHORIZATION": f"Bearer {cafe.owner}", "CONTENT_TYPE": ""}
    request = calls.Request("GET", "/api/v1/exports/events.ndjson", "", headers, b"")
    reply = application.respond(request, now=datetime.now(UTC))
    assert reply.parts is not None
    parts = [part for part in reply.parts if part]
    assert len(parts) >= 2
    assert all(part.endswith(b"\n") for part in parts)
    told = ask("HEAD", "/exports/events.ndjson", key=cafe.owner, checked=False)
    assert (told.status, told.raw) == (200, b"")


def test_a_million_rows_are_never_held_at_once() -> None:
    def rows() -> Iterable[written.Row]:
        return ([str(number), "x" * 40] for number in islice(count(), 40_000))

    tracemalloc.start()
    try:
        for write in (written.lines, written.table):
            sent = sum(len(part) for part in write(("id", "text"), rows()))
            assert sent > 1_600_000
        assert tracemalloc.get_traced_memory()[1] < 700_000
    finally:
        tracemalloc.stop()
