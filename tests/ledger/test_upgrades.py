"""A ledger with data from before a migration is sound after it, and says the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection

from habitue import ledger
from habitue.ledger import explained
from habitue.ledger.explained import Explained
from tests.ledger.conftest import bought, guests, has, later, make_cafe, post, rows, sound, takes

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = "0013_reading"


@pytest.fixture
def old() -> Iterator[None]:
    """The tables as they were; in the end as they are."""
    call_command("migrate", "ledger", BEFORE, verbosity=0)
    yield
    call_command("migrate", "ledger", verbosity=0)


def test_entries_from_before_keep_their_key_and_their_reasons(old: None) -> None:
    cafe = make_cafe()
    alice, bruno = guests(cafe, 2)
    first = post(cafe, bought(alice, 12_000, reference="one"), bought(bruno, 3_000))[0]
    post(cafe, takes(alice, at=later(minutes=1)))
    told = explained.of_customers(cafe.pk, [alice, bruno]).lines
    _write_as_before(told)
    assert _key() == "PRIMARY KEY (customer_id, event_id, line)"

    call_command("migrate", "ledger", verbosity=0)

    assert _key() == "PRIMARY KEY (event_id, customer_id, line)"
    assert explained.of_customers(cafe.pk, [alice, bruno]).lines == told
    (again,) = post(cafe, bought(alice, 12_000, reference="one"))
    assert (again.duplicate, again.entries) == (True, first.entries)
    with pytest.raises(IntegrityError, match="ledger_entry_pkey"):
        rows("INSERT INTO ledger_entry SELECT * FROM ledger_entry LIMIT 1 RETURNING 1")
    post(cafe, bought(alice, 1_000, at=later(minutes=2)))
    assert has(cafe, alice, now=later(minutes=3)) == 120 - 10 + 10
    sound(cafe)
    sentences = [line.sentence for line in told if line.entry.event == first.event]
    assert ledger.explain(cafe.pk, alice, first.event) == sentences[::-1]


def _write_as_before(lines: Sequence[Explained]) -> None:
    """Each step in brackets of its own."""
    before = [
        (msgspec.json.encode(line.entry.why).decode(), line.customer, line.entry.event, line.place)
        for line in lines
        if line.entry.why
    ]
    assert before
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER append_only")
        cursor.executemany(
            "UPDATE ledger_entry SET why = %s"
            " WHERE customer_id = %s AND event_id = %s AND line = %s",
            before,
        )
        cursor.execute("ALTER TABLE ledger_entry ENABLE TRIGGER append_only")


def _key() -> str:
    ((told,),) = rows(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ledger_entry_pkey'"
    )
    return str(told)
