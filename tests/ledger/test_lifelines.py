"""Who stands behind a sum, and cohorts by month, from the ledger: equal to what figures count."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from habitue.core import facts
from habitue.ledger import figures, lifelines
from habitue.members import survivors
from habitue.members.models import Business
from habitue.metrics import Period, cohorts
from habitue.metrics.asked import Asked
from tests.ledger.conftest import PROGRAM, bought, does, guests, make_cafe, post

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
JUNE = Period(date(2026, 6, 1), date(2026, 7, 1))
ASKED = Asked(period=JUNE, window=30)


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 12, 0, tzinfo=UTC)


@pytest.fixture
def cafe() -> Business:
    return make_cafe(PROGRAM)


@pytest.fixture
def people(cafe: Business) -> dict[str, int]:
    """Everybody is in another state in June."""
    names = ("alice", "bruno", "chiara", "diego", "elena", "franco")
    found = dict(zip(names, guests(cafe, len(names)), strict=True))
    days = {
        "alice": [(5, 10), (6, 5), (6, 20)],  # kept, twice
        "bruno": [(5, 10)],  # lost
        "chiara": [(6, 7)],  # new
        "diego": [(2, 1), (6, 25)],  # won back
        "elena": [(2, 2)],  # asleep
    }
    for name, came in days.items():
        for month, day in came:
            post(cafe, bought(found[name], 1000, at=at(month, day)), now=at(month, day))
    (undone,) = post(cafe, bought(found["franco"], 9000, at=at(6, 9)), now=at(6, 9))
    post(cafe, does(found["franco"], facts.Undo(undone.event), at=at(6, 9)), now=at(6, 9))
    return found


def behind(cafe: Business, name: str) -> set[int]:
    _count, found = lifelines.behind(cafe.pk, name, ASKED, currency="EUR", limit=100)
    return {one.customer for one in found}


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("kept", {"alice"}),
        ("lost", {"bruno"}),
        ("new", {"chiara"}),
        ("reactivated", {"diego"}),
        ("dormant", {"bruno", "elena"}),
        ("start", {"alice", "bruno"}),
        ("end", {"alice", "chiara", "diego"}),
        ("buyers", {"alice", "chiara", "diego"}),
        ("repeaters", {"alice"}),
        ("first_buyers", {"chiara"}),
        ("known", {"alice", "bruno", "chiara", "diego", "elena"}),
    ],
)
def test_everybody_behind_a_sum_is_told(
    cafe: Business, people: dict[str, int], name: str, who: set[str]
) -> None:
    assert behind(cafe, name) == {people[one] for one in who}


def test_as_many_are_told_as_figures_count(cafe: Business, people: dict[str, int]) -> None:
    counts = figures.answer(cafe, period=JUNE, now=NOW, window=30).aggregates.counts
    for name in lifelines.BEHIND:
        count, found = lifelines.behind(cafe.pk, name, ASKED, currency="EUR", limit=100)
        assert count == len(found) == getattr(counts, name), name


def test_a_page_of_them_begins_with_who_came_last(cafe: Business, people: dict[str, int]) -> None:
    count, first = lifelines.behind(cafe.pk, "known", ASKED, currency="EUR", limit=2)
    _count, rest = lifelines.behind(cafe.pk, "known", ASKED, currency="EUR", offset=2, limit=9)
    assert count == 5
    assert [one.customer for one in first] == [people["diego"], people["alice"]]
    assert len(rest) == 3
    (alice,) = [one for one in first if one.customer == people["alice"]]
    assert (alice.orders, alice.revenue, alice.last_on) == (2, 2000, date(2026, 6, 20))


def test_who_went_over_is_told_as_the_other(cafe: Business, people: dict[str, int]) -> None:
    post(cafe, does(people["bruno"], facts.Merge(people["chiara"]), at=NOW), now=NOW)
    survivors.merge(people["bruno"], people["chiara"])
    assert behind(cafe, "kept") == {people["alice"], people["chiara"]}
    assert behind(cafe, "lost") == set()


def test_cohorts_take_a_refund_off_the_month_of_the_purchase(cafe: Business) -> None:
    (alice,) = guests(cafe, 1)
    (may,) = post(cafe, bought(alice, 5000, at=at(5, 10)), now=at(5, 10))
    post(cafe, bought(alice, 300, at=at(6, 10)), now=at(6, 10))
    post(cafe, does(alice, facts.Refund(may.event), at=at(6, 12)), now=at(6, 12))
    found = lifelines.cohorts(cafe.pk, currency="EUR", until=date(2026, 7, 1))
    assert [(one.cohort.month, one.month.month, one.buyers, one.revenue) for one in found] == [
        (5, 5, 1, 0),
        (5, 6, 1, 300),
    ]
    (cohort,) = cohorts.triangle(found, today=date(2026, 7, 1))
    assert [cell.revenue for cell in cohort.cells] == [0, 300, None]


def test_a_business_sees_nobody_of_another(cafe: Business, people: dict[str, int]) -> None:
    other = make_cafe(name="Bar Sport")
    assert not lifelines.any_purchase(other.pk)
    assert lifelines.any_purchase(cafe.pk)
    assert lifelines.cohorts(other.pk, currency="EUR", until=date(2026, 7, 1)) == []
    assert lifelines.behind(other.pk, "known", ASKED, currency="EUR", limit=9) == (0, [])


def test_a_purchase_that_was_undone_alone_makes_nobody_known(cafe: Business) -> None:
    (alice,) = guests(cafe, 1)
    (wrong,) = post(cafe, bought(alice, 5000, at=at(6, 1)), now=at(6, 1))
    post(cafe, does(alice, facts.Undo(wrong.event), at=at(6, 1) + timedelta(minutes=1)), now=NOW)
    assert lifelines.cohorts(cafe.pk, currency="EUR", until=date(2026, 7, 1)) == []


def test_a_refund_of_what_was_undone_counts_as_little_as_the_purchase(cafe: Business) -> None:
    (alice,) = guests(cafe, 1)
    post(cafe, bought(alice, 500, at=at(6, 1)), now=at(6, 1))
    (wrong,) = post(cafe, bought(alice, 2000, at=at(6, 2)), now=at(6, 2))
    back = facts.Refund(wrong.event, amount=700)
    post(cafe, does(alice, back, at=at(6, 2) + timedelta(minutes=1)), now=at(6, 3))
    post(cafe, does(alice, facts.Undo(wrong.event), at=at(6, 2) + timedelta(minutes=2)), now=NOW)
    _count, found = lifelines.behind(cafe.pk, "buyers", ASKED, currency="EUR", limit=10)
    assert [(one.customer, one.revenue) for one in found] == [(alice, 500)]
    (row,) = lifelines.cohorts(cafe.pk, currency="EUR", until=date(2026, 7, 1))
    kept = figures.source(cafe).aggregates(ASKED)
    assert row.revenue == kept.money["EUR"].revenue == 500
