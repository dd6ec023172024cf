"""Sums of periods that are over are kept, and forgotten as soon as their past changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import connection
from msgspec import structs

from habitue import metrics
from habitue.core import facts
from habitue.ledger import database, figures, kept, rhythm
from habitue.members.models import Business
from habitue.metrics.aggregates import Aggregates
from habitue.metrics.asked import Asked
from habitue.metrics.lowerings.state import State
from tests.ledger.conftest import NOW, bought, does, guests, later, post, rows

pytestmark = pytest.mark.django_db(transaction=True)

DAY = NOW.date()
PERIOD = metrics.Period(DAY - timedelta(30), DAY)


@pytest.fixture
def alice(cafe: Business) -> int:
    return guests(cafe, 1)[0]


def sums(business: Business, *, now: datetime = NOW) -> Aggregates:
    """What a page sees of the period."""
    found = figures.answer(business, period=PERIOD, now=now, window=30).aggregates
    return structs.replace(found, units={})


def right(business: Business) -> Aggregates:
    """The same, worked out."""
    asked = Asked(period=PERIOD, window=30)
    return State(database.query, business.pk, business.currency).aggregates(asked)


def spoil() -> None:
    """Plant a wrong sum in what is kept, to see whether it is served."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_sums SET rows = '[[7,7,7,7,7,7,7,7,7,7,7,7]]'"
                       " WHERE part = 'people'")  # fmt: skip
        assert cursor.rowcount == 1


def test_what_was_kept_is_served_again(cafe: Business, alice: int) -> None:
    post(cafe, bought(alice, 100, at=later(days=-3)), now=later(days=-3))
    assert sums(cafe) == right(cafe)
    spoil()
    assert sums(cafe).counts.buyers == 7
    post(cafe, bought(alice, 100))
    assert sums(cafe).counts.buyers == 7, "today changes nothing of a period that is over"


def test_another_window_is_another_sum(cafe: Business, alice: int) -> None:
    post(cafe, bought(alice, 100, at=later(days=-3)), now=later(days=-3))
    found = [
        figures.answer(cafe, period=PERIOD, now=NOW, window=days).aggregates.counts.end
        for days in (2, 5)
    ]
    assert found == [0, 1]


LATE: dict[str, Callable[[int, int], facts.What]] = {
    "a purchase of an earlier day": lambda sale, other: bought(0, 100).what,
    "an undo": lambda sale, other: facts.Undo(sale, consequence=True),
    "a merge": lambda sale, other: facts.Merge(other),
}


@pytest.mark.parametrize("what", LATE)
def test_a_posting_into_the_past_is_seen_at_once(cafe: Business, alice: int, what: str) -> None:
    bruno = guests(cafe, 1)[0]
    post(cafe, bought(bruno, 100, at=later(days=-3)), now=later(days=-3))
    (sale,) = post(cafe, bought(alice, 100, at=later(days=-3)), now=later(days=-3))
    assert sums(cafe) == right(cafe)
    spoil()
    at = later(days=-2) if what.startswith("a purchase") else NOW
    (answer,) = post(cafe, does(alice, LATE[what](sale.event, bruno), at=at))
    assert answer.refused is None
    assert sums(cafe) == right(cafe)
    assert sums(cafe) == right(cafe)


def test_a_late_posting_that_commits_after_the_sums_were_kept_is_seen(
    cafe: Business, alice: int
) -> None:
    with psycopg.connect(**connection.get_connection_params()) as other, other.transaction():
        other.execute(
            "INSERT INTO ledger_late (business_id, business_date, posted_at)"
            " VALUES (%s, %s, now())",
            [cafe.pk, DAY - timedelta(3)],
        )
        assert sums(cafe).counts.buyers == 0
        spoil()
        assert sums(cafe).counts.buyers == 7, "nobody sees it yet"
    assert sums(cafe).counts.buyers == 0


def test_a_period_is_kept_only_when_yesterdays_postings_are_in(cafe: Business) -> None:
    midnight = datetime.combine(DAY, datetime.min.time(), NOW.tzinfo) - timedelta(hours=1)
    sums(cafe, now=midnight + timedelta(minutes=9))
    assert rows("SELECT count(*) FROM ledger_sums") == [(0,)]
    sums(cafe, now=midnight + timedelta(minutes=10))
    parts = ["first_triers", "money", "one_group", "people"]
    assert rows("SELECT DISTINCT part FROM ledger_sums ORDER BY 1") == [(one,) for one in parts]


def test_what_is_old_is_forgotten(cafe: Business, alice: int) -> None:
    post(cafe, bought(alice, 100, at=later(days=-3)))
    sums(cafe)
    kept.forget(now=later(days=1))
    assert rows("SELECT count(*) FROM ledger_late") == [(1,)]
    spoil()
    assert sums(cafe, now=later(days=3)) == right(cafe), "too old to be served"
    kept.forget(now=later(days=6))
    assert rows(
        "SELECT (SELECT count(*) FROM ledger_late), (SELECT count(*) FROM ledger_sums)"
    ) == [(0, 0)]


def test_the_own_rhythm_is_kept_until_the_history_has_doubled(cafe: Business, alice: int) -> None:
    assert rhythm.window(cafe, now=NOW).origin == "assumed"
    for days in (-40, -30):
        post(cafe, bought(alice, 100, at=later(days=days)))
    assert rhythm.window(cafe, now=NOW).days == 10
    post(cafe, bought(alice, 100, at=later(days=-9)))
    assert rhythm.window(cafe, now=NOW).days == 10, "two gaps are not more than twice one"
    post(cafe, bought(alice, 100, at=later(days=-4)))
    found = rhythm.window(cafe, now=NOW)
    assert (found.days, found.gaps, found.origin) == (21, 3, "own rhythm")


def test_a_business_may_declare_its_window(cafe: Business) -> None:
    cafe.window_days = 45
    cafe.save()
    found = figures.answer(cafe, period=PERIOD, now=NOW)
    assert (found.window.days, found.window.origin) == (45, "declared")
