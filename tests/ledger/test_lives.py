"""Each customer's life is kept with the posting, and is what the events come to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from habitue import ledger
from habitue.core import facts
from habitue.core.facts import Line, Purchase
from habitue.ledger import database, lives
from habitue.ledger.writing import PIPELINED
from habitue.members.models import Business
from habitue.metrics import life
from habitue.metrics.life import Moment
from tests.ledger.conftest import NOW, bought, does, guests, later, make_cafe, post, rows

pytestmark = pytest.mark.django_db

DAY = NOW.date()


def kept(customer: int) -> tuple[Any, ...] | None:
    """First and last day, days, orders, amount."""
    found = rows(
        "SELECT first_on, last_on, days, orders, amount FROM ledger_life WHERE customer_id = %s",
        customer,
    )
    return found[0] if found else None


def on(days: int) -> date:
    return DAY + timedelta(days)


def test_what_counts_is_added_by_the_posting_itself(cafe: Business, alice: int) -> None:
    post(cafe, bought(alice, 300), bought(alice, 200), does(alice, facts.Redemption("coffee")))
    assert kept(alice) == (DAY, DAY, 1, 2, 500)
    post(cafe, does(alice, facts.Visit(), at=later(days=3)), now=later(days=3))
    assert kept(alice) == (DAY, on(3), 2, 3, 500)
    assert ledger.verify(cafe.pk) == []


def test_one_posting_takes_one_statement_for_all_lives(
    cafe: Business, django_assert_num_queries: Any
) -> None:
    people = guests(cafe, 120)
    post(cafe, *(bought(who, 100) for who in people))
    assert rows("SELECT count(*), sum(amount)::int FROM ledger_life") == [(120, 12_000)]
    assert ledger.verify(cafe.pk) == []


def test_what_was_refused_adds_nothing(cafe: Business, alice: int) -> None:
    (answer,) = post(cafe, does(alice, Purchase((Line(100),), "USD")))
    assert answer.refused
    assert kept(alice) is None


@pytest.mark.parametrize("size", [1, PIPELINED], ids=["as one statement", "in a pipeline"])
def test_a_late_day_counts_once_only(cafe: Business, alice: int, size: int) -> None:
    others = [bought(who, 1) for who in guests(cafe, size - 1)]
    post(cafe, bought(alice, 100), now=later(days=9))
    post(cafe, bought(alice, 100, at=later(days=9)), now=later(days=9))
    for days, expected in ((4, 3), (4, 3), (0, 3), (9, 3), (-2, 4)):
        post(cafe, bought(alice, 100, at=later(days=days)), *others, now=later(days=9))
        found = kept(alice)
        assert found is not None
        assert found[2] == expected
        assert ledger.verify(cafe.pk) == []
    assert kept(alice) == (on(-2), on(9), 4, 7, 700)


def test_a_refund_lowers_the_amount_on_its_day_and_is_no_visit(cafe: Business, alice: int) -> None:
    (sale,) = post(cafe, bought(alice, 500))
    day = later(days=5)
    post(cafe, does(alice, facts.Refund(sale.event, amount=200), at=day), now=day)
    assert kept(alice) == (DAY, DAY, 1, 1, 300)
    assert rows("SELECT touched_on FROM ledger_life") == [(on(5),)]


def test_an_undo_takes_everything_back(cafe: Business, alice: int) -> None:
    first, second = post(cafe, bought(alice, 100), bought(alice, 200, at=later(hours=1)))
    post(cafe, does(alice, facts.Undo(second.event), at=later(hours=2)), now=later(hours=2))
    assert kept(alice) == (DAY, DAY, 1, 1, 100)
    post(cafe, does(alice, facts.Undo(first.event), at=later(hours=3)), now=later(hours=3))
    assert kept(alice) is None
    post(cafe, bought(alice, 50, at=later(hours=4)), now=later(hours=4))
    assert kept(alice) == (DAY, DAY, 1, 1, 50)
    assert ledger.verify(cafe.pk) == []


def test_two_who_are_one_have_one_life_and_their_own_again(
    cafe: Business, alice: int, bruno: int
) -> None:
    (sale,) = post(cafe, bought(alice, 500))
    post(cafe, bought(bruno, 70, at=later(days=1)), now=later(days=1))
    (merge,) = post(cafe, does(alice, facts.Merge(bruno), at=later(days=2)), now=later(days=2))
    assert kept(alice) is None
    assert kept(bruno) == (DAY, on(1), 2, 2, 570)
    late = does(alice, facts.Refund(sale.event, amount=100), at=later(days=3))
    post(cafe, late, bought(alice, 5, at=later(days=3)), now=later(days=3))
    assert kept(alice) is None
    assert kept(bruno) == (DAY, on(3), 3, 3, 475)
    undo = does(alice, facts.Undo(merge.event, consequence=True), at=later(days=4))
    (undone,) = post(cafe, undo, now=later(days=4))
    assert undone.refused is None
    assert kept(alice) == (DAY, DAY, 1, 1, 400)
    assert kept(bruno) == (on(1), on(3), 2, 2, 75)  # what was bought as one is where it was posted
    assert rows("SELECT count(*) FROM ledger_moved") == [(0,)]
    assert ledger.verify(cafe.pk) == []


def test_a_day_of_who_came_over_counts_once_for_both(
    cafe: Business, alice: int, bruno: int
) -> None:
    post(cafe, bought(alice, 500))
    post(cafe, bought(bruno, 70, at=later(days=5)), now=later(days=5))
    post(cafe, does(alice, facts.Merge(bruno), at=later(days=5)), now=later(days=5))
    post(cafe, bought(bruno, 30, at=later(hours=1)), now=later(days=6))
    assert kept(bruno) == (DAY, on(5), 2, 3, 600)
    assert ledger.verify(cafe.pk) == []


@pytest.mark.parametrize(
    "fault",
    [
        "UPDATE ledger_life SET days = days - 1 WHERE days > 1",
        "UPDATE ledger_life SET amount = amount + 1",
        "DELETE FROM ledger_life",
        "DELETE FROM ledger_moved",
        "UPDATE ledger_moved SET amount = amount + 1",
        "INSERT INTO ledger_life VALUES (1, {business}, '2026-01-01', '2026-01-01', '2026-01-01',"
        " 1, 1, 1)",
    ],
)
def test_verify_sees_a_life_that_its_events_do_not_lead_to(
    cafe: Business, alice: int, bruno: int, fault: str
) -> None:
    first, _ = post(cafe, bought(alice, 100), bought(bruno, 200))
    post(cafe, does(alice, facts.Undo(first.event)), now=NOW)
    post(cafe, bought(alice, 10), bought(alice, 10, at=later(days=1)), now=later(days=1))
    assert ledger.verify(cafe.pk) == []
    with connection.cursor() as cursor:
        cursor.execute(fault.format(business=cafe.pk))
    broken = ledger.verify(cafe.pk)
    assert len(broken) == 1
    assert "differs from their events" in broken[0]
    assert ledger.verify(make_cafe(name="Another").pk) == []


def test_counting_anew_changes_nothing_that_was_right(
    cafe: Business, alice: int, bruno: int
) -> None:
    post(cafe, bought(alice, 100), bought(bruno, 200, at=later(days=-3)))
    before = rows("SELECT * FROM ledger_life ORDER BY customer_id")
    lives.recount(database.cursor(), [alice, bruno])
    assert rows("SELECT * FROM ledger_life ORDER BY customer_id") == before


moments = st.builds(
    Moment,
    st.integers(1, 3),
    st.integers(0, 9).map(on),
    st.booleans(),
    st.integers(-100, 100),
)


@given(st.lists(moments), st.lists(moments))
def test_two_stretches_add_up_to_both(one: list[Moment], other: list[Moment]) -> None:
    first, second = life.since(one), life.since(other)
    together = {
        who: first[who] | second[who]
        if who in first and who in second
        else first.get(who) or second[who]
        for who in first.keys() | second.keys()
    }
    assert together == life.since([*one, *other])
