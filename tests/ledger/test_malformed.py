"""Texts that are no text: refused one by one, and never written; orphans and TRUNCATE."""

import pytest
from django.db import DatabaseError, connection, transaction

from habitue import ledger
from habitue.core import facts
from habitue.members.models import Business
from tests.ledger.conftest import NOW, bought, post, sound

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("bad", ["a\0b", "\ud800", "x" * 201])
def test_a_malformed_reference_is_refused_and_its_neighbour_goes_on(
    cafe: Business, alice: int, bad: str
) -> None:
    refused, fine = post(cafe, bought(alice, 1_000, reference=bad), bought(alice, 1_000))
    assert refused.refused is not None
    assert refused.refused.code == "malformed"
    assert fine.refused is None
    assert fine.entries
    sound(cafe)


@pytest.mark.parametrize("bad", ["a\0b", "\ud800", "x" * 70_000])
def test_a_malformed_product_is_refused(cafe: Business, alice: int, bad: str) -> None:
    what = facts.Purchase((facts.Line(500, sku=bad),), "EUR")
    (answer,) = post(cafe, ledger.Fact(customer=alice, at=NOW, what=what))
    assert answer.refused is not None
    assert answer.refused.code == "malformed"


def test_rows_of_nobody_are_found(cafe: Business) -> None:
    assert ledger.verify() == []
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_lot VALUES (4711, 1, 5, 5, now(), now(), now(), 0),"
            " (4712, 1, 5, 5, now(), now(), now(), 0)"
        )
    assert ledger.verify() == ["ledger_lot has rows of 2 customers without account"]


@pytest.mark.parametrize("table", ["event", "entry", "reference", "version"])
def test_what_is_append_only_cannot_be_emptied(table: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(f"TRUNCATE ledger_{table}")
