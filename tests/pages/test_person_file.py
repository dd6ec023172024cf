"""What is kept on a person, in one file: a page to read and the same as JSON."""

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils.translation import override

from habitue import ledger
from habitue.core import facts
from habitue.members import answers, consents, customers, journal
from habitue.members.models import Business, Customer
from habitue.pages import person_file
from tests.pages.conftest import make_member

pytestmark = pytest.mark.django_db


def taken(customer: Customer) -> tuple[dict[str, Any], str]:
    with override("en"):
        packed = person_file.download(customer, at=datetime.now(UTC))
    with zipfile.ZipFile(io.BytesIO(packed)) as file:
        return json.loads(file.read("person.json")), file.read("person.html").decode()


def visit(shop: Business, customer: Customer, quantity: int) -> None:
    now = datetime.now(UTC)
    fact = ledger.Fact(customer=customer.pk, at=now, what=facts.Visit(quantity=quantity))
    (answer,) = ledger.post(shop.pk, [fact], now=now)
    assert answer.refused is None


def test_the_file_holds_everything_that_is_kept_on_a_person(
    cafe: Business, alice: Customer
) -> None:
    now = datetime.now(UTC)
    alice.note, alice.birth_day, alice.birth_month = "Likes <oat> milk", 29, 2
    alice.save()
    assert customers.add_identity(alice, "phone", "+33612345678")
    visit(cafe, alice, 3)
    consents.record(
        alice, purpose="marketing", channel="email", granted=True, wording="Yes, write to me.",
        source="join", at=now,
    )  # fmt: skip
    answers.record(
        cafe,
        [answers.Answered("nps", 9, 10, now.date(), "r1", alice.pk, comment="Lovely")],
        source="import",
    )
    journal.write(cafe, "note", at=now, customer=alice)
    held, page = taken(alice)
    assert held["person"][0]["name"] == "Alice Martin"
    assert held["person"][0]["birthday"] == "--02-29"
    assert {one["value"] for one in held["contacts"]} >= {"alice@example.org", "+33612345678"}
    assert held["cards"][0]["address"] == alice.cards.get().token
    assert held["consents"][0]["wording"] == "Yes, write to me."
    assert held["balances"][0]["usable"] == "5"  # three stamps and the head start of two
    visits = [one for one in held["events"] if one["kind"] == "visit"]
    assert visits[0]["details"] == {"quantity": 3}
    assert visits[0]["changed"][0].startswith("+3 ")
    assert held["answers"][0]["comment"] == "Lovely"
    assert [one["kind"] for one in held["journal"]] == ["note"]
    assert "Likes &lt;oat&gt; milk" in page
    assert "Yes, write to me." in page


def test_the_file_of_a_person_has_those_who_went_over_and_nobody_else(
    cafe: Business, alice: Customer
) -> None:
    twin = make_member(cafe, "Alicia Martin", "alicia@example.org")
    make_member(cafe, "Bruno Bianchi", "bruno@example.org")
    now = datetime.now(UTC)
    fact = ledger.Fact(customer=twin.pk, at=now, what=facts.Merge(alice.pk))
    ledger.post(cafe.pk, [fact], now=now)
    held, page = taken(alice)
    assert [one["name"] for one in held["person"]] == ["Alice Martin", "Alicia Martin"]
    assert "Bruno" not in page
