"""The file of customers: everything that is known, the same bytes, no formula in it."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.test import Client

from habitue.connectors.exports import customers as exported
from habitue.members import consents, customers
from habitue.members.models import Business, Customer, JournalLine
from habitue.pages import spreadsheet
from tests.pages.conftest import make_member, streamed
from tests.pages.measures.conftest import bring

pytestmark = pytest.mark.django_db


def file(owner: Client, path: str = "/customers.csv") -> bytes:
    answer = owner.get(path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return streamed(answer)


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_everything_that_is_known_stands_in_its_column(
    cafe: Business, owner: Client, alice: Customer
) -> None:
    Customer.objects.filter(pk=alice.pk).update(
        birth_year=1990, birth_month=5, birth_day=14, language="it"
    )
    customers.add_identity(alice, "phone", "+33612345678")
    for number in ("K-7", "A-1"):
        customers.add_identity(alice, "external", number)
    consents.record(
        alice, purpose="marketing", channel="email", granted=True, wording="w", source="s",
        at=datetime.now(UTC),
    )  # fmt: skip
    bring(cafe, {alice.pk: (30, 10)})
    (row,) = rows(file(owner))
    assert tuple(row) == exported.COLUMNS
    assert row["number"] == alice.member.number
    assert row["email"] == "alice@example.org"
    assert spreadsheet_plain(row["phone"]) == "+33612345678"
    assert row["external"] == "A-1 K-7"
    assert row["birthday"] == "1990-05-14"
    assert (row["language"], row["consent_email"], row["consent_sms"]) == ("it", "yes", "")
    assert row["balances"].endswith("=2")
    assert row["visits"] == "2"


def spreadsheet_plain(cell: str) -> str:
    assert cell == spreadsheet.neutral(cell[1:])
    return cell[1:]


def test_the_same_customers_are_the_same_bytes_in_every_language(
    cafe: Business, owner: Client, alice: Customer
) -> None:
    make_member(cafe, "Bruno Bianchi", "bruno@example.org")
    first = file(owner)
    assert file(owner) == first
    owner.cookies["django_language"] = "it"
    assert file(owner) == first
    assert [row["name"] for row in rows(first)] == ["Alice Martin", "Bruno Bianchi"]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])
def test_no_cell_is_a_formula(owner: Client, alice: Customer, name: str) -> None:
    Customer.objects.filter(pk=alice.pk).update(name=name, note=name)
    (row,) = rows(file(owner))
    assert row["name"].startswith("'")
    assert row["note"].startswith("'")


def test_a_view_is_a_file_too_and_the_journal_says_how_many(
    cafe: Business, owner: Client, alice: Customer
) -> None:
    make_member(cafe, "Bruno Bianchi", "bruno@example.org")
    assert [row["name"] for row in rows(file(owner, "/customers.csv?q=bruno"))] == ["Bruno Bianchi"]
    answer = owner.post("/customers/selection", {"action": "export", "who": [alice.pk]})
    content = streamed(answer)
    assert [row["name"] for row in rows(content)] == ["Alice Martin"]
    lines = JournalLine.objects.filter(business=cafe, kind="export").order_by("pk")
    assert [line.what for line in lines] == [{"customers": 1}, {"customers": 1}]


def test_more_than_one_part_is_one_file(
    cafe: Business, owner: Client, alice: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_member(cafe, "Bruno Bianchi", "bruno@example.org")
    whole = file(owner)
    monkeypatch.setattr(exported, "CHUNK", 1)
    assert file(owner) == whole
